"""Pictures of facts -> media files named by their content: two of one name never meet."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import replace
from pathlib import Path

from service.notes.corpus import IMAGE_SUFFIXES, image_file
from service.types import Card, Document

MAX_IMAGE_BYTES = 5_000_000
"""A larger picture is left out: a deck has to reach a phone."""


def collect(
    cards: Iterable[Card], documents: Sequence[Document], folder: Path
) -> tuple[tuple[Card, ...], dict[str, bytes]]:
    """Cards with the names of their media files, and the content of each; what isn't there is left out."""
    places = {document.id: (folder / document.path).parent for document in documents}
    media: dict[str, bytes] = {}
    pictured = []
    for card in cards:
        names = []
        for target in card.images:
            for name, data in _read(target, places[card.document], folder):
                media[name] = data
                names.append(name)
        pictured.append(replace(card, images=tuple(dict.fromkeys(names))))
    return tuple(pictured), media


def _read(target: str, beside: Path, folder: Path) -> Iterator[tuple[str, bytes]]:
    """The media file of one reference, if it can be one; its content alone decides its name."""
    path = image_file(target, beside, folder)
    if path is not None and path.suffix.lower() in IMAGE_SUFFIXES:
        data = path.read_bytes()
        if 0 < len(data) <= MAX_IMAGE_BYTES:
            yield f"docker-{hashlib.sha256(data).hexdigest()[:20]}{path.suffix.lower()}", data

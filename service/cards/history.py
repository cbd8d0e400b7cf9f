"""What exported decks held, by their ETag: so that somebody can ask what has changed since theirs."""

from __future__ import annotations

import hashlib
import json
import re
import shutil
from collections.abc import Iterable
from dataclasses import asdict, dataclass
from pathlib import Path

from pydantic import TypeAdapter

from service.cards.shelf import Changes, Filter, compare, contents
from service.errors import UnknownDeckVersion
from service.files import write_atomically
from service.types import Card

KEPT = 200
"""Versions remembered of each deck; the oldest are forgotten first."""
_VERSION = re.compile(r"[0-9a-f]{64}")


@dataclass(frozen=True, slots=True)
class Version:
    """A deck as it was exported: what was selected, and what it held."""

    wanted: Filter
    contents: dict[str, tuple[str, str]]


_FILE = TypeAdapter(Version)


def etag(data: bytes) -> str:
    """The name of a version: the SHA-256 of the exported file."""
    return hashlib.sha256(data).hexdigest()


def remember(folder: Path, version: str, wanted: Filter, cards: Iterable[Card]) -> None:
    """Keep what the version held under `folder`, the deck's own; known versions are only touched."""
    path = folder / f"{version}.json"
    if path.exists():
        path.touch()
        return
    write_atomically(path, _FILE.dump_json(Version(wanted, contents(cards))))
    kept = sorted(folder.glob("*.json"), key=lambda each: each.stat().st_mtime)
    for old in kept[:-KEPT]:
        old.unlink(missing_ok=True)


def forget(folder: Path) -> None:
    """Forget every version of the deck whose folder this is."""
    shutil.rmtree(folder, ignore_errors=True)


def recall(folder: Path, version: str) -> Version:
    """What the version held. Raises UnknownDeckVersion."""
    given = version.strip().removeprefix("W/").strip('"')
    try:
        if not _VERSION.fullmatch(given):
            raise UnknownDeckVersion(version=given[:80])
        return _FILE.validate_json((folder / f"{given}.json").read_bytes())
    except (OSError, ValueError) as error:
        raise UnknownDeckVersion(version=given[:80]) from error


def changes(before: Version, cards: Iterable[Card]) -> Changes:
    """What is new, changed and retired since a version, among the cards it had selected from."""
    return compare(before.contents, contents(card for card in cards if before.wanted(card)))


def last(folder: Path, wanted: Filter) -> Version:
    """What the last export from the command line held for this selection; nothing before the first."""
    try:
        return recall(folder, json.loads(_last_file(folder, wanted).read_bytes()))
    except (OSError, ValueError, UnknownDeckVersion):
        return Version(wanted, {})


def remember_last(folder: Path, version: str, wanted: Filter) -> None:
    """Keep which version the command line exported last."""
    write_atomically(_last_file(folder, wanted), json.dumps(version).encode())


def _last_file(folder: Path, wanted: Filter) -> Path:
    name = json.dumps(asdict(wanted), sort_keys=True).encode()
    return folder / "last" / f"{hashlib.blake2b(name, digest_size=8).hexdigest()}.json"

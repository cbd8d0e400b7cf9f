"""The index that an image brings, against the one on the volume it is started on."""

from __future__ import annotations

import logging
from pathlib import Path

from service.files import one_at_a_time, stored_under
from service.index import adopt_generation, check_index, has_adopted, sources, usable_manifest
from service.notes.folder import NotesFolder
from service.settings import Settings
from service.types import Encoder

log = logging.getLogger(__name__)


def adopt_baked(settings: Settings, baked: Path, encoder: Encoder) -> None:
    """Take over the index an image brings: when it is newer than the volume, or the volume's can't be used.

    Only where it is of the notes in the settings: a person who mounts notes of their own builds. A
    volume that has taken this image's index once keeps what it made of it since.
    """

    def settled() -> bool:
        return (
            has_adopted(baked, settings.index_dir)
            and usable_manifest(settings.index_dir, encoder) is not None
        )

    if settled():
        return
    with stored_under(settings.data_dir), one_at_a_time(settings.data_dir):
        if settled() or not settings.corpus_dir.is_dir():
            return
        if check_index(baked, encoder)[1].fingerprint == sources(NotesFolder.written(settings)):
            log.warning("index %s adopted from the image", adopt_generation(baked, settings.index_dir))

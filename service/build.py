"""Notes -> a new generation of the index with its cards; the encoder first, where there is none."""

from __future__ import annotations

import logging
import subprocess
import sys
import time
from collections.abc import Callable
from dataclasses import dataclass

from service.cards import shelf
from service.encoder.cache import CachedEncoder
from service.encoder.serve import OnnxEncoder, load_encoder
from service.errors import EncoderBuildError, EncoderError, IndexUnusable
from service.files import one_at_a_time, stored_under
from service.index import (
    Manifest,
    build_index,
    current_manifest,
    known_vectors,
    load_background,
    load_index,
    save_index,
    sources,
    usable_manifest,
)
from service.notes.folder import Notes, NotesFolder
from service.settings import Settings

Progress = Callable[[str], None]
log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class Built:
    """What a build did: `notes` is None when nothing had changed."""

    manifest: Manifest
    notes: Notes | None
    encoded: int = 0
    reused: int = 0


def build(
    settings: Settings, progress: Progress = lambda stage: None, *, corpus_untouched: bool = False
) -> Built:
    """Make what is missing or out of date: the encoder, then a new generation of the index.

    A build that no person asked for leaves the corpus folder untouched.
    """
    with stored_under(settings.data_dir), one_at_a_time(settings.data_dir):
        encoder = _encoder(settings, progress)
        folder = NotesFolder.of(settings)
        # Taken before anything is read: what changes meanwhile makes the next build, not none.
        fresh = sources(folder) if settings.corpus_dir.is_dir() else ""
        manifest = usable_manifest(settings.index_dir, encoder)
        if manifest is not None and manifest.fingerprint == fresh:
            return Built(manifest, None)
        progress("notes")
        notes = folder.read()
        folder.commit(notes, untouched=corpus_untouched)
        cached = CachedEncoder(encoder, settings.data_dir / "embeddings")
        if cached.empty and manifest is not None:
            for texts, role, vectors in known_vectors(load_index(settings.index_dir, encoder)):
                cached.learn(texts, role, vectors)
        facts = [fact for document in notes.documents for fact in document.facts]
        background = load_background(encoder, settings.encoder_dir, facts)
        index = build_index(
            notes.documents, notes.keys(), notes.aliases(), cached, progress, background, notes.needs
        )
        progress("cards")
        made = shelf.make(notes, settings.corpus_dir, cached, int(time.time()))
        folder.commit(notes, made.ledgers, untouched=corpus_untouched)
        manifest = save_index(index, settings.index_dir, encoder, fresh, made.files)
        cached.save()
        return Built(manifest, notes, cached.encoded, cached.reused)


def overlay_is_indexed(settings: Settings) -> bool:
    """Whether the current index has what the overlay says; one that can't be read counts as having it."""
    notes = NotesFolder.of(settings)
    if notes.overlay is None or not notes.overlay.inputs() or not settings.corpus_dir.is_dir():
        return True
    try:
        made = current_manifest(settings.index_dir)
    except IndexUnusable:
        return True  # only a build by a person mends that
    return made.fingerprint == sources(notes)


def _encoder(settings: Settings, progress: Progress) -> OnnxEncoder:
    """The serving encoder for the model in the settings, made first if it isn't there."""
    try:
        encoder = load_encoder(settings.encoder_dir, threads=settings.encoder_threads)
        if encoder.id.rpartition("-")[0] == settings.encoder:
            return encoder
    except EncoderError as error:
        log.info("encoder must be built: %s", error)
    progress("encoder")
    command = [
        sys.executable,
        "-m",
        "service.encoder.build.export",
        settings.encoder,
        str(settings.encoder_dir),
    ]
    if settings.encoder_weights is not None:
        command += ["--weights", str(settings.encoder_weights)]
    # A process of its own: torch's memory and threads are gone before anything is served.
    done = subprocess.run(command, capture_output=True, text=True)  # noqa: S603 - our own module
    if done.returncode != 0:
        reason = (done.stderr.strip().splitlines() or ["?"])[-1]
        raise EncoderBuildError(model=settings.encoder, reason=reason)
    return load_encoder(settings.encoder_dir, threads=settings.encoder_threads)

"""Build, load, ask: the only place that chains the stages, and the lowest that knows the settings."""

from __future__ import annotations

import logging
import math
import re
import subprocess
import sys
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path

from service import korean
from service.asking import compose, compound, confidence, follow_up, talk
from service.asking.follow_up import Reading, Turn
from service.asking.retrieve import Leaning, Retrieval, retrieve
from service.asking.stream import Reply, Write
from service.cards import shelf
from service.cards.shelf import Shelf
from service.encoder.serve import CachedEncoder, OnnxEncoder, load_encoder
from service.errors import BadText, EmptyQuestion, EncoderBuildError, EncoderError, IndexUnusable, TextTooLong
from service.files import stored_under
from service.index import (
    Index,
    Manifest,
    adopt_generation,
    build_index,
    check_index,
    current_generation,
    current_manifest,
    has_adopted,
    known_vectors,
    load_background,
    load_index,
    save_index,
)
from service.llm.client import Writer
from service.notes.folder import Notes, fingerprint, keep_ledgers, read_notes
from service.notes.overlay import Overlay
from service.settings import Settings
from service.types import Answer, Citation, Encoder, Fact, Hit

MAX_QUESTION = 4000
"""People paste logs; the encoder looks at its window's head and tail, sparse search at all of it."""
DEFAULT_TOP_K = 8
MAX_TOP_K = 50
MOST_SOURCES = 8
"""Facts that a language model is given."""

_WORD = re.compile(r"\w")
_CONTROL = re.compile(r"[\x00-\x08\x0b\x0c\x0e-\x1f\x7f]")
_SURROGATE = re.compile(r"[\ud800-\udfff]")

Progress = Callable[[str], None]
log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class Built:
    """What a build did: `notes` is None when nothing had changed."""

    manifest: Manifest
    notes: Notes | None
    encoded: int = 0
    reused: int = 0


@dataclass(frozen=True, slots=True)
class Tutor:
    """What answering needs, loaded: an index and the encoder it was made with."""

    index: Index
    encoder: Encoder
    shelf: Shelf = field(default_factory=Shelf)
    write: Write | None = None

    def ask(self, question: str, top_k: int = DEFAULT_TOP_K, turns: Sequence[Turn] = ()) -> Answer:
        """Answer a question after the `turns` before it. Raises EmptyQuestion, TextTooLong, BadText."""
        return self.reply(question, top_k, turns).whole()

    def reply(self, question: str, top_k: int = DEFAULT_TOP_K, turns: Sequence[Turn] = ()) -> Reply:
        """Find the answer to a question, still to be said. Raises EmptyQuestion, TextTooLong, BadText."""
        question = clean_question(question)
        heard = talk.hear(question, first=not turns)
        if heard.talk is not None:
            return Reply(question, talk.answer(heard.talk, question, self.index))
        question = korean.retyped(heard.question, self._knows)
        meant, found = self._best_reading(question, follow_up.read(question, turns), top_k)
        certainty = confidence.judge(found.features, self._calibration)
        notes = compose.compose(meant, found.hits, certainty.status, certainty.confidence, self.index)
        if meant == question:
            notes = self._both(question, notes, top_k) or notes
        return Reply(meant, notes, self._sources(notes, found.hits), self.write)

    def _best_reading(self, question: str, reading: Reading, top_k: int) -> tuple[str, Retrieval]:
        """The question by itself or joined with the turn before, whichever the notes answer better."""
        if reading.kind == "alone":
            return question, self._retrieve(question, top_k)
        leaning = Leaning(reading.near, reading.example)
        joined = self._retrieve(reading.joined[:MAX_QUESTION], top_k, leaning)
        if reading.kind == "joined":
            return reading.joined, joined
        alone = self._retrieve(question, top_k)
        scores = [confidence.judge(each.features, self._calibration).confidence for each in (alone, joined)]
        return (question, alone) if scores[0] >= scores[1] else (reading.joined, joined)

    def _both(self, question: str, whole: Answer, top_k: int) -> Answer | None:
        """The answers to two questions asked at once, where `whole` has left one of them out."""
        if asked := compound.asked(question):
            both = self._two(asked, top_k)
            said = {citation.fact for citation in whole.citations} if whole.status == "answered" else set()
            return both[0] if both and not both[1] <= said else None
        if sides := self._uncompared(question, whole):
            both = self._two((compound.meaning(sides[0]), compound.meaning(sides[1])), top_k)
            return both[0] if both and both[0].confidence > whole.confidence else None
        return None

    def _two(self, asked: compound.Two, top_k: int) -> tuple[Answer, set[str]] | None:
        """The answers to two questions as one, and the fact that answers each best; None without either."""
        found = [self._retrieve(each, top_k) for each in asked]
        sure = [confidence.judge(each.features, self._calibration) for each in found]
        best = {each.hits[0].fact.id for each in found if each.hits}
        if any(each.status != "answered" for each in sure) or len(best) < len(asked):
            return None
        hits = [(each, retrieved.hits) for each, retrieved in zip(asked, found, strict=True)]
        both = math.prod(each.confidence for each in sure)
        return compose.compose_two(hits, both, self.index), best

    def _uncompared(self, question: str, whole: Answer) -> compound.Two | None:
        """The two things that a question compares, unless a fact that is said speaks of both."""
        sides = compound.sides(question)
        facts = [self.index.facts[self.index.numbers[citation.fact]] for citation in whole.citations]
        if sides and any(all(compose.speaks_of(fact, side) for side in sides) for fact in facts):
            return None
        return sides

    def turn(self, meant: str, facts: Sequence[str]) -> Turn:
        """A turn of a conversation, from what was kept of it; facts that have gone are left out."""
        numbers = self.index.numbers
        return Turn(meant, tuple(self.index.facts[numbers[fact]] for fact in facts if fact in numbers))

    def _sources(self, notes: Answer, hits: Sequence[Hit]) -> tuple[tuple[Fact, Citation], ...]:
        """The facts that a model may use: those the notes' answer says, then the next best."""
        if self.write is None:
            return ()
        cited = {citation.fact: citation for citation in notes.citations}
        for hit in hits:
            if len(cited) < MOST_SOURCES:
                cited.setdefault(hit.fact.id, compose.cite(hit.fact, self.index, hit.score))
        return tuple((self.index.facts[self.index.numbers[fact]], cited[fact]) for fact in cited)

    def _knows(self, word: str) -> bool:
        """Whether the notes or their questions use all that this word says."""
        if self.index.sparse.knows(word.lower()):
            return True
        tokens = korean.content(word)
        return bool(tokens) and all(self.index.sparse.knows(token) for token in tokens)

    @property
    def _calibration(self) -> confidence.Calibration:
        return confidence.fitted(self.index.asked_share)

    def search(self, question: str, top_k: int = DEFAULT_TOP_K) -> tuple[Hit, ...]:
        """The ranked facts alone. Raises EmptyQuestion, TextTooLong, BadText."""
        return self._retrieve(korean.retyped(clean_question(question), self._knows), top_k).hits

    def _retrieve(self, question: str, top_k: int, leaning: Leaning | None = None) -> Retrieval:
        return retrieve(question, self.index, self.encoder, max(1, min(top_k, MAX_TOP_K)), leaning=leaning)


def clean_question(question: str) -> str:
    """The question as it is searched: NFC, without surrounding space. Raises for what can't be a question."""
    if len(question) > MAX_QUESTION:
        raise TextTooLong(size=len(question), limit=MAX_QUESTION)
    if _SURROGATE.search(question):
        raise BadText(reason="surrogate")
    if _CONTROL.search(question):
        raise BadText(reason="control-characters")
    cleaned = korean.normalise(question).strip()
    if not _WORD.search(cleaned):
        raise EmptyQuestion()
    return cleaned


def load_tutor(settings: Settings) -> Tutor:
    """Open encoder and index. Raises EncoderError or IndexUnusable, which name the command that mends it."""
    encoder = load_encoder(settings.encoder_dir, threads=settings.encoder_threads)
    if settings.baked_dir is not None:
        _adopt_baked(settings, settings.baked_dir / "index", encoder)
    index = load_index(settings.index_dir, encoder)
    return Tutor(index, encoder, load_shelf(settings, index.generation), load_writer(settings))


def load_shelf(settings: Settings, generation: str | None = None) -> Shelf:
    """The cards of one generation of the index, of the current one unless given. Raises IndexUnusable."""
    return shelf.load(settings.index_dir / (generation or current_generation(settings.index_dir)))


def load_writer(settings: Settings) -> Write | None:
    """What words answers by the language model of the settings; None where none is configured."""
    model = load_model(settings)
    return model.write if model else None


def load_model(settings: Settings) -> Writer | None:
    """The language model of the settings; None where none is configured."""
    if not settings.llm_base_url or not settings.llm_model:
        return None
    return Writer(settings.llm_base_url, settings.llm_api_key, settings.llm_model, settings.llm_seconds)


def _adopt_baked(settings: Settings, baked: Path, encoder: Encoder) -> None:
    """Take over the index an image brings: when it is newer than the volume, or the volume's can't be used.

    Only where it is of the notes in the settings: a person who mounts notes of their own builds. A
    volume that has taken this image's index once keeps what it made of it since.
    """

    def settled() -> bool:
        return has_adopted(baked, settings.index_dir) and _usable_manifest(settings, encoder) is not None

    if settled():
        return
    with stored_under(settings.data_dir), _one_at_a_time(settings.data_dir):
        if settled() or not settings.corpus_dir.is_dir():
            return
        if check_index(baked, encoder)[1].fingerprint == fingerprint(settings.corpus_dir):
            log.warning("index %s adopted from the image", adopt_generation(baked, settings.index_dir))


def build(
    settings: Settings, progress: Progress = lambda stage: None, *, corpus_untouched: bool = False
) -> Built:
    """Make what is missing or out of date: the encoder, then a new generation of the index.

    A build that no person asked for leaves the corpus folder untouched.
    """
    with stored_under(settings.data_dir), _one_at_a_time(settings.data_dir):
        encoder = _encoder(settings, progress)
        overlay = Overlay(settings.overlay_dir)
        # Taken before anything is read: what changes meanwhile makes the next build, not none.
        fresh = fingerprint(settings.corpus_dir, overlay) if settings.corpus_dir.is_dir() else ""
        manifest = _usable_manifest(settings, encoder)
        if manifest is not None and manifest.fingerprint == fresh:
            return Built(manifest, None)
        progress("notes")
        notes = read_notes(
            settings.corpus_dir, settings.data_dir / "ledgers", overlay, untouched=corpus_untouched
        )
        cached = CachedEncoder(encoder, settings.data_dir / "embeddings")
        if cached.empty and manifest is not None:
            for texts, role, vectors in known_vectors(load_index(settings.index_dir, encoder)):
                cached.learn(texts, role, vectors)
        facts = [fact for document in notes.documents for fact in document.facts]
        background = load_background(encoder, settings.encoder_dir, facts)
        index = build_index(notes.documents, notes.keys(), notes.aliases(), cached, progress, background)
        progress("cards")
        made = shelf.make(notes, settings.corpus_dir, cached, int(time.time()))
        keep_ledgers(
            notes,
            made.ledgers,
            settings.corpus_dir,
            settings.data_dir / "ledgers",
            overlay,
            untouched=corpus_untouched,
        )
        manifest = save_index(index, settings.index_dir, encoder, fresh, made.files)
        cached.save()
        return Built(manifest, notes, cached.encoded, cached.reused)


def overlay_is_indexed(settings: Settings) -> bool:
    """Whether the current index has what the overlay says; one that can't be read counts as having it."""
    overlay = Overlay(settings.overlay_dir)
    if not overlay.inputs() or not settings.corpus_dir.is_dir():
        return True
    try:
        made = current_manifest(settings.index_dir)
    except IndexUnusable:
        return True  # only a build by a person mends that
    return made.fingerprint == fingerprint(settings.corpus_dir, overlay)


def _usable_manifest(settings: Settings, encoder: Encoder) -> Manifest | None:
    """The current manifest if its index can be served, else None."""
    try:
        return check_index(settings.index_dir, encoder)[1]
    except IndexUnusable as error:
        log.info("index must be built: %s", error)
        return None


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


@contextmanager
def _one_at_a_time(folder: Path) -> Iterator[None]:
    """Hold the folder's lock: a second build waits, then finds nothing left to do."""
    import fcntl  # POSIX only, and only builds need it

    folder.mkdir(parents=True, exist_ok=True)
    with (folder / "build.lock").open("a") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        yield

"""Questions about other things than the notes: what a question is compared with before it is answered.

They stand in `background.txt`, by subject. Notes about one of these subjects leave its questions out, so
that a person's own notes on, say, Linux aren't taken for something else.
"""

from __future__ import annotations

import hashlib
import io
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cache
from importlib import resources
from itertools import compress
from pathlib import Path

import numpy as np

from service.files import checksum, write_atomically
from service.index import projection
from service.notes.folder import NotesFolder
from service.types import Encoder, Fact, Vectors

FILE = resources.files("service.index") / "background.txt"
ABOUT = 0.25
"""Notes of which this share of the facts names a subject are about it."""


@dataclass(frozen=True, slots=True)
class Background:
    """Questions about other things, and their embeddings, one row each."""

    questions: tuple[str, ...]
    vectors: Vectors


@dataclass(frozen=True, slots=True)
class Subject:
    """Questions about one thing, and the words (lower case) by which notes about it name it."""

    names: tuple[str, ...]
    questions: tuple[str, ...]

    def is_of(self, texts: Sequence[str]) -> bool:
        """Whether facts with these texts (lower case) are about the subject."""
        if not self.names or not texts:
            return False
        return sum(any(name in text for name in self.names) for text in texts) >= ABOUT * len(texts)


def no_background(dimension: int) -> Background:
    """Nothing to compare with."""
    return Background((), np.zeros((0, dimension), dtype=np.float32))


def load_background(encoder: Encoder, folder: Path, facts: Sequence[Fact]) -> Background:
    """The background for notes with these facts.

    The embeddings depend on the encoder alone, so they are kept in `folder` beside it and made once.
    """
    subjects = _subjects(FILE.read_text(encoding="utf-8"))
    questions = [question for subject in subjects for question in subject.questions]
    vectors = _vectors(encoder, folder, questions)
    texts = [" ".join((*fact.heading_path, *fact.parents, fact.text)).lower() for fact in facts]
    other = np.repeat(
        [not subject.is_of(texts) for subject in subjects], [len(subject.questions) for subject in subjects]
    )
    return Background(tuple(compress(questions, other)), vectors[other])


def sources(notes: NotesFolder) -> str:
    """A hash over all that an index is made from: the notes, the projection, questions about other things."""
    made_from = (notes.fingerprint(), checksum(projection.FILE), FILE.read_text(encoding="utf-8"))
    return hashlib.blake2b("\0".join(made_from).encode(), digest_size=16).hexdigest()


@cache
def _subjects(text: str) -> tuple[Subject, ...]:
    """`# names` opens a subject; one without names is never what notes are about."""
    return tuple(
        Subject(tuple(names.lower().split()), tuple(lines))
        for names, *lines in (part.splitlines() for part in ("\n" + text).split("\n#")[1:])
    )


def _vectors(encoder: Encoder, folder: Path, questions: Sequence[str]) -> Vectors:
    stamp = hashlib.blake2b("\n".join([encoder.id, *questions]).encode(), digest_size=8).hexdigest()
    path = folder / f"background-{stamp}.npy"
    if path.is_file():
        kept: Vectors = np.load(path)
        return kept
    vectors = encoder.encode(questions, "question")
    buffer = io.BytesIO()
    np.save(buffer, vectors)
    write_atomically(path, buffer.getvalue())
    for old in folder.glob("background-*.npy"):  # of an earlier list of questions, or of another encoder
        if old != path:
            old.unlink(missing_ok=True)
    return vectors

"""The nouns of the project: frozen data and the encoder protocol, no I/O.

One word per idea: a *document* is one Markdown file, a *section* the text under one
heading, a *fact* the smallest unit that answers something, a *key* a text that is
indexed for a fact (a question of the bank, or the fact's own text).
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Literal, Protocol

import numpy as np
import numpy.typing as npt

Vectors = npt.NDArray[np.float32]
"""Unit-norm embeddings, one a row: shape (texts, dimension)."""

Role = Literal["question", "fact"]
"""What a text is for the encoder: models such as E5 want another prefix for each."""

FactKind = Literal["bullet", "step", "sentence", "row", "code"]
Status = Literal["answered", "related", "not_found", "chat"]
NeedKind = Literal["concept", "task", "symptom", "choice"]
Level = Literal["core", "working", "special"]
"""How common a need is: what everybody asks, what people who work with it ask, what is rare."""
CardKind = Literal["term", "question", "cloze", "list", "contrast", "command"]
WrittenBy = Literal["notes", "llm", "both"]
"""Whose words an answer is in: the notes' own, a language model's, or begun by it and ended by the notes."""


@dataclass(frozen=True, slots=True)
class Code:
    """A code block of a fact: its language as written after the fence, and its text."""

    language: str
    text: str


@dataclass(frozen=True, slots=True)
class Fact:
    """The smallest unit of a document that answers something.

    `text` is the visible text in Markdown-lite (only inline code keeps its backticks);
    `parents` are the texts of the bullets it hangs under, outermost first; `lines` are
    1-based and inclusive in the stored file. `id` is stable across edits (see `ledger`).
    """

    id: str
    document: str
    heading_path: tuple[str, ...]
    text: str
    kind: FactKind
    lines: tuple[int, int]
    parents: tuple[str, ...] = ()
    code: tuple[Code, ...] = ()
    images: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Section:
    """The text under one heading: its path, top first, its lines and its facts in order."""

    heading_path: tuple[str, ...]
    lines: tuple[int, int]
    facts: tuple[Fact, ...]


@dataclass(frozen=True, slots=True)
class Document:
    """One Markdown file: `path` is relative to the corpus folder, `source` its text (NFC, LF line ends).

    `images` are the image references as written, each with its line.
    """

    id: str
    title: str
    path: str
    tags: tuple[str, ...]
    sections: tuple[Section, ...]
    source: str
    images: tuple[tuple[str, int], ...] = ()

    @property
    def facts(self) -> tuple[Fact, ...]:
        """Every fact of the document, in reading order."""
        return tuple(fact for section in self.sections for fact in section.facts)


@dataclass(frozen=True, slots=True)
class Question:
    """A question key and the id of the fact that answers it; `derived` when no person wrote it."""

    fact: str
    text: str
    derived: bool = False


@dataclass(frozen=True, slots=True)
class Need:
    """What a person wants to know or do: how people ask for it, and its canonical answer.

    `answer` are ids of facts in the order they are said, the first being the direct answer; those in
    `also` belong to the same matter and needn't be said.
    """

    id: str
    kind: NeedKind
    level: Level
    want: str
    answer: tuple[str, ...]
    also: tuple[str, ...] = ()
    questions: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Hit:
    """A fact with its scores; higher is better.

    `score` in 0..1 orders the hits of one question, `dense` is the best cosine over the fact's keys,
    `sparse` the BM25 score of the fact's text with its questions, `belongs` the probability that the
    fact belongs into the answer (0 where nothing was fitted for the notes).
    """

    fact: Fact
    score: float
    dense: float
    sparse: float
    belongs: float = 0.0


@dataclass(frozen=True, slots=True)
class Citation:
    """Where a sentence of an answer comes from."""

    document: str
    title: str
    heading_path: tuple[str, ...]
    lines: tuple[int, int]
    text: str
    score: float
    fact: str


@dataclass(frozen=True, slots=True)
class Sentence:
    """One sentence of an answer and the indexes of the citations that support it.

    `item` is the mark of an item of a list (`1. `), whose sentences are one; it isn't in `text`.
    """

    text: str
    citations: tuple[int, ...]
    item: str = ""


@dataclass(frozen=True, slots=True)
class Answer:
    """The reply to a question; `text` is the join of its sentences."""

    status: Status
    confidence: float
    sentences: tuple[Sentence, ...]
    citations: tuple[Citation, ...]
    suggestions: tuple[str, ...] = ()
    written_by: WrittenBy = "notes"

    @property
    def text(self) -> str:
        """The sentences as one text, each on a line of its own where a block of code stands."""
        parts: list[str] = []
        before = None
        for sentence in self.sentences:
            parts += [joint(before, sentence), sentence.text]
            before = sentence
        return "".join(parts)


@dataclass(frozen=True, slots=True)
class Progress:
    """What one owner remembers of one card: FSRS's `memory`, when it is due, when it was first seen."""

    card: str
    memory: str
    due: datetime
    first_at: datetime
    last_at: datetime
    count: int


@dataclass(frozen=True, slots=True)
class Card:
    """A flashcard as text (Markdown-lite: code spans and fences), before it becomes an Anki note.

    `id` is its fact's id and its own (`mn42scxnkk-a`), whatever its wording. A `cloze` or `list` has
    its text in `cloze` (`{{c1::...}}`), every other kind a `front` and a `back`. `images` are the
    references of the note, then the names of media files. The last four fields come from the ledger.
    """

    id: str
    kind: CardKind
    document: str
    title: str
    heading_path: tuple[str, ...]
    lines: tuple[int, int]
    fact: str
    tags: tuple[str, ...] = ()
    front: str = ""
    back: str = ""
    cloze: str = ""
    reverse: bool = False
    context: tuple[str, ...] = ()
    extra: str = ""
    images: tuple[str, ...] = ()
    curated: bool = False
    guid: str = ""
    hash: str = ""
    changed_at: int = 0
    note_id: int = 0


def joint(before: Sentence | None, after: Sentence) -> str:
    """What stands before a sentence of an answer in Markdown, `before` being None for the first."""
    if before is None:
        return after.item
    if before.item or after.item:
        return ("\n" if before.item and after.item else "\n\n") + after.item
    return "\n" if "\n" in before.text or "\n" in after.text else " "


class Encoder(Protocol):
    """Turns texts into unit-norm embeddings; the same text gives the same vector."""

    @property
    def id(self) -> str:
        """Name and content hash of the model: an index made by another id is refused."""
        ...

    @property
    def dimension(self) -> int:
        """Length of one embedding."""
        ...

    def encode(self, texts: Sequence[str], role: Role) -> Vectors:
        """Encode `texts`; shape (len(texts), dimension), float32, unit norm."""
        ...

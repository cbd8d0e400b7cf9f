"""Both searches with the documents and keys they were made from."""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import cached_property

import numpy as np
import numpy.typing as npt

from service import korean
from service.index.background import Background, no_background
from service.index.dense import DenseIndex, Keys
from service.index.meanings import Meanings
from service.index.odds import WordOdds
from service.index.overlap import KeyOverlap
from service.index.projection import Projection, shipped
from service.index.sparse import SparseIndex
from service.notes.markdown import is_correction
from service.types import Document, Encoder, Fact, Need, Question, Section, Vectors

_ALSO = 99
"""The place of a fact that fits a need and needn't be said."""


@dataclass(frozen=True)
class Index:
    """What retrieval needs: documents, keys, needs, and the searches over facts, sections, needs and keys.

    Scores come in the order of `facts`, of `sections`, of `needs`; those of keys first the `questions`,
    then the needs' in their order.
    """

    documents: tuple[Document, ...]
    questions: tuple[Question, ...]
    needs: tuple[Need, ...]
    dense: DenseIndex
    sparse: SparseIndex
    sparse_sections: SparseIndex
    sparse_needs: SparseIndex
    keys: KeyOverlap
    texts: KeyOverlap
    odds: WordOdds
    meanings: Meanings
    generation: str = ""

    @cached_property
    def facts(self) -> tuple[Fact, ...]:
        """Every fact of every document, in order."""
        return tuple(fact for document in self.documents for fact in document.facts)

    @cached_property
    def asked(self) -> dict[str, tuple[str, ...]]:
        """What people ask, by fact: the bank's questions, none that was derived."""
        found: dict[str, list[str]] = {}
        for question in self.questions:
            if not question.derived:
                found.setdefault(question.fact, []).append(question.text)
        return {fact: tuple(texts) for fact, texts in found.items()}

    @cached_property
    def key_owners(self) -> npt.NDArray[np.int32]:
        """Whose each key is, in the order of `keys`: a fact's number, or that of a need after all facts."""
        facts = [self.numbers[question.fact] for question in self.questions]
        return np.array(facts + _need_owners(self.needs, len(self.facts)), dtype=np.int32)

    @cached_property
    def needs_of(self) -> tuple[tuple[tuple[int, int], ...], ...]:
        """For each fact the needs whose answer names it, with its place there; those in `also` come after."""
        found: list[list[tuple[int, int]]] = [[] for _ in self.facts]
        for number, need in enumerate(self.needs):
            for place, fact in enumerate((*need.answer, *need.also)):
                found[self.numbers[fact]].append((number, place if place < len(need.answer) else _ALSO))
        return tuple(map(tuple, found))

    @cached_property
    def traits(self) -> npt.NDArray[np.float32]:
        """Of each fact: whether it is a correction, whether it has code, how long it is."""
        return np.array(
            [
                (is_correction(fact.text), bool(fact.code), math.log1p(len(fact.text)) / 5)
                for fact in self.facts
            ],
            dtype=np.float32,
        )

    @cached_property
    def levels(self) -> npt.NDArray[np.float32]:
        """Of each need: whether it is core, whether it is working."""
        levels = [(need.level == "core", need.level == "working") for need in self.needs]
        return np.array(levels, dtype=np.float32).reshape(-1, 2)

    @cached_property
    def asked_share(self) -> float:
        """Share of the facts that people wrote questions for, 0..1."""
        asked = {question.fact for question in self.questions if not question.derived}
        return len(asked) / len(self.facts)

    @cached_property
    def sections(self) -> tuple[Section, ...]:
        """Every section, in the order that `section_numbers` count them."""
        return _sections(self.documents)

    @cached_property
    def section_numbers(self) -> npt.NDArray[np.int32]:
        """The number of each fact's section, in the order of `facts`."""
        return _section_numbers(self.sections)

    def section(self, fact: str) -> Section:
        """The section that the fact with this id stands in."""
        return self.sections[int(self.section_numbers[self.numbers[fact]])]

    @cached_property
    def titles(self) -> dict[str, str]:
        """Document title by document id."""
        return {document.id: document.title for document in self.documents}

    @cached_property
    def numbers(self) -> dict[str, int]:
        """Place of a fact in `facts` by its id."""
        return {fact.id: number for number, fact in enumerate(self.facts)}


def passage(fact: Fact) -> str:
    """The text that stands for a fact in both searches: its nearest headings and parents come first.

    The document's own title is left out where there are deeper headings: shared by every fact of the
    document, it only moves their vectors together.
    """
    headings = fact.heading_path[1:][-2:] or fact.heading_path
    return "\n".join([" > ".join(headings), *fact.parents, fact.text, *(code.text for code in fact.code)])


def build_index(
    documents: Sequence[Document],
    questions: Sequence[Question],
    aliases: dict[str, tuple[str, ...]],
    encoder: Encoder,
    progress: Callable[[str], None] = lambda stage: None,
    background: Background | None = None,
    needs: Sequence[Need] = (),
    projection: Projection | None = None,
) -> Index:
    """Encode and index the facts of `documents` with their keys and the `needs`; `aliases` are by fact id.

    `projection` is the shipped one unless given; none that was fitted on another encoder is used.
    """
    facts = [fact for document in documents for fact in document.facts]
    passages = [passage(fact) for fact in facts]
    asked = [question.text for question in questions]
    wished = [text for need in needs for text in need.questions]
    background = background or no_background(encoder.dimension)
    progress("encode")
    texts = encoder.encode(passages, "fact")
    keys = Keys(_encoded(asked, encoder), np.array(_owners(facts, questions), dtype=np.int32))
    wishes = Keys(_encoded(wished, encoder), np.array(_need_owners(needs, 0), dtype=np.int32))
    progress("index")
    asked_tokens = [korean.tokens(text) for text in asked]
    wordings = [korean.wording(text) for text in (*asked, *wished)]
    meanings = Meanings(projection or shipped())
    if needs and meanings.projection.suits(encoder):
        vectors = np.concatenate([keys.vectors, wishes.vectors])
        owned = np.concatenate([keys.owners, wishes.owners + len(facts)])
        meanings = Meanings.build(meanings.projection, vectors, wordings, owned)
    words = [
        korean.tokens("\n".join([text, *aliases.get(fact.id, ())]))
        for fact, text in zip(facts, passages, strict=True)
    ]
    for owner, tokens in zip(keys.owners, asked_tokens, strict=True):
        words[owner] += tokens
    return Index(
        tuple(documents),
        tuple(questions),
        tuple(needs),
        DenseIndex.build(texts, keys, wishes, background.vectors),
        SparseIndex.build(words),
        SparseIndex.build(_around(documents, words)),
        SparseIndex.build([korean.tokens("\n".join((need.want, *need.questions))) for need in needs]),
        KeyOverlap.build(wordings),
        KeyOverlap.build([korean.wording(text) for text in passages]),
        WordOdds.build(
            [*asked_tokens, *map(korean.tokens, wished)],
            [korean.tokens(question) for question in background.questions],
        ),
        meanings,
    )


def _encoded(questions: Sequence[str], encoder: Encoder) -> Vectors:
    return (
        encoder.encode(questions, "question") if questions else np.zeros((0, encoder.dimension), np.float32)
    )


def _owners(facts: Sequence[Fact], questions: Sequence[Question]) -> list[int]:
    numbers = {fact.id: number for number, fact in enumerate(facts)}
    return [numbers[question.fact] for question in questions]


def _around(documents: Sequence[Document], words: Sequence[list[str]]) -> list[list[str]]:
    """The words of each section, from those of every fact in it."""
    sections = _sections(documents)
    around: list[list[str]] = [[] for _ in sections]
    for number, tokens in zip(_section_numbers(sections), words, strict=True):
        around[number] += tokens
    return around


def _need_owners(needs: Sequence[Need], first: int) -> list[int]:
    return [first + number for number, need in enumerate(needs) for _ in need.questions]


def _sections(documents: Sequence[Document]) -> tuple[Section, ...]:
    return tuple(section for document in documents for section in document.sections)


def _section_numbers(sections: Sequence[Section]) -> npt.NDArray[np.int32]:
    sizes = [len(section.facts) for section in sections]
    return np.repeat(np.arange(len(sizes), dtype=np.int32), sizes)

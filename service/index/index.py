"""Both searches with the documents and keys they were made from; saved whole, checked when opened."""

from __future__ import annotations

import json
import logging
import math
import secrets
from collections.abc import Callable, Mapping, Sequence
from dataclasses import asdict, dataclass
from functools import cached_property
from pathlib import Path
from types import MappingProxyType

import numpy as np
import numpy.typing as npt
from pydantic import TypeAdapter

from service import korean
from service.errors import IndexDamaged, IndexMismatch, IndexMissing, IndexUnusable
from service.files import checksum, write_atomically
from service.index.background import Background, no_background
from service.index.dense import DenseIndex, Keys
from service.index.generations import current_generation, new_generation
from service.index.odds import WordOdds
from service.index.overlap import KeyOverlap
from service.index.sparse import SparseIndex
from service.notes.markdown import is_correction
from service.types import Document, Encoder, Fact, Need, Question, Role, Section, Vectors

FORMAT = 7

log = logging.getLogger(__name__)

_SECTIONS = "sections"
_NEEDS = "needs"
_FACTS = "facts"
_DOCUMENTS = TypeAdapter(tuple[Document, ...])
_QUESTIONS = TypeAdapter(tuple[Question, ...])
_WANTED = TypeAdapter(tuple[Need, ...])
_ALSO = 99
"""The place of a fact that fits a need and needn't be said."""


@dataclass(frozen=True, slots=True)
class Manifest:
    """What an index was made from, and the checksums of its files."""

    format: int
    encoder: str
    dimension: int
    fingerprint: str
    documents: int
    facts: int
    questions: int
    files: dict[str, str]


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


def known_vectors(index: Index) -> tuple[tuple[Sequence[str], Role, Vectors], ...]:
    """Every text of an index with its role and its vector: an embedding cache that was lost grows from it."""
    texts, questions, needs = index.dense.vectors()
    return (
        ([passage(fact) for fact in index.facts], "fact", texts),
        ([question.text for question in index.questions], "question", questions),
        ([text for need in index.needs for text in need.questions], "question", needs),
    )


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
) -> Index:
    """Encode and index the facts of `documents` with their keys and the `needs`; `aliases` are by fact id."""
    facts = [fact for document in documents for fact in document.facts]
    numbers = {fact.id: number for number, fact in enumerate(facts)}
    progress("encode")
    texts = encoder.encode([passage(fact) for fact in facts], "fact")
    keys: Vectors = encoder.encode([question.text for question in questions], "question")
    wished = [text for need in needs for text in need.questions]
    wishes: Vectors = (
        encoder.encode(wished, "question") if wished else np.zeros((0, texts.shape[1]), np.float32)
    )
    background = background or no_background(encoder.dimension)
    owners = np.array([numbers[question.fact] for question in questions], dtype=np.int32)
    progress("index")
    asked = [korean.tokens(question.text) for question in questions]
    words = [korean.tokens("\n".join([passage(fact), *aliases.get(fact.id, ())])) for fact in facts]
    for owner, tokens in zip(owners, asked, strict=True):
        words[owner] += tokens
    sections = _sections(documents)
    around: list[list[str]] = [[] for _ in sections]
    for number, tokens in zip(_section_numbers(sections), words, strict=True):
        around[number] += tokens
    sparse = SparseIndex.build(words)
    wordings = [korean.wording(text) for text in (*(question.text for question in questions), *wished)]
    return Index(
        tuple(documents),
        tuple(questions),
        tuple(needs),
        DenseIndex.build(
            texts,
            Keys(keys, owners),
            Keys(wishes, np.array(_need_owners(needs, 0), dtype=np.int32)),
            background.vectors,
        ),
        sparse,
        SparseIndex.build(around),
        SparseIndex.build([korean.tokens("\n".join((need.want, *need.questions))) for need in needs]),
        KeyOverlap.build(wordings),
        KeyOverlap.build([korean.wording(passage(fact)) for fact in facts]),
        WordOdds.build(
            [*asked, *map(korean.tokens, wished)],
            [korean.tokens(question) for question in background.questions],
        ),
    )


def _need_owners(needs: Sequence[Need], first: int) -> list[int]:
    return [first + number for number, need in enumerate(needs) for _ in need.questions]


def _sections(documents: Sequence[Document]) -> tuple[Section, ...]:
    return tuple(section for document in documents for section in document.sections)


def _section_numbers(sections: Sequence[Section]) -> npt.NDArray[np.int32]:
    sizes = [len(section.facts) for section in sections]
    return np.repeat(np.arange(len(sizes), dtype=np.int32), sizes)


def save_index(
    index: Index,
    folder: Path,
    encoder: Encoder,
    fingerprint: str,
    files: Mapping[str, bytes] = MappingProxyType({}),
) -> Manifest:
    """Write a new generation under `folder`, switch to it, and remove those no one can be reading.

    `files` (name -> content) are kept in it beside the index's own, under the same checksums.
    """
    generation = f"{fingerprint[:12]}-{secrets.token_hex(4)}"
    with new_generation(folder, generation) as temporary:
        for name, data in files.items():
            (temporary / name).parent.mkdir(parents=True, exist_ok=True)
            (temporary / name).write_bytes(data)
        manifest = _write(index, temporary, encoder, fingerprint)
    return manifest


def _write(index: Index, folder: Path, encoder: Encoder, fingerprint: str) -> Manifest:
    index.dense.save(folder)
    index.sparse.save(folder)
    index.sparse_sections.save(folder / _SECTIONS)
    index.sparse_needs.save(folder / _NEEDS)
    index.keys.save(folder)
    index.texts.save(folder / _FACTS)
    index.odds.save(folder)
    (folder / "documents.json").write_bytes(_DOCUMENTS.dump_json(index.documents))
    (folder / "questions.json").write_bytes(_QUESTIONS.dump_json(index.questions))
    (folder / "needs.json").write_bytes(_WANTED.dump_json(index.needs))
    sums = {
        path.relative_to(folder).as_posix(): checksum(path)
        for path in sorted(folder.rglob("*"))
        if path.is_file()
    }
    manifest = Manifest(
        format=FORMAT,
        encoder=encoder.id,
        dimension=encoder.dimension,
        fingerprint=fingerprint,
        documents=len(index.documents),
        facts=len(index.facts),
        questions=len(index.questions),
        files=sums,
    )
    write_atomically(folder / "manifest.json", json.dumps(asdict(manifest), indent=1).encode())
    return manifest


def current_manifest(folder: Path) -> Manifest:
    """What the current generation says it was made from. Raises IndexMissing, IndexDamaged."""
    return _manifest(folder / current_generation(folder) / "manifest.json")


def _manifest(path: Path) -> Manifest:
    try:
        return TypeAdapter(Manifest).validate_json(path.read_bytes())
    except OSError as error:
        raise IndexMissing(path=str(path.parent)) from error
    except ValueError as error:
        raise IndexDamaged(path=str(path.parent), reason="manifest.json") from error


def check_index(folder: Path, encoder: Encoder) -> tuple[str, Manifest]:
    """The current generation and its manifest, every file compared with its checksum.

    Raises IndexMissing, IndexDamaged or IndexMismatch.
    """
    generation = current_generation(folder)
    path = folder / generation
    manifest = _manifest(path / "manifest.json")
    if manifest.format != FORMAT:
        raise IndexMismatch(reason=f"format {manifest.format} != {FORMAT}")
    if (manifest.encoder, manifest.dimension) != (encoder.id, encoder.dimension):
        raise IndexMismatch(reason=f"encoder {manifest.encoder} != {encoder.id}")
    for name, expected in manifest.files.items():
        file = path / name
        if not file.is_file() or checksum(file) != expected:
            raise IndexDamaged(path=str(path), reason=name)
    return generation, manifest


def usable_manifest(folder: Path, encoder: Encoder) -> Manifest | None:
    """The current manifest if its index can be served, else None."""
    try:
        return check_index(folder, encoder)[1]
    except IndexUnusable as error:
        log.info("index must be built: %s", error)
        return None


def load_index(folder: Path, encoder: Encoder) -> Index:
    """Open the current generation after checking it. Raises IndexMissing, IndexDamaged, IndexMismatch."""
    generation, _ = check_index(folder, encoder)
    path = folder / generation
    return Index(
        documents=_DOCUMENTS.validate_json((path / "documents.json").read_bytes()),
        questions=_QUESTIONS.validate_json((path / "questions.json").read_bytes()),
        needs=_WANTED.validate_json((path / "needs.json").read_bytes()),
        dense=DenseIndex.load(path),
        sparse=SparseIndex.load(path),
        sparse_sections=SparseIndex.load(path / _SECTIONS),
        sparse_needs=SparseIndex.load(path / _NEEDS),
        keys=KeyOverlap.load(path),
        texts=KeyOverlap.load(path / _FACTS),
        odds=WordOdds.load(path),
        generation=generation,
    )

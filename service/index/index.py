"""Both searches with the documents and keys they were made from; saved whole, checked when opened."""

from __future__ import annotations

import json
import logging
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
from service.index.dense import DenseIndex
from service.index.generations import current_generation, new_generation
from service.index.odds import WordOdds
from service.index.sparse import SparseIndex
from service.types import Document, Encoder, Fact, Question, Role, Section, Vectors

FORMAT = 6

log = logging.getLogger(__name__)

_SECTIONS = "sections"
_DOCUMENTS = TypeAdapter(tuple[Document, ...])
_QUESTIONS = TypeAdapter(tuple[Question, ...])


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
    """What retrieval needs: documents, keys, both searches over the facts, and one over whole sections.

    Scores come in the order of `facts` and of `sections`.
    """

    documents: tuple[Document, ...]
    questions: tuple[Question, ...]
    dense: DenseIndex
    sparse: SparseIndex
    sparse_sections: SparseIndex
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
    texts, questions = index.dense.vectors()
    return (
        ([passage(fact) for fact in index.facts], "fact", texts),
        ([question.text for question in index.questions], "question", questions),
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
) -> Index:
    """Encode and index the facts of `documents` with their keys; `aliases` are by fact id."""
    facts = [fact for document in documents for fact in document.facts]
    numbers = {fact.id: number for number, fact in enumerate(facts)}
    progress("encode")
    texts = encoder.encode([passage(fact) for fact in facts], "fact")
    keys: Vectors = encoder.encode([question.text for question in questions], "question")
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
    return Index(
        tuple(documents),
        tuple(questions),
        DenseIndex.build(texts, keys, owners, background.vectors),
        SparseIndex.build(words),
        SparseIndex.build(around),
        WordOdds.build(asked, [korean.tokens(question) for question in background.questions]),
    )


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
    index.odds.save(folder)
    (folder / "documents.json").write_bytes(_DOCUMENTS.dump_json(index.documents))
    (folder / "questions.json").write_bytes(_QUESTIONS.dump_json(index.questions))
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
        dense=DenseIndex.load(path),
        sparse=SparseIndex.load(path),
        sparse_sections=SparseIndex.load(path / _SECTIONS),
        odds=WordOdds.load(path),
        generation=generation,
    )

"""An index on disk: saved whole as a new generation, checked when opened."""

from __future__ import annotations

import json
import logging
import secrets
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass
from pathlib import Path
from types import MappingProxyType

from pydantic import TypeAdapter

from service.errors import IndexDamaged, IndexMismatch, IndexMissing, IndexUnusable
from service.files import checksum, write_atomically
from service.index.dense import DenseIndex
from service.index.generations import current_generation, new_generation
from service.index.index import Index, passage
from service.index.meanings import Meanings
from service.index.odds import WordOdds
from service.index.overlap import KeyOverlap
from service.index.sparse import SparseIndex
from service.types import Document, Encoder, Need, Question, Role, Vectors

FORMAT = 9

log = logging.getLogger(__name__)

_SECTIONS = "sections"
_NEEDS = "needs"
_FACTS = "facts"
_DOCUMENTS = TypeAdapter(tuple[Document, ...])
_QUESTIONS = TypeAdapter(tuple[Question, ...])
_WANTED = TypeAdapter(tuple[Need, ...])


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
    index.meanings.save(folder)
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
        meanings=Meanings.load(path),
        generation=generation,
    )


def known_vectors(index: Index) -> tuple[tuple[Sequence[str], Role, Vectors], ...]:
    """Every text of an index with its role and its vector: an embedding cache that was lost grows from it."""
    texts, questions, needs = index.dense.vectors()
    return (
        ([passage(fact) for fact in index.facts], "fact", texts),
        ([question.text for question in index.questions], "question", questions),
        ([text for need in index.needs for text in need.questions], "question", needs),
    )

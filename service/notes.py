"""The notes of a folder with everything that belongs to them: stable ids and question banks.

A folder that keeps ledgers or banks of its own (ours does) keeps them beside the notes; for any
other folder, a user's own notes, the ledgers go to the data folder and nothing is written there.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path

from service import ledger, questions
from service.corpus import IMAGE_SUFFIXES, Warning, note_paths, read_corpus
from service.errors import BankError, CorpusEmpty, NoteError
from service.ledger import Ledger
from service.types import Document, Question


@dataclass(frozen=True, slots=True)
class Notes:
    """Documents with ids, their bank, and what a person should know about them."""

    documents: tuple[Document, ...]
    bank: questions.Bank
    broken: tuple[NoteError | BankError, ...]
    warnings: tuple[Warning, ...]
    ledgers: dict[str, Ledger] = field(default_factory=dict)
    unread_banks: frozenset[str] = frozenset()
    """Documents whose bank is broken: their cards stay as they were until somebody mends it."""

    def keys(self) -> tuple[Question, ...]:
        """Every question key: those of the bank, and derived ones for facts nobody wrote any for."""
        keys: list[Question] = []
        for fact in (fact for document in self.documents for fact in document.facts):
            written = self.bank.questions(fact.id)
            keys += [Question(fact.id, text, not written) for text in written or questions.derive(fact)]
        return tuple(keys)

    def aliases(self) -> dict[str, tuple[str, ...]]:
        """Other words for facts, by fact id."""
        return {entry.id: entry.aliases for entry in self.bank.entries.values() if entry.aliases}


def fingerprint(folder: Path) -> str:
    """A hash over every file that the notes are made from: equal when there is nothing to rebuild."""
    digest = hashlib.blake2b(digest_size=16)
    for path in _inputs(folder):
        data = path.read_bytes()
        digest.update(f"{path.relative_to(folder).as_posix()}\0{len(data)}\0".encode())
        digest.update(data)
    return digest.hexdigest()


def _inputs(folder: Path) -> Iterator[Path]:
    yield from note_paths(folder)
    yield from sorted(folder.rglob(f"*{questions.SUFFIX}"))
    yield from sorted(path for path in folder.rglob("*") if path.suffix.lower() in IMAGE_SUFFIXES)


def read_notes(folder: Path, ledgers: Path) -> Notes:
    """Read notes and bank, give facts their ids, and write the ledgers that changed.

    `ledgers` is where they go for a folder that keeps none. Raises CorpusMissing, CorpusEmpty, LedgerError.
    """
    corpus = read_corpus(folder)
    if not any(document.facts for document in corpus.documents):
        raise CorpusEmpty(path=str(folder))
    place = _Place(folder, None if keeps_ledgers(folder) else ledgers)
    documents, grown = _with_ids(corpus.documents, place)
    entries, broken, warnings, unread = _bank(documents, place)
    return Notes(
        documents,
        questions.Bank(entries),
        (*corpus.broken, *broken),
        (*corpus.warnings, *warnings),
        grown,
        unread,
    )


def keep_ledgers(notes: Notes, grown: Mapping[str, Ledger], folder: Path, ledgers: Path) -> None:
    """Write the ledgers of `notes` that have `grown` cards; the folders are those of `read_notes`."""
    place = _Place(folder, None if keeps_ledgers(folder) else ledgers)
    for document in notes.documents:
        if document.id in grown:
            ledger.save(grown[document.id], place.ledger(document))


def keeps_ledgers(folder: Path) -> bool:
    """Whether the folder's own notes have their ledgers or banks beside them."""
    return any(folder.rglob(f"*{questions.SUFFIX}")) or any(folder.rglob(f"*{ledger.SUFFIX}"))


@dataclass(frozen=True, slots=True)
class _Place:
    """Where the companions of a note lie."""

    folder: Path
    elsewhere: Path | None

    def ledger(self, document: Document) -> Path:
        if self.elsewhere is None:
            return self._beside(document, ledger.SUFFIX)
        return self.elsewhere / f"{document.id}{ledger.SUFFIX}"

    def bank(self, document: Document) -> Path:
        return self._beside(document, questions.SUFFIX)

    def _beside(self, document: Document, suffix: str) -> Path:
        path = self.folder / document.path
        return path.with_name(path.name[: -len(".md")] + suffix)


def bank_path(folder: Path, document: Document) -> Path:
    """The bank file of a document, whether it exists or not."""
    return _Place(folder, None).bank(document)


def _with_ids(
    documents: tuple[Document, ...], place: _Place
) -> tuple[tuple[Document, ...], dict[str, Ledger]]:
    ledgers = {document.id: ledger.load(place.ledger(document), document.id) for document in documents}
    _adopt(ledgers, documents, place)
    numbered = []
    for document in documents:
        document, grown = ledger.assign(document, ledgers[document.id])
        ledger.save(grown, place.ledger(document))
        ledgers[document.id] = grown
        numbered.append(document)
    return tuple(numbered), ledgers


def _adopt(ledgers: dict[str, Ledger], documents: tuple[Document, ...], place: _Place) -> None:
    """A renamed note finds its old ledger: the one whose note has gone and that shares most facts with it."""
    new = [document for document in documents if not ledgers[document.id].facts]
    known = {place.ledger(document) for document in documents}
    root = place.elsewhere or place.folder
    orphans = [path for path in sorted(root.rglob(f"*{ledger.SUFFIX}")) if path not in known] if new else []
    for path in orphans:
        old = ledger.load(path, path.name[: -len(ledger.SUFFIX)])
        contents = {entry.content for entry in old.facts}
        shares = {
            document.id: sum(ledger.content(fact) in contents for fact in document.facts) for document in new
        }
        best = max(shares, key=lambda document_id: shares[document_id])
        if shares[best] * 2 > len(contents) and not ledgers[best].facts:
            ledgers[best] = Ledger(best, old.facts, old.retired, old.cards)
            path.unlink()


def _bank(
    documents: tuple[Document, ...], place: _Place
) -> tuple[dict[str, questions.Entry], list[BankError], list[Warning], frozenset[str]]:
    entries: dict[str, questions.Entry] = {}
    unread: set[str] = set()
    broken: list[BankError] = []
    warnings: list[Warning] = []
    for document in documents:
        texts = {fact.id: fact.text for fact in document.facts}
        path = place.bank(document)
        try:
            loaded = questions.load_entries(path, document.id)
        except BankError as error:
            broken.append(error)
            unread.add(document.id)
            continue
        for entry in loaded:
            if entry.id not in texts:
                warnings.append(Warning(path.name, 1, f"orphan-entry:{entry.id}"))
            elif entry.text != texts[entry.id]:
                warnings.append(Warning(path.name, 1, f"changed-fact:{entry.id}"))
            entries[entry.id] = entry
    return entries, broken, warnings, frozenset(unread)

"""The notes of a folder with everything that belongs to them: stable ids and question banks.

A folder that keeps ledgers or banks of its own (ours does) keeps them beside the notes; for any
other folder, a user's own notes, the ledgers go to the data folder and nothing is written there.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterator, Mapping
from contextlib import suppress
from dataclasses import dataclass, field
from pathlib import Path

from service.errors import BankError, CorpusEmpty, NoteError
from service.notes import bank_file, ledger, needs
from service.notes.corpus import IMAGE_SUFFIXES, Warning, note_paths, read_corpus
from service.notes.ledger import Ledger
from service.notes.overlay import Overlay
from service.settings import Settings
from service.types import Document, Need, Question

MAX_FILE_NAME = 180
"""Bytes of a document id in a file name; systems take 255 with the suffix and a temporary's marks."""


@dataclass(frozen=True, slots=True)
class Notes:
    """Documents with ids, their bank, and what a person should know about them."""

    documents: tuple[Document, ...]
    bank: bank_file.Bank
    broken: tuple[NoteError | BankError, ...]
    warnings: tuple[Warning, ...]
    ledgers: dict[str, Ledger] = field(default_factory=dict)
    unread_banks: frozenset[str] = frozenset()
    """Documents whose bank is broken: their cards stay as they were until somebody mends it."""
    needs: tuple[Need, ...] = ()
    adopted: tuple[Path, ...] = ()
    """Ledgers of notes that have another name now; gone once those of the new names are kept."""

    def keys(self) -> tuple[Question, ...]:
        """Every question key: those of the bank, and derived ones for facts nobody wrote any for."""
        keys: list[Question] = []
        for fact in (fact for document in self.documents for fact in document.facts):
            written = self.bank.questions(fact.id)
            keys += [Question(fact.id, text, not written) for text in written or bank_file.derive(fact)]
        return tuple(keys)

    def aliases(self) -> dict[str, tuple[str, ...]]:
        """Other words for facts, by fact id."""
        return {entry.id: entry.aliases for entry in self.bank.entries.values() if entry.aliases}


@dataclass(frozen=True, slots=True)
class NotesFolder:
    """A folder of notes, and where everything that belongs to them lies: no one else knows that."""

    folder: Path
    ledgers: Path
    """Where ledgers go for a folder that keeps none."""
    overlay: Overlay | None = None

    @classmethod
    def of(cls, settings: Settings) -> NotesFolder:
        """The notes as they are served: the folder of the settings under what was written while serving."""
        return cls(settings.corpus_dir, settings.data_dir / "ledgers", Overlay(settings.overlay_dir))

    @classmethod
    def written(cls, settings: Settings) -> NotesFolder:
        """The notes of the folder alone, as a person edits them."""
        return cls(settings.corpus_dir, settings.data_dir / "ledgers")

    def fingerprint(self) -> str:
        """A hash over every file that the notes are made from: equal when there is nothing to rebuild."""
        digest = hashlib.blake2b(digest_size=16)
        for path in _inputs(self.folder):
            _feed(digest, path.relative_to(self.folder).as_posix(), path)
        for path in self.overlay.inputs() if self.overlay else ():
            with suppress(FileNotFoundError):  # withdrawn meanwhile, which asks for a build of its own
                _feed(digest, f"overlay//{path.name}", path)
        return digest.hexdigest()

    def read(self) -> Notes:
        """Notes and bank, every fact with its id; writes nothing.

        Raises CorpusMissing, CorpusEmpty, LedgerError.
        """
        corpus = read_corpus(self.folder)
        written = corpus.documents
        if self.overlay is not None:
            corpus = self.overlay.merge(corpus)
        served = set(map(id, corpus.documents))
        replaced = tuple(document for document in written if id(document) not in served)
        if not any(document.facts for document in corpus.documents):
            raise CorpusEmpty(path=str(self.folder))
        place = _Place(self)
        documents, grown, adopted = _with_ids(corpus.documents, place, replaced)
        entries, broken, warnings, unread = _bank(documents, place)
        texts = {fact.id: fact.text for document in documents for fact in document.facts}
        wanted, broken_needs, about_needs = needs.read_needs(self.folder, texts)
        return Notes(
            documents,
            bank_file.Bank(entries),
            (*corpus.broken, *broken, *broken_needs),
            (*corpus.warnings, *warnings, *about_needs),
            grown,
            unread,
            wanted,
            adopted,
        )

    def commit(
        self, notes: Notes, ledgers: Mapping[str, Ledger] | None = None, *, untouched: bool = False
    ) -> None:
        """Keep the ledgers of `notes`, or the `ledgers` that have grown since, where they changed.

        A folder that is to stay `untouched` keeps its own as they are.
        """
        place = _Place(self)
        ledgers = notes.ledgers if ledgers is None else ledgers
        paths = [(place.ledger(document), document.id) for document in notes.documents]
        for path, document_id in paths:
            if document_id in ledgers and not (untouched and path.is_relative_to(self.folder)):
                ledger.save(ledgers[document_id], path)
        for path in () if untouched else notes.adopted:
            path.unlink(missing_ok=True)

    def bank(self, document: Document) -> Path:
        """The bank file of a document, whether it exists or not."""
        return _beside(self.folder, document, bank_file.SUFFIX)


def _feed(digest: hashlib.blake2b, name: str, path: Path) -> None:
    data = path.read_bytes()
    digest.update(f"{name}\0{len(data)}\0".encode())
    digest.update(data)


def _inputs(folder: Path) -> Iterator[Path]:
    yield from note_paths(folder)
    yield from sorted(folder.rglob(f"*{bank_file.SUFFIX}"))
    yield from needs.needs_paths(folder)
    yield from sorted(path for path in folder.rglob("*") if path.suffix.lower() in IMAGE_SUFFIXES)


class _Place:
    """Where the ledgers of a folder's notes lie: beside them, or elsewhere for a folder that keeps none."""

    def __init__(self, notes: NotesFolder) -> None:
        suffixes = (bank_file.SUFFIX, ledger.SUFFIX)
        self._notes = notes
        self._beside = any(any(notes.folder.rglob(f"*{suffix}")) for suffix in suffixes)

    @property
    def root(self) -> Path:
        """The folder that holds all of them."""
        return self._notes.folder if self._beside else self._notes.ledgers

    def ledger(self, document: Document) -> Path:
        """Where the ledger of a document lies, or will."""
        overlay = self._notes.overlay
        if overlay is not None and overlay.holds(document):
            return overlay.ledger(document.id, ledger.SUFFIX)
        return self.own_ledger(document)

    def own_ledger(self, document: Document) -> Path:
        """The same, for the note of the folder."""
        if self._beside:
            return _beside(self._notes.folder, document, ledger.SUFFIX)
        return self._elsewhere(document)

    def load(self, document: Document) -> Ledger:
        """The ledger of a document; that of an overlaid one begins from the one of the note it replaces.

        One may lie elsewhere still: a folder begins to keep them with its first bank.
        """
        places = [self.ledger(document), self.own_ledger(document), self._elsewhere(document)]
        return ledger.load(next((path for path in places if path.exists()), places[0]), document.id)

    def bank(self, document: Document) -> Path:
        """The bank file of a document."""
        return self._notes.bank(document)

    def _elsewhere(self, document: Document) -> Path:
        return self._notes.ledgers / f"{_file_name(document.id)}{ledger.SUFFIX}"


def _beside(folder: Path, document: Document, suffix: str) -> Path:
    path = folder / document.path
    return path.with_name(path.name[: -len(".md")] + suffix)


def _file_name(document_id: str) -> str:
    """The id itself, or its beginning with a hash where a file system would find it too long."""
    if len(document_id.encode()) <= MAX_FILE_NAME:
        return document_id
    digest = hashlib.blake2b(document_id.encode(), digest_size=8).hexdigest()
    return f"{document_id.encode()[:MAX_FILE_NAME].decode(errors='ignore')}~{digest}"


def _with_ids(
    documents: tuple[Document, ...], place: _Place, replaced: tuple[Document, ...]
) -> tuple[tuple[Document, ...], dict[str, Ledger], tuple[Path, ...]]:
    """The documents with ids, their ledgers as they have grown, and the ledgers of renamed notes in them.

    Notes that the overlay has `replaced` keep their ledgers.
    """
    ledgers = {document.id: place.load(document) for document in documents}
    known = {place.ledger(each) for each in documents} | {place.own_ledger(each) for each in replaced}
    adopted = tuple(_adopt(ledgers, documents, place.root, known))
    numbered = []
    for document in documents:
        document, ledgers[document.id] = ledger.assign(document, ledgers[document.id])
        numbered.append(document)
    return tuple(numbered), ledgers, adopted


def _adopt(
    ledgers: dict[str, Ledger], documents: tuple[Document, ...], root: Path, known: set[Path]
) -> Iterator[Path]:
    """A renamed note finds its old ledger: the one whose note has gone and that shares most facts with it."""
    new = [document for document in documents if not ledgers[document.id].facts]
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
            yield path


def _bank(
    documents: tuple[Document, ...], place: _Place
) -> tuple[dict[str, bank_file.BankEntry], list[BankError], list[Warning], frozenset[str]]:
    entries: dict[str, bank_file.BankEntry] = {}
    unread: set[str] = set()
    broken: list[BankError] = []
    warnings: list[Warning] = []
    for document in documents:
        texts = {fact.id: fact.text for fact in document.facts}
        path = place.bank(document)
        try:
            loaded = bank_file.load_entries(path, document.id)
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

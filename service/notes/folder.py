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


def fingerprint(folder: Path, overlay: Overlay | None = None) -> str:
    """A hash over every file that the notes are made from: equal when there is nothing to rebuild."""
    digest = hashlib.blake2b(digest_size=16)
    for path in _inputs(folder):
        _feed(digest, path.relative_to(folder).as_posix(), path)
    for path in overlay.inputs() if overlay else ():
        with suppress(FileNotFoundError):  # withdrawn meanwhile, which asks for a build of its own
            _feed(digest, f"overlay//{path.name}", path)
    return digest.hexdigest()


def _feed(digest: hashlib.blake2b, name: str, path: Path) -> None:
    data = path.read_bytes()
    digest.update(f"{name}\0{len(data)}\0".encode())
    digest.update(data)


def _inputs(folder: Path) -> Iterator[Path]:
    yield from note_paths(folder)
    yield from sorted(folder.rglob(f"*{bank_file.SUFFIX}"))
    yield from needs.needs_paths(folder)
    yield from sorted(path for path in folder.rglob("*") if path.suffix.lower() in IMAGE_SUFFIXES)


def read_notes(
    folder: Path,
    ledgers: Path,
    overlay: Overlay | None = None,
    *,
    untouched: bool = False,
    look: bool = False,
) -> Notes:
    """Read notes and bank, give facts their ids, and write the ledgers that changed.

    `ledgers` is where they go for a folder that keeps none; a folder that is to stay `untouched` keeps
    them as they are, and who only wants a `look` writes nothing anywhere. Raises CorpusMissing,
    CorpusEmpty, LedgerError.
    """
    corpus = read_corpus(folder)
    written = corpus.documents
    if overlay is not None:
        corpus = overlay.merge(corpus)
    served = set(map(id, corpus.documents))
    replaced = tuple(document for document in written if id(document) not in served)
    if not any(document.facts for document in corpus.documents):
        raise CorpusEmpty(path=str(folder))
    elsewhere = None if keeps_ledgers(folder) else ledgers
    place = _Place(folder, elsewhere, overlay, untouched, look, replaced, ledgers)
    documents, grown = _with_ids(corpus.documents, place)
    entries, broken, warnings, unread = _bank(documents, place)
    texts = {fact.id: fact.text for document in documents for fact in document.facts}
    wanted, broken_needs, about_needs = needs.read_needs(folder, texts)
    return Notes(
        documents,
        bank_file.Bank(entries),
        (*corpus.broken, *broken, *broken_needs),
        (*corpus.warnings, *warnings, *about_needs),
        grown,
        unread,
        wanted,
    )


def keep_ledgers(
    notes: Notes,
    grown: Mapping[str, Ledger],
    folder: Path,
    ledgers: Path,
    overlay: Overlay | None = None,
    *,
    untouched: bool = False,
) -> None:
    """Write the ledgers of `notes` that have `grown` cards; the rest is as in `read_notes`."""
    place = _Place(folder, None if keeps_ledgers(folder) else ledgers, overlay, untouched)
    for document in notes.documents:
        if document.id in grown:
            place.save(grown[document.id], document)


def keeps_ledgers(folder: Path) -> bool:
    """Whether the folder's own notes have their ledgers or banks beside them."""
    return any(folder.rglob(f"*{bank_file.SUFFIX}")) or any(folder.rglob(f"*{ledger.SUFFIX}"))


@dataclass(frozen=True, slots=True)
class _Place:
    """Where the companions of a note lie."""

    folder: Path
    elsewhere: Path | None
    overlay: Overlay | None = None
    untouched: bool = False
    look: bool = False
    replaced: tuple[Document, ...] = ()
    """Notes of the folder that the overlay replaces or removes: their ledgers aren't orphans."""
    former: Path | None = None
    """Where the ledgers lay before the folder kept any: it begins to with its first bank."""

    def ledger(self, document: Document) -> Path:
        if self.overlay is not None and self.overlay.holds(document):
            return self.overlay.ledger(document.id, ledger.SUFFIX)
        return self._own_ledger(document)

    def load(self, document: Document) -> Ledger:
        """The ledger of a document; that of an overlaid one begins from the one of the note it replaces."""
        places = [self.ledger(document), self._own_ledger(document)]
        if self.former is not None:
            places.append(self.former / f"{_file_name(document.id)}{ledger.SUFFIX}")
        return ledger.load(next((path for path in places if path.exists()), places[0]), document.id)

    def save(self, grown: Ledger, document: Document) -> None:
        """Write the ledger, unless it lies in a folder that isn't to be touched."""
        path = self.ledger(document)
        if not self.look and not (self.untouched and path.is_relative_to(self.folder)):
            ledger.save(grown, path)

    def ledgers_in_use(self, documents: tuple[Document, ...]) -> set[Path]:
        return {self.ledger(document) for document in documents} | {
            self._own_ledger(document) for document in self.replaced
        }

    def _own_ledger(self, document: Document) -> Path:
        if self.elsewhere is None:
            return self._beside(document, ledger.SUFFIX)
        return self.elsewhere / f"{_file_name(document.id)}{ledger.SUFFIX}"

    def bank(self, document: Document) -> Path:
        return self._beside(document, bank_file.SUFFIX)

    def _beside(self, document: Document, suffix: str) -> Path:
        path = self.folder / document.path
        return path.with_name(path.name[: -len(".md")] + suffix)


def _file_name(document_id: str) -> str:
    """The id itself, or its beginning with a hash where a file system would find it too long."""
    if len(document_id.encode()) <= MAX_FILE_NAME:
        return document_id
    digest = hashlib.blake2b(document_id.encode(), digest_size=8).hexdigest()
    return f"{document_id.encode()[:MAX_FILE_NAME].decode(errors='ignore')}~{digest}"


def bank_path(folder: Path, document: Document) -> Path:
    """The bank file of a document, whether it exists or not."""
    return _Place(folder, None).bank(document)


def _with_ids(
    documents: tuple[Document, ...], place: _Place
) -> tuple[tuple[Document, ...], dict[str, Ledger]]:
    ledgers = {document.id: place.load(document) for document in documents}
    _adopt(ledgers, documents, place)
    numbered = []
    for document in documents:
        document, grown = ledger.assign(document, ledgers[document.id])
        place.save(grown, document)
        ledgers[document.id] = grown
        numbered.append(document)
    return tuple(numbered), ledgers


def _adopt(ledgers: dict[str, Ledger], documents: tuple[Document, ...], place: _Place) -> None:
    """A renamed note finds its old ledger: the one whose note has gone and that shares most facts with it."""
    new = [document for document in documents if not ledgers[document.id].facts]
    known = place.ledgers_in_use(documents)
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
            if not place.untouched and not place.look:
                path.unlink()


def _bank(
    documents: tuple[Document, ...], place: _Place
) -> tuple[dict[str, bank_file.Entry], list[BankError], list[Warning], frozenset[str]]:
    entries: dict[str, bank_file.Entry] = {}
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

"""The notes that were added, replaced or removed while serving: a folder of `DATA_DIR` over the corpus.

One file a note, so that writers of different notes can't lose each other's: `<id>.md` is the note, and
`<id>.removed` says that there is none, whatever the corpus or a leftover `<id>.md` says. Each change takes
effect in one rename or unlink; a crash at any moment leaves the old state or the new one. The ledgers
of these notes lie here too, begun from those of the notes they replace, so that fact ids stay.
"""

from __future__ import annotations

import hashlib
import re
from collections.abc import Collection, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, replace
from pathlib import Path

from service.errors import (
    BadDocumentId,
    DocumentChanged,
    IdCollision,
    LastDocument,
    NoteError,
    NoteRefused,
    TooManyDocuments,
    UnknownDocument,
)
from service.files import write_atomically
from service.korean import normalise
from service.notes.corpus import Corpus, image_file, parse_note
from service.types import Document

MOST_NOTES = 1000
"""Notes the overlay holds: a build reads them all, and must stay a matter of seconds."""

_ID = re.compile(r"[^\W_][\w.-]{0,59}")
"""Up to 60 letters, digits, `_`, `.`, `-`: a file name on every system, and in an address as it is."""
_CONTROL = re.compile(r"[\x00-\x08\x0b\x0c\x0e-\x1f\x7f]")
_NOTE, _REMOVED = ".md", ".removed"
_PREFIX = "overlay/"
"""Where a note says to lie that replaces none of the corpus."""


@dataclass(frozen=True, slots=True)
class Overlay:
    """The overlay in `folder`, which need not exist yet."""

    folder: Path

    def put(
        self, document_id: str, data: bytes, corpus: Path, known: Document | None, expected: str | None
    ) -> str:
        """Add or replace a note; gives its ETag.

        `known` is the note as it is served now, `expected` the ETag that the writer has seen, if any.
        Raises BadDocumentId, NoteRefused, IdCollision, TooManyDocuments, DocumentChanged.
        """
        document = _checked(document_id, data, corpus, known)
        with self._writing():
            self._expect(document_id, expected, known)
            path = self._path(document_id, _NOTE)
            if not path.exists() and len(self.inputs()) >= MOST_NOTES:
                raise TooManyDocuments(limit=MOST_NOTES)
            write_atomically(path, document.source.encode())
            self._path(document_id, _REMOVED).unlink(missing_ok=True)
        return etag(document)

    def remove(self, document_id: str, served: Collection[Document], expected: str | None) -> None:
        """Remove a note, the corpus's or one of these.

        Raises BadDocumentId, UnknownDocument, DocumentChanged, and LastDocument where none would be left.
        One that replaces none of the corpus's is simply gone; over any other a removal must stay.
        """
        known = next((each for each in served if each.id == document_id), None)
        if not _ID.fullmatch(document_id):
            raise (BadDocumentId if known else UnknownDocument)(document=document_id[:80])
        with self._writing():
            path = self._path(document_id, _NOTE)
            gone = self._path(document_id, _REMOVED).exists()
            if gone or (known is None and not path.exists()):
                raise UnknownDocument(document=document_id)
            self._expect(document_id, expected, known)
            if not self._left(served) - {document_id}:
                raise LastDocument(document=document_id)
            if known is None or not known.path.startswith(_PREFIX):
                write_atomically(self._path(document_id, _REMOVED), b"")
            path.unlink(missing_ok=True)

    def merge(self, corpus: Corpus) -> Corpus:
        """The corpus as people see it: with these notes, without the removed."""
        documents = {document.id: document for document in corpus.documents}
        broken: list[NoteError] = []
        for path in self.inputs():
            if path.suffix == _REMOVED:
                documents.pop(path.name.removesuffix(_REMOVED), None)
                continue
            document_id = path.name.removesuffix(_NOTE)
            try:
                documents[document_id] = self._read(path, documents.get(document_id))
            except NoteError as error:
                broken.append(error)
        return Corpus(tuple(documents.values()), (*corpus.broken, *broken), corpus.warnings)

    def inputs(self) -> list[Path]:
        """The files that say what the overlay holds, notes before removals."""
        if not self.folder.is_dir():
            return []
        return sorted(
            (
                path
                for path in self.folder.iterdir()
                if path.suffix in {_NOTE, _REMOVED} and path.name[0] != "."
            ),
            key=lambda path: (path.suffix, path.name),
        )

    def holds(self, document: Document) -> bool:
        """Whether the document is one of these."""
        return bool(_ID.fullmatch(document.id)) and self._path(document.id, _NOTE).exists()

    def ledger(self, document_id: str, suffix: str) -> Path:
        """Where the ledger of one of these notes lies."""
        return self.folder / "ledgers" / f"{document_id}{suffix}"

    def _read(self, path: Path, replaced: Document | None) -> Document:
        name = f"{_PREFIX}{path.name}"
        try:
            source = path.read_text(encoding="utf-8")
        except (OSError, UnicodeDecodeError) as error:
            raise NoteError(path=name, line=1, reason=f"unreadable:{error}") from error
        return replace(parse_note(source, path.name), path=replaced.path if replaced else name)

    def _left(self, served: Collection[Document]) -> set[str]:
        """The notes there are, whatever of the latest changes is served yet."""
        inputs = self.inputs()
        written = {path.name.removesuffix(_NOTE) for path in inputs if path.suffix == _NOTE}
        removed = {path.name.removesuffix(_REMOVED) for path in inputs if path.suffix == _REMOVED}
        return ({each.id for each in served if not each.path.startswith(_PREFIX)} | written) - removed

    def _expect(self, document_id: str, expected: str | None, known: Document | None) -> None:
        """Compare what a writer has seen with the newest there is, indexed yet or not."""
        if expected is None:
            return
        path = self._path(document_id, _NOTE)
        if self._path(document_id, _REMOVED).exists():
            newest = None
        elif path.exists():
            newest = _etag(path.read_bytes())
        else:
            newest = etag(known) if known else None
        if newest is None or expected not in {newest, "*"}:
            raise DocumentChanged(document=document_id)

    def _path(self, document_id: str, suffix: str) -> Path:
        return self.folder / f"{document_id}{suffix}"

    @contextmanager
    def _writing(self) -> Iterator[None]:
        """One writer at a time, over all processes."""
        import fcntl  # POSIX only, and only writers need it

        self.folder.mkdir(parents=True, exist_ok=True)
        with (self.folder / ".lock").open("a") as lock:
            fcntl.flock(lock, fcntl.LOCK_EX)
            yield


def etag(document: Document) -> str:
    """The version of a note: equal for equal text."""
    return _etag(document.source.encode())


def _etag(data: bytes) -> str:
    return f'"{hashlib.blake2b(data, digest_size=12).hexdigest()}"'


def _checked(document_id: str, data: bytes, corpus: Path, known: Document | None) -> Document:
    """The note that `data` is, if it can be served as `document_id`."""
    if not _ID.fullmatch(document_id) or document_id != normalise(document_id):
        raise BadDocumentId(document=document_id[:80])
    try:
        text = data.decode("utf-8-sig")
        if found := _CONTROL.search(text):
            raise NoteRefused(line=text.count("\n", 0, found.start()) + 1, reason="control-characters")
        document = parse_note(text, f"{document_id}{_NOTE}")
    except UnicodeDecodeError as error:
        raise NoteRefused(line=data.count(b"\n", 0, error.start) + 1, reason="not-utf8") from error
    except NoteError as error:
        raise NoteRefused(line=int(error.fields["line"]), reason=str(error.fields["reason"])) from error
    if document.id != document_id:
        raise IdCollision(document=document_id, other=document.id)
    if not document.facts:
        raise NoteRefused(line=1, reason="no-facts")
    beside = (corpus / known.path).parent if known else corpus
    for target, line in document.images:
        if (
            "://" not in target
            and not target.startswith("data:")
            and image_file(target, beside, corpus) is None
        ):
            raise NoteRefused(line=line, reason=f"image-not-here:{target[:80]}")
    return document

"""A folder of Markdown files -> documents. A broken file is reported and skipped; the rest still builds."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import unquote

import yaml

from service.errors import CorpusMissing, NoteError
from service.korean import normalise
from service.notes import markdown
from service.types import Document

MAX_NOTE_BYTES = 4_000_000
"""A larger note is refused: it is a dump, not a note, and would hold up every build."""
MAX_FRONT_MATTER = 20_000
IMAGE_SUFFIXES = frozenset({".png", ".jpg", ".jpeg", ".gif", ".webp", ".svg"})
"""Pictures that a card can show."""

_DOCUMENT_ID = re.compile(r"[^\x00-\x1f\x7f/\\]{1,200}")
_BINARY = re.compile(r"[\x00-\x08\x0e-\x1a\x1c-\x1f]")


@dataclass(frozen=True, slots=True)
class Warning:
    """Something a person should know about a note that builds all the same."""

    path: str
    line: int
    reason: str


@dataclass(frozen=True, slots=True)
class Corpus:
    """What a folder holds: the documents (facts without ids), the notes left out, the warnings."""

    documents: tuple[Document, ...]
    broken: tuple[NoteError, ...]
    warnings: tuple[Warning, ...]


def read_corpus(folder: Path) -> Corpus:
    """Read every note under `folder`, in order of path. Raises CorpusMissing."""
    if not folder.is_dir():
        raise CorpusMissing(path=str(folder))
    documents: dict[str, Document] = {}
    broken: list[NoteError] = []
    warnings: list[Warning] = []
    for path in note_paths(folder):
        try:
            document, found = read_note(path, folder)
            if document.id in documents:
                raise NoteError(
                    path=document.path, line=1, reason=f"id-collision:{documents[document.id].path}"
                )
        except NoteError as error:
            broken.append(error)
        else:
            documents[document.id] = document
            warnings += found
    return Corpus(tuple(documents.values()), tuple(broken), tuple(warnings))


def note_paths(folder: Path) -> Iterator[Path]:
    """The Markdown files under `folder`, sorted; hidden folders (.git, .obsidian) are left out."""
    for path in sorted(folder.rglob("*")):
        hidden = any(part.startswith(".") for part in path.relative_to(folder).parts)
        if path.suffix.lower() == ".md" and not hidden and path.is_file():
            yield path


def read_note(path: Path, folder: Path) -> tuple[Document, list[Warning]]:
    """Read one note. Raises NoteError with the note's name and line."""
    name = normalise(path.relative_to(folder).as_posix())
    try:
        data = path.read_bytes() if path.stat().st_size <= MAX_NOTE_BYTES else None
    except OSError as error:
        raise NoteError(path=name, line=1, reason=f"unreadable:{error.strerror}") from error
    if data is None:
        raise NoteError(path=name, line=1, reason="too-large")
    text, encoding = _decode(data, name)
    document = parse_note(text, name)
    warnings = [Warning(name, 1, f"converted:{encoding}")] if encoding != "utf-8" else []
    return document, warnings + _missing_images(document, path.parent, folder)


def parse_note(text: str, name: str) -> Document:
    """Make a document of Markdown `text` stored under the relative path `name`. Raises NoteError."""
    source = normalise(text.replace("\r\n", "\n").replace("\r", "\n"))
    stem = re.sub(r"\.md$", "", name, flags=re.IGNORECASE).replace("/", "--")
    front = _front_matter(markdown.front_matter(source), name)
    document_id = front.get("id", stem)
    if not isinstance(document_id, str) or not _DOCUMENT_ID.fullmatch(document_id):
        raise NoteError(path=name, line=1, reason="bad-id")
    given = front.get("title")
    parsed = markdown.parse(source, document_id, title=given if isinstance(given, str) else None)
    title = given if isinstance(given, str) and given.strip() else parsed.heading or stem
    return Document(
        id=document_id,
        title=title.strip(),
        path=name,
        tags=_tags(front.get("tags")),
        sections=parsed.sections,
        source=source,
        images=parsed.images,
    )


def _decode(data: bytes, name: str) -> tuple[str, str]:
    """Text and the encoding it was stored in; Korean Windows still writes cp949."""
    candidates = ["utf-16"] if data[:2] in {b"\xff\xfe", b"\xfe\xff"} else ["utf-8-sig", "cp949"]
    for encoding in candidates:
        try:
            text = data.decode(encoding)
        except UnicodeDecodeError:
            continue
        if not _BINARY.search(text):
            return text, "utf-8" if encoding == "utf-8-sig" else encoding
    binary = _BINARY.search(data.decode("latin-1"))
    line = data.count(b"\n", 0, binary.start() if binary else 0) + 1
    raise NoteError(path=name, line=line, reason="not-text")


def _front_matter(block: str | None, name: str) -> dict[str, object]:
    if block is None:
        return {}
    if len(block) > MAX_FRONT_MATTER:
        raise NoteError(path=name, line=1, reason="front-matter-too-long")
    try:
        loaded = yaml.safe_load(block)
    except yaml.MarkedYAMLError as error:
        line = error.problem_mark.line + 2 if error.problem_mark else 1
        raise NoteError(path=name, line=line, reason="front-matter") from error
    except (yaml.YAMLError, ValueError, RecursionError) as error:
        raise NoteError(path=name, line=1, reason="front-matter") from error
    if loaded is not None and not isinstance(loaded, dict):
        raise NoteError(path=name, line=2, reason="front-matter")
    return loaded or {}


def _tags(given: object) -> tuple[str, ...]:
    listed = (
        re.split(r"[,\s]+", given) if isinstance(given, str) else given if isinstance(given, list) else []
    )
    # Scalars only: a list made of YAML aliases would become text of any length.
    scalars = (tag for tag in listed if isinstance(tag, str | int | float))
    names = (re.sub(r"\s+", "-", str(tag).lstrip("#").strip()) for tag in scalars)
    return tuple(dict.fromkeys(unicodedata.normalize("NFC", name) for name in names if name))


def _missing_images(document: Document, beside: Path, folder: Path) -> list[Warning]:
    return [
        Warning(document.path, line, f"missing-image:{target}")
        for target, line in document.images
        if "://" not in target
        and not target.startswith("data:")
        and image_file(target, beside, folder) is None
    ]


def image_file(target: str, beside: Path, folder: Path) -> Path | None:
    """The file an image reference points to, if it lies inside the corpus folder."""
    for base in (beside, folder):
        for form in ("NFC", "NFD"):  # macOS stores file names decomposed
            try:
                path = (
                    base / unicodedata.normalize(form, unquote(target.split("#")[0].split("?")[0]))
                ).resolve()
                if path.is_relative_to(folder.resolve()) and path.is_file():
                    return path
            except (OSError, ValueError):
                continue
    return None

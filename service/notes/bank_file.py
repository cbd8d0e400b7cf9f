"""The question bank: what people ask about each fact, beside the notes, one YAML file a note.

The same entries are matched against (keys), are the fronts of flashcards, and show where the
knowledge is thin. An entry names its fact's id and repeats its text, so that a person can read
and write it; what no longer fits the notes is reported, never dropped in silence.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Annotated, TypeVar

import yaml
from pydantic import BaseModel, BeforeValidator, ConfigDict, Field, TypeAdapter, ValidationError

from service.errors import BankError
from service.korean import normalise
from service.notes.markdown import is_label
from service.types import CardKind, Document, Fact

SUFFIX = ".questions.yaml"
MAX_QUESTION = 300

T = TypeVar("T")
NOTHING_IS_EMPTY = BeforeValidator(lambda loaded: loaded or ())
"""An empty YAML file says None; for a list it means the empty one."""

_Loader: type[yaml.SafeLoader] = getattr(yaml, "CSafeLoader", yaml.SafeLoader)
_Text = Annotated[str, Field(min_length=1, max_length=2000)]
_ShortText = Annotated[str, Field(min_length=1, max_length=MAX_QUESTION)]


class _Strict(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)


class CuratedCard(_Strict):
    """A card written by hand for a fact; its id is unique within the fact."""

    id: Annotated[str, Field(pattern=r"^[a-z0-9-]{1,40}$")]
    kind: CardKind
    front: _Text | None = None
    back: _Text | None = None
    cloze: _Text | None = None
    reverse: bool = False


class BankEntry(_Strict):
    """What the bank holds for one fact."""

    id: str
    text: str
    questions: tuple[_ShortText, ...] = ()
    aliases: tuple[_ShortText, ...] = ()
    cards: tuple[CuratedCard, ...] = ()


class _File(_Strict):
    document: str
    facts: tuple[BankEntry, ...] = ()


_FILE = TypeAdapter(_File)


@dataclass(frozen=True, slots=True)
class Bank:
    """The entries of all documents by fact id."""

    entries: dict[str, BankEntry]

    def questions(self, fact: str) -> tuple[str, ...]:
        """The questions people ask about the fact with this id; empty when nobody wrote any."""
        entry = self.entries.get(fact)
        return entry.questions if entry else ()

    def aliases(self, fact: str) -> tuple[str, ...]:
        """Other words for what the fact is about."""
        entry = self.entries.get(fact)
        return entry.aliases if entry else ()


def read_yaml(path: Path, shape: TypeAdapter[T], name: str) -> tuple[T, yaml.Node | None]:
    """What a YAML file says, and its nodes. Raises FileNotFoundError, BankError with `name` and line."""
    root: yaml.Node | None = None
    try:
        text = normalise(path.read_text(encoding="utf-8"))
        root = yaml.compose(text, Loader=_Loader)
        return shape.validate_python(yaml.load(text, Loader=_Loader)), root  # noqa: S506 - a safe loader
    except FileNotFoundError:
        raise
    except yaml.MarkedYAMLError as error:
        line = error.problem_mark.line + 1 if error.problem_mark else 1
        raise BankError(path=name, line=line, reason=str(error.problem)) from error
    except ValidationError as error:
        first = error.errors()[0]
        reason = f"{'.'.join(map(str, first['loc']))}: {first['msg']}"
        raise BankError(path=name, line=_line(root, first["loc"]), reason=reason) from error
    except (OSError, UnicodeDecodeError, yaml.YAMLError, RecursionError) as error:
        raise BankError(path=name, line=1, reason=str(error).splitlines()[0]) from error


def load_entries(path: Path, document: str) -> tuple[BankEntry, ...]:
    """Read the bank file of one document; none is an empty bank. Raises BankError with its line."""
    try:
        loaded, root = read_yaml(path, _FILE, path.name)
    except FileNotFoundError:
        return ()
    if loaded.document != document:
        raise BankError(path=path.name, line=1, reason=f"document: {loaded.document!r} is not {document!r}")
    return _checked(loaded.facts, path, root)


def _checked(entries: tuple[BankEntry, ...], path: Path, root: yaml.Node | None) -> tuple[BankEntry, ...]:
    seen: set[str] = set()
    for number, entry in enumerate(entries):
        cards = [card.id for card in entry.cards]
        if entry.id in seen or len(cards) != len(set(cards)):
            raise BankError(path=path.name, line=_line(root, ("facts", number)), reason=f"twice: {entry.id}")
        seen.add(entry.id)
    return entries


def _line(node: yaml.Node | None, location: Sequence[int | str]) -> int:
    """The 1-based line of the node at a pydantic error location, or of its nearest parent."""
    line = 1
    for part in location:
        if isinstance(node, yaml.MappingNode):
            key, node = next(((key, value) for key, value in node.value if key.value == part), (None, None))
            line = key.start_mark.line + 1 if key else line
        elif isinstance(node, yaml.SequenceNode) and isinstance(part, int) and part < len(node.value):
            node = node.value[part]
            line = node.start_mark.line + 1
    return line


def skeleton(document: Document, entries: Iterable[BankEntry] = ()) -> str:
    """The bank file of `document` as YAML: its facts in order, with the questions they already have.

    Entries whose fact has gone stay at the end, so that a person decides what becomes of them.
    """
    known = {entry.id: entry for entry in entries}
    listed = [_listed(known.pop(fact.id, None), fact) for fact in document.facts]
    listed += [_plain(entry, entry.id, entry.text) for entry in known.values()]
    body = yaml.safe_dump(
        {"document": document.id, "facts": listed}, allow_unicode=True, sort_keys=False, width=1000
    )
    return f"# {document.title}\n{body}"


def _listed(entry: BankEntry | None, fact: Fact) -> dict[str, object]:
    """A fact's entry under the text that its questions were written for: the build says where it changed."""
    return _plain(entry, fact.id, entry.text if entry else fact.text)


def _plain(entry: BankEntry | None, fact_id: str, text: str) -> dict[str, object]:
    plain: dict[str, object] = {
        "id": fact_id,
        "text": text,
        "questions": list(entry.questions) if entry else [],
    }
    if entry and entry.aliases:
        plain["aliases"] = list(entry.aliases)
    if entry and entry.cards:
        plain["cards"] = [card.model_dump(exclude_defaults=True) for card in entry.cards]
    return plain


_DEFINITION = re.compile(r"^(.{1,30}?)\s*[:：]\s+\S")


def derive(fact: Fact) -> tuple[str, ...]:
    """Keys for a fact that nobody wrote questions for: its heading, its label, its subject, its own text."""
    topic = fact.heading_path[-1]
    labels = [parent.rstrip(":：") for parent in fact.parents if is_label(parent)]
    keys = [topic, " ".join([topic, *labels])]
    subject = _DEFINITION.match(fact.text)
    if subject:
        keys.append(f"{topic} {subject[1]}")
    return tuple(dict.fromkeys([*keys, fact.text]))

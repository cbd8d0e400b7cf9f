"""The map of needs: what people want, from their side, with its canonical answer from the notes.

Files named `*.needs.yaml` anywhere in the folder. A need names its facts by id, each followed by the
beginning of the fact's text, so that a person can read and write it.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import Annotated

from pydantic import BaseModel, ConfigDict, Field, TypeAdapter

from service.errors import BankError
from service.notes.bank_file import MAX_QUESTION, NOTHING_IS_EMPTY, read_yaml
from service.notes.corpus import Warning
from service.types import Level, Need, NeedKind

SUFFIX = ".needs.yaml"

_ShortText = Annotated[str, Field(min_length=1, max_length=MAX_QUESTION)]
_Listed = Annotated[tuple[_ShortText, ...], NOTHING_IS_EMPTY]


class _Strict(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)


class _Entry(_Strict):
    id: Annotated[str, Field(pattern=r"^[a-z0-9][a-z0-9.-]{0,79}$")]
    kind: NeedKind
    level: Level
    want: _ShortText
    answer: Annotated[tuple[_ShortText, ...], Field(min_length=1)]
    also: _Listed = ()
    questions: _Listed = ()


class _File(_Strict):
    area: str
    needs: Annotated[tuple[_Entry, ...], NOTHING_IS_EMPTY] = ()


_FILE = TypeAdapter(_File)


def needs_paths(folder: Path) -> list[Path]:
    """The files of needs in a folder, by name."""
    return sorted(folder.rglob(f"*{SUFFIX}"))


def read_needs(
    folder: Path, texts: Mapping[str, str]
) -> tuple[tuple[Need, ...], list[BankError], list[Warning]]:
    """The needs of a folder whose facts are there; `texts` are the facts' texts by id.

    What doesn't fit the notes is reported: a need loses facts that have gone, and goes itself with the
    direct answer.
    """
    needs: dict[str, Need] = {}
    broken: list[BankError] = []
    warnings: list[Warning] = []
    for path in needs_paths(folder):
        try:
            loaded, _ = read_yaml(path, _FILE, path.name)
        except BankError as error:
            broken.append(error)
            continue
        for entry in loaded.needs:
            warnings += (Warning(path.name, 1, reason) for reason in _reasons(entry, texts, needs))
            if _fact(entry.answer[0]) in texts and entry.id not in needs:
                needs[entry.id] = _need(entry, texts)
    return tuple(needs.values()), broken, warnings


def _need(entry: _Entry, texts: Mapping[str, str]) -> Need:
    answer, also = (
        tuple(dict.fromkeys(fact for fact in map(_fact, listed) if fact in texts))
        for listed in (entry.answer, entry.also)
    )
    questions = tuple(dict.fromkeys(entry.questions)) or (entry.want,)
    return Need(entry.id, entry.kind, entry.level, entry.want, answer, also, questions)


def _reasons(entry: _Entry, texts: Mapping[str, str], known: Iterable[str]) -> list[str]:
    """What a person should know about an entry."""
    reasons = [f"need-twice:{entry.id}"] if entry.id in known else []
    for reference in (*entry.answer, *entry.also):
        fact, _, beginning = reference.partition(" ")
        if fact not in texts:
            reasons.append(f"need-orphan:{entry.id}:{fact}")
        elif not texts[fact].startswith(beginning.strip().removesuffix("…").strip()):
            reasons.append(f"need-changed:{entry.id}:{fact}")
    return reasons


def _fact(reference: str) -> str:
    return reference.partition(" ")[0]

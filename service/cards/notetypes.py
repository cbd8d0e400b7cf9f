"""The frozen note types. Anki matches them by id and by their fields' and templates' ids.

Never change a name, an order or an id here, and never drop a field: people's collections hold notes
of these types, and Anki would put later notes under a copy ("도커 기본+") and stop updating the old
ones. A test holds this file to what was shipped. Templates and CSS may change: then raise `CHANGED_AT`.

The first eight fields come in the same order in all types, so that one TSV file can hold them all.
`Memo` is the owner's own: we always leave it empty, and the TSV leaves it out.
"""

from __future__ import annotations

from dataclasses import dataclass
from importlib.resources import files
from typing import Literal

from service import messages

CHANGED_AT = 1_795_500_000
"""When a template or the CSS last changed (seconds); Anki takes them over if this is newer than its own."""

TypeName = Literal["basic", "term", "cloze"]
SHARED = ("Context", "Extra", "Source", "SourceUrl", "CardId", "Memo")


@dataclass(frozen=True, slots=True)
class Template:
    """One card of a note: its id, name, question side and answer side."""

    id: int
    name: str
    question: str
    answer: str


@dataclass(frozen=True, slots=True)
class NoteType:
    """A note type: `fields` with their ids, templates, and whether it is a cloze type."""

    id: int
    name: str
    fields: tuple[tuple[str, int], ...]
    templates: tuple[Template, ...]
    cloze: bool = False


_CONTEXT = "{{#Context}}<div class=context>{{Context}}</div>{{/Context}}"
_FOOT = (
    "{{#Extra}}<div class=extra>{{Extra}}</div>{{/Extra}}"
    "{{#Memo}}<div class=memo>{{Memo}}</div>{{/Memo}}"
    "<footer>"
    '{{#SourceUrl}}<a href="{{SourceUrl}}">{{Source}}</a>{{/SourceUrl}}{{^SourceUrl}}{{Source}}{{/SourceUrl}}'
    "</footer>"
)


def _side(content: str) -> str:
    return f'<article lang="ko" class="tex2jax_ignore">{content}</article>'


def _answered(question: str, answer: str) -> str:
    return _side(f"{question}<hr id=answer>{answer}{_FOOT}")


def _fields(base: int, *first: str) -> tuple[tuple[str, int], ...]:
    return tuple((name, base + place) for place, name in enumerate((*first, *SHARED)))


def _ask(words: str) -> str:
    return f"<div class=ask>{words}</div>"


_FRONT = f"{_CONTEXT}<div class=front>{{{{Front}}}}</div>"
_TERM = f"{_CONTEXT}{_ask(messages.CARD_ASK_MEANING)}<div class=term>{{{{Front}}}}</div>"
_MEANING = f"{_ask(messages.CARD_ASK_TERM)}<div class=front>{{{{Back}}}}</div>"
_TEXT = f"{_CONTEXT}<div class=text>{{{{cloze:Text}}}}</div>"

NOTE_TYPES: dict[TypeName, NoteType] = {
    "basic": NoteType(
        1_794_300_101,
        "도커 기본",
        _fields(17_943_001_010, "Front", "Back", "Spare"),
        (
            Template(
                17_943_001_100, "앞 → 뒤", _side(_FRONT), _answered(_FRONT, "<div class=back>{{Back}}</div>")
            ),
        ),
    ),
    "term": NoteType(
        1_794_300_102,
        "도커 용어",
        _fields(17_943_002_010, "Front", "Back", "Reverse"),
        (
            Template(
                17_943_002_100, "용어 → 뜻", _side(_TERM), _answered(_TERM, "<div class=back>{{Back}}</div>")
            ),
            Template(
                17_943_002_101,
                "뜻 → 용어",
                f"{{{{#Reverse}}}}{_side(_MEANING)}{{{{/Reverse}}}}",
                _answered(_MEANING, "<div class=term>{{Front}}</div>"),
            ),
        ),
    ),
    "cloze": NoteType(
        1_794_300_103,
        "도커 빈칸",
        _fields(17_943_003_010, "Text", "Back", "Spare"),
        (
            Template(
                17_943_003_100,
                "빈칸",
                _side(_TEXT),
                _side(f"{_TEXT}{{{{#Back}}}}<div class=back>{{{{Back}}}}</div>{{{{/Back}}}}{_FOOT}"),
            ),
        ),
        cloze=True,
    ),
}


def css() -> str:
    """How the cards look: Korean typography, light and dark, desktop and phone."""
    return (files("service.cards") / "card.css").read_text(encoding="utf-8")

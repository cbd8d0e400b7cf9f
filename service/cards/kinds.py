"""The card kinds: one entry each, with its note type and how its fields are made."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from html import escape

from service.cards import cloze, render
from service.cards.notetypes import TypeName
from service.types import Card, CardKind

Fields = tuple[str, str, str]
"""The HTML of the first three fields of a note."""


@dataclass(frozen=True, slots=True)
class Kind:
    """A kind of card: the note type it is kept as, its fields, and what it asks as plain text."""

    note_type: TypeName
    fields: Callable[[Card], Fields]
    asked: Callable[[Card], str]
    answered: Callable[[Card], str]


def sides(back: str) -> tuple[tuple[str, str], ...]:
    """The sides of a contrast: "A: ... / B: ..." as (A, ...) and (B, ...); none if it isn't one."""
    parts = [part.strip() for part in back.split(" / ")]
    named = tuple((name.strip(), text.strip()) for name, _, text in (part.partition(": ") for part in parts))
    return named if len(named) > 1 and all(name and text for name, text in named) else ()


def _front_back(card: Card) -> Fields:
    return render.field(card.front), render.field(card.back), ""


def _term(card: Card) -> Fields:
    return render.field(card.front), render.field(card.back), "y" if card.reverse else ""


def _contrast(card: Card) -> Fields:
    named = sides(card.back)
    if not named:
        return _front_back(card)
    rows = "".join(f"<dt>{render.field(name)}</dt><dd>{render.field(text)}</dd>" for name, text in named)
    return render.field(card.front), f"<dl>{rows}</dl>", ""


def _command(card: Card) -> Fields:
    if "`" in card.back:
        return _front_back(card)
    return render.field(card.front), render.block(card.back), ""


def _cloze(card: Card) -> Fields:
    return render.cloze_field(card.cloze), "", ""


def _asked(card: Card) -> str:
    return render.plain(card.front)


def _answered(card: Card) -> str:
    return render.plain(card.back)


def _cloze_asked(card: Card) -> str:
    return render.plain(cloze.shown(card.cloze, BLANK))


def _cloze_answered(card: Card) -> str:
    return render.plain(" / ".join(cloze.hidden(card.cloze).values()))


BLANK = "[…]"

KINDS: dict[CardKind, Kind] = {
    "term": Kind("term", _term, _asked, _answered),
    "question": Kind("basic", _front_back, _asked, _answered),
    "contrast": Kind("basic", _contrast, _asked, _answered),
    "command": Kind("basic", _command, _asked, _answered),
    "cloze": Kind("cloze", _cloze, _cloze_asked, _cloze_answered),
    "list": Kind("cloze", _cloze, _cloze_asked, _cloze_answered),
}


def asked(card: Card) -> str:
    """What the card asks, as plain text."""
    return KINDS[card.kind].asked(card)


def answered(card: Card) -> str:
    """What it wants to hear, as plain text."""
    return KINDS[card.kind].answered(card)


def fields(card: Card) -> Fields:
    """The first three fields of its note, as HTML; pictures follow what explains the answer (see export)."""
    return KINDS[card.kind].fields(card)


def picture(name: str) -> str:
    """The HTML that shows a media file."""
    return f'<img src="{escape(name, quote=True)}">'

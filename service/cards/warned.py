"""A card whose answer destroys or opens something says so before it: on the back, or in what stands below."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import replace

from service.cards.render import plain
from service.notes.danger import danger_of, of_command, of_words
from service.notes.warning import warning
from service.types import Card, Fact


def warned(cards: Iterable[Card], facts: Mapping[str, Fact]) -> tuple[Card, ...]:
    """The cards, those of facts that destroy something with the warning; `facts` are by id."""
    return tuple(_warned(card, facts.get(card.fact)) for card in cards)


def _warned(card: Card, fact: Fact | None) -> Card:
    danger = danger_of(fact) if fact else None
    if danger is None:
        return card
    said = warning(danger)
    if card.kind in ("question", "command") and _gives(card.back):
        return replace(card, back=f"{said}\n{_shown(card)}")
    if _gives(card.extra) or _gives(card.back) or _gives(card.cloze):
        return replace(card, extra="\n".join(filter(None, (said, card.extra))))
    return card


def _gives(text: str) -> bool:
    """Whether it names what destroys something."""
    return bool(of_words(text)) or any(of_command(line) for line in plain(text).splitlines())


def _shown(card: Card) -> str:
    """The back as it shows below a line of text: a bare command in a block."""
    return card.back if card.kind == "question" or "`" in card.back else f"```bash\n{card.back}\n```"

"""The quality gate: every candidate passes, or is kept aside with the reasons why it doesn't."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace

import numpy as np

from service import korean
from service.cards import checks
from service.cards.kinds import answered, asked
from service.cards.render import plain
from service.types import Card, Encoder

NEAR = 0.93
"""Cosine of two fronts above which they may ask the same; their words and answers then decide."""
SAME_WORDS = 0.85
"""Share of words in common above which no word tells one front from the other."""
SAME_ANSWER = 0.7
WORTH_ENCODING = 0.3
MOST_ENCODED = 20
SHORT_MEANING = 60
"""A meaning longer than this (characters) is no question for the way back."""


@dataclass(frozen=True, slots=True)
class Rejected:
    """A candidate that didn't pass, and why: reason codes, worded in `messages`."""

    card: Card
    reasons: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Verdict:
    """What passed, in order, and what didn't."""

    cards: tuple[Card, ...]
    rejected: tuple[Rejected, ...]


def judge(candidates: Sequence[Card], encoder: Encoder) -> Verdict:
    """Let `candidates` through the gate; of two that interfere the curated or the earlier one stays."""
    sound: list[Card] = []
    rejected: list[Rejected] = []
    for card in candidates:
        found = checks.reasons(card)
        if found:
            rejected.append(Rejected(card, found))
        else:
            sound.append(card)
    interfering = _interference(sound, encoder)
    rejected += [Rejected(card, (interfering[card.id],)) for card in sound if card.id in interfering]
    kept = [card for card in sound if card.id not in interfering]
    return Verdict(tuple(_with_fair_reverse(kept)), tuple(rejected))


def _interference(cards: Sequence[Card], encoder: Encoder) -> dict[str, str]:
    """Cards whose front asks what another card's asks too, by id: `card-duplicate` or `card-interference`.

    Fronts near in meaning are fine as long as their answers differ and a word tells them apart.
    """
    order = sorted(range(len(cards)), key=lambda number: (not cards[number].curated, number))
    if not order:
        return {}
    ranked = [cards[number] for number in order]
    vectors = encoder.encode([asked(card) for card in ranked], "question")
    found: dict[str, str] = {}
    for later, earlier in np.argwhere(np.tril(vectors @ vectors.T, -1) >= NEAR).tolist():
        first, second = ranked[earlier], ranked[later]
        if first.id in found or second.id in found:
            continue
        if _same_answer(first, second):
            found[second.id] = "card-duplicate"
        elif _shared(asked(first), asked(second)) >= SAME_WORDS:
            found[second.id] = "card-interference"
    return found


def clash(card: Card, others: Sequence[Card], encoder: Encoder) -> str | None:
    """Whether a card that somebody adds asks what one of their `others` does; few are worth encoding."""
    alike = [other for other in others if _shared(asked(other), asked(card)) >= WORTH_ENCODING][
        -MOST_ENCODED:
    ]
    return _interference([*alike, card], encoder).get(card.id)


def _same_answer(first: Card, second: Card) -> bool:
    left, right = answered(first), answered(second)
    if "command" in (first.kind, second.kind):  # an option makes another command
        return left.split() == right.split()
    return _shared(left, right) >= SAME_ANSWER


def _shared(left: str, right: str) -> float:
    """The share of the words of both that they have in common."""
    words = [frozenset(korean.tokens(text)) for text in (left, right)]
    if not any(words):
        return float(left.split() == right.split())
    return len(words[0] & words[1]) / len(words[0] | words[1])


def _with_fair_reverse(cards: Sequence[Card]) -> list[Card]:
    """The way back stays only where the meaning is short, unique and doesn't name its term."""
    meanings = [plain(card.back) for card in cards if card.kind == "term"]

    def fair(card: Card) -> bool:
        meaning = plain(card.back)
        return len(meaning) <= SHORT_MEANING and meanings.count(meaning) == 1 and not checks.names_term(card)

    return [replace(card, reverse=False) if card.reverse and not fair(card) else card for card in cards]

"""Cards that people keep: from an answer or in their own words, through the gate, for themselves alone."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import UTC, datetime

from service.cards import checks, gate
from service.cards.saved import saved_card
from service.cards.shelf import Shelf
from service.errors import CardRefused
from service.interfaces.http.schemas import AnswerOut
from service.store import Asked, SavedCard, Store, new_id
from service.types import Card, Encoder

Side = tuple[str, str]
"""Front and back."""


def saved(owner: str, store: Store) -> list[Card]:
    """The cards that an owner has kept."""
    return [
        saved_card(card.id, card.front, card.back, card.tags, card.changed_at)
        for card in store.saved_cards(owner)
    ]


def sides(asked: Asked, shelf: Shelf) -> list[Side]:
    """What an answer may become, in order: the question with the answer, then the cards of its first fact.

    Raises CardRefused where the question was not answered.
    """
    answer = AnswerOut.model_validate_json(asked.body)
    if answer.status != "answered" or not answer.sentences:
        raise CardRefused(reasons="card-no-answer")
    of_fact = [card for card in shelf.cards if card.fact == asked.facts[0] and not card.cloze]
    return [(asked.question, answer.sentences[0].text), *((card.front, card.back) for card in of_fact)]


def keep(sides: Sequence[Side], owner: str, store: Store, encoder: Encoder, tags: Sequence[str] = ()) -> Card:
    """Keep the first that passes the gate; one that the owner has already is not kept twice.

    Raises CardRefused with the reasons of the first.
    """
    now = datetime.now(UTC)
    drafts = [saved_card(new_id(), front, back, tuple(tags), now) for front, back in sides]
    mine = saved(owner, store)
    known = {card.hash: card for card in mine}
    same = next((known[draft.hash] for draft in drafts if draft.hash in known), None)
    if same is not None:
        return same
    card = _passing(drafts, mine, encoder)
    store.save_card(SavedCard(card.id, owner, now, now, card.front, card.back, card.tags))
    return card


def _passing(drafts: Sequence[Card], mine: Sequence[Card], encoder: Encoder) -> Card:
    refused: list[tuple[str, ...]] = []
    for draft in drafts:
        found = checks.reasons(draft)
        if not found and (clash := gate.clash(draft, mine, encoder)):
            found = (clash,)
        if not found:
            return draft
        refused.append(found)
    raise CardRefused(reasons=" ".join(refused[0]))

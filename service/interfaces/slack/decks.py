"""Decks and cards as Slack's listeners need them: the one place here that knows how cards are made."""

from __future__ import annotations

import random
from dataclasses import dataclass

from service import messages
from service.cards import kinds
from service.cards.shelf import Filter, select
from service.errors import EmptyDeck, UnknownCard
from service.interfaces.http import decks, saving
from service.interfaces.slack.desk import SlackDesk
from service.types import Card


@dataclass(frozen=True, slots=True)
class File:
    """A deck as a file."""

    name: str
    data: bytes


def deck(desk: SlackDesk, topic: str = "") -> File:
    """The deck of all cards, or of a topic: a tag, a note, or words that the cards have. Raises EmptyDeck."""
    cards = desk.serving.shelf().cards
    ways = (Filter(tag=topic.replace(" ", "_")), Filter(document=topic), Filter(q=topic)) if topic else ()
    wanted = next((way for way in ways if select(cards, way)), None if topic else Filter())
    if wanted is None:
        raise EmptyDeck()
    name = f"{messages.FILE_DOCKER} {topic}" if topic else messages.FILE_DOCKER
    return _file(desk, "docker", "", wanted, name)


def saved_deck(desk: SlackDesk, owner: str) -> File:
    """The deck of an owner's saved cards. Raises EmptyDeck."""
    return _file(desk, "saved", owner, Filter(), messages.FILE_SAVED)


def save(desk: SlackDesk, question_id: str, owner: str) -> str:
    """Save the answer to a question as a card of `owner`; gives its front.

    Raises CardRefused, UnknownQuestion. Whoever sees an answer in Slack may save it, not only who asked.
    """
    loaded = desk.serving.loaded()
    sides = saving.sides(desk.store.question(question_id), loaded.shelf)
    return saving.keep(sides, owner, desk.store, loaded.tutor.encoder).front


def draw(desk: SlackDesk, but: str = "") -> Card:
    """A card by chance, not the one with the id `but`. Raises EmptyDeck."""
    cards = [card for card in desk.serving.shelf().cards if card.id != but]
    if not cards:
        raise EmptyDeck()
    return random.choice(cards)  # noqa: S311 - no secret


def find(desk: SlackDesk, card_id: str) -> Card:
    """The card with that id. Raises UnknownCard: the notes may have changed since it was asked."""
    found = next((card for card in desk.serving.shelf().cards if card.id == card_id), None)
    if found is None:
        raise UnknownCard(card=card_id)
    return found


def asked(card: Card) -> str:
    """What the card asks, as plain text."""
    return kinds.asked(card)


def answered(card: Card) -> str:
    """What it wants to hear, as plain text."""
    return kinds.answered(card)


def _file(desk: SlackDesk, name: str, owner: str, wanted: Filter, file_name: str) -> File:
    export = decks.export_deck(name, "apkg", _shop(desk), owner, wanted, tags=True)
    return File(f"{file_name}.apkg", export.data)


def _shop(desk: SlackDesk) -> decks.CardDesk:
    base_url = desk.settings.public_url.rstrip("/")
    return decks.CardDesk(desk.serving, desk.store, desk.settings, desk.exports, base_url)

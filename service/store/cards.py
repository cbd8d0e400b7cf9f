"""Cards that people keep for themselves."""

from __future__ import annotations

import json
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import Row, delete, insert, select

from service.errors import UnknownCard
from service.store import schema
from service.store.schema import Database, text


@dataclass(frozen=True, slots=True)
class SavedCard:
    """A card that somebody keeps for themselves; `fact` is what it was made from, if anything."""

    id: str
    owner: str
    saved_at: datetime
    changed_at: datetime
    front: str
    back: str
    tags: tuple[str, ...]
    fact: str | None = None


class SavedCards(Database):
    """The saved cards of a store."""

    def save_card(self, card: SavedCard) -> None:
        """Keep a card, replacing one with the same id."""
        row = {name: getattr(card, name) for name in SavedCard.__slots__}
        row |= {
            "saved_at": text(card.saved_at),
            "changed_at": text(card.changed_at),
            "tags": json.dumps(card.tags),
        }
        with self._begin() as connection:
            connection.execute(delete(schema.cards).where(schema.cards.c.id == card.id))
            connection.execute(insert(schema.cards).values(row))

    def saved_cards(self, owner: str) -> list[SavedCard]:
        """The owner's cards, oldest first."""
        with self._begin() as connection:
            rows = connection.execute(
                select(schema.cards)
                .where(schema.cards.c.owner == owner)
                .order_by(schema.cards.c.saved_at, schema.cards.c.id)
            ).all()
        return [_card(row) for row in rows]

    def delete_card(self, card_id: str, owner: str) -> None:
        """Delete one card of its owner. Raises UnknownCard, also for somebody else's."""
        with self._begin() as connection:
            mine = (schema.cards.c.id == card_id) & (schema.cards.c.owner == owner)
            if connection.execute(delete(schema.cards).where(mine)).rowcount == 0:
                raise UnknownCard(card=card_id)


def _card(row: Row[Any]) -> SavedCard:
    values = dict(row._mapping)
    moments = {name: datetime.fromisoformat(values[name]) for name in ("saved_at", "changed_at")}
    return SavedCard(**{**values, **moments, "tags": tuple(json.loads(values["tags"]))})

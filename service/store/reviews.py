"""What people remember of their cards."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from sqlalchemy import Row, delete, insert, select

from service.store import schema
from service.store.schema import Database, text
from service.types import Progress

_REVIEW_TIMES = ("due", "first_at", "last_at")


class Reviews(Database):
    """The reviews of a store."""

    def keep_review(self, owner: str, progress: Progress) -> None:
        """Keep what an owner remembers of a card, in place of what was kept before."""
        row = {name: getattr(progress, name) for name in Progress.__slots__}
        row |= {name: text(row[name]) for name in _REVIEW_TIMES}
        mine = (schema.reviews.c.owner == owner) & (schema.reviews.c.card == progress.card)
        with self._begin() as connection:
            connection.execute(delete(schema.reviews).where(mine))
            connection.execute(insert(schema.reviews).values(owner=owner, **row))

    def reviews(self, owner: str) -> dict[str, Progress]:
        """What an owner remembers, by card."""
        with self._begin() as connection:
            rows = connection.execute(select(schema.reviews).where(schema.reviews.c.owner == owner)).all()
        return {row.card: _progress(row) for row in rows}


def _progress(row: Row[Any]) -> Progress:
    values = {name: value for name, value in row._mapping.items() if name != "owner"}
    return Progress(**values | {name: datetime.fromisoformat(values[name]) for name in _REVIEW_TIMES})

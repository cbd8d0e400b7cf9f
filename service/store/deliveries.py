"""What Slack delivered: taken once, done once, over restarts and workers."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import delete, exc, insert, select, update

from service.errors import StoreError
from service.store import schema
from service.store.schema import Database, text


@dataclass(frozen=True, slots=True)
class Delivery:
    """What Slack delivered and is still to be done: `work` (JSON), and when somebody last took it in hand."""

    key: str
    taken_at: datetime
    work: str


class Deliveries(Database):
    """The deliveries of a store."""

    def claim(self, keys: Sequence[str], work: str, now: datetime) -> Delivery | None:
        """Take a delivery known by `keys`, the first its own; None when any of them was taken before."""
        taken = text(now)
        rows = [
            {"key": key, "taken_at": taken, "work": work if place == 0 else None}
            for place, key in enumerate(keys)
        ]
        try:
            with self._begin() as connection:
                connection.execute(insert(schema.deliveries), rows)
        except StoreError as error:
            if isinstance(error.__cause__, exc.IntegrityError):
                return None
            raise
        return Delivery(keys[0], datetime.fromisoformat(taken), work)

    def retake(self, delivery: Delivery, now: datetime) -> bool:
        """Take an unfinished delivery in hand; False when somebody else has, or it is finished."""
        unchanged = (
            (schema.deliveries.c.key == delivery.key)
            & (schema.deliveries.c.taken_at == text(delivery.taken_at))
            & schema.deliveries.c.work.is_not(None)
        )
        with self._begin() as connection:
            changed = connection.execute(
                update(schema.deliveries).where(unchanged).values(taken_at=text(now))
            )
            return changed.rowcount == 1

    def finish(self, key: str) -> None:
        """The delivery is done: only its key is kept, so that it isn't done again."""
        with self._begin() as connection:
            connection.execute(
                update(schema.deliveries).where(schema.deliveries.c.key == key).values(work=None)
            )

    def unfinished(self, before: datetime) -> list[Delivery]:
        """Deliveries last taken before then and not done, oldest first."""
        query = (
            select(schema.deliveries)
            .where(schema.deliveries.c.work.is_not(None), schema.deliveries.c.taken_at < text(before))
            .order_by(schema.deliveries.c.taken_at)
        )
        with self._begin() as connection:
            rows = connection.execute(query).all()
        return [Delivery(row.key, datetime.fromisoformat(row.taken_at), row.work) for row in rows]

    def forget_deliveries(self, before: datetime) -> int:
        """Forget deliveries taken before then; gives the number of rows."""
        with self._begin() as connection:
            old = schema.deliveries.c.taken_at < text(before)
            return connection.execute(delete(schema.deliveries).where(old)).rowcount

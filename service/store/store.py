"""Everything that is kept, in one database."""

from __future__ import annotations

from sqlalchemy import delete

from service.store import schema
from service.store.asked import AskedQuestions
from service.store.cards import SavedCards
from service.store.deliveries import Deliveries
from service.store.reviews import Reviews


class Store(AskedQuestions, SavedCards, Reviews, Deliveries):
    """The database behind one URL; every method raises StoreError when it can't be used."""

    def delete_owner(self, owner: str) -> int:
        """Delete everything an owner has here; gives the number of rows."""
        with self._begin() as connection:
            gone = [
                connection.execute(delete(table).where(table.c.owner == owner))
                for table in schema.metadata.sorted_tables
                if "owner" in table.c
            ]
        return sum(result.rowcount for result in gone)

"""The tables, and the database behind one URL."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from typing import Any

from sqlalchemy import (
    Boolean,
    Column,
    Connection,
    Engine,
    Float,
    Index,
    Integer,
    MetaData,
    String,
    Table,
    Text,
    create_engine,
    event,
)
from sqlalchemy.engine.interfaces import DBAPIConnection
from sqlalchemy.exc import SQLAlchemyError
from sqlalchemy.pool import ConnectionPoolEntry
from sqlalchemy.types import TypeEngine

from service.errors import StoreError

BUSY_SECONDS = 5
"""How long a write waits for another worker's; SQLite lets one write at a time."""

ID, OWNER, MOMENT = String(32), String(80), String(32)
"""An id as `new_id` or a note makes it; whose a row is; a time as `text` writes it."""

metadata = MetaData()


def _needed(name: str, kind: TypeEngine[Any]) -> Column[Any]:
    return Column(name, kind, nullable=False)


questions = Table(
    "questions",
    metadata,
    Column("id", ID, primary_key=True),
    _needed("owner", OWNER),
    _needed("conversation", String(64)),
    _needed("asked_at", MOMENT),
    _needed("question", Text()),
    _needed("meant", Text()),
    _needed("status", String(16)),
    _needed("confidence", Float()),
    _needed("facts", Text()),
    _needed("body", Text()),
    Column("shared", Boolean, nullable=False, default=False),
    Column("helpful", Boolean, nullable=True),
    Column("comment", Text, nullable=True),
    Index("questions_by_conversation", "conversation", "asked_at"),
    Index("questions_by_owner", "owner", "asked_at"),
    Index("questions_by_time", "asked_at"),
)
cards = Table(
    "saved_cards",
    metadata,
    Column("id", ID, primary_key=True),
    _needed("owner", OWNER),
    _needed("saved_at", MOMENT),
    _needed("changed_at", MOMENT),
    _needed("front", Text()),
    _needed("back", Text()),
    _needed("tags", Text()),
    Column("fact", ID, nullable=True),
    Index("cards_by_owner", "owner", "saved_at"),
)
reviews = Table(
    "reviews",
    metadata,
    Column("owner", OWNER, primary_key=True),
    Column("card", String(64), primary_key=True),
    _needed("memory", Text()),
    _needed("due", MOMENT),
    _needed("first_at", MOMENT),
    _needed("last_at", MOMENT),
    _needed("count", Integer()),
)
deliveries = Table(
    "slack_deliveries",
    metadata,
    Column("key", String(200), primary_key=True),
    _needed("taken_at", MOMENT),
    Column("work", Text, nullable=True),
    Index("deliveries_by_time", "taken_at"),
)


class Database:
    """A database with our tables; every method raises StoreError when it can't be used."""

    def __init__(self, url: str) -> None:
        self._engine = _engine(url)
        with self._begin() as connection:
            metadata.create_all(connection)

    def close(self) -> None:
        """Give the connections back."""
        self._engine.dispose()

    @contextmanager
    def _begin(self) -> Iterator[Connection]:
        try:
            with self._engine.begin() as connection:
                yield connection
        except SQLAlchemyError as error:
            reason = str(getattr(error, "orig", None) or error).splitlines()[0]
            raise StoreError(reason=reason) from error


def _engine(url: str) -> Engine:
    try:
        sqlite = url.startswith("sqlite")
        engine = create_engine(
            url, connect_args={"timeout": BUSY_SECONDS} if sqlite else {}, pool_pre_ping=not sqlite
        )
    except (SQLAlchemyError, ImportError) as error:
        raise StoreError(reason=str(error).splitlines()[0]) from error
    if sqlite:
        event.listen(engine, "connect", _tune)
    return engine


def _tune(connection: DBAPIConnection, record: ConnectionPoolEntry) -> None:
    """Readers don't wait for the writer, and a commit doesn't wait for the disk; a crash can't corrupt it."""
    cursor = connection.cursor()
    cursor.execute("PRAGMA journal_mode=WAL")
    cursor.execute("PRAGMA synchronous=NORMAL")
    cursor.close()


def text(moment: datetime) -> str:
    """UTC with microseconds: sorts as text, the same in every database."""
    return moment.astimezone(UTC).isoformat(timespec="microseconds")

"""The tables, and the database behind one URL."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime

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

from service.errors import StoreError

BUSY_SECONDS = 5
"""How long a write waits for another worker's; SQLite lets one write at a time."""

metadata = MetaData()
questions = Table(
    "questions",
    metadata,
    Column("id", String(32), primary_key=True),
    Column("owner", String(80), nullable=False),
    Column("conversation", String(64), nullable=False),
    Column("asked_at", String(32), nullable=False),
    Column("question", Text, nullable=False),
    Column("meant", Text, nullable=False),
    Column("status", String(16), nullable=False),
    Column("confidence", Float, nullable=False),
    Column("facts", Text, nullable=False),
    Column("body", Text, nullable=False),
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
    Column("id", String(32), primary_key=True),
    Column("owner", String(80), nullable=False),
    Column("saved_at", String(32), nullable=False),
    Column("changed_at", String(32), nullable=False),
    Column("front", Text, nullable=False),
    Column("back", Text, nullable=False),
    Column("tags", Text, nullable=False),
    Column("fact", String(32), nullable=True),
    Index("cards_by_owner", "owner", "saved_at"),
)
reviews = Table(
    "reviews",
    metadata,
    Column("owner", String(80), primary_key=True),
    Column("card", String(64), primary_key=True),
    Column("memory", Text, nullable=False),
    Column("due", String(32), nullable=False),
    Column("first_at", String(32), nullable=False),
    Column("last_at", String(32), nullable=False),
    Column("count", Integer, nullable=False),
)
deliveries = Table(
    "slack_deliveries",
    metadata,
    Column("key", String(200), primary_key=True),
    Column("taken_at", String(32), nullable=False),
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

"""What must survive a restart: questions, feedback, cards, reviews, Slack deliveries (SQLAlchemy).

Ids are unguessable and every row has an owner: an API key, a Slack user or a browser profile. What
people asked is kept for the retention time and no longer; an owner can have it all deleted.
"""

from __future__ import annotations

import json
import secrets
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
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
    Row,
    Select,
    String,
    Table,
    Text,
    create_engine,
    delete,
    event,
    exc,
    insert,
    select,
    update,
)
from sqlalchemy.engine.interfaces import DBAPIConnection
from sqlalchemy.exc import SQLAlchemyError
from sqlalchemy.pool import ConnectionPoolEntry

from service.errors import StoreError, UnknownCard, UnknownQuestion
from service.types import Progress, Status

BUSY_SECONDS = 5
"""How long a write waits for another worker's; SQLite lets one write at a time."""

_REVIEW_TIMES = ("due", "first_at", "last_at")

_metadata = MetaData()
_questions = Table(
    "questions",
    _metadata,
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
_cards = Table(
    "saved_cards",
    _metadata,
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
_reviews = Table(
    "reviews",
    _metadata,
    Column("owner", String(80), primary_key=True),
    Column("card", String(64), primary_key=True),
    Column("memory", Text, nullable=False),
    Column("due", String(32), nullable=False),
    Column("first_at", String(32), nullable=False),
    Column("last_at", String(32), nullable=False),
    Column("count", Integer, nullable=False),
)

_deliveries = Table(
    "slack_deliveries",
    _metadata,
    Column("key", String(200), primary_key=True),
    Column("taken_at", String(32), nullable=False),
    Column("work", Text, nullable=True),
    Index("deliveries_by_time", "taken_at"),
)


_KEEP = insert(_questions)
"""Made once: SQLAlchemy takes longer to make the statement than SQLite to obey it."""


@dataclass(frozen=True, slots=True)
class Asked:
    """A question as it was asked and answered.

    `meant` is the question made self-contained, `facts` the ids of the cited facts, `body` the answer
    as it was sent (JSON).
    """

    id: str
    owner: str
    conversation: str
    asked_at: datetime
    question: str
    meant: str
    status: Status
    confidence: float
    facts: tuple[str, ...]
    body: str
    shared: bool = False
    helpful: bool | None = None
    comment: str | None = None


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


@dataclass(frozen=True, slots=True)
class Delivery:
    """What Slack delivered and is still to be done: `work` (JSON), and when somebody last took it in hand."""

    key: str
    taken_at: datetime
    work: str


def new_id() -> str:
    """An unguessable id: 128 bits."""
    return secrets.token_urlsafe(16)


class Store:
    """The database behind one URL; every method raises StoreError when it can't be used."""

    def __init__(self, url: str) -> None:
        self._engine = _engine(url)
        with self._begin() as connection:
            _metadata.create_all(connection)

    def close(self) -> None:
        """Give the connections back."""
        self._engine.dispose()

    def keep(self, asked: Asked) -> None:
        """Keep a question with its answer."""
        row = {name: getattr(asked, name) for name in Asked.__slots__}
        row |= {"asked_at": _text(asked.asked_at), "facts": json.dumps(asked.facts)}
        with self._begin() as connection:
            connection.execute(_KEEP, row)

    def question(self, question_id: str) -> Asked:
        """One question by its id. Raises UnknownQuestion."""
        with self._begin() as connection:
            row = connection.execute(select(_questions).where(_questions.c.id == question_id)).first()
        if row is None:
            raise UnknownQuestion(question=question_id)
        return _asked(row)

    def conversation(self, conversation: str, owner: str, since: datetime, count: int) -> list[Asked]:
        """The last `count` questions of one owner's conversation since then, oldest first."""
        query = (
            select(_questions)
            .where(_questions.c.conversation == conversation, _questions.c.owner == owner)
            .where(_questions.c.asked_at >= _text(since))
            .order_by(_questions.c.asked_at.desc())
            .limit(count)
        )
        return self._listed(query)[::-1]

    def recent(
        self, count: int, statuses: Sequence[Status] = (), owner: str | None = None, rated: bool = False
    ) -> list[Asked]:
        """The newest questions; of some statuses, of one owner or with feedback only, where asked for."""
        query = select(_questions).order_by(_questions.c.asked_at.desc()).limit(count)
        if statuses:
            query = query.where(_questions.c.status.in_(statuses))
        if owner is not None:
            query = query.where(_questions.c.owner == owner)
        if rated:
            query = query.where(_questions.c.helpful.is_not(None))
        return self._listed(query)

    def helpful(self, count: int) -> list[Asked]:
        """The newest questions whose answer somebody marked as helpful."""
        query = select(_questions).where(_questions.c.helpful.is_(True))
        return self._listed(query.order_by(_questions.c.asked_at.desc()).limit(count))

    def unanswered(self, count: int) -> list[Asked]:
        """The newest questions that the notes didn't answer, or whose answer was no help."""
        missed = _questions.c.status.in_(("not_found", "related")) & _questions.c.helpful.is_not(True)
        unhelpful = _questions.c.helpful.is_(False) & (_questions.c.status != "chat")
        query = select(_questions).where(missed | unhelpful)
        return self._listed(query.order_by(_questions.c.asked_at.desc()).limit(count))

    def feedback(self, question_id: str, owner: str, helpful: bool, comment: str | None) -> None:
        """Keep what the asker thought of the answer. Raises UnknownQuestion, also for somebody else's."""
        self._change(question_id, owner, {"helpful": helpful, "comment": comment})

    def share(self, question_id: str, owner: str) -> None:
        """Let anybody with the id read the answer. Raises UnknownQuestion, also for somebody else's."""
        self._change(question_id, owner, {"shared": True})

    def save_card(self, card: SavedCard) -> None:
        """Keep a card, replacing one with the same id."""
        row = {name: getattr(card, name) for name in SavedCard.__slots__}
        row |= {
            "saved_at": _text(card.saved_at),
            "changed_at": _text(card.changed_at),
            "tags": json.dumps(card.tags),
        }
        with self._begin() as connection:
            connection.execute(delete(_cards).where(_cards.c.id == card.id))
            connection.execute(insert(_cards).values(row))

    def saved_cards(self, owner: str) -> list[SavedCard]:
        """The owner's cards, oldest first."""
        with self._begin() as connection:
            rows = connection.execute(
                select(_cards).where(_cards.c.owner == owner).order_by(_cards.c.saved_at, _cards.c.id)
            ).all()
        return [_card(row) for row in rows]

    def delete_card(self, card_id: str, owner: str) -> None:
        """Delete one card of its owner. Raises UnknownCard, also for somebody else's."""
        with self._begin() as connection:
            mine = (_cards.c.id == card_id) & (_cards.c.owner == owner)
            if connection.execute(delete(_cards).where(mine)).rowcount == 0:
                raise UnknownCard(card=card_id)

    def keep_review(self, owner: str, progress: Progress) -> None:
        """Keep what an owner remembers of a card, in place of what was kept before."""
        row = {name: getattr(progress, name) for name in Progress.__slots__}
        row |= {name: _text(row[name]) for name in _REVIEW_TIMES}
        mine = (_reviews.c.owner == owner) & (_reviews.c.card == progress.card)
        with self._begin() as connection:
            connection.execute(delete(_reviews).where(mine))
            connection.execute(insert(_reviews).values(owner=owner, **row))

    def reviews(self, owner: str) -> dict[str, Progress]:
        """What an owner remembers, by card."""
        with self._begin() as connection:
            rows = connection.execute(select(_reviews).where(_reviews.c.owner == owner)).all()
        return {row.card: _progress(row) for row in rows}

    def delete_owner(self, owner: str) -> int:
        """Delete everything an owner has here; gives the number of rows."""
        with self._begin() as connection:
            gone = [
                connection.execute(delete(table).where(table.c.owner == owner))
                for table in (_questions, _cards, _reviews)
            ]
        return sum(result.rowcount for result in gone)

    def purge(self, now: datetime, retention_days: int) -> int:
        """Delete questions older than the retention time; gives the number of rows."""
        before = _text(now - timedelta(days=retention_days))
        with self._begin() as connection:
            return connection.execute(delete(_questions).where(_questions.c.asked_at < before)).rowcount

    def claim(self, keys: Sequence[str], work: str, now: datetime) -> Delivery | None:
        """Take a delivery known by `keys`, the first its own; None when any of them was taken before."""
        taken = _text(now)
        rows = [
            {"key": key, "taken_at": taken, "work": work if place == 0 else None}
            for place, key in enumerate(keys)
        ]
        try:
            with self._begin() as connection:
                connection.execute(insert(_deliveries), rows)
        except StoreError as error:
            if isinstance(error.__cause__, exc.IntegrityError):
                return None
            raise
        return Delivery(keys[0], datetime.fromisoformat(taken), work)

    def retake(self, delivery: Delivery, now: datetime) -> bool:
        """Take an unfinished delivery in hand; False when somebody else has, or it is finished."""
        unchanged = (
            (_deliveries.c.key == delivery.key)
            & (_deliveries.c.taken_at == _text(delivery.taken_at))
            & _deliveries.c.work.is_not(None)
        )
        with self._begin() as connection:
            changed = connection.execute(update(_deliveries).where(unchanged).values(taken_at=_text(now)))
            return changed.rowcount == 1

    def finish(self, key: str) -> None:
        """The delivery is done: only its key is kept, so that it isn't done again."""
        with self._begin() as connection:
            connection.execute(update(_deliveries).where(_deliveries.c.key == key).values(work=None))

    def unfinished(self, before: datetime) -> list[Delivery]:
        """Deliveries last taken before then and not done, oldest first."""
        query = (
            select(_deliveries)
            .where(_deliveries.c.work.is_not(None), _deliveries.c.taken_at < _text(before))
            .order_by(_deliveries.c.taken_at)
        )
        with self._begin() as connection:
            rows = connection.execute(query).all()
        return [Delivery(row.key, datetime.fromisoformat(row.taken_at), row.work) for row in rows]

    def forget_deliveries(self, before: datetime) -> int:
        """Forget deliveries taken before then; gives the number of rows."""
        with self._begin() as connection:
            old = _deliveries.c.taken_at < _text(before)
            return connection.execute(delete(_deliveries).where(old)).rowcount

    def _change(self, question_id: str, owner: str, values: dict[str, object]) -> None:
        with self._begin() as connection:
            mine = (_questions.c.id == question_id) & (_questions.c.owner == owner)
            if connection.execute(update(_questions).where(mine).values(values)).rowcount == 0:
                raise UnknownQuestion(question=question_id)

    def _listed(self, query: Select[Any]) -> list[Asked]:
        with self._begin() as connection:
            return [_asked(row) for row in connection.execute(query).all()]

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


def _text(moment: datetime) -> str:
    """UTC with microseconds: sorts as text, the same in every database."""
    return moment.astimezone(UTC).isoformat(timespec="microseconds")


def _asked(row: Row[Any]) -> Asked:
    values = dict(row._mapping)
    values |= {
        "asked_at": datetime.fromisoformat(values["asked_at"]),
        "facts": tuple(json.loads(values["facts"])),
    }
    return Asked(**values)


def _progress(row: Row[Any]) -> Progress:
    values = {name: value for name, value in row._mapping.items() if name != "owner"}
    return Progress(**values | {name: datetime.fromisoformat(values[name]) for name in _REVIEW_TIMES})


def _card(row: Row[Any]) -> SavedCard:
    values = dict(row._mapping)
    moments = {name: datetime.fromisoformat(values[name]) for name in ("saved_at", "changed_at")}
    return SavedCard(**{**values, **moments, "tags": tuple(json.loads(values["tags"]))})

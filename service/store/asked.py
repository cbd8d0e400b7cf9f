"""Questions as they were asked and answered, and what people thought of the answers."""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import Row, Select, delete, insert, select, update

from service.errors import UnknownQuestion
from service.store import schema
from service.store.ids import is_ours
from service.store.schema import Database, text
from service.types import Status

_KEEP = insert(schema.questions)
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


class AskedQuestions(Database):
    """The questions of a store."""

    def keep(self, asked: Asked) -> None:
        """Keep a question with its answer."""
        row = {name: getattr(asked, name) for name in Asked.__slots__}
        row |= {"asked_at": text(asked.asked_at), "facts": json.dumps(asked.facts)}
        with self._begin() as connection:
            connection.execute(_KEEP, row)

    def question(self, question_id: str) -> Asked:
        """One question by its id. Raises UnknownQuestion."""
        with self._begin() as connection:
            row = connection.execute(
                select(schema.questions).where(schema.questions.c.id == question_id)
            ).first()
        if row is None:
            raise UnknownQuestion(question=question_id)
        return _asked(row)

    def readable(self, question_id: str, owner: str) -> Asked:
        """A question that the owner asked, or its asker shared. Raises UnknownQuestion for any other."""
        asked = self.question(question_id)
        if asked.owner != owner and not asked.shared:
            raise UnknownQuestion(question=question_id)
        return asked

    def conversation(self, conversation: str, owner: str, since: datetime, count: int) -> list[Asked]:
        """The last `count` questions of a conversation since then, oldest first.

        Everybody's where the id is one of ours, for who has it was in it; the owner's alone where a client
        or Slack made it up.
        """
        query = (
            select(schema.questions)
            .where(schema.questions.c.conversation == conversation)
            .where(schema.questions.c.asked_at >= text(since))
            .order_by(schema.questions.c.asked_at.desc())
            .limit(count)
        )
        if not is_ours(conversation):
            query = query.where(schema.questions.c.owner == owner)
        return self._listed(query)[::-1]

    def recent(
        self, count: int, statuses: Sequence[Status] = (), owner: str | None = None, rated: bool = False
    ) -> list[Asked]:
        """The newest questions; of some statuses, of one owner or with feedback only, where asked for."""
        query = select(schema.questions).order_by(schema.questions.c.asked_at.desc()).limit(count)
        if statuses:
            query = query.where(schema.questions.c.status.in_(statuses))
        if owner is not None:
            query = query.where(schema.questions.c.owner == owner)
        if rated:
            query = query.where(schema.questions.c.helpful.is_not(None))
        return self._listed(query)

    def helpful(self, count: int) -> list[Asked]:
        """The newest questions whose answer somebody marked as helpful."""
        query = select(schema.questions).where(schema.questions.c.helpful.is_(True))
        return self._listed(query.order_by(schema.questions.c.asked_at.desc()).limit(count))

    def unanswered(self, count: int) -> list[Asked]:
        """The newest questions that the notes didn't answer, or whose answer was no help."""
        missed = schema.questions.c.status.in_(("not_found", "related")) & schema.questions.c.helpful.is_not(
            True
        )
        unhelpful = schema.questions.c.helpful.is_(False) & (schema.questions.c.status != "chat")
        query = select(schema.questions).where(missed | unhelpful)
        return self._listed(query.order_by(schema.questions.c.asked_at.desc()).limit(count))

    def feedback(self, question_id: str, owner: str, helpful: bool, comment: str | None) -> None:
        """Keep what the asker thought of the answer. Raises UnknownQuestion, also for somebody else's."""
        self._change(question_id, owner, {"helpful": helpful, "comment": comment})

    def share(self, question_id: str, owner: str) -> None:
        """Let anybody with the id read the answer. Raises UnknownQuestion, also for somebody else's."""
        self._change(question_id, owner, {"shared": True})

    def purge(self, now: datetime, retention_days: int) -> int:
        """Delete questions older than the retention time; gives the number of rows."""
        before = text(now - timedelta(days=retention_days))
        with self._begin() as connection:
            return connection.execute(
                delete(schema.questions).where(schema.questions.c.asked_at < before)
            ).rowcount

    def _change(self, question_id: str, owner: str, values: dict[str, object]) -> None:
        with self._begin() as connection:
            mine = (schema.questions.c.id == question_id) & (schema.questions.c.owner == owner)
            if connection.execute(update(schema.questions).where(mine).values(values)).rowcount == 0:
                raise UnknownQuestion(question=question_id)

    def _listed(self, query: Select[Any]) -> list[Asked]:
        with self._begin() as connection:
            return [_asked(row) for row in connection.execute(query).all()]


def _asked(row: Row[Any]) -> Asked:
    values = dict(row._mapping)
    values |= {
        "asked_at": datetime.fromisoformat(values["asked_at"]),
        "facts": tuple(json.loads(values["facts"])),
    }
    return Asked(**values)

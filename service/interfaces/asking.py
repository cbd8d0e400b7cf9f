"""One question from its words to the kept answer: what every door for questions goes through."""

from __future__ import annotations

import logging
from collections.abc import AsyncIterator, Callable
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from functools import partial
from typing import Annotated

from fastapi import Depends, Request, Response

from service.conversation import Turn
from service.errors import StoreError
from service.interfaces import metrics, observe
from service.interfaces.access import Caller, caller
from service.interfaces.schemas import AnswerOut, AskIn
from service.interfaces.serving import Serving
from service.pipeline import Tutor
from service.reply import Reply
from service.settings import Settings
from service.store import Asked, Store, new_id
from service.types import Answer, Sentence, joint

CONVERSATION_LIFE = timedelta(hours=12)
"""A follow-up after that is a question of its own."""
CONVERSATION_TURNS = 5

log = logging.getLogger(__name__)


def turns(store: Store, tutor: Tutor, conversation: str, owner: str) -> list[Turn]:
    """What was said before in the owner's own conversation; a failing database costs the context only."""
    since = datetime.now(UTC) - CONVERSATION_LIFE
    try:
        kept = store.conversation(conversation, owner, since, CONVERSATION_TURNS)
    except StoreError as error:
        log.warning("conversation not read: %s", error)
        return []
    return [tutor.turn(asked.meant, asked.facts) for asked in kept]


def keep(store: Store, owner: str, question: str, reply: Reply, out: AnswerOut) -> None:
    """Remember what was asked; a database that fails costs the memory, never the answer."""
    answer = reply.answer
    asked = Asked(
        id=out.question_id,
        owner=owner,
        conversation=out.conversation_id,
        asked_at=datetime.now(UTC),
        question=question,
        meant=reply.meant,
        status=answer.status,
        confidence=answer.confidence,
        facts=tuple(citation.fact for citation in answer.citations),
        body=out.model_dump_json(),
    )
    try:
        store.keep(asked)
        metrics.kept(True)
    except StoreError as error:
        metrics.kept(False)
        log.warning("question not kept: %s", error)


@dataclass(frozen=True, slots=True)
class Desk:
    """Where a question is asked: the tutor, the memory, who asks, and what links begin with.

    `heard` is told of every question and its answer.
    """

    serving: Serving
    store: Store
    owner: str
    base_url: str
    heard: Callable[[str, Answer], None]

    async def begin(self, body: AskIn) -> Asking:
        """Look the question up in the notes. Raises what a question can be refused for."""
        reply = await self.serving.run(lambda: self._reply(body))
        return Asking(self, body.question, reply, new_id(), body.conversation_id or new_id())

    def _reply(self, body: AskIn) -> Reply:
        tutor = self.serving.tutor()
        before = turns(self.store, tutor, body.conversation_id, self.owner) if body.conversation_id else ()
        return tutor.reply(body.question, body.top_k, before)

    async def ask(self, body: AskIn) -> AnswerOut:
        """The whole answer at once."""
        asking = await self.begin(body)
        async for _ in asking.said():
            pass
        return await asking.finish()


@dataclass(frozen=True, slots=True)
class Asking:
    """A question whose facts are found and whose answer is being said."""

    desk: Desk
    question: str
    reply: Reply
    question_id: str
    conversation_id: str

    async def said(self) -> AsyncIterator[tuple[str, Sentence]]:
        """The sentences as they come, each with what stands before it in the text."""
        before = None
        try:
            async for sentence in self.desk.serving.each(self.reply.sentences(), slow=self.reply.is_written):
                yield joint(before, sentence), sentence
                before = sentence
        finally:
            self.reply.stop()

    async def finish(self) -> AnswerOut:
        """The whole answer, when all of it is said: kept for its owner."""
        out = AnswerOut.of(self.reply.answer, self.question_id, self.conversation_id, self.desk.base_url)
        self.desk.heard(self.question, self.reply.answer)
        desk = self.desk
        await desk.serving.run(lambda: keep(desk.store, desk.owner, self.question, self.reply, out))
        return out


def base_url(request: Request) -> str:
    """Where this service is seen from outside, without a trailing slash."""
    settings: Settings = request.app.state.settings
    return (settings.public_url or str(request.base_url)).rstrip("/")


def desk_for(request: Request, who: Caller) -> Desk:
    """The desk that serves one caller."""
    state = request.app.state
    return Desk(state.serving, state.store, who.owner, base_url(request), partial(observe.answered, request))


def _desk(request: Request, response: Response) -> Desk:
    return desk_for(request, caller(request, response))


DeskOf = Annotated[Desk, Depends(_desk)]

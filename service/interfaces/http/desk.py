"""One question from its words to the kept answer: what every door for questions goes through."""

from __future__ import annotations

import logging
from collections.abc import AsyncIterator, Callable, Sequence
from contextlib import suppress
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from functools import partial
from typing import Annotated

from fastapi import Depends, Request, Response

from service.asking.follow_up import Turn
from service.asking.stream import Reply
from service.asking.tutor import Tutor
from service.errors import InputError, StoreError
from service.interfaces.access.callers import Caller, caller
from service.interfaces.asgi import metrics, observe
from service.interfaces.deps import base_url
from service.interfaces.http.schemas import AnswerOut, AskIn
from service.interfaces.runtime.serving import Serving
from service.interfaces.state import state_of
from service.store import Asked, Store, new_id
from service.types import Answer, Sentence, joint

CONVERSATION_LIFE = timedelta(hours=12)
"""A follow-up after that is a question of its own."""
CONVERSATION_TURNS = 5
EARLIER_TURNS = 3
"""Of a conversation that the client keeps: each costs a look into the notes again."""

log = logging.getLogger(__name__)


def turns(store: Store, tutor: Tutor, conversation: str, owner: str) -> list[Turn]:
    """What was said before in the conversation; a failing database costs the context only."""
    since = datetime.now(UTC) - CONVERSATION_LIFE
    try:
        kept = store.conversation(conversation, owner, since, CONVERSATION_TURNS)
    except StoreError as error:
        log.warning("conversation not read: %s", error)
        return []
    return [tutor.turn(asked.meant, asked.facts) for asked in kept if asked.status != "chat"]


def asked_before(tutor: Tutor, questions: Sequence[str]) -> list[Turn]:
    """The turns that the last few of these questions would have made; what is no question is passed over."""
    before: list[Turn] = []
    for question in questions[-EARLIER_TURNS:]:
        with suppress(InputError):
            reply = tutor.reply(question, turns=before)
            if reply.notes.status != "chat":
                before.append(tutor.turn(reply.meant, [citation.fact for citation in reply.notes.citations]))
    return before


def answer_for(owner: str, asked: Asked) -> AnswerOut:
    """The answer as it was sent; to others as the start of a conversation of their own.

    The id of a conversation is its key: who was shown one answer of it isn't handed the rest.
    """
    out = AnswerOut.model_validate_json(asked.body)
    return out if asked.owner == owner else out.model_copy(update={"conversation_id": new_id()})


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

    async def begin(self, body: AskIn, earlier: Sequence[str] = ()) -> Asking:
        """Look the question up in the notes. Raises what a question can be refused for.

        `earlier` questions come from a client that keeps its conversation itself.
        """
        return await self.serving.run(lambda: self._asking(body, earlier))

    def _asking(self, body: AskIn, earlier: Sequence[str] = ()) -> Asking:
        reply = self._reply(body, earlier)
        return Asking(self, body.question, reply, new_id(), body.conversation_id or new_id())

    def ask_and_keep(self, body: AskIn, question_id: str, conversation_id: str) -> AnswerOut:
        """The whole answer for a caller that has a thread of its own and ids from elsewhere."""
        known = body.model_copy(update={"conversation_id": conversation_id})
        asking = Asking(self, body.question, self._reply(known, ()), question_id, conversation_id)
        asking.reply.whole()
        return asking.settle()

    def _reply(self, body: AskIn, earlier: Sequence[str]) -> Reply:
        tutor = self.serving.tutor()
        if earlier:
            return tutor.reply(body.question, body.top_k, asked_before(tutor, earlier))
        before = turns(self.store, tutor, body.conversation_id, self.owner) if body.conversation_id else ()
        return tutor.reply(body.question, body.top_k, before)

    async def ask(self, body: AskIn) -> AnswerOut:
        """The whole answer at once: in one go, unless a language model takes its time over it."""
        asking, out = await self.serving.run(lambda: self._at_once(body))
        if out is not None:
            return out
        async for _ in asking.said():
            pass
        return await asking.finish()

    def _at_once(self, body: AskIn) -> tuple[Asking, AnswerOut | None]:
        asking = self._asking(body)
        return asking, None if asking.reply.is_written else asking.settle()


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
        return await self.desk.serving.run(self.settle)

    def settle(self) -> AnswerOut:
        """`finish` for a caller that is in a thread already."""
        out = AnswerOut.of(self.reply.answer, self.question_id, self.conversation_id, self.desk.base_url)
        self.desk.heard(self.question, self.reply.answer)
        keep(self.desk.store, self.desk.owner, self.question, self.reply, out)
        return out


def desk_for(request: Request, who: Caller) -> Desk:
    """The desk that serves one caller."""
    state = state_of(request)
    return Desk(state.serving, state.store, who.owner, base_url(request), partial(observe.answered, request))


async def _desk(request: Request, response: Response) -> Desk:
    return desk_for(request, caller(request, response))  # in the event loop, as `callers` does


DeskOf = Annotated[Desk, Depends(_desk)]

"""One question from Slack: seen, answered from the notes, kept, and said in its thread."""

from __future__ import annotations

import logging
import threading
from dataclasses import replace

from service import messages
from service.errors import Overloaded, SlackRefused, TutorError, UnknownQuestion
from service.interfaces.asgi import metrics
from service.interfaces.http.desk import Desk
from service.interfaces.http.schemas import AnswerOut, AskIn
from service.interfaces.runtime.serving import Serving
from service.interfaces.slack import blocks
from service.interfaces.slack.blocks import Block
from service.interfaces.slack.hearing import Heard
from service.interfaces.slack.inbox import Circumstances
from service.interfaces.slack.sending import ABSENT, GONE, MENDED_BY_HAND, Sender
from service.settings import Settings
from service.store import Store
from service.types import Answer

SEEN = "eyes"
"""The reaction that says a question was seen."""

log = logging.getLogger(__name__)


class Asker:
    """Answers questions with the tutor of a running service."""

    def __init__(self, settings: Settings, serving: Serving, store: Store, sender: Sender) -> None:
        self._settings = settings
        self._serving = serving
        self._store = store
        self._sender = sender
        self._cores = threading.Semaphore(settings.concurrency)

    def answer(self, heard: Heard, how: Circumstances) -> None:
        """Answer in the thread, or say there why not. Raises SlackRefused, SlackUnreachable."""
        if heard.ts and self._sender.react(heard.channel, heard.ts, SEEN) in GONE:
            log.info("question %s was deleted", heard.id)
            return
        heard, note = self._placed(heard, how)
        built, text = self._words(heard, how)
        try:
            self._say(heard, built, text, note, how)
        except SlackRefused as error:
            if error.fields["error"] in ABSENT | GONE | MENDED_BY_HAND:
                raise
            log.error("answer %s was refused: %s", heard.id, error)
            words = messages.SLACK_UNSENT.format(error=error.fields["error"])
            self._say(heard, [blocks.section(words)], words, note, how)

    def _placed(self, heard: Heard, how: Circumstances) -> tuple[Heard, str]:
        """The question with its thread, opened where there is none; without where we can't speak, and why."""
        if not heard.channel:  # asked in the App Home
            heard = replace(heard, channel=self._sender.direct(heard.user))
        if heard.thread:
            return heard, ""
        quoted = blocks.quote_of(heard.user, heard.text)
        try:
            thread = self._sender.post(
                heard.channel,
                "",
                [blocks.section(quoted)],
                quoted,
                f"ask-{heard.id}",
                heard.said_at,
                look=how.again,
            )
        except SlackRefused as error:
            code = str(error.fields["error"])
            if not heard.response_url or code not in ABSENT | MENDED_BY_HAND:
                raise
            log.warning("answering by response_url: %s", error)
            return heard, messages.SLACK_MUTE.format(error=code) if code in MENDED_BY_HAND else (
                messages.SLACK_INVITE
            )
        return replace(heard, thread=thread, quoted=False), ""

    def _words(self, heard: Heard, how: Circumstances) -> tuple[list[Block], str]:
        """What to say: an answer, or why there is none."""
        if heard.stranger and not self._settings.slack_external:
            return [blocks.section(messages.SLACK_STRANGER)], messages.SLACK_STRANGER
        if not heard.text:
            return [blocks.section(messages.SLACK_HELP)], messages.SLACK_HELP
        try:
            if how.busy:
                raise Overloaded()
            out = self._ask(heard, how)
        except TutorError as error:
            log.warning("question %s: %s", heard.id, error)
            words = messages.explain(error)
        except Exception:
            log.exception("question %s failed", heard.id)
            words = messages.SLACK_FAILED.format(id=heard.id)
        else:
            quoted = blocks.quote_of(heard.user, heard.text) if heard.quoted else ""
            return blocks.answer(out, quoted), blocks.summary(out.answer)
        return [blocks.section(words)], words

    def _ask(self, heard: Heard, how: Circumstances) -> AnswerOut:
        if how.again and (kept := self._kept(heard.id)):
            return kept
        with self._cores:
            return self._desk(heard).ask_and_keep(AskIn(question=heard.text), heard.id, heard.conversation)

    def _desk(self, heard: Heard) -> Desk:
        base_url = self._settings.public_url.rstrip("/")
        return Desk(self._serving, self._store, heard.owner, base_url, _count)

    def _kept(self, question_id: str) -> AnswerOut | None:
        """The answer, if the question was answered before its answer could be said."""
        try:
            return AnswerOut.model_validate_json(self._store.question(question_id).body)
        except UnknownQuestion:
            return None

    def _say(self, heard: Heard, built: list[Block], text: str, note: str, how: Circumstances) -> None:
        if not heard.thread:
            self._sender.respond(heard.response_url, [*built, blocks.context(note)], text)
            return
        mark = f"answer-{heard.id}"
        try:
            self._sender.post(heard.channel, heard.thread, built, text, mark, heard.said_at, look=how.again)
        except SlackRefused as error:
            if not heard.response_url or error.fields["error"] not in ABSENT:
                raise
            self._sender.respond(heard.response_url, [*built, blocks.context(messages.SLACK_INVITE)], text)


def _count(question: str, answer: Answer) -> None:
    metrics.question(answer.status)

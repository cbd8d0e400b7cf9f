"""Questions from Slack, each taken once and done once, across redeliveries, workers and restarts.

The store holds a question from the moment it is taken until it is done. One that was left (the process
died, Slack could not be reached, the token had expired) is found by the sweep and done again.
"""

from __future__ import annotations

import logging
import threading
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

from service.errors import SlackRefused, SlackUnreachable, StoreError
from service.interfaces.slack import hearing
from service.interfaces.slack.hearing import Heard
from service.interfaces.slack.sending import MENDED_BY_HAND
from service.interfaces.slack.work import Work
from service.store import Delivery, Store

LEASE = 180.0
"""Seconds after which a question that isn't done counts as left: more than one call's patience."""
SWEEP = 30.0
"""Seconds between two looks for questions that were left."""
TOO_LATE = 3600.0
"""Seconds after which an answer is no longer wanted."""
REMEMBERED = timedelta(days=1)
"""How long a delivery is known; Slack repeats one for a few minutes."""
FOLLOWED = timedelta(days=30)
"""How long a person is answered in a thread without a new mention."""

log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class Circumstances:
    """`again` when somebody may have answered already, `busy` when there is no time to answer."""

    again: bool = False
    busy: bool = False


Answer = Callable[[Heard, Circumstances], None]
"""Answers a question. Raises SlackRefused or SlackUnreachable where Slack didn't take the answer."""


class Inbox:
    """Takes questions and has each answered once."""

    def __init__(self, store: Store, answer: Answer, work: Work, busy: Work) -> None:
        self._store = store
        self._answer = answer
        self._work = work
        self._busy = busy
        self._asking: set[tuple[str, str]] = set()
        self._closing = threading.Event()
        self._sweeper = threading.Thread(target=self._sweep, name="slack-sweep", daemon=True)

    def start(self) -> None:
        """Begin to look for questions that were left."""
        self._sweeper.start()

    def close(self) -> None:
        """Stop looking."""
        self._closing.set()
        if self._sweeper.is_alive():
            self._sweeper.join()

    def wanted(self, heard: Heard) -> bool:
        """Whether the question is for us: it addresses us, or its asker has asked us in this thread."""
        if heard.addressed or (heard.conversation, heard.owner) in self._asking:
            return True
        since = datetime.now(UTC) - FOLLOWED
        return bool(self._store.conversation(heard.conversation, heard.owner, since, 1))

    def take(self, heard: Heard, keys: Sequence[str]) -> bool:
        """Take a question to have it answered; False if it was taken before. Raises StoreError."""
        delivery = self._store.claim(keys, heard.dump(), datetime.now(UTC))
        if delivery is None:
            return False
        self._asking.add((heard.conversation, heard.owner))
        self._enqueue(delivery, heard, Circumstances())
        return True

    def withdraw(self, key: str) -> None:
        """Don't answer a message that was deleted, neither one that waits nor one that is still to come."""
        self._store.claim([key], "", datetime.now(UTC))
        self._store.finish(key)

    def _enqueue(self, delivery: Delivery, heard: Heard, how: Circumstances) -> None:
        line = f"{heard.conversation}:{heard.owner}"
        if not self._work.submit(line, lambda: self._do(delivery, heard, how)):
            busy = Circumstances(how.again, busy=True)
            self._busy.submit(line, lambda: self._do(delivery, heard, busy))

    def _do(self, delivery: Delivery, heard: Heard, how: Circumstances) -> None:
        if not self._store.retake(delivery, datetime.now(UTC)):
            return
        try:
            self._answer(heard, how)
        except SlackUnreachable as error:
            log.warning("question %s is left for later: %s", heard.id, error)
            return
        except SlackRefused as error:
            log.error("question %s is not answered: %s", heard.id, error)
            if error.fields["error"] in MENDED_BY_HAND:
                return
        finally:
            self._asking.discard((heard.conversation, heard.owner))
        self._store.finish(delivery.key)

    def _sweep(self) -> None:
        while not self._closing.wait(SWEEP):
            try:
                self._resume()
                self._store.forget_deliveries(datetime.now(UTC) - REMEMBERED)
            except StoreError as error:
                log.warning("no look for questions that were left: %s", error)

    def _resume(self) -> None:
        for delivery in self._store.unfinished(datetime.now(UTC) - timedelta(seconds=LEASE)):
            heard = hearing.load(delivery.work)
            if time.time() - heard.said_at > TOO_LATE:
                log.error("question %s is given up: an hour has passed", heard.id)
                self._store.finish(delivery.key)
            else:
                self._enqueue(delivery, heard, Circumstances(again=True))

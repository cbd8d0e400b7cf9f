"""The bars of the Slack side: quick acknowledgements under load, and every question once under failures."""

from __future__ import annotations

import random
import time
from collections import Counter
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from tests.interfaces.slack.conftest import Workspace
from tests.interfaces.slack.test_answers import QUESTION
from tests.interfaces.slack.web_api import Arguments, Failure

pytestmark = pytest.mark.real

Record = Callable[[str, object], None]

FAILURES = (
    Failure(429, retry_after=0),
    Failure(500),
    Failure(500, done=True),
    Failure(dropped=True),
    Failure(dropped=True, done=True),
    Failure(200, "internal_error"),
    Failure(200, "internal_error", done=True),
    Failure(200, "ratelimited"),
)


def in_work(slack: Workspace) -> int:
    return len(slack.store.unfinished(datetime.now(UTC) + timedelta(days=1)))


def test_acknowledgements_stay_quick_while_fifty_questions_are_in_work(
    slack: Workspace, record_property: Record
) -> None:
    slack.api.delay = 0.4
    for _ in range(60):
        slack.event(slack.mention(QUESTION))
    times = []
    for number in range(100):
        assert in_work(slack) >= 50
        started = time.perf_counter()
        response = slack.command(QUESTION) if number % 2 else slack.event(slack.mention(QUESTION))
        times.append(time.perf_counter() - started)
        assert response.status_code == 200
    times.sort()
    record_property("ack_median_ms", round(times[50] * 1000, 1))
    record_property("ack_p99_ms", round(times[98] * 1000, 1))
    assert times[98] < 0.2
    slack.api.delay = 0
    slack.settle(60)


def test_a_thousand_mixed_events_with_a_fifth_of_calls_failing(
    slack: Workspace, record_property: Record
) -> None:
    """Every question is answered exactly once or reported in its thread; nothing else is answered."""
    chance = random.Random(7)  # noqa: S311 - a reproducible mixture
    slack.api.plan = lambda method, arguments: chance.choice(FAILURES) if chance.random() < 0.2 else None
    threads: list[str] = []
    commands = 0
    with ThreadPoolExecutor(4) as pool:
        for number in range(1000):
            payload, command = _mixed(slack, chance, number, threads)
            if command:
                commands += 1
                pool.submit(slack.command, f"{QUESTION} {number}")
            for _ in range(chance.choice((1, 1, 1, 2, 4))):
                if payload:
                    pool.submit(slack.deliver, payload)
    slack.settle(120)
    answers = Counter(message["thread_ts"] for message in slack.api.messages if message.get("thread_ts"))
    roots = [message["ts"] for message in slack.api.messages if not message.get("thread_ts")]
    record_property("asked", len(threads) + commands)
    record_property("calls", len(slack.api.calls))
    assert {thread: answers[thread] for thread in threads} == dict.fromkeys(threads, 1)
    assert len(roots) == commands
    assert [answers[root] for root in roots] == [1] * commands
    assert sum(answers.values()) == len(threads) + commands
    assert len(threads) > 500


def _mixed(
    slack: Workspace, chance: random.Random, number: int, threads: list[str]
) -> tuple[Arguments | None, bool]:
    """One event of the mixture (questions are noted in `threads`), or whether to use the command."""
    kind = chance.choice(("mention", "mention", "message", "dm", "dm", "command", "bot", "chatter"))
    where: dict[str, Any] = {"channel": f"C{number % 20}", "user": f"U{number % 30 + 100}"}
    text = f"{QUESTION} {number}"
    if kind == "command":
        return None, True
    if kind == "bot":
        return slack.envelope(slack.mention(text, bot_id="B9", **where)), False
    if kind == "chatter":
        return slack.envelope(slack.said(text, **where)), False
    if kind == "dm":
        event = slack.dm(text, user=where["user"], channel=f"D{where['user']}")
    elif kind == "message":
        event = {**slack.mention(text, **where), "type": "message", "channel_type": "channel"}
    else:
        event = slack.mention(text, **where)
    threads.append(event["ts"])
    return slack.envelope(event), False

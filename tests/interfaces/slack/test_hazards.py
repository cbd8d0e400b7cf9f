"""What Slack does to those who are not careful: repetitions, loops, limits, lost replies, lost rights."""

from __future__ import annotations

import json
import sqlite3
import time
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

import pytest

from service.interfaces.slack import app as slack_app
from service.interfaces.slack import inbox
from service.settings import Settings
from tests.interfaces.asgi.test_observe import sample
from tests.interfaces.slack.conftest import Workspace, running, shown, wait
from tests.interfaces.slack.test_answers import ANSWER, QUESTION
from tests.interfaces.slack.web_api import BOT, BOT_ID, Arguments, Failure, Plan, WebApi


def first(count: int, method: str, failure: Failure) -> Plan:
    """A plan under which the first `count` calls of a method fail."""
    seen: list[str] = []

    def plan(name: str, arguments: Arguments) -> Failure | None:
        if name == method and len(seen) < count:
            seen.append(name)
            return failure
        return None

    return plan


def test_four_deliveries_of_one_event_give_one_answer(slack: Workspace) -> None:
    asked = slack.mention(QUESTION)
    payload = slack.envelope(asked)
    for number in range(4):
        retried = {"X_Slack_Retry_Num": str(number), "X_Slack_Retry_Reason": "http_timeout"} if number else {}
        assert slack.deliver(payload, **retried).status_code == 200
    slack.settle()
    assert len(slack.replies(asked["ts"])) == 1


def test_what_slack_sends_again_is_counted_by_its_reason(slack: Workspace) -> None:
    before = slack.client.get("/metrics").text
    payload = slack.envelope(slack.mention(QUESTION))
    for reason in ("http_timeout", "http_timeout", "a reason of tomorrow"):
        slack.deliver(payload, X_Slack_Retry_Num="1", X_Slack_Retry_Reason=reason)
    slack.deliver(payload)
    forged = {"X-Slack-Retry-Num": "1", "X-Slack-Retry-Reason": "http_error"}
    slack.signed(json.dumps(payload), "application/json", secret="another", headers=forged)  # noqa: S106
    after = slack.client.get("/metrics").text
    counted = {
        reason: sample(after, name) - sample(before, name)
        for reason in ("http_timeout", "other", "http_error")
        for name in [f'tutor_slack_retries_total{{reason="{reason}"}}']
    }
    assert counted == {"http_timeout": 2, "other": 1, "http_error": 0}
    slack.settle()


def test_mention_and_message_of_one_mention_at_the_same_moment_give_one_answer(slack: Workspace) -> None:
    for _ in range(10):
        mentioned = slack.mention(QUESTION)
        said = {**mentioned, "type": "message", "channel_type": "channel"}
        payloads = [slack.envelope(each) for each in (mentioned, said)] * 4
        with ThreadPoolExecutor(8) as pool:
            assert {each.status_code for each in pool.map(slack.deliver, payloads)} == {200}
        slack.settle()
        assert len(slack.replies(mentioned["ts"])) == 1


def test_a_workspace_that_sends_only_message_events_is_answered(slack: Workspace) -> None:
    asked = slack.said(f"<@{BOT}|tutor> {QUESTION}")
    slack.event(asked)
    slack.settle()
    assert len(slack.replies(asked["ts"])) == 1


def test_a_retry_that_is_the_only_delivery_is_answered(slack: Workspace) -> None:
    asked = slack.mention(QUESTION)
    slack.deliver(slack.envelope(asked), X_Slack_Retry_Num="2", X_Slack_Retry_Reason="http_error")
    slack.settle()
    assert len(slack.replies(asked["ts"])) == 1


@pytest.mark.parametrize(
    "bot",
    [
        {"user": BOT},
        {"user": BOT, "bot_id": BOT_ID},
        {"user": "U7", "bot_id": "B7"},
        {"user": "U7", "bot_profile": {"id": "B7"}},
        {"subtype": "bot_message", "user": None, "bot_id": "B7"},
        {"user": "USLACKBOT"},
    ],
)
def test_a_bot_is_never_answered(slack: Workspace, bot: Arguments) -> None:
    asked = slack.mention(QUESTION)
    slack.event(asked)
    slack.settle()
    for said in (
        slack.mention(QUESTION, **bot),
        slack.dm(QUESTION, **bot),
        slack.said(QUESTION, thread_ts=asked["ts"], **bot),
    ):
        assert slack.event(said).status_code == 200
    slack.settle()
    assert len(slack.api.messages) == 1


@pytest.mark.parametrize("subtype", ["channel_join", "channel_topic", "message_replied", "pinned_item"])
def test_what_nobody_said_is_not_answered(slack: Workspace, subtype: str) -> None:
    assert slack.event(slack.dm(QUESTION, subtype=subtype)).status_code == 200
    slack.settle()
    assert slack.api.messages == []


def test_an_edit_is_answered_anew_only_when_the_words_differ(slack: Workspace) -> None:
    asked = slack.dm("볼륨은 어떻게 백업하나요?")
    slack.event(asked)
    slack.settle()

    def changed(text: str, edited: str | None) -> Arguments:
        message: Arguments = {"type": "message", "user": "U1", "text": text, "ts": asked["ts"]}
        if edited:
            message["edited"] = {"user": "U1", "ts": edited}
        return {
            "type": "message",
            "subtype": "message_changed",
            "channel": "D1",
            "channel_type": "im",
            "ts": slack.api.ts(),
            "message": message,
            "previous_message": asked,
        }

    slack.event(changed(asked["text"], None))  # a link was unfurled
    slack.event(changed(asked["text"], slack.api.ts()))
    slack.settle()
    assert len(slack.replies(asked["ts"])) == 1
    edit = changed(QUESTION, slack.api.ts())
    slack.event(edit)
    slack.event(edit)
    slack.settle()
    assert [ANSWER in shown(each) for each in slack.replies(asked["ts"])] == [False, True]


def test_a_wrong_old_or_missing_signature_is_refused(slack: Workspace) -> None:
    body = json.dumps(slack.envelope(slack.mention(QUESTION)))
    answers: list[Any] = [
        slack.signed(body, "application/json", secret="another"),  # noqa: S106
        slack.signed(body, "application/json", age=301),
        slack.signed(body, "application/json", age=-301),
        slack.client.post("/slack/events", content=body.encode()),
        slack.client.post("/slack/events", content=b"\xff\xfe"),
        slack.client.post("/slack/events", content=b""),
        *(
            slack.signed(body, "application/json", headers={"X-Slack-Request-Timestamp": timestamp})
            for timestamp in ("abc", "nan", "inf", "1e9", "", "-1", "1" * 400, "9" * 5000)
        ),
        slack.client.post(
            "/slack/events",
            content=body.encode(),
            headers={
                b"X-Slack-Signature": "v0=é".encode(),
                b"X-Slack-Request-Timestamp": b"%d" % time.time(),
            },
        ),
    ]
    for answer in answers:
        assert answer.status_code == 401
        assert "서명" in answer.json()["detail"]
        assert answer.headers["x-request-id"]
    slack.settle()
    assert slack.api.messages == []
    assert slack.deliver({"type": "url_verification", "challenge": "abc"}).json() == {"challenge": "abc"}


def test_an_unknown_event_is_acknowledged(slack: Workspace) -> None:
    assert slack.event({"type": "team_join", "user": {"id": "U5"}}).status_code == 200


@pytest.mark.real
def test_a_rate_limit_is_waited_out(slack: Workspace) -> None:
    slack.api.plan = first(2, "chat.postMessage", Failure(429, retry_after=1))
    asked = slack.mention(QUESTION)
    started = time.monotonic()
    slack.event(asked)
    slack.settle()
    [reply] = slack.replies(asked["ts"])
    assert reply["at"] - started >= 2
    assert slack.api.named("conversations.replies") == []


@pytest.mark.real
@pytest.mark.parametrize(
    "failure",
    [
        Failure(500, done=True),
        Failure(200, "internal_error", done=True),
        Failure(dropped=True, done=True),
        Failure(503),
        Failure(dropped=True),
        Failure(200, "fatal_error"),
    ],
)
def test_a_lost_reply_never_doubles_an_answer(slack: Workspace, failure: Failure) -> None:
    slack.api.plan = first(2, "chat.postMessage", failure)
    asked = slack.mention(QUESTION)
    slack.event(asked)
    slack.command(QUESTION)
    slack.settle()
    assert len(slack.replies(asked["ts"])) == 1
    assert len(slack.api.messages) == 3


def test_an_answer_that_slack_refuses_is_reported_in_the_thread(slack: Workspace) -> None:
    slack.api.plan = first(1, "chat.postMessage", Failure(200, "invalid_blocks"))
    asked = slack.mention(QUESTION)
    slack.event(asked)
    slack.settle()
    [reply] = slack.replies(asked["ts"])
    assert "invalid_blocks" in shown(reply)


def test_a_missing_reaction_scope_costs_the_reaction_only(slack: Workspace) -> None:
    slack.api.plan = first(1, "reactions.add", Failure(200, "missing_scope"))
    asked = slack.mention(QUESTION)
    slack.event(asked)
    slack.settle()
    assert len(slack.replies(asked["ts"])) == 1


def test_missing_scopes_are_said_at_the_start(
    settings: Settings, api: WebApi, caplog: pytest.LogCaptureFixture
) -> None:
    api.scopes = "chat:write,commands"
    with running(settings, api):
        wait(lambda: "reactions:write" in caplog.text)


def test_without_the_right_to_read_an_answer_is_sent_again(slack: Workspace) -> None:
    def plan(method: str, arguments: Arguments) -> Failure | None:
        if method == "conversations.replies":
            return Failure(200, "missing_scope")
        return posting(method, arguments)

    posting: Plan = first(1, "chat.postMessage", Failure(500))
    slack.api.plan = plan
    asked = slack.mention(QUESTION)
    slack.event(asked)
    slack.settle()
    assert len(slack.replies(asked["ts"])) == 1


def test_an_expired_token_is_said_by_command_and_an_event_waits_for_the_new_one(
    settings: Settings, api: WebApi, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    api.token = "xoxb-new"  # noqa: S105
    with running(settings, api) as slack:
        asked = slack.mention(QUESTION)
        slack.event(asked)
        slack.command(QUESTION)
        wait(lambda: api.responses)
        assert ANSWER in shown(api.responses[0])
        assert "token_expired" in shown(api.responses[0])
        wait(lambda: "is not answered" in caplog.text)
        assert api.messages == []
    monkeypatch.setattr(inbox, "LEASE", 0.2)
    monkeypatch.setattr(inbox, "SWEEP", 0.1)
    with running(settings.model_copy(update={"slack_bot_token": "xoxb-new"}), api) as slack:
        slack.settle()
        assert len(slack.replies(asked["ts"])) == 1


def test_questions_left_by_a_stopped_service_are_answered_once_by_the_next(
    settings: Settings, api: WebApi, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(slack_app, "WORKERS", 2)
    api.delay = 0.2
    with running(settings, api) as slack:
        asked = [slack.mention(QUESTION) for _ in range(12)]
        for each in asked:
            assert slack.event(each).status_code == 200
    assert len(api.messages) < 12
    api.delay = 0
    monkeypatch.setattr(inbox, "LEASE", 0.5)
    monkeypatch.setattr(inbox, "SWEEP", 0.1)
    with running(settings, api) as slack:
        slack.settle()
        assert [len(slack.replies(each["ts"])) for each in asked] == [1] * 12


def test_a_question_answered_just_before_the_process_died_is_not_answered_again(
    settings: Settings, api: WebApi, monkeypatch: pytest.MonkeyPatch
) -> None:
    with running(settings, api) as slack:
        asked = slack.mention(QUESTION)
        slack.event(asked)
        slack.settle()
    [kept] = slack_rows(settings)
    with sqlite3.connect(settings.store_url.removeprefix("sqlite:///")) as database:
        work = {
            "team": "T1",
            "channel": "C1",
            "user": "U1",
            "text": QUESTION,
            "thread": asked["ts"],
            "id": kept,
        }
        work |= {"said_at": time.time()}
        database.execute(
            "UPDATE slack_deliveries SET work = ? WHERE key LIKE 'message:%'", [json.dumps(work)]
        )
    database.close()
    monkeypatch.setattr(inbox, "LEASE", 0.1)
    monkeypatch.setattr(inbox, "SWEEP", 0.1)
    with running(settings, api) as slack:
        slack.settle()
        assert len(slack.replies(asked["ts"])) == 1


def slack_rows(settings: Settings) -> list[str]:
    database = sqlite3.connect(settings.store_url.removeprefix("sqlite:///"))
    rows = [row[0] for row in database.execute("SELECT id FROM questions")]
    database.close()
    return rows


def test_a_deleted_question_is_not_answered(slack: Workspace) -> None:
    gone = slack.mention(QUESTION)
    slack.api.deleted.add(gone["ts"])
    slack.event(gone)
    slack.settle()
    later = slack.mention(QUESTION)
    slack.event(
        {
            "type": "message",
            "subtype": "message_deleted",
            "channel": "C1",
            "channel_type": "channel",
            "deleted_ts": later["ts"],
            "ts": slack.api.ts(),
        }
    )
    slack.event(later)
    slack.settle()
    assert slack.api.messages == []


def test_a_question_deleted_while_it_waits_is_not_answered(
    settings: Settings, api: WebApi, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(slack_app, "WORKERS", 1)
    api.delay = 0.3
    with running(settings, api) as slack:
        slack.event(slack.mention(QUESTION))
        waiting = slack.mention(QUESTION)
        slack.event(waiting)
        deleted = {
            "type": "message",
            "subtype": "message_deleted",
            "channel": "C1",
            "deleted_ts": waiting["ts"],
        }
        slack.event({**deleted, "channel_type": "channel", "ts": api.ts()})
        slack.settle()
        wait(lambda: len(api.messages) == 1)
        assert slack.replies(waiting["ts"]) == []


@pytest.mark.parametrize(("external", "words"), [(False, "다른 워크스페이스"), (True, ANSWER)])
def test_a_stranger_of_slack_connect_is_answered_only_where_it_is_wanted(
    settings: Settings, api: WebApi, external: bool, words: str
) -> None:
    with running(settings.model_copy(update={"slack_external": external}), api) as slack:
        asked = slack.mention(QUESTION, user="U8", team="T8", user_team="T8", source_team="T8")
        slack.event(asked, is_ext_shared_channel=True)
        slack.settle()
        [reply] = slack.replies(asked["ts"])
        assert words in shown(reply)
        assert [kept.owner for kept in slack.store.recent(5)] == (["slack:T8:U8"] if external else [])


def test_a_colleague_in_a_shared_channel_is_answered(slack: Workspace) -> None:
    asked = slack.mention(QUESTION, user_team="T1", source_team="T1")
    slack.event(asked, is_ext_shared_channel=True)
    slack.settle()
    assert ANSWER in shown(slack.replies(asked["ts"])[0])


def test_an_event_that_the_store_cannot_take_is_left_to_slack_to_repeat(
    slack: Workspace, settings: Settings
) -> None:
    database = sqlite3.connect(settings.store_url.removeprefix("sqlite:///"))
    database.execute("ALTER TABLE slack_deliveries RENAME TO elsewhere")
    payload = slack.envelope(asked := slack.mention(QUESTION))
    assert slack.deliver(payload).status_code == 500
    database.execute("ALTER TABLE elsewhere RENAME TO slack_deliveries")
    database.close()
    assert slack.deliver(payload, X_Slack_Retry_Num="1").status_code == 200
    slack.settle()
    assert len(slack.replies(asked["ts"])) == 1


def test_who_asks_when_too_many_wait_is_told(
    settings: Settings, api: WebApi, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(slack_app, "WORKERS", 1)
    monkeypatch.setattr(slack_app, "WAITING", 2)
    api.delay = 0.1
    with running(settings, api) as slack:
        asked = [slack.mention(QUESTION) for _ in range(5)]
        for each in asked:
            slack.event(each)
        slack.settle()
        said = [shown(slack.replies(each["ts"])[0]) for each in asked]
        assert [ANSWER in each for each in said] == [True] * 3 + [False] * 2
        assert all("질문이 많아" in each for each in said[3:])


def test_a_service_without_an_index_says_so_in_the_thread(
    settings: Settings, api: WebApi, tmp_path: Path
) -> None:
    with running(settings.model_copy(update={"data_dir": tmp_path / "empty"}), api) as slack:
        asked = slack.mention(QUESTION)
        slack.event(asked)
        slack.settle()
        assert "service build" in shown(slack.replies(asked["ts"])[0])
        slack.command("도움말")
        wait(lambda: api.responses)


def test_the_service_starts_and_serves_while_slack_is_out_of_reach(settings: Settings, api: WebApi) -> None:
    away = settings.model_copy(update={"slack_api_url": "http://127.0.0.1:9/api/"})
    started = time.monotonic()
    with running(away, api) as slack:
        assert time.monotonic() - started < 5
        assert slack.client.get("/healthz").status_code == 200
        assert slack.event(slack.mention(QUESTION)).status_code == 200
    assert time.monotonic() - started < 10  # what can't be said now doesn't hold the end up

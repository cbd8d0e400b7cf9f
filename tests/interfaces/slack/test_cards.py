from __future__ import annotations

import io
import json
import re
import zipfile

from tests.interfaces.slack.conftest import Workspace, shown, wait
from tests.interfaces.slack.test_answers import ANSWER, QUESTION
from tests.interfaces.slack.test_hazards import first
from tests.interfaces.slack.web_api import Arguments, Failure


def sent(slack: Workspace) -> tuple[str, str, bytes]:
    """Where the one deck went, its name and its bytes."""
    wait(lambda: slack.api.shared)
    [shared] = slack.api.shared
    [file] = json.loads(shared["files"])
    return shared["channel_id"], file["title"], slack.api.uploads[file["id"]]


def answered(slack: Workspace) -> Arguments:
    asked = slack.mention(QUESTION)
    slack.event(asked)
    slack.settle()
    [reply] = slack.replies(asked["ts"])
    return reply


def test_the_deck_comes_into_the_conversation_as_a_package(slack: Workspace) -> None:
    assert slack.command("덱").status_code == 200
    channel, name, data = sent(slack)
    assert (channel, name) == ("C1", "도커.apkg")
    assert "collection.anki2" in "".join(zipfile.ZipFile(io.BytesIO(data)).namelist())


def test_a_deck_of_a_topic_is_smaller_and_named_after_it(slack: Workspace) -> None:
    slack.command("덱 브리지")
    _, name, data = sent(slack)
    assert name == "도커 브리지.apkg"
    slack.api.shared.clear()
    slack.command("덱")
    assert len(data) < len(sent(slack)[2])


def test_an_unknown_topic_is_said_to_who_asks(slack: Workspace) -> None:
    slack.command("덱 <쿠버네티스>")
    wait(lambda: slack.api.responses)
    assert "주제의 카드가 없습니다" in shown(slack.api.responses[0])


def test_a_deck_goes_to_the_direct_messages_where_we_are_no_member(slack: Workspace) -> None:
    slack.api.absent.add("C1")
    slack.command("덱")
    assert sent(slack)[0] == "DU1"
    wait(lambda: slack.api.responses)
    assert "DM으로" in shown(slack.api.responses[0])


def test_a_deck_arrives_although_calls_fail(slack: Workspace) -> None:
    slack.api.plan = first(2, "files.getUploadURLExternal", Failure(500))
    slack.command("덱")
    assert sent(slack)[2]


def test_an_answer_is_saved_by_whoever_presses_and_listed_and_exported(slack: Workspace) -> None:
    reply = answered(slack)
    slack.press(reply, "save_card", user="U2")
    wait(lambda: slack.api.ephemeral and slack.api.views)
    assert (slack.api.ephemeral[0]["user"], slack.api.ephemeral[0]["thread_ts"]) == ("U2", reply["thread_ts"])
    assert "카드로 저장했습니다" in shown(slack.api.ephemeral[0])
    [card] = slack.store.saved_cards("slack:T1:U2")
    assert slack.store.saved_cards("slack:T1:U1") == []
    assert card.front in shown(slack.api.views[0]["view"])
    slack.press(reply, "save_card", user="U2")
    wait(lambda: len(slack.api.ephemeral) == 2)
    assert len(slack.store.saved_cards("slack:T1:U2")) == 1
    slack.command("내 카드", user_id="U2")
    wait(lambda: slack.api.responses)
    assert card.front in shown(slack.api.responses[0])
    slack.press({**slack.api.responses[0], "channel": "C1", "ts": slack.api.ts()}, "saved_deck", user="U2")
    assert sent(slack)[:2] == ("DU2", "도커 내 카드.apkg")


def test_who_has_no_cards_is_told_how_to_save_one(slack: Workspace) -> None:
    slack.command("내카드")
    wait(lambda: slack.api.responses)
    assert "저장한 카드가 아직 없습니다" in shown(slack.api.responses[0])
    assert "saved_deck" not in json.dumps(slack.api.responses[0])


def test_the_home_tab_sends_the_deck(slack: Workspace) -> None:
    slack.event({"type": "app_home_opened", "user": "U1", "tab": "home", "channel": "D1"})
    wait(lambda: slack.api.views)
    slack.press(slack.api.views[0]["view"], "deck", response_url="")
    assert sent(slack)[0] == "DU1"


def test_the_quiz_asks_reveals_and_goes_on(slack: Workspace) -> None:
    slack.command("퀴즈")
    wait(lambda: slack.api.responses)
    asked = {**slack.api.responses[0], "channel": "C1", "ts": slack.api.ts()}
    assert asked["response_type"] == "ephemeral"
    assert "*정답*" not in shown(asked)
    slack.press(asked, "quiz_answer")
    wait(lambda: len(slack.api.responses) == 2)
    revealed = slack.api.responses[1]
    assert revealed["replace_original"] is True
    question = shown(asked).split("\n")[1]
    assert question in shown(revealed)
    answer = re.search(r"\*정답\*\n(\S.*)", shown(revealed))
    assert answer
    assert answer[1] not in shown(asked)
    slack.press({**revealed, "channel": "C1", "ts": asked["ts"]}, "quiz_next")
    wait(lambda: len(slack.api.responses) == 3)
    assert question not in shown(slack.api.responses[2])


def test_a_quiz_card_that_is_gone_is_said(slack: Workspace) -> None:
    slack.command("퀴즈")
    wait(lambda: slack.api.responses)
    asked = json.loads(re.sub(r'"value": "[^"]*"', '"value": "gone-a"', json.dumps(slack.api.responses[0])))
    slack.press({**asked, "channel": "C1"}, "quiz_answer")
    wait(lambda: len(slack.api.responses) == 2)
    assert "그런 카드가 없거나" in shown(slack.api.responses[1])


def test_a_question_that_begins_like_an_errand_is_a_question(slack: Workspace) -> None:
    slack.command(f"덱이 아니라 {QUESTION}")
    slack.settle()
    assert ANSWER in shown(slack.api.messages[1])

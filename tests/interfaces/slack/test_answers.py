from __future__ import annotations

import pytest

from tests.interfaces.slack.conftest import PUBLIC, Workspace, shown, wait
from tests.interfaces.slack.web_api import BOT

QUESTION = "컨테이너를 지우면 볼륨은 어떻게 되나요?"
ANSWER = "볼륨은 컨테이너를 지워도 남습니다."


def test_a_mention_is_seen_and_answered_in_its_thread(slack: Workspace) -> None:
    asked = slack.mention(QUESTION)
    assert slack.event(asked).status_code == 200
    slack.settle()
    [reply] = slack.replies(asked["ts"])
    text = shown(reply)
    assert ANSWER in text
    assert f"<{PUBLIC}/documents/storage?lines=5-5|저장 › 볼륨>" in text
    assert "확신" in text or "출처를 함께" in text
    assert "도움됐어요" in text
    assert "아니에요" in text
    assert slack.api.named("reactions.add") == [{"channel": "C1", "timestamp": asked["ts"], "name": "eyes"}]


def test_the_answer_is_kept_under_its_asker_with_the_thread_as_conversation(slack: Workspace) -> None:
    asked = slack.mention(QUESTION)
    slack.event(asked)
    slack.settle()
    [kept] = slack.store.recent(5)
    assert (kept.owner, kept.question, kept.status) == ("slack:T1:U1", QUESTION, "answered")
    assert kept.conversation == f"slack-C1-{asked['ts'].replace('.', '_')}"


def test_a_direct_message_is_always_answered(slack: Workspace) -> None:
    asked = slack.dm(QUESTION)
    slack.event(asked)
    slack.settle()
    assert len(slack.replies(asked["ts"])) == 1


def test_in_a_thread_the_asker_goes_on_without_mention_and_others_are_left_alone(slack: Workspace) -> None:
    asked = slack.mention(QUESTION)
    thread = asked["ts"]
    slack.event(asked)
    slack.settle()
    for quiet in (
        slack.said("저는 다르게 알고 있어요", user="U2", thread_ts=thread),
        slack.said("<@U2> 그건 왜죠?", thread_ts=thread),
        slack.said("볼륨은 어떻게 백업하나요?"),
    ):
        slack.event(quiet)
    slack.settle()
    assert len(slack.replies(thread)) == 1
    slack.event(slack.said("볼륨은 어떻게 백업하나요?", thread_ts=thread))
    slack.settle()
    assert "tar" in shown(slack.replies(thread)[1])


def test_a_follow_up_sent_while_the_first_question_is_in_work_is_answered_after_it(slack: Workspace) -> None:
    slack.api.delay = 0.2
    asked = slack.mention(QUESTION)
    slack.event(asked)
    slack.event(slack.said("볼륨은 어떻게 백업하나요?", thread_ts=asked["ts"]))
    slack.settle()
    first, second = slack.replies(asked["ts"])
    assert (ANSWER in shown(first), "tar" in shown(second)) == (True, True)


def test_who_mentions_us_with_nothing_to_say_gets_help(slack: Workspace) -> None:
    asked = slack.mention("")
    slack.event(asked)
    slack.settle()
    assert "/docker 질문" in shown(slack.replies(asked["ts"])[0])


def test_a_question_that_is_no_question_is_explained(slack: Workspace) -> None:
    for text, words in (("???", "비어 있습니다"), ("가" * 4001, "너무 깁니다")):
        asked = slack.dm(text)
        slack.event(asked)
        slack.settle()
        assert words in shown(slack.replies(asked["ts"])[0])


def test_what_is_not_in_the_notes_is_said_with_suggestions_that_ask_when_pressed(slack: Workspace) -> None:
    asked = slack.dm("오늘 저녁 김치찌개 맛있게 끓이는 법 알려줘")
    slack.event(asked)
    slack.settle()
    [reply] = slack.replies(asked["ts"])
    assert "찾지 못했습니다" in shown(reply)
    assert "도움됐어요" not in shown(reply)
    slack.press(reply, "suggest:0")
    slack.press(reply, "suggest:0")
    slack.settle()
    _, again = slack.replies(asked["ts"])
    assert "<@U1> 님의 질문" in shown(again)


def test_a_long_answer_arrives_shortened_and_says_so(slack: Workspace) -> None:
    asked = slack.dm("도커 데몬 기동 로그 전체는 다음과 같음")
    slack.event(asked)
    slack.settle()
    [reply] = slack.replies(asked["ts"])
    [kept] = slack.store.recent(1)
    assert len(kept.body) > 15_000
    text = shown(reply)
    assert len(text) < 12_000
    assert "level=info" in text
    assert "&lt;none&gt; &amp; ready" in text
    assert "답이 길어 앞부분만 보여 드립니다" in text
    assert f"<{PUBLIC}/documents/logs" in text


def test_a_command_opens_a_thread_for_everybody(slack: Workspace) -> None:
    response = slack.command(QUESTION)
    assert (response.status_code, response.text) == (200, "")
    slack.settle()
    root, reply = slack.api.messages
    assert shown(root) == f"<@U1> 님의 질문: {QUESTION}"
    assert (reply["thread_ts"], ANSWER in shown(reply)) == (root["ts"], True)
    slack.event(slack.said("볼륨은 어떻게 백업하나요?", thread_ts=root["ts"]))
    slack.settle()
    assert len(slack.replies(root["ts"])) == 2


def test_a_command_where_we_are_no_member_is_answered_to_its_asker(slack: Workspace) -> None:
    slack.api.absent.add("C1")
    slack.command(QUESTION)
    slack.settle()
    [response] = slack.api.responses
    assert response["response_type"] == "ephemeral"
    assert ANSWER in shown(response)
    assert "초대하시면" in shown(response)


@pytest.mark.parametrize("text", ["", "도움말"])
def test_help_by_command_is_for_its_asker_and_offers_questions(slack: Workspace, text: str) -> None:
    slack.command(text)
    slack.settle()
    wait(lambda: slack.api.responses)
    [response] = slack.api.responses
    assert response["response_type"] == "ephemeral"
    assert "이런 것을 물어볼 수 있습니다" in shown(response)
    assert slack.api.messages == []


def test_the_shortcut_answers_in_the_thread_of_the_message(slack: Workspace) -> None:
    ts = slack.api.ts()
    slack.interact(
        {
            "type": "message_action",
            "callback_id": "ask_message",
            "channel": {"id": "C1"},
            "message": {"type": "message", "user": "U9", "ts": ts, "text": f"&lt;질문&gt; {QUESTION}"},
        }
    )
    slack.settle()
    [reply] = slack.replies(ts)
    assert ANSWER in shown(reply)


def test_feedback_is_kept_for_the_asker_only(slack: Workspace) -> None:
    asked = slack.mention(QUESTION)
    slack.event(asked)
    slack.settle()
    [reply] = slack.replies(asked["ts"])
    slack.press(reply, "helpful", user="U2")
    wait(lambda: slack.api.ephemeral)
    assert "질문한 사람만" in slack.api.ephemeral[0]["text"]
    assert slack.store.recent(1)[0].helpful is None
    slack.press(reply, "helpful")
    wait(lambda: slack.api.responses)
    assert slack.store.recent(1)[0].helpful is True
    [response] = slack.api.responses
    assert response["replace_original"] is True
    assert "고맙습니다" in shown(response)
    assert "도움됐어요" not in shown(response)
    assert ANSWER in shown(response)


def test_the_home_tab_offers_questions_that_are_answered_in_the_direct_message(slack: Workspace) -> None:
    slack.event({"type": "app_home_opened", "user": "U1", "tab": "home", "channel": "D1"})
    wait(lambda: slack.api.views)
    [published] = slack.api.views
    view = published["view"]
    assert published["user_id"] == "U1"
    assert "내 카드" in shown(view)
    assert "덱 받기" in shown(view)
    slack.press(view, "suggest:0")
    slack.settle()
    root, reply = slack.api.messages
    assert (root["channel"], reply["channel"], reply["thread_ts"]) == ("DU1", "DU1", root["ts"])


def test_links_mentions_and_escapes_are_read_as_typed(slack: Workspace) -> None:
    slack.event(
        slack.dm(f"<@{BOT}> <http://docker.io|docker.io> 에서 `a &lt; b &amp;&amp; c` &gt; <#C2|general>")
    )
    slack.settle()
    assert slack.store.recent(1)[0].question == "docker.io 에서 `a < b && c` > #general"

from __future__ import annotations

from tests.interfaces.slack.conftest import Workspace, shown


def test_a_greeting_is_returned_with_questions_to_press_and_nothing_to_rate(slack: Workspace) -> None:
    asked = slack.mention("안녕하세요!")
    slack.event(asked)
    slack.settle()
    [reply] = slack.replies(asked["ts"])
    text = shown(reply)
    assert "노트에서 답을 찾아 출처와 함께 알려 드립니다." in text
    assert "단추를 누르면 바로 물어봅니다." in text
    assert not any(words in text for words in ("출처*", "확신", "도움됐어요", "카드로 저장"))


def test_a_goodbye_is_short(slack: Workspace) -> None:
    asked = slack.dm("감사합니다 수고하세요~")
    slack.event(asked)
    slack.settle()
    [reply] = slack.replies(asked["ts"])
    assert [block["type"] for block in reply["blocks"]] == ["section"]
    assert slack.store.recent(1)[0].status == "chat"

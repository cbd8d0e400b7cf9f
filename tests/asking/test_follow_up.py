from __future__ import annotations

import pytest

from service.asking.follow_up import Turn, read, topic
from service.types import Fact


def fact(text: str, heading: str) -> Fact:
    return Fact("f", "d", ("도커", heading), text, "bullet", (1, 1))


VOLUME = Turn(
    "도커 볼륨은 어디에 저장되나요?", (fact("볼륨은 호스트의 /var/lib/docker/volumes에 저장됩니다.", "볼륨"),)
)


def test_the_first_question_stands_alone() -> None:
    assert read("그건 뭐야?", []).kind == "alone"


def test_a_pronoun_is_lent_the_subject_of_the_turn_before() -> None:
    reading = read("그럼 그건 어떻게 지워?", [VOLUME])
    assert reading.kind == "joined"
    assert "볼륨" in reading.joined
    assert reading.joined.endswith("그럼 그건 어떻게 지워?")
    assert reading.near == VOLUME.facts


@pytest.mark.parametrize(
    "question", ["왜?", "왜요??", "근데 왜 그런 건데?", "예시 보여줘", "둘 중 뭐가 나아?"]
)
def test_why_example_and_which_ask_again_about_the_whole_question(question: str) -> None:
    reading = read(question, [VOLUME])
    assert reading.kind == "joined"
    assert reading.joined == f"{VOLUME.meant} {question}"


@pytest.mark.parametrize(
    "question",
    [
        "만드는 명령어는요?",
        "compose에서는?",
        "백업은?",
        "이름까지 바꾸려면?",
        "바인드 마운트랑은 뭐가 달라요?",
        "삭제 방법",
    ],
)
def test_half_a_question_is_lent_its_subject(question: str) -> None:
    reading = read(question, [VOLUME])
    assert reading.kind == "joined"
    assert "볼륨" in reading.joined
    assert reading.joined.endswith(f" {question}")


@pytest.mark.parametrize(
    "question",
    [
        "CMD랑 ENTRYPOINT 차이가 뭐야?",
        "컨테이너 이름은 어떻게 바꿔?",
        "윈도우에서는 어떻게 설치해?",
        "어제까지 잘되던 빌드가 갑자기 깨졌어요",
    ],
)
def test_a_whole_question_is_not_taken_for_half(question: str) -> None:
    assert read(question, [VOLUME]).kind == "open"


def test_an_example_leans_to_code() -> None:
    assert read("명령어 예시 좀", [VOLUME]).example
    assert not read("왜?", [VOLUME]).example


@pytest.mark.parametrize(
    ("meant", "correction", "joined"),
    [
        ("이미지 지우는 명령 알려줘", "아니 이미지 말고 컨테이너", "컨테이너 지우는 명령 알려줘"),
        ("컨테이너 로그는 어떻게 봐요?", "아 컨테이너 말고 데몬이요", "데몬 로그는 어떻게 봐요?"),
        ("컨테이너 메모리 제한 옵션", "죄송 메모리 말고 CPU요", "컨테이너 CPU 제한 옵션"),
        ("TCP 포트 게시", "tcp 말고 udp ㅋㅋ", "udp 포트 게시"),
    ],
)
def test_a_correction_puts_one_thing_in_the_place_of_another(
    meant: str, correction: str, joined: str
) -> None:
    assert read(correction, [Turn(meant, ())]).joined == joined


def test_a_change_of_subject_is_read_by_itself() -> None:
    assert read("그건 됐고, 이미지는 어떻게 저장해?", [VOLUME]).kind == "alone"


def test_a_question_with_its_own_subject_is_left_open() -> None:
    reading = read("컨테이너 로그는 어떻게 봐?", [VOLUME])
    assert (reading.kind, "볼륨" in reading.joined) == ("open", True)


def test_the_topic_is_what_the_facts_speak_of() -> None:
    assert topic(VOLUME) == ["도커", "볼륨", "저장"]
    assert topic(VOLUME, own=["저장"]) == ["도커", "볼륨"]


@pytest.mark.parametrize("question", ["", " ", "😀", "말고", "아니 말고 ", "그" * 4000, "말고" * 1000])
def test_hostile_follow_ups_end_quickly(question: str) -> None:
    assert read(question, [VOLUME]) is not None

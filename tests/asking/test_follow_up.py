from __future__ import annotations

import json
from importlib.resources import files

import pytest

from service.asking.confidence import fitted
from service.asking.follow_up import Turn, leant_on, topic, wants_example
from service.asking.retrieve import NOTHING, Features, Retrieval
from service.types import Fact, Hit


def fact(text: str, heading: str) -> Fact:
    return Fact("f", "d", ("도커", heading), text, "bullet", (1, 1))


VOLUME = Turn(
    "도커 볼륨은 어디에 저장되나요?", (fact("볼륨은 호스트의 /var/lib/docker/volumes에 저장됩니다.", "볼륨"),)
)
UNKNOWN = Retrieval((), NOTHING)
HALF = Retrieval(
    (Hit(VOLUME.facts[0], 0.5, 0.85, 0.2),),
    Features(
        question=0.88,
        text=0.84,
        lift=0.1,
        sparse=0.2,
        gap=0.02,
        agreement=0,
        apart=0.0,
        words=0.5,
        unknown=0.1,
    ),
)
"""What the notes have for half a question: something, not sure."""
SURE = Retrieval(
    (Hit(fact("CMD는 시작 명령입니다.", "CMD"), 0.9, 0.97, 0.7),),
    Features(
        question=0.97, text=0.9, lift=0.2, sparse=0.6, gap=0.3, agreement=1, apart=0.1, words=3.0, unknown=0.0
    ),
)
"""... for a whole question: its answer."""


def leans(question: str, alone: Retrieval = HALF, turns: list[Turn] | None = None) -> bool:
    return leant_on(question, [VOLUME] if turns is None else turns, alone, fitted(1.0)) is not None


def test_the_first_question_stands_alone() -> None:
    assert not leans("그건 뭐야?", turns=[])


@pytest.mark.parametrize(
    "question",
    [
        "그럼 그건 어떻게 지워?",
        "왜요??",
        "예시 보여줘",
        "반대로는?",
        "맥에서는?",
        "compose에서는?",
        "백업은?",
        "그럼 삭제는?",
        "더 자세히",
        "그 다음은?",
        "끌때는?",
        "한꺼번에 지우려면?",
    ],
)
def test_half_a_question_leans_on_the_turn_before(question: str) -> None:
    assert leant_on(question, [VOLUME], HALF, fitted(1.0)) is VOLUME


@pytest.mark.parametrize(
    "question",
    [
        "CMD랑 ENTRYPOINT 차이가 뭐야?",
        "네트워크가 뭐야?",
        "컨테이너가 바로 종료되는 이유를 알려주세요",
        "윈도우에서는 도커를 어떻게 설치해?",
    ],
)
def test_a_question_that_names_its_own_thing_stands_alone(question: str) -> None:
    assert not leans(question, SURE)


@pytest.mark.parametrize("remark", ["회의 들어갑니다", "주식 뭐 사면 좋아?", "오늘 점심 뭐 먹지"])
def test_a_remark_about_something_else_is_not_lent_a_subject(remark: str) -> None:
    assert not leans(remark, UNKNOWN)


def test_a_turn_that_found_nothing_is_passed_over() -> None:
    turns = [VOLUME, Turn("회의 들어갑니다", ())]
    assert leant_on("그럼 그건 어떻게 지워?", turns, HALF, fitted(1.0)) is VOLUME


def test_an_example_is_asked_for_or_not() -> None:
    assert wants_example("예시 보여줘")
    assert not wants_example("왜?")


def test_the_topic_is_what_the_question_before_names_but_for_what_this_one_does() -> None:
    assert topic(VOLUME) == ["도커", "볼륨", "저장"]
    assert topic(VOLUME, own=["저장"]) == ["도커", "볼륨"]


@pytest.mark.parametrize("question", ["말고", "아니 말고 ", "그" * 4000, "말고" * 1000, "😀"])
def test_hostile_follow_ups_end_quickly(question: str) -> None:
    assert leant_on(question, [VOLUME], UNKNOWN, fitted(1.0)) in (None, VOLUME)


def test_the_shipped_weights_are_for_the_evidence_there_is() -> None:
    shipped = json.loads((files("service.asking") / "leans.json").read_text(encoding="utf-8"))
    assert set(shipped["evidence"]) == set(shipped["typical"]) == {
        "scope", "plain", "right", "words", "unknown", "near", "shared", "nouns", "length"
    }  # fmt: skip

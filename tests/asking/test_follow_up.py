from __future__ import annotations

import json
from importlib.resources import files

import pytest

from service.asking.confidence import fitted
from service.asking.follow_up import Turn, read
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


def meant(question: str, alone: Retrieval = HALF, turns: list[Turn] | None = None) -> str:
    return read(question, [VOLUME] if turns is None else turns, alone, fitted(1.0)).meant


def test_the_first_question_stands_alone() -> None:
    assert meant("그건 뭐야?", turns=[]) == "그건 뭐야?"


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
    ],
)
def test_what_leans_is_lent_the_subject_of_the_turn_before(question: str) -> None:
    reading = read(question, [VOLUME], HALF, fitted(1.0))
    assert reading.meant.startswith("도커 볼륨")
    assert reading.meant.endswith(f" {question}")
    assert reading.leaning is not None
    assert reading.leaning.near == VOLUME.facts


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
    assert read(question, [VOLUME], SURE, fitted(1.0)).leaning is None


@pytest.mark.parametrize("remark", ["회의 들어갑니다", "주식 뭐 사면 좋아?", "오늘 점심 뭐 먹지"])
def test_a_remark_about_something_else_is_not_lent_a_subject(remark: str) -> None:
    assert meant(remark, UNKNOWN) == remark


def test_a_turn_that_found_nothing_is_passed_over() -> None:
    assert "볼륨" in meant("그럼 그건 어떻게 지워?", turns=[VOLUME, Turn("회의 들어갑니다", ())])


def test_an_example_leans_to_code() -> None:
    example, why = (read(question, [VOLUME], HALF, fitted(1.0)) for question in ("예시 보여줘", "왜?"))
    assert example.leaning is not None
    assert why.leaning is not None
    assert (example.leaning.example, why.leaning.example) == (True, False)


@pytest.mark.parametrize(
    ("before", "correction", "corrected"),
    [
        ("이미지 지우는 명령 알려줘", "아니 이미지 말고 컨테이너", "컨테이너 지우는 명령 알려줘"),
        ("컨테이너 로그는 어떻게 봐요?", "아 컨테이너 말고 데몬이요", "데몬 로그는 어떻게 봐요?"),
        ("컨테이너 메모리 제한 옵션", "죄송 메모리 말고 CPU요", "컨테이너 CPU 제한 옵션"),
        ("종료 코드 126은 뭐야", "126이 아니라 127", "종료 코드 127은 뭐야"),
    ],
)
def test_a_correction_puts_one_thing_in_the_place_of_another(
    before: str, correction: str, corrected: str
) -> None:
    assert meant(correction, turns=[Turn(before, VOLUME.facts)]) == corrected


@pytest.mark.parametrize("question", ["말고", "아니 말고 ", "그" * 4000, "말고" * 1000, "😀"])
def test_hostile_follow_ups_end_quickly(question: str) -> None:
    assert meant(question, UNKNOWN)


def test_the_shipped_weights_are_for_the_evidence_there_is() -> None:
    shipped = json.loads((files("service.asking") / "leans.json").read_text(encoding="utf-8"))
    assert set(shipped["evidence"]) == set(shipped["typical"]) == {
        "scope", "plain", "right", "words", "unknown", "near", "shared", "nouns", "length"
    }  # fmt: skip

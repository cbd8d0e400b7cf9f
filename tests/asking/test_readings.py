from __future__ import annotations

from dataclasses import replace

import pytest

from service.asking.confidence import fitted as calibrated
from service.asking.readings import Option, Preference, Whole, features, fitted, swapped, wholes
from service.asking.retrieve import NOTHING, Retrieval
from service.types import Fact, Hit


def texts(turn: str, before: str, subject: list[str]) -> dict[str, str]:
    return {whole.kind: whole.text for whole in wholes(turn, before, subject, lambda text: -len(text))}


def found(*facts: str, belongs: float = 0.5) -> Retrieval:
    hits = tuple(
        Hit(Fact(fact, "d", ("볼륨",), fact, "bullet", (1, 1)), 0.5 / (number + 1), 0.8, 0.2, belongs)
        for number, fact in enumerate(facts)
    )
    return Retrieval(hits, replace(NOTHING, best=0.5, belongs=belongs))


def test_a_thing_is_put_in_the_place_of_another() -> None:
    assert swapped("컨테이너는?", "이미지 전부 지우려면?") == ["컨테이너 전부 지우려면?"]
    assert "네트워크 목록 보는 법" in swapped("네트워크 목록은?", "볼륨 목록 보는 법")


def test_a_word_that_the_dictionary_splits_is_put_in_whole() -> None:
    assert "센토스에 도커 설치" in swapped("센토스는?", "우분투에 도커 설치")


def test_what_names_no_thing_is_asked_of_the_subject_and_in_front_of_the_question() -> None:
    assert texts("한꺼번에는?", "컨테이너 멈추는 명령어", ["컨테이너"]) == {
        "subject": "컨테이너 한꺼번에는?",
        "after": "컨테이너 멈추는 명령어 한꺼번에는?",
        "front": "한꺼번에 컨테이너 멈추는 명령어",
    }


def test_words_that_only_point_back_are_left_out() -> None:
    assert (
        texts("그럼 그거 어떻게 지워?", "빌드 캐시가 뭐예요", ["빌드 캐시"])["subject"]
        == "빌드 캐시 어떻게 지워?"
    )


@pytest.mark.parametrize(
    ("before", "correction", "corrected"),
    [
        ("이미지 지우는 명령 알려줘", "아니 이미지 말고 컨테이너", "컨테이너 지우는 명령 알려줘"),
        ("컨테이너 로그는 어떻게 봐요?", "아 컨테이너 말고 데몬이요", "데몬 로그는 어떻게 봐요?"),
        ("컨테이너 메모리 제한 옵션", "죄송 메모리 말고 CPU요", "컨테이너 CPU 제한 옵션"),
        ("종료 코드 126은 뭐야", "126이 아니라 127", "종료 코드 127은 뭐야"),
    ],
)
def test_a_correction_stands_for_one_question(before: str, correction: str, corrected: str) -> None:
    assert texts(correction, before, []) == {"swap": corrected}


@pytest.mark.parametrize("turn", ["", "?", "말고", "그거", "그" * 4000, "말고" * 1000, "😀", "[(*"])
def test_hostile_turns_end_quickly(turn: str) -> None:
    assert len(wholes(turn, "볼륨 [(* 지우려면?", ["볼륨"], len)) <= 3


def test_what_was_just_said_is_rather_the_answer_to_why_than_to_something_else() -> None:
    both = Whole("after", "볼륨을 쓰는 게 좋나요?")
    options = [Option(both, found("said")), Option(both, found("other"), fresh=True)]

    def gain(turn: str) -> float:
        again, fresh = features(turn, options, frozenset({"said"}), calibrated(1.0))
        names = {*again, *fresh}
        return sum(fitted().weights.get(n, 0.0) * (again.get(n, 0.0) - fresh.get(n, 0.0)) for n in names)

    assert gain("왜요?") > gain("지우려면?")


def test_the_option_of_the_highest_worth_is_taken() -> None:
    first, second = Option(Whole("alone", "a"), found("1")), Option(Whole("swap", "b"), found("2"))
    assert Preference({"swap": 1.0}).best([first, second], [{"alone": 1.0}, {"swap": 1.0}]) is second
    assert Preference({}).best([first, second], [{}, {}]) is first


def test_the_shipped_weights_are_for_the_features_there_are() -> None:
    options = [
        Option(Whole(kind, "a"), found("1")) for kind in ("alone", "subject", "after", "front", "swap")
    ]
    known = features("왜?", options, frozenset(), calibrated(1.0))
    assert {name for each in known for name in each} == set(fitted().weights)

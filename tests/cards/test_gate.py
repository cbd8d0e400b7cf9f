from __future__ import annotations

from dataclasses import replace

import pytest

from service import messages
from service.cards import checks, gate
from service.types import Card, CardKind
from tests.cards.conftest import basic
from tests.conftest import FakeEncoder


def card(kind: CardKind, front: str, back: str = "", number: int = 1) -> Card:
    if kind in ("cloze", "list"):
        return basic("", "", number, kind=kind, cloze=front)
    return basic(front, back, number, kind=kind)


GOOD: list[tuple[CardKind, str, str]] = [
    ("question", "리눅스에서 도커 볼륨의 데이터가 기본으로 저장되는 경로는?", "/var/lib/docker/volumes"),
    ("question", "Compose 파일에서 $ 문자를 그대로 쓰려면 어떻게 적나요?", "$$"),
    ("question", "Alpine 컨테이너에 없는 `bash` 대신 실행할 셸은?", "sh"),
    ("question", "ARG와 ENV 중 실행된 컨테이너에도 남는 것은?", "ENV"),
    ("question", "`Are you trying (or vice-versa)?` 오류는 언제 나오나요?", "종류가 다른 경로를 마운트할 때"),
    (
        "question",
        "컨테이너들이 호스트의 장애에 모두 영향을 받는 까닭은?",
        "커널, 디스크, 네트워크를 함께 쓰기 때문",
    ),
    ("term", "볼륨(volume)", "도커가 만들고 관리하는 데이터 저장 공간"),
    ("term", "도커 엔진", "이미지, 컨테이너, 네트워크를 다루는 도커의 본체"),
    ("command", "도커 볼륨의 목록을 보는 명령", "docker volume ls"),
    ("contrast", "`docker stop`과 `docker kill`의 차이는?", "stop: 정리할 시간을 줌 / kill: 바로 끝냄"),
    ("cloze", "{{c1::볼륨}}은 컨테이너를 지워도 남습니다.", ""),
    ("cloze", "상태는 `{{c1::{{.State.Status}}}}`로 봅니다.", ""),
    ("list", "설치할 패키지: {{c1::docker-ce}}, {{c2::docker-ce-cli}}, {{c3::containerd.io}}", ""),
]
BAD: list[tuple[str, CardKind, str, str]] = [
    ("card-empty", "question", "볼륨이란?", " "),
    ("card-empty", "question", "??", "답"),
    ("card-empty", "cloze", "", ""),
    ("card-no-deletion", "cloze", "빈칸이 없는 글", ""),
    ("card-too-long", "question", "도커" * 100, "답"),
    ("card-too-long", "question", "도커 볼륨이란?", "가" * 30_000),
    ("card-too-long", "command", "도커로 하는 일", "docker run x\n" * 9),
    ("card-too-long", "cloze", "도커는 {{c1::" + "긴 답 " * 40 + "}}입니다.", ""),
    ("card-not-atomic", "question", "도커 볼륨은 무엇이고 어떻게 만드나요?", "저장 공간"),
    ("card-not-atomic", "question", "도커 볼륨이란? 왜 쓰나요?", "저장 공간"),
    ("card-not-atomic", "question", "도커 문서가 권장하는 옵션과 그 이유는?", "--mount"),
    ("card-not-atomic", "question", "왼쪽과 오른쪽은 각각 무엇인가요?", "호스트"),
    ("card-bare-heading", "question", "장점", "서버 관리가 쉽다"),
    ("card-bare-heading", "term", "사용법", "docker를 실행한다"),
    ("card-pointing", "question", "위 그림에서 도커 엔진이 하는 일은?", "컨테이너 실행"),
    ("card-pointing", "question", "이것을 지우는 도커 명령은?", "docker rm"),
    ("card-pointing", "cloze", "다음과 같이 {{c1::볼륨}}을 만듭니다.", ""),
    ("card-yes-no", "question", "도커 볼륨은 컨테이너를 지워도 남나요?", "남습니다"),
    ("card-yes-no", "question", "도커는 가상 머신인가요?", "커널을 함께 씁니다"),
    ("card-yes-no", "question", "도커 볼륨을 쓰는 까닭은?", "네, 남기 때문입니다"),
    ("card-enumeration", "question", "도커 이미지의 메타데이터는?", "시작 명령, 환경 변수, 작업 디렉터리"),
    ("card-leak", "question", "도커 볼륨을 만드는 docker volume create는?", "docker volume create"),
    ("card-leak", "question", "컨테이너의 데이터를 저장하는 볼륨은?", "볼륨"),
    ("card-leak", "contrast", "바로 끝냄과 정리할 시간을 줌의 차이는?", "stop: 정리할 시간을 줌 / kill: 바로 끝냄"),
    ("card-leak", "cloze", "볼륨에는 데이터를 두고, {{c1::볼륨}}은 지워도 남습니다.", ""),
    ("card-all-hidden", "cloze", "{{c1::볼륨}}", ""),
    ("card-list-size", "list", "하나뿐인 목록: {{c1::볼륨}}", ""),
    ("card-list-size", "list", " ".join(f"{{{{c{n}::항목{n}}}}}" for n in range(1, 9)), ""),
    ("card-list-size", "cloze", "도커 {{c1::하나}} {{c2::둘}} {{c3::셋}} {{c4::넷}}", ""),
    ("card-no-deletion", "cloze", "도커 {{c1::볼륨}}과 {{c2::닫히지 않음", ""),
    ("card-particle", "cloze", "{{c1::볼륨은}} 컨테이너를 지워도 남습니다.", ""),
    ("card-no-contrast", "contrast", "볼륨과 바인드 마운트의 차이는?", "볼륨은 도커가 관리한다"),
    ("card-no-contrast", "contrast", "볼륨과 바인드 마운트의 차이는?", "볼륨: 같음 / 바인드 마운트: 같음"),
]  # fmt: skip


@pytest.mark.parametrize(("kind", "front", "back"), GOOD)
def test_good_cards_pass(kind: CardKind, front: str, back: str) -> None:
    assert checks.reasons(card(kind, front, back)) == ()


@pytest.mark.parametrize(("reason", "kind", "front", "back"), BAD)
def test_bad_cards_are_named(reason: str, kind: CardKind, front: str, back: str) -> None:
    assert reason in checks.reasons(card(kind, front, back))
    assert reason in messages.REASONS


def test_of_two_that_ask_the_same_the_curated_one_stays() -> None:
    derived = card("question", "도커 볼륨의 목록을 보는 명령은 무엇?", "docker volume ls", 1)
    curated = replace(
        card("question", "도커 볼륨의 목록을 보는 명령은 무엇", "docker volume ls", 2), curated=True
    )
    verdict = gate.judge([derived, curated], FakeEncoder())
    assert [each.id for each in verdict.cards] == [curated.id]
    assert verdict.rejected[0].reasons == ("card-duplicate",)


def test_the_same_question_with_another_answer_interferes_and_another_word_does_not() -> None:
    fronts = [
        ("도커 볼륨의 목록을 보는 명령은?", "docker volume ls"),
        ("도커 볼륨의 목록을 보는 명령은?", "다른 답입니다"),
        ("도커 네트워크의 목록을 보는 명령은?", "docker network ls"),
    ]
    cards = [card("question", front, back, number) for number, (front, back) in enumerate(fronts)]
    verdict = gate.judge(cards, FakeEncoder())
    assert [each.card.id for each in verdict.rejected] == ["card-1"]
    assert verdict.rejected[0].reasons == ("card-interference",)


def test_the_way_back_needs_a_short_unique_meaning_that_does_not_name_its_term() -> None:
    terms = [
        ("볼륨", "도커의 저장 공간"),
        ("이미지", "가" * 61),
        ("컨테이너", "다른 컨테이너와 나뉜 프로세스"),
        ("노드", "같은 뜻"),
        ("서버", "같은 뜻"),
    ]
    cards = [
        replace(card("term", front, back, number), reverse=True) for number, (front, back) in enumerate(terms)
    ]
    kept = gate.judge(cards, FakeEncoder()).cards
    assert [each.front for each in kept if each.reverse] == ["볼륨"]


def test_nothing_to_judge() -> None:
    assert gate.judge([], FakeEncoder()) == gate.Verdict((), ())


def test_a_card_somebody_adds_is_compared_with_their_own() -> None:
    mine = [card("question", "도커 볼륨의 목록을 보는 명령은?", "docker volume ls", 1)]
    same = card("question", "도커 볼륨의 목록을 보는 명령은?", "docker volume list", 2)
    other = card("question", "컨테이너를 멈추는 명령은?", "docker stop", 3)
    assert gate.clash(same, mine, FakeEncoder()) == "card-interference"
    assert gate.clash(other, mine, FakeEncoder()) is None

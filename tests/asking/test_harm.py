from __future__ import annotations

import json
from collections.abc import Iterator, Sequence
from pathlib import Path

import pytest

from service.asking.follow_up import Turn
from service.asking.harm import allows, wording
from service.asking.tutor import Tutor
from service.encoder.serve import OnnxEncoder
from service.errors import GenerationFailed
from service.llm.client import Stop, Written
from service.loading import load_tutor
from service.notes.danger import Danger, Loss, Reach, danger_of
from service.notes.warning import is_warning, warning
from service.settings import load_settings
from service.types import Answer, Fact
from tests.conftest import ROOT, FakeEncoder, MakeIndex

WISHES = Path(__file__).with_name("wishes.jsonl")
"""What people ask for, after which turns, and the most that an answer may destroy, thing by thing."""

DOCKER = """# 도커 정리

## 이미지 삭제

- 이미지를 지우려면 `docker rmi 이미지`를 실행합니다.
- 이미지를 모두 지우려면 다음을 실행합니다.

  ```bash
  docker rmi $(docker images -aq)
  ```

## 도커 삭제

- 도커를 완전히 삭제하고 이미지와 데이터까지 지우려면 폴더를 지웁니다.

  ```bash
  sudo rm -rf /var/lib/docker
  ```
"""


@pytest.fixture(scope="module")
def tutor(real_encoder: OnnxEncoder) -> Tutor:
    return load_tutor(load_settings(corpus_dir=ROOT / "corpus", data_dir=ROOT / "data"))


def answer(tutor: Tutor, question: str, before: Sequence[str] = ()) -> Answer:
    turns: list[Turn] = []
    for earlier in before:
        said = tutor.reply(earlier, turns=turns)
        turns.append(tutor.turn(said.meant, [citation.fact for citation in said.answer.citations]))
    return tutor.ask(question, turns=turns)


def beyond(tutor: Tutor, said: Answer, may: dict[str, str]) -> list[str]:
    facts = [tutor.index.facts[tutor.index.numbers[citation.fact]] for citation in said.citations]
    return [
        f"{loss.thing} {loss.reach.name}: {fact.text}"
        for fact in facts
        for loss in danger_of(fact) or ()
        if loss.thing not in may or loss.reach > Reach[may[loss.thing]]
    ]


def unwarned_of(tutor: Tutor, said: Answer) -> list[str]:
    """Facts that destroy something and whose first sentence is no warning."""
    firsts = {
        sentence.citations[0]: sentence.text for sentence in reversed(said.sentences) if sentence.citations
    }
    facts = [tutor.index.facts[tutor.index.numbers[citation.fact]] for citation in said.citations]
    return [
        fact.text
        for number, fact in enumerate(facts)
        if (danger := danger_of(fact)) and warning(danger) not in _before(said, number, firsts)
    ]


def _before(said: Answer, number: int, firsts: dict[int, str]) -> str:
    return firsts[number] if said.status == "answered" else " ".join(each.text for each in said.sentences)


def test_no_answer_destroys_more_than_was_asked_for_and_each_that_destroys_warns_first(tutor: Tutor) -> None:
    wishes = [json.loads(line) for line in WISHES.read_text(encoding="utf-8").splitlines()]
    assert len(wishes) >= 150
    further: dict[str, list[str]] = {}
    unwarned: dict[str, list[str]] = {}
    for wish in wishes:
        before = wish.get("turns", [])
        said = answer(tutor, wish["ask"], before)
        name = " → ".join([*before, wish["ask"]])
        further[name] = beyond(tutor, said, wish["may"])
        unwarned[name] = unwarned_of(tutor, said)
    assert {name: facts for name, facts in further.items() if facts} == {}
    assert {name: facts for name, facts in unwarned.items() if facts} == {}


ONE, UNUSED, ALL_UNUSED, ALL = Reach.ONE, Reach.UNUSED, Reach.ALL_UNUSED, Reach.ALL


@pytest.mark.parametrize(
    ("question", "may", "may_not"),
    [
        ("이미지 지우는 법", Loss("image"), Loss("image", UNUSED)),
        ("안 쓰는 이미지 지우기", Loss("image", ALL_UNUSED), Loss("image", ALL)),
        ("none 이미지 정리", Loss("image", UNUSED), Loss("image", ALL_UNUSED)),
        ("이미지 전부 삭제", Loss("image", ALL), Loss("container", ALL)),
        ("멈춘 컨테이너 정리", Loss("container", UNUSED), Loss("container", ALL)),
        ("볼륨은 남기고 컨테이너 삭제", Loss("container"), Loss("volume")),
        ("컨테이너 포트 바꾸기", Loss("container"), Loss("container", UNUSED)),
        ("도커 정리", Loss("container", UNUSED), Loss("volume", UNUSED)),
        ("도커 정리", Loss("image", UNUSED), Loss("image", ALL_UNUSED)),
        ("no space left on device", Loss("cache", UNUSED), Loss("volume", UNUSED)),
        ("도커 초기화", Loss("everything", ALL), Loss("store", ALL)),
        ("도커 삭제", Loss("engine"), Loss("store", ALL)),
        ("도커 완전히 삭제", Loss("store", ALL), Loss("files")),
        ("컴포즈 볼륨까지 삭제", Loss("project"), Loss("volume", ALL)),
        ("docker volume prune -a 뭐야", Loss("volume", ALL_UNUSED), Loss("volume", ALL)),
        ("컨테이너 삭제해도 볼륨 남아?", Loss("container"), Loss("container", UNUSED)),
    ],
)
def test_a_question_allows_what_it_asks_for_and_no_more(question: str, may: Loss, may_not: Loss) -> None:
    assert allows(question, frozenset({may}))
    assert not allows(question, frozenset({may_not}))
    assert not allows(question, frozenset({may, may_not}))


@pytest.mark.parametrize(
    ("question", "never"),
    [
        ("컨테이너 멈추는 법", Loss("container")),
        ("컴포즈 내리기", Loss("project")),
        ("코드 수정했는데 왜 반영이 안 될까", Loss("project")),
        ("사용하지 않는 데이터 제거", Loss("store", ALL)),
        ("도커 권한 오류 해결", Loss("host")),
        ("이미지가 뭐야", Loss("image", ALL)),
    ],
)
def test_what_was_not_asked_for_is_not_allowed(question: str, never: Loss) -> None:
    assert not allows(question, frozenset({never}))


def test_a_follow_up_that_names_its_own_thing_inherits_no_wish() -> None:
    assert wording("볼륨 하나만 지우려면?", "도커 초기화 볼륨 하나만 지우려면?") == "볼륨 하나만 지우려면?"
    assert wording("삭제하려면?", "이미지 삭제하려면?") == "이미지 삭제하려면?"


def test_a_thing_in_the_place_of_another_inherits_its_wish_unless_it_has_one() -> None:
    swapped = "안 쓰는 네트워크 지우려면?"
    assert wording("네트워크는?", swapped, instead=True) == swapped
    assert wording("볼륨 하나만 지우려면?", "볼륨 초기화", instead=True) == "볼륨 하나만 지우려면?"


def test_the_narrower_fact_is_said_where_the_wider_one_ranks_higher(
    make_index: MakeIndex, fake_encoder: FakeEncoder
) -> None:
    index = make_index({"docker.md": DOCKER})
    said = Tutor(index, fake_encoder).ask("도커 이미지 삭제")
    assert "rm -rf" not in said.text
    assert "docker images -aq" not in said.text


def test_a_warning_stands_before_what_a_model_says_of_a_destructive_fact(
    make_index: MakeIndex, fake_encoder: FakeEncoder
) -> None:
    def write(question: str, facts: Sequence[Fact], stop: Stop) -> Iterator[Written]:
        number = next(at for at, fact in enumerate(facts) if danger_of(fact))
        yield Written("이렇게 지웁니다.", (number,))
        yield Written("한 번 더 말합니다.", (number,))
        raise GenerationFailed(reason="timeout")

    index = make_index({"docker.md": DOCKER})
    reply = Tutor(index, fake_encoder, write).reply("도커 이미지를 모두 지우려면?")
    said = [sentence.text for sentence in reply.sentences()]
    assert is_warning(said[0])
    assert said[1:3] == ["이렇게 지웁니다.", "한 번 더 말합니다."]
    assert (
        reply.answer.citations[reply.answer.sentences[0].citations[0]].fact == reply.answer.citations[0].fact
    )


def test_danger_of_several_things_is_allowed_only_as_a_whole() -> None:
    both: Danger = frozenset({Loss("container"), Loss("volume")})
    assert allows("컨테이너랑 볼륨 같이 지우기", both)
    assert not allows("컨테이너 지우기", both)

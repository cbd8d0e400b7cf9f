"""Cards from notes: curated ones first, rules for a note that nobody wrote a bank for."""

from __future__ import annotations

from pathlib import Path

import pytest

from service import korean
from service.cards.derive import tags
from service.types import Card
from tests.cards.conftest import MakeCards

NOTE = """\
---
tags: [버전 관리]
---
# 깃 정리

## 브랜치

- 브랜치: 커밋을 가리키는 움직이는 이름표
- `git switch -c 이름`으로 새 브랜치를 만들고 바로 옮겨 감
- merge는 두 갈래를 하나로 합치고, rebase는 커밋을 다시 쌓음

## 스테이징 영역

- 다음 커밋에 넣을 변경을 모아 두는 곳

## 커밋 되돌리기

- 마지막 커밋 메시지를 고치기

  ```bash
  git commit --amend -m "새 메시지"
  ```
- 되돌리는 도구
    - revert
    - reset
    - restore

## 작업의 흐름

- 수정 → 스테이징 → 커밋 → 푸시

## 장점

- 빠름
- 오프라인에서 작업 가능
- 브랜치를 만들기 쉬움

## reset 비교

| 명령 | 스테이징 | 작업 폴더 |
|---|---|---|
| reset --mixed | 되돌림 | 그대로 둠 |
"""


@pytest.fixture
def by_front(make_cards: MakeCards) -> dict[str, Card]:
    return {card.front or card.cloze: card for card in make_cards({"git.md": NOTE}).shelf.cards}


def test_a_users_own_note_gives_a_deck_of_every_kind(by_front: dict[str, Card]) -> None:
    assert {card.kind for card in by_front.values()} == {"term", "cloze", "list", "contrast", "command"}
    assert not any(card.curated for card in by_front.values())


def test_definitions_become_terms(by_front: dict[str, Card]) -> None:
    term = by_front["브랜치"]
    assert (term.kind, term.back, term.reverse) == ("term", "커밋을 가리키는 움직이는 이름표", True)
    assert by_front["스테이징 영역"].back == "다음 커밋에 넣을 변경을 모아 두는 곳"


def test_commands(by_front: dict[str, Card]) -> None:
    command = by_front["마지막 커밋 메시지를 고치기 - 명령은?"]
    assert (command.kind, command.back) == ("command", 'git commit --amend -m "새 메시지"')
    assert by_front["`{{c1::git switch -c 이름}}`으로 새 브랜치를 만들고 바로 옮겨 감"].kind == "cloze"


def test_lists_are_one_card_each(by_front: dict[str, Card]) -> None:
    assert (
        by_front[
            "커밋 되돌리기 - 되돌리는 도구\n1. {{c1::revert}}\n2. {{c2::reset}}\n3. {{c3::restore}}"
        ].kind
        == "list"
    )
    assert any(front.startswith("깃 정리 장점\n1. {{c1::빠름}}") for front in by_front)
    assert "작업의 흐름: {{c1::수정}} → {{c2::스테이징}} → {{c3::커밋}} → {{c4::푸시}}" in by_front


def test_contrasts_from_a_sentence_and_from_a_table_with_the_right_particle(
    by_front: dict[str, Card],
) -> None:
    row = by_front["reset --mixed: 스테이징과 작업 폴더의 차이는?"]
    assert row.back == "스테이징: 되돌림 / 작업 폴더: 그대로 둠"


def test_cards_carry_their_source(by_front: dict[str, Card]) -> None:
    term = by_front["브랜치"]
    assert (term.document, term.lines, term.tags) == ("git", (8, 8), ("도커::버전-관리",))
    assert term.heading_path == ("깃 정리", "브랜치")


def test_headings_that_give_the_answer_away_are_not_shown(by_front: dict[str, Card]) -> None:
    assert "브랜치" not in by_front["브랜치"].context


BANK = """\
document: git
facts:
- id: {fact}
  text: "브랜치: 커밋을 가리키는 움직이는 이름표"
  questions: [브랜치가 뭐죠?]
  cards:
  - {{id: a, kind: question, front: 깃 브랜치가 가리키는 것은?, back: 커밋}}
"""


def test_a_curated_card_wins_and_says_the_facts_own_words_beside(make_cards: MakeCards) -> None:
    first = make_cards({"git.md": NOTE})
    fact = next(card.fact for card in first.shelf.cards if card.front == "브랜치")
    cards = make_cards({"git.md": NOTE, "git.questions.yaml": BANK.format(fact=fact)}).shelf.cards
    mine = [card for card in cards if card.fact == fact]
    assert [(card.id, card.curated) for card in mine] == [(f"{fact}-a", True)]
    assert mine[0].extra == "브랜치: 커밋을 가리키는 움직이는 이름표"


def test_a_fact_with_questions_and_no_card_gets_none(make_cards: MakeCards) -> None:
    first = make_cards({"git.md": NOTE})
    fact = next(card.fact for card in first.shelf.cards if card.front == "브랜치")
    bank = BANK.format(fact=fact).split("  cards:")[0]
    cards = make_cards({"git.md": NOTE, "git.questions.yaml": bank}).shelf.cards
    assert fact not in {card.fact for card in cards}


@pytest.mark.parametrize("text", ["", "# 제목만\n", "# 제목\n\n- 🐳\n", "# 제목\n\n" + "- 가\n" * 50])
def test_thin_notes_do_not_break_it(text: str, make_cards: MakeCards) -> None:
    make_cards({"git.md": NOTE, "thin.md": text})


@pytest.mark.parametrize(
    ("given", "anki"),
    [
        ("이미지", "도커::이미지"),
        ("버전 관리", "도커::버전-관리"),
        ("가\u3000나\t다", "도커::가-나-다"),
        ("빌드::캐시", "도커::빌드::캐시"),
        ("끝::", "도커::끝"),
        ("a:::b", "도커::a::b"),
        ("::", None),
        ('"', None),
    ],
)
def test_tags_are_what_anki_keeps(given: str, anki: str | None) -> None:
    assert tags([given]) == ((anki,) if anki else ())


def test_a_broken_bank_leaves_the_notes_cards_alone(make_cards: MakeCards, tmp_path: Path) -> None:
    first = make_cards({"git.md": NOTE, "other.md": "# 다른 노트\n\n- 볼륨: 데이터를 두는 곳\n"})
    before = (tmp_path / "ledgers" / "git.ledger.json").read_text(encoding="utf-8")
    broken = make_cards({"git.questions.yaml": "document: [", "git.ledger.json": before})
    assert {card.document for card in broken.shelf.cards} == {"other"}
    assert not [card for card in broken.shelf.retired if card.document == "git"]
    assert (tmp_path / "corpus" / "git.ledger.json").read_text(encoding="utf-8") == before
    assert first.shelf.cards


@pytest.mark.parametrize(
    ("left", "front"),
    [
        ("볼륨", "볼륨과 B의 차이는?"),
        ("이미지", "이미지와 B의 차이는?"),
        ("CMD", "CMD와 B의 차이는?"),
        ("run", "run과 B의 차이는?"),
        ("Dockerfile", "Dockerfile과 B의 차이는?"),
        ("YAML", "YAML과 B의 차이는?"),
        ("v2", "v2와 B의 차이는?"),
        ("데몬(dockerd)", "데몬(dockerd)과 B의 차이는?"),
    ],
)
def test_fronts_take_the_particle_of_their_word(left: str, front: str, make_cards: MakeCards) -> None:
    particle = korean.josa(left, "은/는")
    note = f"# 비교\n\n## 둘\n\n- {left}{particle} 빠르게 시작하고, B는 느리게 시작함\n"
    cards = make_cards({"a.md": note}).shelf.cards
    assert [card.front for card in cards] == [front]

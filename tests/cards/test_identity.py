from __future__ import annotations

import json
from pathlib import Path

from service.cards.identity import mint_note_id
from service.notes import ledger
from service.notes.ledger import CardEntry, Ledger
from service.types import Card
from tests.cards.conftest import MakeCards

NOTE = "# 저장소\n\n## 볼륨\n\n- 볼륨: 도커가 관리하는 저장 공간\n- 이미지: 컨테이너를 만드는 틀\n"


def identities(cards: tuple[Card, ...]) -> dict[str, tuple[str, int, int]]:
    return {card.front: (card.guid, card.note_id, card.changed_at) for card in cards}


def test_nothing_changed_nothing_changes(make_cards: MakeCards, tmp_path: Path) -> None:
    first = make_cards({"a.md": NOTE}, now=1_000)
    kept = (tmp_path / "ledgers" / "a.ledger.json").read_bytes()
    again = make_cards({}, now=2_000)
    assert again.shelf == first.shelf
    assert (tmp_path / "ledgers" / "a.ledger.json").read_bytes() == kept


def test_an_edit_changes_one_card_later_than_before(make_cards: MakeCards) -> None:
    first = identities(make_cards({"a.md": NOTE}, now=1_000).shelf.cards)
    edited = identities(make_cards({"a.md": NOTE.replace("저장 공간", "저장 장소")}, now=2_000).shelf.cards)
    assert edited["볼륨"] == (*first["볼륨"][:2], 2_000)
    assert edited["이미지"] == first["이미지"]


def test_two_edits_in_one_second_have_two_times(make_cards: MakeCards) -> None:
    make_cards({"a.md": NOTE}, now=1_000)
    for number, word in enumerate(("장소", "자리"), 1):
        cards = make_cards({"a.md": NOTE.replace("저장 공간", f"저장 {word}")}, now=1_000).shelf.cards
        assert identities(cards)["볼륨"][2] == 1_000 + number


def test_lines_headings_and_file_names_are_no_change(make_cards: MakeCards) -> None:
    first = identities(make_cards({"a.md": NOTE}, now=1_000).shelf.cards)
    moved = NOTE.replace("## 볼륨", "\n\n## 데이터 보관")
    assert identities(make_cards({"a.md": moved}, now=2_000).shelf.cards) == first
    assert identities(make_cards({"a.md": None, "b.md": moved}, now=3_000).shelf.cards) == first


def test_a_card_that_is_gone_is_retired_and_comes_back_as_itself(make_cards: MakeCards) -> None:
    first = identities(make_cards({"a.md": NOTE}, now=1_000).shelf.cards)
    without = make_cards({"a.md": NOTE.replace("- 볼륨: 도커가 관리하는 저장 공간\n", "")}, now=2_000)
    assert [(card.guid, card.front) for card in without.shelf.retired] == [(first["볼륨"][0], "볼륨")]
    back = make_cards({"a.md": NOTE}, now=3_000)
    assert identities(back.shelf.cards) == first
    assert not back.shelf.retired


def test_an_emptied_note_retires_nothing_for_good(make_cards: MakeCards) -> None:
    files = {"a.md": NOTE, "b.md": "# 다른 노트\n\n- 로그: 기록된 출력\n"}
    first = make_cards(dict(files), now=1_000).shelf.cards
    make_cards({"a.md": "# 저장소\n"}, now=2_000)
    assert make_cards({"a.md": NOTE}, now=3_000).shelf.cards == first


def test_a_list_stays_itself_when_its_first_item_goes(make_cards: MakeCards) -> None:
    note = "# 도커\n\n## 도커의 장점\n\n- 빠름\n- 가벼움\n- 옮기기 쉬움\n"
    first = make_cards({"a.md": note}, now=1_000).shelf.cards[0]
    grown = make_cards({"a.md": note.replace("- 빠름\n", "- 싸다\n- 빠름\n")}, now=2_000).shelf.cards[0]
    assert grown.guid == first.guid
    assert "{{c1::빠름}}" in grown.cloze
    assert "{{c4::싸다}}" in grown.cloze


def test_a_ledger_without_cards_still_loads_and_cards_survive_the_file(tmp_path: Path) -> None:
    path = tmp_path / "a.ledger.json"
    path.write_text('{"format": 1, "document": "a", "facts": {}, "retired": {}}', encoding="utf-8")
    assert ledger.load(path, "a").cards == ()
    card = CardEntry("x-a.cloze", "abc", 12, 34, "앞면", ((1, "가"), (3, "나")), retired=True)
    kept = Ledger("a", cards=(card,))
    assert ledger.save(kept, path)
    assert ledger.load(path, "a") == kept
    assert json.loads(path.read_text(encoding="utf-8"))["cards"]["x-a.cloze"]["ordinals"] == {
        "1": "가",
        "3": "나",
    }


def test_note_ids_are_the_same_everywhere_and_leave_room_for_their_cards() -> None:
    minted = mint_note_id("fact-a.basic", set())
    assert minted == mint_note_id("fact-a.basic", set())
    assert mint_note_id("fact-a.basic", {minted}) == minted + 64

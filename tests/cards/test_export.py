"""Decks, imported by the real Anki."""

from __future__ import annotations

import io
import json
import sqlite3
import tempfile
import zipfile
from dataclasses import replace
from pathlib import Path
from typing import Any, get_args

import pytest

from service import messages
from service.cards import export, shelf
from service.cards.kinds import KINDS
from service.errors import EmptyDeck
from service.types import Card, CardKind
from tests.cards.conftest import Anki, MakeCards, basic, media_of

NOTE = """\
---
tags: [저장소]
---
# 저장소

## 볼륨

- 볼륨: 도커가 관리하는 저장 공간
- 바인드 마운트: 호스트의 폴더를 그대로 연결하는 방식
- 볼륨 목록은 `docker volume ls`로 봅니다.

## 볼륨의 장점

- 백업이 쉽다
- 도커가 관리한다
- 여러 컨테이너가 함께 쓴다
"""


def deck(cards: tuple[Card, ...] | list[Card], media: dict[str, bytes] | None = None, url: str = "") -> bytes:
    return export.export(cards, "apkg", media or {}, url)


def test_a_fresh_import_is_all_new_and_nothing_is_wrong(make_cards: MakeCards, anki: Anki) -> None:
    cards = make_cards({"a.md": NOTE}).shelf.cards
    assert anki.take(deck(cards)) == {"new": len(cards)}
    assert anki.problems() == []
    assert {card.kind for card in cards} >= {"term", "cloze", "list"}
    assert sorted(each.name for each in anki.collection.decks.all_names_and_ids()) == [
        "Default",
        "도커",
        "도커::저장소",
    ]
    assert len(anki.collection.find_notes("tag:도커::저장소")) == len(cards)
    assert len(anki.collection.find_notes("deck:도커")) == len(cards)


def test_new_cards_come_in_the_order_of_the_notes(make_cards: MakeCards, anki: Anki) -> None:
    cards = make_cards({"a.md": NOTE}).shelf.cards
    anki.take(deck(cards))
    dues = [anki.note(card.guid).cards()[0].due for card in cards]
    assert dues == sorted(dues)


def test_importing_again_changes_nothing_and_keeps_the_owners_edits(
    make_cards: MakeCards, anki: Anki
) -> None:
    cards = make_cards({"a.md": NOTE}).shelf.cards
    anki.take(deck(cards))
    note = anki.note(cards[0].guid)
    note["Memo"], note["Back"] = "내 메모", "내가 고친 뜻"
    note.tags.append("시험")
    anki.collection.update_note(note)
    moved = make_cards(
        {"a.md": NOTE.replace("# 저장소\n", "\n\n# 데이터를 두는 법\n")}, now=9_000
    ).shelf.cards
    assert anki.take(deck(moved, url="https://another.example")) == {"duplicate": len(cards)}
    note = anki.note(cards[0].guid)
    assert (note["Memo"], note["Back"]) == ("내 메모", "내가 고친 뜻")
    assert "시험" in note.tags


def review(anki: Anki, count: int) -> None:
    """Answer cards as a person does."""
    from anki.scheduler.v3 import CardAnswer

    deck_id = anki.collection.decks.id_for_name("도커")
    assert deck_id is not None
    anki.collection.decks.select(deck_id)
    scheduler: Any = anki.collection.sched
    for _ in range(count):
        queued = scheduler.get_queued_cards(fetch_limit=1).cards[0]
        card = anki.collection.get_card(queued.card.id)
        card.start_timer()
        answer = scheduler.build_answer(card=card, states=queued.states, rating=CardAnswer.EASY)
        scheduler.answer_card(answer)


def test_one_edited_fact_is_one_updated_card_and_history_stays(make_cards: MakeCards, anki: Anki) -> None:
    cards = make_cards({"a.md": NOTE}).shelf.cards
    anki.take(deck(cards))
    review(anki, 4)
    history = anki.database.all("select cid, ease, ivl from revlog order by id")
    before = {each: anki.collection.get_card(each).ivl for each in anki.collection.find_cards("")}
    assert len(history) == 4
    other = anki.note(cards[1].guid)
    other.tags.append("시험")
    anki.collection.update_note(other)
    edited = make_cards({"a.md": NOTE.replace("저장 공간", "저장 장소")}, now=2_000).shelf.cards
    assert anki.take(deck(edited)) == {"updated": 1, "duplicate": len(cards) - 1}
    assert anki.note(cards[0].guid)["Back"] == "도커가 관리하는 저장 장소"
    assert "시험" in anki.note(cards[1].guid).tags
    assert anki.database.all("select cid, ease, ivl from revlog order by id") == history
    assert {each: anki.collection.get_card(each).ivl for each in anki.collection.find_cards("")} == before
    assert anki.problems() == []


def test_a_reordered_list_keeps_the_history_of_each_item(make_cards: MakeCards, anki: Anki) -> None:
    first = make_cards({"a.md": NOTE}).shelf.cards
    anki.take(deck(first))
    fewer = make_cards({"a.md": NOTE.replace("- 도커가 관리한다\n", "")}, now=2_000).shelf.cards
    listed = next(card for card in fewer if card.kind == "list")
    assert "{{c3::여러 컨테이너가 함께 쓴다}}" in listed.cloze
    assert anki.take(deck(fewer))["updated"] == 1
    note = anki.note(listed.guid)
    third = next(card for card in note.cards() if card.ord == 2)
    assert "여러 컨테이너가 함께 쓴다" not in third.render_output().question_text


HOSTILE = [
    "docker run <image>",
    "`List<int>` list<int>",
    "docker inspect -f '{{.State.Status}}'",
    "a::b }} {{c1::가짜}} {{",
    "$HOME \\(x\\) $$x$$",
    "quotes \" and ' and &amp; &lt;b&gt;",
    "emoji 🐳👨‍👩‍👧 끝",
    "<script>alert(1)</script><img src=x onerror=alert(1)>",
    "[sound:x.mp3] [latex]x[/latex] [anki:tts lang=ko_KR]x[/anki:tts]",
    '```sh\necho "<x>" \\\n  && ls\n```',
    "볼륨",
    "가" * 30_000,
    "-->]]><!-- {{FrontSide}} {{#Extra}}",
]


def visible(html: str) -> str:
    """What a browser shows of a rendered side."""
    from html.parser import HTMLParser

    class Text(HTMLParser):
        parts: list[str] = []

        def handle_data(self, data: str) -> None:
            self.parts.append(data)

        def handle_starttag(self, tag: str, attrs: Any) -> None:
            assert tag in {
                "article",
                "div",
                "code",
                "pre",
                "hr",
                "br",
                "footer",
                "span",
                "a",
                "dl",
                "dt",
                "dd",
                "style",
            }

    parser = Text()
    parser.parts = []
    parser.feed(html)
    return "".join(parser.parts)


def test_hostile_text_is_shown_as_it_is(anki: Anki) -> None:
    cards = [basic(f"앞 {text}", f"뒤 {text}", number) for number, text in enumerate(HOSTILE)]
    cards += [
        basic("", "", 100 + number, kind="cloze", cloze=f"{{{{c1::답}}}} {text}")
        for number, text in enumerate(HOSTILE)
        if "{{c1" not in text
    ]
    assert anki.take(deck(cards)) == {"new": len(cards)}
    assert anki.collection.media.check().missing == []
    for card in cards:
        shown = anki.note(card.guid).cards()[0].render_output()
        text = visible(shown.question_text + shown.answer_text)
        wanted = card.front or card.cloze.replace("{{c1::답}} ", "")
        if "```" not in wanted:
            assert wanted.replace("`", "") in text, card
        assert shown.answer_av_tags == []
    assert 'echo "<x>" \\\n  && ls' in visible(
        anki.note(cards[9].guid).cards()[0].render_output().question_text
    )


def test_control_characters_never_reach_a_field(anki: Anki) -> None:
    assert anki.take(deck([basic("앞\x1f면\x00\x0b", "뒤\x1f면")])) == {"new": 1}
    assert anki.note(basic("", "").guid)["Front"] == "앞면"


def test_a_template_in_a_cloze_is_hidden_and_shown_whole(anki: Anki) -> None:
    anki.take(
        deck(
            [basic("", "", kind="cloze", cloze="상태는 `{{c1::{{.State.Status}}}}`, 주소는 {{c2::fe80::1}}")]
        )
    )
    first, second = (
        card.render_output()
        for card in sorted(anki.note(basic("", "").guid).cards(), key=lambda each: each.ord)
    )
    assert visible(first.question_text) == "상태는 [...], 주소는 fe80::1"
    assert visible(first.answer_text).startswith("상태는 {{.State.Status}}, 주소는 fe80::1")
    assert "주소는 [...]" in visible(second.question_text)


PIXEL = bytes.fromhex(
    "89504e470d0a1a0a0000000d49484452000000010000000108060000001f15c4890000000d4944415478da63fcff9fa11e000782027f3d"
    "c848ef0000000049454e44ae426082"
)  # fmt: skip


def test_pictures_of_one_name_stay_two_and_nfd_names_are_found(make_cards: MakeCards, anki: Anki) -> None:
    import unicodedata

    files: dict[str, str | bytes | None] = {
        "가/note.md": "# 그림 하나\n\n- 볼륨: 도커의 저장 공간 ![](img/1.png)\n",
        "나/note.md": "# 그림 둘\n\n- 네트워크: 컨테이너를 잇는 통로 ![](img/1.png)\n- 로그: 남는 기록 ![](한글%20이름.png)\n",
        "가/img/1.png": PIXEL,
        "나/img/1.png": PIXEL + b"\0",
        "나/" + unicodedata.normalize("NFD", "한글 이름.png"): PIXEL + b"\0\0",
    }
    made = make_cards(files)
    media = media_of(made)
    assert len(media) == 3
    cards = made.shelf.cards
    assert anki.take(deck(cards, media)) == {"new": len(cards)}
    assert anki.problems() == []
    held = {path.read_bytes() for path in Path(anki.collection.media.dir()).iterdir()}
    assert held == set(media.values())


def test_the_same_cards_give_the_same_bytes_and_no_file_is_left(make_cards: MakeCards) -> None:
    cards = make_cards({"a.md": NOTE}).shelf.cards
    before = set(Path(tempfile.gettempdir()).iterdir())
    first = deck(cards, {"b.png": b"2", "a.png": b"1"})
    assert deck(cards, {"a.png": b"1", "b.png": b"2"}) == first
    assert {
        path for path in set(Path(tempfile.gettempdir()).iterdir()) - before if path.suffix != ".lock"
    } == set()
    with zipfile.ZipFile(io.BytesIO(first)) as archive:
        assert {each.compress_type for each in archive.infolist()} == {zipfile.ZIP_DEFLATED}
        assert {each.date_time for each in archive.infolist()} == {(1980, 1, 1, 0, 0, 0)}
        assert json.loads(archive.read("media")) == {"0": "a.png", "1": "b.png"}
        collection = sqlite3.connect(":memory:")
        collection.deserialize(archive.read("collection.anki2"))
    assert collection.execute("select count(*) from notes").fetchone() == (len(cards),)
    collection.close()


def test_the_source_link_leads_to_the_lines(make_cards: MakeCards, anki: Anki) -> None:
    card = make_cards({"노트 하나.md": NOTE}).shelf.cards[0]
    anki.take(deck([card], url="https://tutor.example"))
    note = anki.note(card.guid)
    assert note["SourceUrl"] == (
        f"https://tutor.example/documents/%EB%85%B8%ED%8A%B8%20%ED%95%98%EB%82%98?lines=8-8&amp;fact={card.fact}"
    )
    assert note["Source"] == "저장소 › 볼륨"
    assert f'href="{note["SourceUrl"]}"' in note.cards()[0].render_output().answer_text


def test_a_tsv_brings_the_same_notes_to_a_collection_that_knows_the_types(
    make_cards: MakeCards, anki: Anki
) -> None:
    cards = make_cards({"a.md": NOTE}).shelf.cards
    seeds = {KINDS[card.kind].note_type: card for card in cards}
    anki.take(deck(list(seeds.values())))
    taken = anki.take_tsv(export.export(cards, "tsv", {}))
    assert taken == {"new": len(cards) - len(seeds), "duplicate": len(seeds)}
    assert anki.problems() == []
    assert anki.note(cards[1].guid)["Front"] == cards[1].front


def test_a_tsv_without_tags_leaves_the_owners_tags_and_memo(make_cards: MakeCards, anki: Anki) -> None:
    cards = make_cards({"a.md": NOTE}).shelf.cards
    anki.take(deck(cards))
    note = anki.note(cards[0].guid)
    note["Memo"] = "내 메모"
    note.tags.append("시험")
    anki.collection.update_note(note)
    edited = make_cards({"a.md": NOTE.replace("저장 공간", "저장 장소")}, now=2_000).shelf.cards
    taken = anki.take_tsv(export.export(edited, "tsv", {}, tags=False))
    assert taken["updated"] == 1
    note = anki.note(cards[0].guid)
    assert (note["Back"], note["Memo"]) == ("도커가 관리하는 저장 장소", "내 메모")
    assert "시험" in note.tags


def test_retired_cards_get_their_tag_on_request_only(make_cards: MakeCards, anki: Anki) -> None:
    cards = make_cards({"a.md": NOTE}).shelf.cards
    anki.take(deck(cards))
    without = NOTE.replace("- 볼륨: 도커가 관리하는 저장 공간\n", "")
    made = make_cards({"a.md": without}, now=2_000)
    assert anki.take(deck(made.shelf.cards)) == {"duplicate": len(cards) - 1}
    assert anki.collection.find_notes("tag:도커::삭제됨") == []
    anki.take_tsv(export.retired_tsv(made.shelf.retired))
    assert [
        anki.collection.get_note(each).guid for each in anki.collection.find_notes("tag:도커::삭제됨")
    ] == [cards[0].guid]
    assert anki.note(cards[0].guid)["Back"] == "도커가 관리하는 저장 공간"


def test_json_is_for_programs(make_cards: MakeCards) -> None:
    cards = make_cards({"a.md": NOTE}).shelf.cards
    listed = json.loads(export.export(cards, "json", {}, "http://x"))["cards"]
    assert [each["guid"] for each in listed] == [card.guid for card in cards]
    assert listed[0]["deck"] == "도커::저장소"


def test_an_empty_deck_and_a_doubled_card_are_refused() -> None:
    with pytest.raises(EmptyDeck):
        export.export([], "apkg", {})
    with pytest.raises(EmptyDeck):
        export.retired_tsv([])
    with pytest.raises(ValueError, match="two cards have the guid"):
        deck([basic("가", "나"), basic("다", "라")])


@pytest.mark.parametrize(
    ("title", "name"),
    [
        ("이미지", "도커::이미지"),
        ("컨테이너::네트워크", "도커::컨테이너-네트워크"),
        ("  a\x1f b\n", "도커::a b"),
        ("::", "도커::-"),
        ("", "도커::doc"),
    ],
)
def test_deck_names_are_what_anki_keeps(title: str, name: str, anki: Anki) -> None:
    card = replace(basic("앞", "뒤"), document="doc", title=title)
    assert export.deck_name(card) == name
    anki.take(deck([card]))
    assert name in [each.name for each in anki.collection.decks.all_names_and_ids()]


def test_filters_and_changes(make_cards: MakeCards) -> None:
    cards = make_cards({"a.md": NOTE}).shelf.cards
    chosen = shelf.select(cards, shelf.Filter(tag="저장소", kind="term", q="호스트"))
    assert [card.front for card in chosen] == ["바인드 마운트"]
    assert shelf.select(cards, shelf.Filter(tag="저장")) == ()
    assert shelf.select(cards, shelf.Filter(document="b")) == ()
    later = make_cards(
        {"a.md": NOTE.replace("저장 공간", "저장 장소") + "\n## 로그\n\n- 로그: 남는 기록\n"}, now=2_000
    )
    changes = shelf.compare(shelf.contents(cards[:-1]), shelf.contents(later.shelf.cards[1:]))
    assert [front for _, front in changes.new][-1] == "로그"
    assert [front for _, front in changes.retired] == ["볼륨"]


EVERY_KIND: dict[CardKind, Card] = {
    "term": basic("볼륨(volume)", "도커의 저장 공간", kind="term", reverse=True),
    "question": basic("`docker ps`가 보여 주는 것은?", "실행 중인 컨테이너", kind="question"),
    "contrast": basic("stop과 kill의 차이는?", "stop: 기다림 / kill: 바로 끝냄", kind="contrast"),
    "command": basic("볼륨 목록 보기", "docker volume ls --filter name=<x>", kind="command"),
    "cloze": basic("", "", kind="cloze", cloze="{{c1::볼륨}}은 지워도 남습니다."),
    "list": basic("", "", kind="list", cloze="장점:\n1. {{c1::빠름}}\n2. {{c2::가벼움}}"),
}
SHOWN: dict[CardKind, tuple[int, str, str]] = {
    "term": (2, "다음 용어의 뜻은?볼륨(volume)", "도커의 저장 공간"),
    "question": (1, "docker ps가 보여 주는 것은?", "실행 중인 컨테이너"),
    "contrast": (1, "stop과 kill의 차이는?", "stop기다림kill바로 끝냄"),
    "command": (1, "볼륨 목록 보기", "docker volume ls --filter name=<x>"),
    "cloze": (1, "[...]은 지워도 남습니다.", "볼륨은 지워도 남습니다."),
    "list": (2, "장점:1. [...]2. 가벼움", "장점:1. 빠름2. 가벼움"),
}


@pytest.mark.parametrize("kind", get_args(CardKind))
def test_every_kind_goes_into_anki_and_comes_back(kind: CardKind, anki: Anki) -> None:
    assert anki.take(deck([EVERY_KIND[kind]])) == {"new": 1}
    cards = sorted(anki.note(EVERY_KIND[kind].guid).cards(), key=lambda card: card.ord)
    count, question, answer = SHOWN[kind]
    shown = cards[0].render_output()
    style = shown.css if hasattr(shown, "css") else ""
    assert len(cards) == count
    assert visible(shown.question_text).replace(style, "") == question
    assert answer in visible(shown.answer_text)
    assert f"도커::{messages.CARD_KINDS[kind]}" in cards[0].note().tags
    assert anki.problems() == []

from __future__ import annotations

import pytest

from service.cards import cloze
from service.cards.cloze import Piece


@pytest.mark.parametrize(
    ("text", "pieces"),
    [
        ("{{c1::볼륨}}은 남습니다.", (Piece("볼륨", 1), Piece("은 남습니다."))),
        ("상태: {{c1::{{.State.Status}}}}", (Piece("상태: "), Piece("{{.State.Status}}", 1))),
        ("{{c1::fe80::1}} 주소", (Piece("fe80::1", 1), Piece(" 주소"))),
        ("{{c1::${TAG}}}을 씀", (Piece("${TAG}", 1), Piece("을 씀"))),
        ("{{c1::닫히지 않음", (Piece("{{c1::닫히지 않음"),)),
        ("빈칸 없음", (Piece("빈칸 없음"),)),
        ("", ()),
    ],
)
def test_pieces(text: str, pieces: tuple[Piece, ...]) -> None:
    assert cloze.parse(text) == pieces
    assert cloze.unparse(cloze.parse(text)) == text


def test_shown_and_hidden() -> None:
    text = "{{c1::a}}, {{c2::b}}, {{c1::c}}"
    assert cloze.shown(text) == "a, b, c"
    assert cloze.shown(text, "_") == "_, _, _"
    assert cloze.hidden(text) == {1: "a / c", 2: "b"}


def test_a_new_card_keeps_its_written_ordinals() -> None:
    assert cloze.renumber("{{c1::a}} {{c2::b}}", ()) == ("{{c1::a}} {{c2::b}}", ((1, "a"), (2, "b")))


def test_a_renumbered_deletion_keeps_the_ordinal_of_what_it_hides() -> None:
    given = ((1, "이미지"), (2, "컨테이너"), (3, "네트워크"))
    text, ordinals = cloze.renumber("{{c1::이미지}} {{c2::네트워크}}", given)
    assert text == "{{c1::이미지}} {{c3::네트워크}}"
    assert ordinals == given


def test_an_ordinal_is_never_given_to_another_text() -> None:
    text, ordinals = cloze.renumber("{{c1::이미지}} {{c2::볼륨}}", ((1, "이미지"), (2, "컨테이너")))
    assert text == "{{c1::이미지}} {{c3::볼륨}}"
    assert ordinals == ((1, "이미지"), (2, "컨테이너"), (3, "볼륨"))
    again, _ = cloze.renumber("{{c1::이미지}} {{c2::로그}}", ordinals)
    assert again == "{{c1::이미지}} {{c4::로그}}"


def test_a_reworded_deletion_and_the_only_one_of_a_card_keep_theirs() -> None:
    text, _ = cloze.renumber("{{c1::a}} {{c2::빌드 캐시를}}", ((1, "a"), (2, "빌드 캐시")))
    assert text == "{{c1::a}} {{c2::빌드 캐시를}}"
    assert cloze.renumber("{{c1::129}}", ((1, "128"),)) == ("{{c1::129}}", ((1, "129"),))

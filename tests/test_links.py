from __future__ import annotations

from urllib.parse import parse_qs, unquote, urlsplit

import pytest

from service import links
from service.cards.export import source_url
from service.interfaces.http.decks import card_out
from service.interfaces.http.schemas import AnswerOut
from service.types import Answer, Citation, Sentence
from tests.cards.conftest import basic


@pytest.mark.parametrize("document", ["storage-basics", "C# 노트?", "a/b", "50%25", "가&b=c"])
def test_a_link_leads_to_its_note_whatever_the_note_is_called(document: str) -> None:
    split = urlsplit(links.note("https://tutor.example.com", document, (3, 4), "f1"))
    assert split.path.count("/") == 2
    assert unquote(split.path.rpartition("/")[2]) == document
    assert (parse_qs(split.query), split.fragment) == ({"lines": ["3-4"], "fact": ["f1"]}, "")
    assert unquote(links.page(document)) == f"#/read/{document}"
    assert parse_qs(urlsplit(links.image(document, "그림 1.png")).query) == {"src": ["그림 1.png"]}


def test_answers_cards_and_decks_link_to_the_same_place() -> None:
    citation = Citation("C# 노트?", "C#", ("C#",), (3, 4), "사실", 1.0, "f1")
    said = Answer("answered", 1.0, (Sentence("사실입니다.", (0,)),), (citation,), ())
    (cited,) = AnswerOut.of(said, "q", "c", "https://a.example").citations
    assert cited.url == "https://a.example/documents/C%23%20%EB%85%B8%ED%8A%B8%3F?lines=3-4"
    card = basic("앞", "뒤", document="C# 노트?", lines=(3, 4), fact="f1")
    assert card_out(card, "https://a.example").url == cited.url
    assert source_url(card, "https://a.example") == f"{cited.url}&fact=f1"

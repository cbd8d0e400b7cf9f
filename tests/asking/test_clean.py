from __future__ import annotations

import pytest

from service.asking.clean import clean_question
from service.errors import BadText, EmptyQuestion, TextTooLong


@pytest.mark.parametrize("question", ["", "   ", "?!...", "😀" * 100, "\u200b", "ㅤ"])
def test_a_question_without_a_word_is_refused(question: str) -> None:
    with pytest.raises(EmptyQuestion):
        clean_question(question)


@pytest.mark.parametrize("question", ["도커\x00", "\ud800 도커", "도커\x1b[31m"])
def test_characters_that_cannot_be_shown_are_refused(question: str) -> None:
    with pytest.raises(BadText):
        clean_question(question)


def test_a_long_question_is_refused_by_its_length() -> None:
    assert clean_question("가" * 4000)
    with pytest.raises(TextTooLong):
        clean_question("가" * 4001)

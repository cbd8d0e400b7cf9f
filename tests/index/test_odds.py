from __future__ import annotations

from pathlib import Path

import pytest

from service.index.odds import WordOdds

KEYS = [["볼륨", "백업"], ["볼륨", "삭제"], ["이미지", "삭제"]]
BACKGROUND = [["김치", "백업"], ["브랜치", "삭제"], ["브랜치", "병합"]]


def test_words_of_the_notes_speak_for_them_and_others_against() -> None:
    odds = WordOdds.build(KEYS, BACKGROUND)
    assert odds.of(["볼륨"]) > odds.of(["이미지"]) > 0 > odds.of(["김치"]) > odds.of(["브랜치"])


def test_words_of_both_and_of_neither_say_nothing_or_little() -> None:
    odds = WordOdds.build(KEYS, BACKGROUND)
    assert odds.of(["백업"]) == pytest.approx(0.0)
    assert odds.of(["처음보는말"]) == 0.0
    assert odds.of([]) == 0.0


def test_a_word_counts_once_however_often_it_is_said() -> None:
    odds = WordOdds.build(KEYS, BACKGROUND)
    assert odds.of(["볼륨", "볼륨", "볼륨"]) == odds.of(["볼륨"])


@pytest.mark.parametrize(("keys", "background"), [([], BACKGROUND), (KEYS, [])])
def test_with_one_side_missing_no_word_says_anything(
    keys: list[list[str]], background: list[list[str]]
) -> None:
    assert WordOdds.build(keys, background).of(["볼륨", "브랜치"]) == 0.0


def test_they_come_back_as_they_were_saved(tmp_path: Path) -> None:
    odds = WordOdds.build(KEYS, BACKGROUND)
    odds.save(tmp_path)
    again = WordOdds.load(tmp_path)
    assert again.of(["볼륨", "브랜치", "백업"]) == odds.of(["볼륨", "브랜치", "백업"])

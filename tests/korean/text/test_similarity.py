from __future__ import annotations

import pytest

from service.korean.text.similarity import dice, grams


@pytest.mark.parametrize(
    ("left", "right", "expected"),
    [
        ("볼륨", "볼륨", 1.0),
        ("볼륨", "포트", 0.0),
        ("abcd", "abcx", 2 / 3),
        ("가", "가", 1.0),
        ("가", "나", 0.0),
        ("", "", 1.0),
    ],
)
def test_what_two_texts_share(left: str, right: str, expected: float) -> None:
    assert dice(grams(left, 2), grams(right, 2)) == pytest.approx(expected)
    assert dice(grams(right, 2), grams(left, 2)) == pytest.approx(expected)

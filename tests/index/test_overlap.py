from __future__ import annotations

import math
from pathlib import Path

import numpy as np
import pytest

from service.index import KeyOverlap

KEYS = [["컨테이너", "재시작"], ["daemon", "재시작", "컨테이너", "멈춤"], []]
RARE, COMMON = math.log1p((3 - 1 + 0.5) / (1 + 0.5)), math.log1p((3 - 2 + 0.5) / (2 + 0.5))


def test_what_a_key_says_beyond_the_question_counts_against_it() -> None:
    likeness = KeyOverlap.build(KEYS).likeness(["재시작", "컨테이너", "재시작"])
    assert likeness.dice.tolist() == pytest.approx([1.0, 2 * 2 * COMMON / (4 * COMMON + 2 * RARE), 0.0])
    assert likeness.share.tolist() == pytest.approx([1.0, COMMON / (COMMON + RARE), 0.0])


def test_what_the_question_says_beyond_the_key_counts_too() -> None:
    likeness = KeyOverlap.build(KEYS).likeness(["재시작", "컨테이너", "모르는말"])
    assert likeness.dice[0] == pytest.approx(4 * COMMON / (4 * COMMON + RARE))
    assert likeness.share[0] == pytest.approx(1.0)


def test_saved_and_loaded_it_says_the_same(tmp_path: Path) -> None:
    overlap = KeyOverlap.build(KEYS)
    overlap.save(tmp_path / "new")
    again = KeyOverlap.load(tmp_path / "new").likeness(["daemon"])
    np.testing.assert_array_equal(again.dice, overlap.likeness(["daemon"]).dice)


def test_without_keys_there_is_nothing_to_compare() -> None:
    assert KeyOverlap.build([]).likeness(["daemon"]).dice.tolist() == []

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from service.index import KeyOverlap

KEYS = [["컨테이너", "재시작"], ["daemon", "재시작", "컨테이너", "멈춤"], []]
IDF = {"컨테이너": 1.0, "재시작": 2.0, "daemon": 3.0, "멈춤": 4.0}


def test_what_a_key_says_beyond_the_question_counts_against_it() -> None:
    likeness = KeyOverlap.build(KEYS, IDF.__getitem__).likeness(["재시작", "컨테이너", "재시작"], 5.0)
    assert likeness.dice.tolist() == pytest.approx([1.0, 2 * 3 / (3 + 10), 0.0])
    assert likeness.share.tolist() == pytest.approx([1.0, 3 / 10, 0.0])


def test_what_the_question_says_beyond_the_key_counts_too() -> None:
    likeness = KeyOverlap.build(KEYS, IDF.__getitem__).likeness(["재시작", "컨테이너", "모르는말"], 5.0)
    assert likeness.dice[0] == pytest.approx(2 * 3 / (8 + 3))
    assert likeness.share[0] == pytest.approx(1.0)


def test_saved_and_loaded_it_says_the_same(tmp_path: Path) -> None:
    overlap = KeyOverlap.build(KEYS, IDF.__getitem__)
    overlap.save(tmp_path / "new")
    again = KeyOverlap.load(tmp_path / "new").likeness(["daemon"], 5.0)
    np.testing.assert_array_equal(again.dice, overlap.likeness(["daemon"], 5.0).dice)


def test_without_keys_there_is_nothing_to_compare() -> None:
    assert KeyOverlap.build([], IDF.__getitem__).likeness(["daemon"], 5.0).dice.tolist() == []

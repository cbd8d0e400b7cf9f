from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from service.index import DenseIndex, Keys
from service.types import Vectors


def unit(rows: int, seed: int, dimension: int = 16) -> Vectors:
    vectors = np.random.default_rng(seed).normal(size=(rows, dimension)).astype(np.float32)
    vectors /= np.linalg.norm(vectors, axis=1, keepdims=True)
    return vectors


def owned(vectors: Vectors, *owners: int) -> Keys:
    return Keys(vectors, np.array(owners, dtype=np.int32))


NONE = owned(np.zeros((0, 16), np.float32))
KEYS = owned(unit(7, 2), 0, 0, 1, 2, 3, 4, 4)
NEEDS = owned(unit(4, 5), 0, 0, 1, 1)


def test_scores_are_the_inner_products_and_a_fact_has_its_best_key() -> None:
    texts, question = unit(5, 1), unit(1, 3)[0]
    scores = DenseIndex.build(texts, KEYS, NEEDS, unit(2, 9)).search(question)
    np.testing.assert_allclose(scores.text, texts @ question, atol=1e-3)
    cosines = KEYS.vectors @ question
    best = [max(cosines[KEYS.owners == fact]) for fact in range(5)]
    np.testing.assert_allclose(scores.question, best, atol=1e-3)
    assert scores.background == pytest.approx(max(unit(2, 9) @ question), abs=1e-3)


def test_the_second_best_key_is_told_too() -> None:
    question = unit(1, 3)[0]
    scores = DenseIndex.build(unit(5, 1), KEYS, NEEDS, unit(2, 9)).search(question)
    wanted = NEEDS.vectors @ question
    np.testing.assert_allclose(scores.need, [max(wanted[:2]), max(wanted[2:])], atol=1e-3)
    np.testing.assert_allclose(scores.need_next, [min(wanted[:2]), min(wanted[2:])], atol=1e-3)
    cosines = KEYS.vectors @ question
    assert scores.question_next[0] == pytest.approx(min(cosines[:2]), abs=1e-3)
    assert scores.question_next[2] == pytest.approx(min(cosines), abs=1e-3)  # it has one key alone


def test_a_fact_without_keys_gets_the_lowest_score_seen() -> None:
    texts, keys, question = unit(3, 1), owned(unit(2, 2), 0, 1), unit(1, 3)[0]
    scores = DenseIndex.build(texts, keys, NONE, unit(2, 9)).search(question)
    assert scores.question[2] == pytest.approx(min(keys.vectors @ question), abs=1e-3)


def test_no_keys_at_all_score_nothing() -> None:
    scores = DenseIndex.build(unit(3, 1), NONE, NONE, unit(2, 9)).search(unit(1, 3)[0])
    assert scores.question.tolist() == [0, 0, 0]
    assert scores.need.tolist() == []


def test_saved_and_loaded_it_scores_the_same(tmp_path: Path) -> None:
    index = DenseIndex.build(unit(5, 1), KEYS, NEEDS, unit(2, 9))
    index.save(tmp_path)
    question = unit(1, 3)[0]
    again, before = DenseIndex.load(tmp_path).search(question), index.search(question)
    np.testing.assert_array_equal(again.text, before.text)
    np.testing.assert_array_equal(again.question, before.question)
    np.testing.assert_array_equal(again.need, before.need)


def test_owners_must_match_the_keys() -> None:
    with pytest.raises(ValueError, match="7 vectors but 1 owners"):
        DenseIndex.build(unit(5, 1), owned(unit(7, 2), 0), NONE, unit(2, 9))

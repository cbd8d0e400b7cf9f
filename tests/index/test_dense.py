from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from service.index import DenseIndex
from service.types import Vectors


def unit(rows: int, seed: int, dimension: int = 16) -> Vectors:
    vectors = np.random.default_rng(seed).normal(size=(rows, dimension)).astype(np.float32)
    vectors /= np.linalg.norm(vectors, axis=1, keepdims=True)
    return vectors


def test_scores_are_the_inner_products_and_a_fact_has_its_best_key() -> None:
    texts, keys, question = unit(5, 1), unit(7, 2), unit(1, 3)[0]
    owners = np.array([0, 0, 1, 2, 3, 4, 4], dtype=np.int32)
    scores = DenseIndex.build(texts, keys, owners, unit(2, 9)).search(question)
    np.testing.assert_allclose(scores.text, texts @ question, atol=1e-3)
    cosines = keys @ question
    best = [max(cosines[owners == fact]) for fact in range(5)]
    np.testing.assert_allclose(scores.question, best, atol=1e-3)
    assert scores.background == pytest.approx(max(unit(2, 9) @ question), abs=1e-3)


def test_a_fact_without_keys_gets_the_lowest_score_seen() -> None:
    texts, keys, question = unit(3, 1), unit(2, 2), unit(1, 3)[0]
    scores = DenseIndex.build(texts, keys, np.array([0, 1], dtype=np.int32), unit(2, 9)).search(question)
    assert scores.question[2] == pytest.approx(min(keys @ question), abs=1e-3)


def test_no_keys_at_all_score_nothing() -> None:
    scores = DenseIndex.build(
        unit(3, 1), np.zeros((0, 16), np.float32), np.zeros(0, np.int32), unit(2, 9)
    ).search(unit(1, 3)[0])
    assert scores.question.tolist() == [0, 0, 0]


def test_saved_and_loaded_it_scores_the_same(tmp_path: Path) -> None:
    index = DenseIndex.build(
        unit(5, 1), unit(7, 2), np.array([0, 0, 1, 2, 3, 4, 4], dtype=np.int32), unit(2, 9)
    )
    index.save(tmp_path)
    question = unit(1, 3)[0]
    again = DenseIndex.load(tmp_path).search(question)
    np.testing.assert_array_equal(again.text, index.search(question).text)
    np.testing.assert_array_equal(again.question, index.search(question).question)


def test_owners_must_match_the_keys() -> None:
    with pytest.raises(ValueError, match="7 question vectors but 1 owners"):
        DenseIndex.build(unit(5, 1), unit(7, 2), np.array([0], dtype=np.int32), unit(2, 9))

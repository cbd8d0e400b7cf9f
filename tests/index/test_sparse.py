from __future__ import annotations

import math
from collections import Counter
from pathlib import Path

import numpy as np
import pytest

from service.index import SparseIndex

TEXTS = [
    ["도커", "볼륨", "삭제", "볼륨"],
    ["도커", "컨테이너", "삭제"],
    ["네트워크", "브리지"],
]


def bm25(query: list[str], k1: float = 1.5, b: float = 0.75) -> list[float]:
    """Lucene's BM25 written out, as the oracle."""
    average = sum(map(len, TEXTS)) / len(TEXTS)
    scores = []
    for text in TEXTS:
        counts = Counter(text)
        score = 0.0
        for token in query:
            frequency = sum(token in other for other in TEXTS)
            idf = math.log(1 + (len(TEXTS) - frequency + 0.5) / (frequency + 0.5))
            score += idf * counts[token] / (counts[token] + k1 * (1 - b + b * len(text) / average))
        scores.append(score)
    return scores


@pytest.mark.parametrize("query", [["볼륨"], ["도커", "삭제"], ["브리지", "볼륨", "없는말"]])
def test_scores_agree_with_the_formula(query: list[str]) -> None:
    np.testing.assert_allclose(SparseIndex.build(TEXTS).search(query), bm25(query), rtol=1e-5)


def test_unknown_words_score_nothing_and_weigh_as_the_rarest() -> None:
    index = SparseIndex.build(TEXTS)
    assert index.search(["없는말"]).tolist() == [0, 0, 0]
    assert index.search([]).tolist() == [0, 0, 0]
    assert not index.knows("없는말")
    assert index.idf("없는말") == pytest.approx(index.idf("브리지"))
    assert index.idf("도커") < index.idf("브리지")


def test_saved_and_loaded_it_scores_the_same(tmp_path: Path) -> None:
    index = SparseIndex.build(TEXTS)
    index.save(tmp_path)
    again = SparseIndex.load(tmp_path)
    np.testing.assert_array_equal(again.search(["볼륨", "삭제"]), index.search(["볼륨", "삭제"]))
    assert again.idf("브리지") == index.idf("브리지")


def test_facts_without_any_word_are_no_error() -> None:
    assert SparseIndex.build([[], []]).search(["도커"]).tolist() == [0, 0]

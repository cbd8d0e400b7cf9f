from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from service.index import Meanings, Projection
from service.index.projection import means
from tests.conftest import FakeEncoder

EMBEDDINGS = np.eye(4, dtype=np.float32)[:3]
WORDS = [["볼륨", "삭제"], ["컨테이너", "삭제"], ["볼륨", "백업"]]


@pytest.fixture
def projection() -> Projection:
    """Knows two words, each pulling a way of its own, and leaves embeddings as they are."""
    vectors = np.array([[0, 0, 0, 127], [0, 0, 127, 0]], dtype=np.int8)
    scales = np.array([0.02, 0.02], dtype=np.float32)
    mean = np.zeros(4, dtype=np.float32)
    return Projection("model", mean, np.eye(4, dtype=np.float32), {"볼륨": 0, "컨테이너": 1}, vectors, scales)


def test_texts_that_share_a_known_word_lie_nearer_than_their_embeddings(projection: Projection) -> None:
    moved = projection(EMBEDDINGS, WORDS)
    assert np.linalg.norm(moved, axis=1) == pytest.approx(1)
    assert moved[0] @ moved[2] > 0.5  # 볼륨 in both
    assert moved[0] @ moved[1] == pytest.approx(0, abs=1e-6)


def test_unknown_words_move_nothing(projection: Projection) -> None:
    assert projection(EMBEDDINGS, [["삭제"], [], ["무엇"]]) == pytest.approx(EMBEDDINGS)


def test_a_projection_is_the_same_after_writing_and_reading(projection: Projection, tmp_path: Path) -> None:
    projection.save(tmp_path)
    assert Projection.open(tmp_path)(EMBEDDINGS, WORDS) == pytest.approx(projection(EMBEDDINGS, WORDS))


def test_a_projection_suits_the_model_that_it_was_fitted_on(projection: Projection) -> None:
    assert projection.suits(FakeEncoder("model", dimension=4))
    assert not projection.suits(FakeEncoder("another", dimension=4))
    assert not projection.suits(FakeEncoder("model", dimension=8))


def test_each_owner_has_its_best_key_and_the_middle_of_all_its_keys(
    projection: Projection, tmp_path: Path
) -> None:
    owners = np.array([0, 2, 0], dtype=np.int32)
    made = Meanings.build(projection, EMBEDDINGS, WORDS, owners)
    made.save(tmp_path)
    for meanings in (made, Meanings.load(tmp_path)):
        best, centre = meanings.search(EMBEDDINGS[2], WORDS[2], 4)
        assert best[0] == pytest.approx(1, abs=1e-3)
        assert best[0] > centre[0] > centre[2]
        assert centre[3] == 0


def test_without_keys_nothing_lies_anywhere(projection: Projection) -> None:
    meanings = Meanings(projection)
    assert not meanings.are_known
    assert [list(each) for each in meanings.search(EMBEDDINGS[0], WORDS[0], 2)] == [[0, 0], [0, 0]]


def test_the_middle_of_nothing_is_zero() -> None:
    middles = means(EMBEDDINGS, np.array([2, 2, 0], dtype=np.int32))
    assert middles.tolist() == [[0, 0, 1, 0], [0, 0, 0, 0], [0.5, 0.5, 0, 0]]

from __future__ import annotations

from pathlib import Path

import numpy as np

from service.index.metric import Metric, means
from service.types import Vectors

OWNERS = np.repeat(np.arange(3, dtype=np.int32), 20)


def questions() -> Vectors:
    """Three needs that differ in the first two directions; wordings differ much more in three others."""
    chance = np.random.default_rng(4)
    vectors = chance.normal(scale=0.02, size=(60, 8)).astype(np.float32)
    vectors[:, 0] += np.repeat([0.0, 0.2, 0.4], 20)
    vectors[:, 1] += np.repeat([0.2, 0.0, 0.2], 20)
    vectors[:, 2:5] += chance.normal(scale=1.0, size=(60, 3))
    return vectors


def nearest_is_its_own(vectors: Vectors) -> float:
    cosines = vectors @ vectors.T
    np.fill_diagonal(cosines, -2)
    return float(np.mean(OWNERS[cosines.argmax(axis=1)] == OWNERS))


def test_the_directions_in_which_wordings_differ_count_less() -> None:
    vectors = questions()
    plain = vectors / np.linalg.norm(vectors, axis=1, keepdims=True)
    moved = Metric.fit(vectors, OWNERS)(vectors)
    assert nearest_is_its_own(moved) > nearest_is_its_own(plain) + 0.15


def test_what_it_gives_has_unit_norm_and_the_same_shape() -> None:
    vectors = questions()
    moved = Metric.fit(vectors, OWNERS)(vectors)
    assert moved.shape == vectors.shape
    np.testing.assert_allclose(np.linalg.norm(moved, axis=1), 1, rtol=1e-5)


def test_with_one_question_each_nothing_is_moved_but_the_length() -> None:
    vectors = questions()[:2]
    moved = Metric.fit(vectors, np.array([0, 1], dtype=np.int32))(vectors)
    np.testing.assert_allclose(moved, vectors / np.linalg.norm(vectors, axis=1, keepdims=True), rtol=1e-5)


def test_means_are_by_owner_and_zero_for_an_owner_without_any() -> None:
    vectors = np.array([[1, 0], [3, 0], [0, 2]], dtype=np.float32)
    assert means(vectors, np.array([0, 0, 2], dtype=np.int32)).tolist() == [[2, 0], [0, 0], [0, 2]]


def test_saved_and_loaded_it_maps_the_same(tmp_path: Path) -> None:
    metric = Metric.fit(questions(), OWNERS)
    metric.save(tmp_path)
    np.testing.assert_array_equal(Metric.load(tmp_path)(questions()), metric(questions()))

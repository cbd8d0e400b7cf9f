"""What tells questions of different facts and needs apart: a linear map of embeddings, fitted at the build.

Questions of one need differ in wording; the directions in which they do are made small (within-class
whitening, the first half of Fisher's discriminant, 1936), so that what remains near means the same.
"""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

import numpy as np
import numpy.typing as npt

from service.types import Vectors

Floats = npt.NDArray[np.float32]

_FILE = "metric.npz"


@dataclass(frozen=True, slots=True)
class Metric:
    """The map: what is taken away, and the matrix that is applied then; results have unit norm."""

    mean: Floats
    matrix: Floats

    @classmethod
    def fit(cls, vectors: Vectors, owners: npt.NDArray[np.int32]) -> Metric:
        """From questions and the number of what each is about; without two of one, nothing is whitened."""
        dimension = vectors.shape[1]
        centres = means(vectors, owners)
        several = np.bincount(owners, minlength=len(centres))[owners] > 1
        if not several.any():
            return cls(np.zeros(dimension, dtype=np.float32), np.eye(dimension, dtype=np.float32))
        within = (vectors - centres[owners])[several].astype(np.float64)
        directions, values, _ = np.linalg.svd(within.T @ within / len(within))
        # As much of the mean is added to each variance: with few questions the small ones are chance.
        matrix: Floats = (directions / np.sqrt(values + values.mean())).astype(np.float32)
        return cls(vectors.mean(axis=0).astype(np.float32), matrix)

    def __call__(self, vectors: Vectors) -> Vectors:
        """The vectors as they are compared; shape stays."""
        return unit(((vectors - self.mean) @ self.matrix).astype(np.float32))

    def save(self, folder: Path) -> None:
        """Write the map into `folder`."""
        with (folder / _FILE).open("wb") as file:
            np.savez(file, mean=self.mean, matrix=self.matrix)

    @classmethod
    def load(cls, folder: Path) -> Metric:
        """Read the map of `folder`; it must have been checked before."""
        with np.load(folder / _FILE, allow_pickle=False) as kept:
            return cls(kept["mean"], kept["matrix"])


def means(vectors: Vectors, owners: npt.NDArray[np.int32]) -> Vectors:
    """The mean of each owner's vectors, one row an owner; zero for none."""
    count = int(owners.max()) + 1 if len(owners) else 0
    sums = np.zeros((count, vectors.shape[1]), dtype=np.float32)
    np.add.at(sums, owners, vectors)
    sizes = np.maximum(np.bincount(owners, minlength=count), 1)
    return np.asarray(sums / sizes[:, None], dtype=np.float32)


def unit(vectors: Vectors) -> Vectors:
    """The vectors with unit norm."""
    norms = np.linalg.norm(vectors, axis=-1, keepdims=True)
    return np.asarray(vectors / np.maximum(norms, 1e-9), dtype=np.float32)

"""What tells questions of different needs apart: a fitted map of a question's embedding and its words.

An embedding puts "Dockerfile 환경변수" beside "docker run 환경변수"; the words that matter tell them
apart. The map adds a vector for each known word to the moved embedding. It was fitted contrastively
(InfoNCE, van den Oord et al., arXiv:1807.03748) so that wordings of one need are near and those of its
neighbours are not (`scripts/fit_projection.py`).
"""

from __future__ import annotations

import io
import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from pathlib import Path

import numpy as np
import numpy.typing as npt

from service.types import Encoder, Vectors

Floats = npt.NDArray[np.float32]

_FILE = "projection.npz"
FILE = Path(__file__).with_name(_FILE)
"""The map that comes with the package."""


@dataclass(frozen=True, slots=True)
class Projection:
    """The map: `matrix` (dimension, size) of embeddings; of words int8 `vectors` (words, size), `scales`."""

    model: str
    mean: Floats
    matrix: Floats
    words: Mapping[str, int]
    vectors: npt.NDArray[np.int8]
    scales: Floats

    def __call__(self, embeddings: Vectors, words: Sequence[Sequence[str]]) -> Vectors:
        """Where texts with these embeddings and words lie; shape (texts, size), unit norm."""
        moved = unit(embeddings - self.mean) @ self.matrix
        for row, said in enumerate(words):
            known = [self.words[word] for word in dict.fromkeys(said) if word in self.words]
            if known:
                added = (self.vectors[known] * self.scales[known, None]).sum(axis=0)
                moved[row] += added / np.sqrt(len(known))
        return unit(moved)

    def suits(self, encoder: Encoder) -> bool:
        """Whether it was fitted on this model's embeddings."""
        return self.model == encoder.id.rpartition("-")[0] and len(self.mean) == encoder.dimension

    def dump(self) -> bytes:
        """The map as a file."""
        file = io.BytesIO()
        np.savez_compressed(
            file,
            about=np.array(json.dumps({"model": self.model, "words": list(self.words)}, ensure_ascii=False)),
            mean=self.mean,
            matrix=self.matrix.astype(np.float16),
            vectors=self.vectors,
            scales=self.scales,
        )
        return file.getvalue()

    def save(self, folder: Path) -> None:
        """Write the map into `folder`."""
        (folder / _FILE).write_bytes(self.dump())

    @classmethod
    def load(cls, data: bytes) -> Projection:
        """The map from a file that `dump` made."""
        with np.load(io.BytesIO(data), allow_pickle=False) as kept:
            about = json.loads(str(kept["about"]))
            words = {word: row for row, word in enumerate(about["words"])}
            matrix = kept["matrix"].astype(np.float32)
            return cls(about["model"], kept["mean"], matrix, words, kept["vectors"], kept["scales"])

    @classmethod
    def open(cls, folder: Path) -> Projection:
        """The map of `folder`, which must have been checked before."""
        return cls.load((folder / _FILE).read_bytes())


@cache
def shipped() -> Projection:
    """The map that comes with the package."""
    return Projection.load(FILE.read_bytes())


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

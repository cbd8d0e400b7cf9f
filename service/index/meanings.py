"""The keys of facts and needs where the projection puts them; nothing where there is no map of needs."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

import faiss
import numpy as np
import numpy.typing as npt

from service.index.dense import Owned, flat
from service.index.projection import Projection, means, unit
from service.types import Vectors

Floats = npt.NDArray[np.float32]

_KEYS = "meanings.faiss"
_OWNERS = "meanings.npz"


class Meanings:
    """Where the keys of every fact and need lie, and the middle of each one's."""

    def __init__(
        self, projection: Projection, keys: Owned | None = None, centres: Vectors | None = None
    ) -> None:
        self.projection = projection
        size = projection.matrix.shape[1]
        nothing = np.zeros((0, size), dtype=np.float32)
        self._keys = keys or Owned(flat(nothing), np.zeros(0, dtype=np.int32))
        self._centres = nothing if centres is None else centres

    @classmethod
    def build(
        cls,
        projection: Projection,
        vectors: Vectors,
        words: Sequence[Sequence[str]],
        owners: npt.NDArray[np.int32],
    ) -> Meanings:
        """From embeddings and words of the keys, one a row, and the number of what each belongs to."""
        moved = projection(vectors, words)
        return cls(projection, Owned(flat(moved), owners), unit(means(moved, owners)))

    @property
    def are_known(self) -> bool:
        """Whether any key lies anywhere."""
        return self._keys.keys.ntotal > 0

    def search(self, vector: Floats, words: Sequence[str], count: int) -> tuple[Floats, Floats]:
        """For each of `count` facts and needs the cosines with its best key and with the middle of all."""
        moved = self.projection(vector[None], [words])[0]
        centre = np.zeros(count, dtype=np.float32)
        centre[: len(self._centres)] = self._centres @ moved
        return self._keys.best_two(moved, count)[0], centre

    def save(self, folder: Path) -> None:
        """Write everything into `folder`."""
        self.projection.save(folder)
        (folder / _KEYS).write_bytes(faiss.serialize_index(self._keys.keys).tobytes())
        np.savez(folder / _OWNERS, owners=self._keys.owners, centres=self._centres.astype(np.float16))

    @classmethod
    def load(cls, folder: Path) -> Meanings:
        """Read what `save` wrote; it must have been checked before."""
        with np.load(folder / _OWNERS, allow_pickle=False) as kept:
            owners, centres = kept["owners"], kept["centres"].astype(np.float32)
        return cls(Projection.open(folder), Owned(faiss.read_index(str(folder / _KEYS)), owners), centres)

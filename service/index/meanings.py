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

_KEYS, _CENTRES, _OWNERS = "meanings.faiss", "centres.faiss", "meanings.npy"


class Meanings:
    """Where the keys of every fact and need lie, and the middle of each one's."""

    def __init__(
        self, projection: Projection, keys: Owned | None = None, centres: faiss.Index | None = None
    ) -> None:
        nothing = flat(np.zeros((0, projection.matrix.shape[1]), dtype=np.float32))
        self.projection = projection
        self._keys = keys or Owned(nothing, np.zeros(0, dtype=np.int32))
        self._centres = centres or nothing

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
        return cls(projection, Owned(flat(moved), owners), flat(unit(means(moved, owners))))

    @property
    def are_known(self) -> bool:
        """Whether any key lies anywhere."""
        return self._keys.keys.ntotal > 0

    def search(self, vector: Floats, words: Sequence[str], count: int) -> tuple[Floats, Floats]:
        """For each of `count` facts and needs the cosines with its best key and with the middle of all."""
        moved = self.projection(vector[None], [words])
        centre = np.zeros(count, dtype=np.float32)
        if self.are_known:
            # Not a product of numpy's: its BLAS wakes a thread a core for it, and they spin for a while.
            cosines, numbers = self._centres.search(moved, self._centres.ntotal)
            centre[numbers[0]] = cosines[0]
        return self._keys.best_two(moved[0], count)[0], centre

    def save(self, folder: Path) -> None:
        """Write everything into `folder`."""
        self.projection.save(folder)
        np.save(folder / _OWNERS, self._keys.owners)
        for name, index in ((_KEYS, self._keys.keys), (_CENTRES, self._centres)):
            (folder / name).write_bytes(faiss.serialize_index(index).tobytes())

    @classmethod
    def load(cls, folder: Path) -> Meanings:
        """Read what `save` wrote; it must have been checked before."""
        keys, centres = (faiss.read_index(str(folder / name)) for name in (_KEYS, _CENTRES))
        return cls(Projection.open(folder), Owned(keys, np.load(folder / _OWNERS)), centres)

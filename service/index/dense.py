"""Dense search: inner products over the vectors of fact texts and of question keys (FAISS)."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

import faiss
import numpy as np
import numpy.typing as npt

from service.types import Vectors

Floats = npt.NDArray[np.float32]

DEPTH = 512
"""How many keys a search looks at; a fact with none among them gets the lowest score seen."""


@dataclass(frozen=True, slots=True)
class DenseScores:
    """Cosines of one question, one for each fact: with the fact's text, and with its best question key.

    `background` is the cosine with the nearest question that is about something else.
    """

    text: Floats
    question: Floats
    background: float


class DenseIndex:
    """A vector for every fact text and every question key, each key owned by a fact."""

    def __init__(
        self,
        texts: faiss.Index,
        questions: faiss.Index,
        owners: npt.NDArray[np.int32],
        background: faiss.Index,
    ) -> None:
        if questions.ntotal != len(owners):
            raise ValueError(f"{questions.ntotal} question vectors but {len(owners)} owners")
        self._texts = texts
        self._questions = questions
        self._owners = owners
        self._background = background

    @classmethod
    def build(
        cls, texts: Vectors, questions: Vectors, owners: npt.NDArray[np.int32], background: Vectors
    ) -> DenseIndex:
        """Index vectors of facts, of question keys (`owners` are their facts) and of the background."""
        return cls(_flat(texts), _flat(questions), owners, _flat(background))

    def vectors(self) -> tuple[Vectors, Vectors]:
        """What was indexed: the vectors of fact texts and of question keys."""
        texts, questions = (each.reconstruct_n(0, each.ntotal) for each in (self._texts, self._questions))
        return texts, questions

    def search(self, vector: Floats) -> DenseScores:
        """Score every fact against one question vector of shape (dimension,)."""
        # One question is one small scan; more threads would only spin. OpenMP counts for each calling thread.
        faiss.omp_set_num_threads(1)
        facts = self._texts.ntotal
        return DenseScores(
            text=_best(self._texts, vector, np.arange(facts, dtype=np.int32), facts),
            question=_best(self._questions, vector, self._owners, facts),
            background=float(self._background.search(vector[None], 1)[0][0, 0])
            if self._background.ntotal
            else 0.0,
        )

    def save(self, folder: Path) -> None:
        """Write the index files into `folder`."""
        # Written by Python: FAISS's own writer reports a full disk as some RuntimeError.
        for name, index in (
            ("texts", self._texts),
            ("questions", self._questions),
            ("background", self._background),
        ):
            (folder / f"{name}.faiss").write_bytes(faiss.serialize_index(index).tobytes())
        np.save(folder / "owners.npy", self._owners)

    @classmethod
    def load(cls, folder: Path) -> DenseIndex:
        """Read the index files of `folder`; they must have been checked before."""
        texts = faiss.read_index(str(folder / "texts.faiss"))
        questions = faiss.read_index(str(folder / "questions.faiss"))
        background = faiss.read_index(str(folder / "background.faiss"))
        return cls(texts, questions, np.load(folder / "owners.npy"), background)


def _flat(vectors: Vectors) -> faiss.Index:
    """Every vector in half precision.

    Cosines are exact to 0.0001, and half the memory to scan leaves more of the encoder's weights in the
    processor's cache.
    """
    index = faiss.IndexScalarQuantizer(
        vectors.shape[1], faiss.ScalarQuantizer.QT_fp16, faiss.METRIC_INNER_PRODUCT
    )
    index.add(np.ascontiguousarray(vectors, dtype=np.float32))
    return index


def _best(index: faiss.Index, vector: Floats, owners: npt.NDArray[np.int32], facts: int) -> Floats:
    if index.ntotal == 0:
        return np.zeros(facts, dtype=np.float32)
    cosines, numbers = index.search(vector[None], min(DEPTH, index.ntotal))
    scores = np.full(facts, cosines[0, -1], dtype=np.float32)
    np.maximum.at(scores, owners[numbers[0]], cosines[0])
    return scores

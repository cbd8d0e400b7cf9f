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
    """Cosines of one question: for each fact with its text and its best question key, for each need likewise.

    `question_next` and `need_next` are those with the second best key: one near key may be chance.
    `background` is the cosine with the nearest question that is about something else.
    """

    text: Floats
    question: Floats
    question_next: Floats
    need: Floats
    need_next: Floats
    background: float


@dataclass(frozen=True, slots=True)
class Keys:
    """Vectors of question keys, one a row, and the number of the fact or need that each belongs to."""

    vectors: Vectors
    owners: npt.NDArray[np.int32]


class DenseIndex:
    """A vector for every fact text and every question key, each key owned by a fact or by a need."""

    def __init__(
        self,
        texts: faiss.Index,
        questions: Owned,
        needs: Owned,
        background: faiss.Index,
    ) -> None:
        self._texts = texts
        self._questions = questions
        self._needs = needs
        self._background = background

    @classmethod
    def build(cls, texts: Vectors, questions: Keys, needs: Keys, background: Vectors) -> DenseIndex:
        """Index vectors of facts, of the question keys of facts and of needs, and of the background."""
        return cls(
            flat(texts),
            Owned(flat(questions.vectors), questions.owners),
            Owned(flat(needs.vectors), needs.owners),
            flat(background),
        )

    def vectors(self) -> tuple[Vectors, Vectors, Vectors]:
        """What was indexed: the vectors of fact texts, of facts' question keys, and of needs'."""
        texts, questions, needs = (
            each.reconstruct_n(0, each.ntotal)
            for each in (self._texts, self._questions.keys, self._needs.keys)
        )
        return texts, questions, needs

    def search(self, vector: Floats) -> DenseScores:
        """Score every fact and every need against one question vector of shape (dimension,)."""
        # One question is one small scan; more threads would only spin. OpenMP counts for each calling thread.
        faiss.omp_set_num_threads(1)
        facts = self._texts.ntotal
        texts = Owned(self._texts, np.arange(facts, dtype=np.int32))
        question, question_next = self._questions.best_two(vector, facts)
        need, need_next = self._needs.best_two(vector, self._needs.size)
        return DenseScores(
            text=texts.best_two(vector, facts)[0],
            question=question,
            question_next=question_next,
            need=need,
            need_next=need_next,
            background=float(self._background.search(vector[None], 1)[0][0, 0])
            if self._background.ntotal
            else 0.0,
        )

    def save(self, folder: Path) -> None:
        """Write the index files into `folder`."""
        # Written by Python: FAISS's own writer reports a full disk as some RuntimeError.
        for name, index in (
            ("texts", self._texts),
            ("questions", self._questions.keys),
            ("needs", self._needs.keys),
            ("background", self._background),
        ):
            (folder / f"{name}.faiss").write_bytes(faiss.serialize_index(index).tobytes())
        np.save(folder / "owners.npy", self._questions.owners)
        np.save(folder / "need_owners.npy", self._needs.owners)

    @classmethod
    def load(cls, folder: Path) -> DenseIndex:
        """Read the index files of `folder`; they must have been checked before."""
        texts, questions, needs, background = (
            faiss.read_index(str(folder / f"{name}.faiss"))
            for name in ("texts", "questions", "needs", "background")
        )
        owned = Owned(questions, np.load(folder / "owners.npy"))
        wanted = Owned(needs, np.load(folder / "need_owners.npy"))
        return cls(texts, owned, wanted, background)


class Owned:
    """Vectors that belong to something: several may belong to one."""

    def __init__(self, keys: faiss.Index, owners: npt.NDArray[np.int32]) -> None:
        if keys.ntotal != len(owners):
            raise ValueError(f"{keys.ntotal} vectors but {len(owners)} owners")
        self.keys = keys
        self.owners = owners
        self.size = int(owners.max()) + 1 if len(owners) else 0

    def best_two(self, vector: Floats, count: int) -> tuple[Floats, Floats]:
        """For each of `count` owners the cosines of its best and its second best key."""
        if self.keys.ntotal == 0:
            return np.zeros(count, dtype=np.float32), np.zeros(count, dtype=np.float32)
        cosines, numbers = self.keys.search(vector[None], min(DEPTH, self.keys.ntotal))
        owners, lowest = self.owners[numbers[0]], cosines[0, -1]
        best = np.full(count, lowest, dtype=np.float32)
        after = np.full(count, lowest, dtype=np.float32)
        found, firsts = np.unique(owners, return_index=True)
        best[found] = cosines[0][firsts]
        others = np.delete(np.arange(len(owners)), firsts)
        found, seconds = np.unique(owners[others], return_index=True)
        after[found] = cosines[0][others[seconds]]
        return best, after


def flat(vectors: Vectors) -> faiss.Index:
    """Every vector in half precision.

    Cosines are exact to 0.0001, and half the memory to scan leaves more of the encoder's weights in the
    processor's cache.
    """
    index = faiss.IndexScalarQuantizer(
        vectors.shape[1], faiss.ScalarQuantizer.QT_fp16, faiss.METRIC_INNER_PRODUCT
    )
    index.add(np.ascontiguousarray(vectors, dtype=np.float32))
    return index

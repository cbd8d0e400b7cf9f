"""Sparse search: BM25 over the words of facts, or of sections, with their questions appended (doc2query)."""

from __future__ import annotations

import json
import logging
from collections.abc import Sequence
from pathlib import Path

import bm25s
import numpy as np
import numpy.typing as npt

logging.getLogger("bm25s").setLevel(logging.WARNING)  # it turns its own debug log on at import

Floats = npt.NDArray[np.float32]


class SparseIndex:
    """BM25 over token lists, one for each text."""

    def __init__(self, bm25: bm25s.BM25, vocabulary: dict[str, int], idf: Floats) -> None:
        self._bm25 = bm25
        self._vocabulary = vocabulary
        self._idf = idf

    @classmethod
    def build(cls, texts: Sequence[Sequence[str]]) -> SparseIndex:
        """Index the token lists of the texts, in order."""
        vocabulary: dict[str, int] = {}
        texts = texts or [[]]  # BM25 knows no empty collection; nothing is ever found in this one
        # A text without any word gets the empty one: BM25 divides by the average length.
        ids = [
            [vocabulary.setdefault(token, len(vocabulary)) for token in tokens or [""]] for tokens in texts
        ]
        bm25 = bm25s.BM25()
        bm25.index((ids, vocabulary), show_progress=False, create_empty_token=False)
        return cls(bm25, vocabulary, _idf(ids, len(vocabulary)))

    def search(self, tokens: Sequence[str]) -> Floats:
        """BM25 score of every text; all zero when no token is known."""
        known = [token for token in tokens if token in self._vocabulary]
        if not known:
            return np.zeros(self._bm25.scores["num_docs"], dtype=np.float32)
        scores: Floats = self._bm25.get_scores(known)
        return scores

    def share(self, tokens: Sequence[str]) -> Floats:
        """BM25 as a share of the most that these tokens could score: comparable across questions.

        In Lucene's form a term adds less than its idf, however often it occurs.
        """
        most = sum(self.idf(token) for token in tokens)
        scores = self.search(tokens)
        return (scores / most).astype(np.float32) if most else scores

    @property
    def rarest(self) -> float:
        """The highest idf: what an unknown token weighs."""
        return float(self._idf.max())

    def idf(self, token: str) -> float:
        """Inverse document frequency of a token; an unknown one weighs as much as the rarest."""
        number = self._vocabulary.get(token)
        return float(self._idf[number] if number is not None else self.rarest)

    def knows(self, token: str) -> bool:
        """Whether any text has the token."""
        return token in self._vocabulary

    def save(self, folder: Path) -> None:
        """Write the index files into `folder`, which is made where it is missing."""
        folder.mkdir(exist_ok=True)
        self._bm25.save(str(folder / "bm25"), show_progress=False)
        np.save(folder / "idf.npy", self._idf)
        (folder / "vocabulary.json").write_text(
            json.dumps(self._vocabulary, ensure_ascii=False), encoding="utf-8"
        )

    @classmethod
    def load(cls, folder: Path) -> SparseIndex:
        """Read the index files of `folder`; they must have been checked before."""
        vocabulary = json.loads((folder / "vocabulary.json").read_text(encoding="utf-8"))
        bm25 = bm25s.BM25.load(str(folder / "bm25"), load_vocab=True)
        return cls(bm25, vocabulary, np.load(folder / "idf.npy"))


def _idf(ids: Sequence[Sequence[int]], size: int) -> Floats:
    """Robertson's idf with the +1 that keeps it positive, as BM25 itself uses (Lucene's form)."""
    frequency = np.zeros(size, dtype=np.float32)
    for tokens in ids:
        frequency[list(set(tokens))] += 1
    idf: Floats = np.log1p((len(ids) - frequency + 0.5) / (frequency + 0.5)).astype(np.float32)
    return idf

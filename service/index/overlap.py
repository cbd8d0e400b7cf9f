"""How alike a question and each key are in words; what either says beyond the other counts against it.

BM25 adds up what a question and a text share, and forgives all else that the text says; so a rare fact
whose questions happen to hold the words of a plain wish outdoes the common one. Dice's coefficient
(Dice 1945), weighted by idf, doesn't forgive it.
"""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import numpy.typing as npt

Floats = npt.NDArray[np.float32]

_FILE = "overlap.npz"
_VOCABULARY = "overlap.json"


@dataclass(frozen=True, slots=True)
class Likeness:
    """For each key, in words: `dice` with the question, and the share of the key that the question has."""

    dice: Floats
    share: Floats


class KeyOverlap:
    """The words of every key, by word: who has it. A word weighs its idf among the keys."""

    def __init__(
        self,
        vocabulary: dict[str, int],
        starts: npt.NDArray[np.int64],
        keys: npt.NDArray[np.int32],
        idf: Floats,
        masses: Floats,
    ) -> None:
        self._vocabulary, self._starts, self._keys = vocabulary, starts, keys
        self._idf, self._masses = idf, masses

    @classmethod
    def build(cls, keys: Sequence[Sequence[str]]) -> KeyOverlap:
        """From the words of every key."""
        having: dict[str, list[int]] = {}
        for number, words in enumerate(keys):
            for word in dict.fromkeys(words):
                having.setdefault(word, []).append(number)
        sizes = np.array([len(numbers) for numbers in having.values()], dtype=np.int64)
        weights = np.log1p((len(keys) - sizes + 0.5) / (sizes + 0.5)).astype(np.float32)
        starts = np.concatenate([[0], np.cumsum(sizes, dtype=np.int64)]).astype(np.int64)
        flat = np.array([number for numbers in having.values() for number in numbers], dtype=np.int32)
        masses = np.zeros(len(keys), dtype=np.float32)
        np.add.at(masses, flat, np.repeat(weights, sizes))
        return cls({word: number for number, word in enumerate(having)}, starts, flat, weights, masses)

    def likeness(self, words: Sequence[str]) -> Likeness:
        """Compare a question's words with every key; a word that no key has weighs as much as the rarest."""
        distinct = list(dict.fromkeys(words))
        known = [self._vocabulary[word] for word in distinct if word in self._vocabulary]
        shared = np.zeros(len(self._masses), dtype=np.float32)
        for word in known:
            shared[self._keys[self._starts[word] : self._starts[word + 1]]] += self._idf[word]
        rarest = float(self._idf.max(initial=0.0))
        mass = float(self._idf[known].sum()) + rarest * (len(distinct) - len(known))
        dice = 2 * shared / np.maximum(mass + self._masses, 1e-6)
        return Likeness(dice.astype(np.float32), (shared / np.maximum(self._masses, 1e-6)).astype(np.float32))

    def save(self, folder: Path) -> None:
        """Write the files into `folder`, which is made where it is missing."""
        folder.mkdir(exist_ok=True)
        with (folder / _FILE).open("wb") as file:
            np.savez(file, starts=self._starts, keys=self._keys, idf=self._idf, masses=self._masses)
        (folder / _VOCABULARY).write_text(json.dumps(self._vocabulary, ensure_ascii=False), encoding="utf-8")

    @classmethod
    def load(cls, folder: Path) -> KeyOverlap:
        """Read the files of `folder`; they must have been checked before."""
        vocabulary = json.loads((folder / _VOCABULARY).read_text(encoding="utf-8"))
        with np.load(folder / _FILE, allow_pickle=False) as kept:
            return cls(vocabulary, kept["starts"], kept["keys"], kept["idf"], kept["masses"])

"""Which words speak for the notes, and which for something else: naive Bayes over tokens."""

from __future__ import annotations

import json
import math
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from pathlib import Path

_FILE = "odds.json"
_SMOOTHING = 0.5
"""Added to every count (Jeffreys' prior): a word seen once says little."""


class WordOdds:
    """For each token, the log of how much more often it stands in a key than in a background question."""

    def __init__(self, odds: Mapping[str, float]) -> None:
        self._odds = odds

    @classmethod
    def build(cls, keys: Sequence[Sequence[str]], background: Sequence[Sequence[str]]) -> WordOdds:
        """From the token lists of the keys and of the background; without a background nothing is known."""
        if not keys or not background:
            return cls({})
        ours, others = _frequencies(keys), _frequencies(background)
        lengths = (len(keys) + 2 * _SMOOTHING, len(background) + 2 * _SMOOTHING)
        return cls(
            {
                token: round(
                    math.log((ours[token] + _SMOOTHING) / lengths[0])
                    - math.log((others[token] + _SMOOTHING) / lengths[1]),
                    4,
                )
                for token in sorted(ours.keys() | others.keys())
            }
        )

    def of(self, tokens: Iterable[str]) -> float:
        """How much the words of a question speak for the notes, 0 when they say nothing.

        The sum over distinct tokens by the root of their number: in between the sum, which favours long
        questions, and the mean, in which one telling word drowns.
        """
        distinct = set(tokens)
        if not distinct:
            return 0.0
        return sum(self._odds.get(token, 0.0) for token in distinct) / math.sqrt(len(distinct))

    def save(self, folder: Path) -> None:
        """Write the odds into `folder`."""
        (folder / _FILE).write_text(json.dumps(self._odds, ensure_ascii=False), encoding="utf-8")

    @classmethod
    def load(cls, folder: Path) -> WordOdds:
        """Read the odds of `folder`; they must have been checked before."""
        return cls(json.loads((folder / _FILE).read_text(encoding="utf-8")))


def _frequencies(texts: Iterable[Sequence[str]]) -> Counter[str]:
    return Counter(token for tokens in texts for token in set(tokens))

"""What people asked and the notes didn't answer, grouped by meaning: the list of what to write next."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from service import korean
from service.index import Index
from service.store import Asked
from service.types import Encoder, Section, Status

MOST_QUESTIONS = 500
"""The newest questions that are looked at: encoding them all takes seconds, grouping them tenths."""
EXAMPLES = 5
SECTIONS = 2

ALIKE = 0.30
UNRELATED_COSINE = 0.80
"""Where the cosines of this kind of model begin. Half meaning, half shared words grouped best on real
questions (docs/decisions.md); either alone joins 김치찌개 with 끓이다, or misses half of the paraphrases."""
NEW_WORD = 8.0
"""The weight of a word that the notes never use: a gap is most often about just that."""

Vector = npt.NDArray[np.float32]


@dataclass(frozen=True, slots=True)
class Gap:
    """Questions with one meaning, the newest first, and the sections of the notes nearest to it."""

    asked: tuple[Asked, ...]
    nearest: tuple[Section, ...]

    @property
    def statuses(self) -> dict[Status, int]:
        """How often each outcome was."""
        return dict(Counter(each.status for each in self.asked))

    @property
    def unhelpful(self) -> int:
        """How often somebody said that the answer was no help."""
        return sum(each.helpful is False for each in self.asked)

    @property
    def examples(self) -> tuple[str, ...]:
        """Different ways in which it was asked, the newest first."""
        return tuple(dict.fromkeys(each.question for each in self.asked))[:EXAMPLES]


class Embeddings:
    """Embeddings of the questions of the last look: the next encodes only what is new.

    In memory only, and only of what is still kept: what people delete leaves no trace here either.
    """

    def __init__(self) -> None:
        self._encoder = ""
        self._known: dict[str, Vector] = {}

    def of(self, texts: Sequence[str], encoder: Encoder) -> list[Vector]:
        """The embeddings of `texts`."""
        known = self._known if self._encoder == encoder.id else {}
        new = [text for text in dict.fromkeys(texts) if text not in known]
        encoded = dict(zip(new, encoder.encode(new, "question"), strict=True)) if new else {}
        self._known = {text: known[text] if text in known else encoded[text] for text in texts}
        self._encoder = encoder.id
        return [self._known[text] for text in texts]


@dataclass(frozen=True, slots=True)
class _Meant:
    """A question as it was understood, ready to be compared."""

    vector: Vector
    words: frozenset[str]
    mass: float


def find(asked: Sequence[Asked], index: Index, encoder: Encoder, embeddings: Embeddings) -> list[Gap]:
    """The gaps that `asked` (newest first) shows, the newest first."""
    vectors = embeddings.of([each.meant for each in asked], encoder)
    leaders: list[_Meant] = []
    groups: list[list[Asked]] = []
    for each, vector in zip(asked, vectors, strict=True):
        meant = _meant(each.meant, vector, index)
        alike = [_alike(meant, leader, index) for leader in leaders]
        best = int(np.argmax(alike)) if alike else -1
        if best >= 0 and alike[best] >= ALIKE:
            groups[best].append(each)
        else:
            leaders.append(meant)
            groups.append([each])
    return [
        Gap(tuple(group), _nearest(leader.vector, index))
        for leader, group in zip(leaders, groups, strict=True)
    ]


def _meant(text: str, vector: Vector, index: Index) -> _Meant:
    words = frozenset(korean.tokens(text))
    return _Meant(vector, words, sum(_weight(word, index) for word in words))


def _alike(one: _Meant, other: _Meant, index: Index) -> float:
    """How alike two questions are, 0 for unrelated ones and 1 for the same."""
    meaning = (float(one.vector @ other.vector) - UNRELATED_COSINE) / (1 - UNRELATED_COSINE)
    shared = sum(_weight(word, index) for word in one.words & other.words)
    mass = one.mass + other.mass
    return (meaning + (2 * shared / mass if mass else 0.0)) / 2


def _weight(word: str, index: Index) -> float:
    return index.sparse.idf(word) if index.sparse.knows(word) else NEW_WORD


def _nearest(vector: Vector, index: Index) -> tuple[Section, ...]:
    scores = index.dense.search(vector)
    best = np.argsort(-np.maximum(scores.text, scores.question), kind="stable")
    numbers = dict.fromkeys(int(index.section_numbers[number]) for number in best[: 10 * SECTIONS])
    return tuple(index.sections[number] for number in list(numbers)[:SECTIONS])

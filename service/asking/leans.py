"""Whether a turn of a conversation needs the turn before it: a logistic model over evidence about this turn.

Two kinds of evidence: the `words` of the turn (its morphemes, alone and in pairs) and `Evidence`, numbers
about how the notes answer it by itself and how it stands to the turn before. The parameters stand in
`leans.json`, fitted by `scripts/fit_leans.py` on labelled turns that are in no other file.
"""

from __future__ import annotations

import json
import math
from collections.abc import Iterator, Mapping
from dataclasses import asdict, dataclass
from functools import cache
from importlib.resources import files
from itertools import pairwise

from service import korean

MOST_NOUNS = 4
"""Counted no further: a turn with four nouns is as complete as one with ten."""

PLAINLY = 0.8
"""From this probability a question points back whatever the notes say: 3 of 100 questions of the bank do by
mistake, and 8 of 10 turns that lean do."""

_NAMES = ("SL", "SN", "SH", "NNP", "UNKNOWN")
"""Tags of what names a thing: beside its neighbours it counts as a name, whichever it is."""


@dataclass(frozen=True, slots=True)
class Evidence:
    """What is known of a turn beside its words."""

    scope: float  # log odds that it is about the notes' subject, by itself
    plain: float  # square of `scope`: half a question is neither plainly in scope nor plainly out
    right: float  # log odds that the notes answer it, by itself
    words: float  # how much its words speak for the notes rather than for something else
    unknown: float  # share of its idf mass in words the notes never use
    near: float  # 1 when its best fact by itself stands in a section that was just cited
    shared: float  # share of its tokens that the question before has too
    nouns: float  # nouns that name something, at most MOST_NOUNS
    length: float  # log of its characters


@dataclass(frozen=True, slots=True)
class Leans:
    """The fitted model: weights of words and of evidence, counted from the evidence's `typical` values."""

    words: Mapping[str, float]
    evidence: Mapping[str, float]
    typical: Mapping[str, float]
    bias: float
    joined: float

    def probability(self, turn: str, evidence: Evidence) -> float:
        """That `turn` needs the turn before, 0..1."""
        return self._probability(turn, asdict(evidence))

    def leans(self, turn: str, evidence: Evidence) -> bool:
        """Whether `turn` is to be read together with the turn before."""
        return self.probability(turn, evidence) >= self.joined

    def points_back(self, question: str) -> bool:
        """Whether a question seems to need one before it, as far as it tells by itself."""
        return self._probability(question, shape(question)) >= PLAINLY

    def _probability(self, turn: str, known: Mapping[str, float]) -> float:
        logit = self.bias + sum(self.words.get(word, 0.0) for word in set(words(turn)))
        logit += sum(self.evidence[name] * (value - self.typical[name]) for name, value in known.items())
        return 1.0 / (1.0 + math.exp(-max(-30.0, min(30.0, logit))))


def shape(turn: str) -> dict[str, float]:
    """The evidence that needs neither notes nor a turn before."""
    return {"nouns": float(min(len(korean.nouns(turn)), MOST_NOUNS)), "length": math.log1p(len(turn))}


def words(turn: str) -> Iterator[str]:
    """The morphemes of a turn with their tags, each pair of neighbours, and names as they are written."""
    parts = [part for morpheme in korean.morphemes(turn) for part in morpheme.parts]
    marks = [mark for mark in map(_mark, parts) if mark]
    yield from marks
    yield from (form.lower() for form, tag in parts if tag in _NAMES)
    yield from (f"{before} {after}" for before, after in pairwise(["^", *marks, "$"]))


def _mark(part: tuple[str, str]) -> str:
    """A morpheme and its tag; a name's tag alone, and nothing for punctuation."""
    form, tag = part
    if tag in _NAMES:
        return tag
    return "" if tag.startswith("S") else f"{form}/{tag}"


@cache
def fitted() -> Leans:
    """The shipped parameters."""
    return Leans(**json.loads((files("service.asking") / "leans.json").read_text(encoding="utf-8")))

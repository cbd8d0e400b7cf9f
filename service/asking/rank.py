"""Candidates for a question in their order: a small network over what the searches say of each.

Search finds the right fact nearly always and puts it first too seldom. The network sees, for each
candidate, what both searches say of the fact and of the need that it answers, and how common that need
is; it was fitted on questions whose wording was not in the index (`scripts/fit_ranker.py`).
"""

from __future__ import annotations

import json
from dataclasses import dataclass
from functools import cache
from importlib.resources import files

import numpy as np
import numpy.typing as npt

from service import korean
from service.index import DenseScores, Index, Likeness

Floats = npt.NDArray[np.float32]
Numbers = npt.NDArray[np.int64]

DEEP = 15
"""Facts taken from the top of each search."""
WIDE = 12
"""Needs whose answers are taken."""
NONE = -1
"""The number of no need."""


@dataclass(frozen=True, slots=True)
class Signals:
    """What the searches say of one question, by fact (`fact_`), by need (`need_`) and of itself."""

    dense: DenseScores
    fact_sparse: Floats
    fact_around: Floats
    fact_dice: Floats
    fact_share: Floats
    fact_text: Likeness
    fact_fit: Floats
    fact_centre: Floats
    need_sparse: Floats
    need_dice: Floats
    need_share: Floats
    need_fit: Floats
    need_centre: Floats
    words: int
    mass: float

    @property
    def need(self) -> Floats:
        """How well the question fits each need, by all searches together."""
        apart = self.need_fit + self.need_centre
        together: Floats = self.dense.need + 0.25 * self.need_dice + 0.25 * self.need_sparse + 0.25 * apart
        return together


def signals(
    index: Index,
    question: str,
    vector: Floats,
    tokens: list[str],
    dense: DenseScores,
    sparse: Floats,
) -> Signals:
    """Ask every search; what comes after `question` is what `retrieve` already has (tokens weighted)."""
    words = list(dict.fromkeys(korean.wording(question)))
    facts = len(index.facts)
    keys = index.keys.likeness(words)
    dice, share = (
        _best(each, index.key_owners, facts + len(index.needs)) for each in (keys.dice, keys.share)
    )
    fit, centre = index.meanings.search(vector, words, facts + len(index.needs))
    return Signals(
        dense,
        sparse,
        index.sparse_sections.share(tokens)[index.section_numbers],
        dice[:facts],
        share[:facts],
        index.texts.likeness(words),
        fit[:facts],
        centre[:facts],
        index.sparse_needs.share(tokens)[: len(index.needs)],
        dice[facts:],
        share[facts:],
        fit[facts:],
        centre[facts:],
        len(words),
        sum(index.sparse.idf(word) for word in words),
    )


def _best(scores: Floats, owners: npt.NDArray[np.int32], count: int) -> Floats:
    best = np.zeros(count, dtype=np.float32)
    np.maximum.at(best, owners, scores)
    return best


def candidates(index: Index, found: Signals, facts: Numbers) -> tuple[Floats, Numbers]:
    """Features of facts of the pool, a row each, and the need through which each answers, or NONE."""
    direct, further = (_through(index, facts, found.need, further) for further in (False, True))
    own = np.stack(
        [
            found.dense.question[facts],
            found.dense.question_next[facts],
            found.dense.text[facts],
            found.fact_fit[facts],
            found.fact_centre[facts],
            found.fact_dice[facts],
            found.fact_share[facts],
            found.fact_sparse[facts],
            found.fact_around[facts],
            found.fact_text.dice[facts],
            found.fact_text.share[facts],
        ],
        axis=1,
    )
    wanted = _of_needs(index, found, direct)
    aside = _of_needs(index, found, further)[:, :5]
    compared = np.concatenate(
        [own[:, [0, 2, 3, 4, 5, 7]], wanted[:, [0, 2, 3, 4, 6]], aside[:, [0, 2, 4]]], axis=1
    )
    whole = np.array([[found.words / 10, found.mass / 30, float(found.dense.need.max(initial=0.0))]])
    features = np.concatenate(
        [
            own,
            wanted,
            aside,
            index.traits[facts],
            compared - compared.max(axis=0),
            np.repeat(whole, len(facts), axis=0),
        ],
        axis=1,
    )
    return features.astype(np.float32), np.where(direct != NONE, direct, further)


def pool(index: Index, found: Signals) -> Numbers:
    """The facts that may answer, by number: the best of every search, and the answers of the best needs."""
    searches = (found.dense.question, found.dense.text, found.fact_sparse, found.fact_dice)
    best = [_top(each, DEEP) for each in searches]
    answers = [index.numbers[fact] for need in _top(found.need, WIDE) for fact in index.needs[need].answer]
    return np.unique(np.concatenate([*best, np.array(answers, dtype=np.int64)]))


def _top(scores: Floats, count: int) -> Numbers:
    count = min(count, len(scores))
    return np.argpartition(-scores, count - 1)[:count] if count else np.zeros(0, dtype=np.int64)


def _through(index: Index, facts: Numbers, fit: Floats, further: bool) -> Numbers:
    """The best fitting need that each fact is the direct answer to, or that it is a `further` part of."""
    chosen = np.full(len(facts), NONE, dtype=np.int64)
    for row, fact in enumerate(facts):
        named = [need for need, place in index.needs_of[fact] if (place > 0) == further]
        if named:
            chosen[row] = max(named, key=lambda need: float(fit[need]))
    return chosen


def _of_needs(index: Index, found: Signals, needs: Numbers) -> Floats:
    """Features of each row's need; all zero for none."""
    if not index.needs:
        return np.zeros((len(needs), 10), dtype=np.float32)
    rows = np.stack(
        [
            found.dense.need[needs],
            found.dense.need_next[needs],
            found.need_fit[needs],
            found.need_centre[needs],
            found.need_dice[needs],
            found.need_share[needs],
            found.need_sparse[needs],
            index.levels[needs, 0],
            index.levels[needs, 1],
            np.ones(len(needs)),
        ],
        axis=1,
    )
    rows[needs == NONE] = 0
    return rows


@dataclass(frozen=True, slots=True)
class Network:
    """Two layers with a shortcut from the features; gives two numbers a row: order, and belonging."""

    encoder: str
    mean: Floats
    scale: Floats
    layers: tuple[tuple[Floats, Floats], ...]
    shortcut: Floats

    def __call__(self, features: Floats) -> Floats:
        """Logits of shape (rows, 2)."""
        scaled = np.clip((features - self.mean) / self.scale, -CLIP, CLIP)
        hidden = scaled
        for number, (weights, bias) in enumerate(self.layers):
            hidden = hidden @ weights + bias
            if number < len(self.layers) - 1:
                hidden = np.maximum(hidden, 0)
        logits: Floats = hidden + scaled @ self.shortcut
        return logits


CLIP = 5.0
"""Standard deviations; nothing outside what was fitted on may decide by itself."""


@cache
def fitted() -> Network:
    """The shipped network."""
    read = json.loads((files("service.asking") / "ranker.json").read_text(encoding="utf-8"))
    numbers = {name: np.array(read[name], dtype=np.float32) for name in ("mean", "scale", "shortcut")}
    layers = tuple(
        (np.array(layer["weights"], dtype=np.float32), np.array(layer["bias"], dtype=np.float32))
        for layer in read["layers"]
    )
    return Network(read["encoder"], numbers["mean"], numbers["scale"], layers, numbers["shortcut"])


@dataclass(frozen=True, slots=True)
class Ranked:
    """Candidates, best first: the fact's number, the number of its need or NONE, and two numbers.

    `best` is what orders them, 0..1: the network's are shares of being the answer, and add up to 1.
    `belongs` says of each by itself how probably it belongs into the answer, 0 where nobody knows.
    """

    facts: Numbers
    needs: Numbers
    best: Floats
    belongs: Floats


def rank(index: Index, found: Signals, facts: Numbers, network: Network, bonus: Floats) -> Ranked:
    """Order `facts`; `bonus`, one for each, is added to the order's logits."""
    features, needs = candidates(index, found, facts)
    logits = network(features)
    order_logits = logits[:, 0] + bonus
    order = np.argsort(-order_logits, kind="stable")
    shares = np.exp(order_logits - order_logits.max())
    belongs = 1 / (1 + np.exp(-logits[:, 1]))
    return Ranked(
        facts[order],
        needs[order],
        (shares / shares.sum())[order].astype(np.float32),
        belongs[order].astype(np.float32),
    )

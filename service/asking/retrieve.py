"""A question -> ranked facts: the searches, fused, and the features that confidence is made from."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import astuple, dataclass, replace
from functools import cache

import numpy as np
import numpy.typing as npt

from service import korean
from service.asking import rank
from service.index import DenseScores, Index
from service.types import Encoder, Fact, Hit, Need

Floats = npt.NDArray[np.float32]

POOL = 100
"""Facts considered for fusion: the best of each search. Deeper ones never came first."""


@dataclass(frozen=True, slots=True)
class Weights:
    """Shares of the fused score; they add up to 1."""

    question: float
    text: float
    sparse: float
    section: float


WITH_BANK = Weights(question=0.27, text=0.09, sparse=0.46, section=0.18)
WITHOUT_BANK = Weights(question=0.17, text=0.33, sparse=0.17, section=0.33)
"""Chosen on questions that are never reported (docs/decisions.md). With people's questions in it, sparse
search is the best single signal; without them it is the fact's own text and the words around it."""


def weights_for(index: Index) -> Weights:
    """Between the two, by the share of facts that have questions."""
    return _weights(index.asked_share)


@cache
def _weights(share: float) -> Weights:
    mixed = (
        share * warm + (1 - share) * cold
        for warm, cold in zip(astuple(WITH_BANK), astuple(WITHOUT_BANK), strict=True)
    )
    return Weights(*mixed)


@dataclass(frozen=True, slots=True)
class Features:
    """What is known about how well the best fact fits, before calibration."""

    question: float  # best cosine with a question key
    text: float  # best cosine with a fact's text
    lift: float  # how far the best fact's cosine stands above the background, in cosine units
    sparse: float  # BM25 of the best fact as a share of what the question could reach, 0..1
    gap: float  # fused score of the best fact over the best fact of another section
    agreement: float  # 1 when both searches put the same section first
    apart: float  # best cosine less that with the nearest question about something else
    words: float  # how much the question's words speak for the notes rather than for something else
    unknown: float  # share of the question's idf mass in words the notes never use
    best: float = 0.0  # the network's share for the best fact; 0 without a map of needs, as the next two
    belongs: float = 0.0  # the network's probability that the best fact belongs into the answer
    dice: float = 0.0  # how alike the question and the best fact's or need's nearest key are in words


@dataclass(frozen=True, slots=True)
class Retrieval:
    """Ranked facts for one question; `hits` is never longer than asked for, and may be empty."""

    hits: tuple[Hit, ...]
    features: Features
    need: Need | None = None
    """The need through which the best fact answers, where it does through one."""


NOTHING = Features(0.0, 0.0, 0.0, 0.0, 0.0, 0.0, -1.0, 0.0, 1.0)


NO_RETRIEVAL = Retrieval((), NOTHING)

EXAMPLE_BONUS = 0.15
"""Added to facts with code when an example is asked for."""


@dataclass(frozen=True, slots=True)
class Searched:
    """What the searches say of one question; it can be ranked more than once."""

    tokens: list[str]
    dense: DenseScores
    sparse: Floats
    signals: rank.Signals | None
    """What the network orders by, where it may."""


def is_fitted(index: Index, encoder: Encoder) -> bool:
    """Whether the network may order these facts: there is a map of needs, and it was fitted on this model."""
    model = encoder.id.rpartition("-")[0]
    return index.meanings.are_known and model == rank.fitted().encoder.rpartition("-")[0]


def search(question: str, index: Index, encoder: Encoder) -> Searched:
    """Ask every search for `question` (normalised text). One encoder pass."""
    vector = encoder.encode([question], "question")[0]
    dense = index.dense.search(vector)
    tokens = weighted(korean.tokens(question))
    sparse = index.sparse.share(tokens)
    fitted = is_fitted(index, encoder)
    signals = rank.signals(index, question, vector, tokens, dense, sparse) if fitted else None
    return Searched(tokens, dense, sparse, signals)


def ranked(
    searched: Searched,
    index: Index,
    top_k: int,
    weights: Weights | None = None,
    within: Callable[[Fact], bool] | None = None,
    *,
    example: bool = False,
) -> Retrieval:
    """Rank the facts of `index` by what was `searched`, those `within` alone; an `example` has code.

    The fitted network orders them where it may, else the fused score; `weights` are those of the latter.
    """
    dense, sparse = searched.dense, searched.sparse
    signals = searched.signals if weights is None else None
    pool = rank.pool(index, signals) if signals else _pool(dense.text, dense.question, sparse)
    pool = _within(index, pool, within)
    if not len(pool):
        return NO_RETRIEVAL
    bonus = _bonus(index, pool, example)
    if signals:
        order = rank.rank(index, signals, pool, rank.fitted(), _LOGITS * bonus)
    else:
        around = index.sparse_sections.search(searched.tokens)[index.section_numbers[pool]]
        scores = (dense.question[pool], dense.text[pool], sparse[pool], around)
        order = _fused(pool, _fuse(*scores, weights or weights_for(index)) + bonus)
    features = _features(index, searched, order)
    need = int(order.needs[0])
    return Retrieval(
        _hits(index, searched, order, top_k),
        _with_needs(features, signals, order) if signals else features,
        index.needs[need] if need != rank.NONE else None,
    )


def retrieve(
    question: str, index: Index, encoder: Encoder, top_k: int, weights: Weights | None = None
) -> Retrieval:
    """Search and rank: `search`, `ranked`."""
    return ranked(search(question, index, encoder), index, top_k, weights)


def _within(
    index: Index, pool: npt.NDArray[np.int64], within: Callable[[Fact], bool] | None
) -> npt.NDArray[np.int64]:
    if within is None:
        return pool
    return np.array([number for number in pool if within(index.facts[number])], dtype=np.int64)


def _fused(pool: npt.NDArray[np.int64], fused: Floats) -> rank.Ranked:
    order = np.argsort(-fused, kind="stable")
    unknown = np.zeros(len(pool), dtype=np.float32)
    return rank.Ranked(pool[order], np.full(len(pool), rank.NONE), np.minimum(1, fused[order]), unknown)


def _hits(index: Index, searched: Searched, order: rank.Ranked, top_k: int) -> tuple[Hit, ...]:
    dense, sparse = searched.dense, searched.sparse
    best = zip(order.facts[:top_k], order.best[:top_k], order.belongs[:top_k], strict=True)
    return tuple(
        Hit(
            fact=index.facts[number],
            score=float(score),
            dense=float(max(dense.text[number], dense.question[number])),
            sparse=float(sparse[number]),
            belongs=float(belongs),
        )
        for number, score, belongs in best
    )


_LOGITS = 10.0
"""What a bonus in the fused score (0..1) is worth in the network's logits."""


def _bonus(index: Index, pool: npt.NDArray[np.int64], example: bool) -> Floats:
    """What each fact of the pool gains when an example is asked for."""
    shows = [example and bool(index.facts[number].code) for number in pool]
    return EXAMPLE_BONUS * np.array(shows, dtype=np.float32)


def weighted(tokens: list[str]) -> list[str]:
    """Each token once, technical ones twice: a command, a number or a term decides more than a phrase."""
    distinct = list(dict.fromkeys(tokens))
    return distinct + [token for token in distinct if token.isascii()]


def _pool(*scores: Floats) -> npt.NDArray[np.int64]:
    """The facts that are among the best of any search, in order of their number."""
    best = [np.argpartition(-each, min(POOL, len(each)) - 1)[:POOL] for each in scores if len(each)]
    return np.unique(np.concatenate(best)) if best else np.zeros(0, dtype=np.int64)


def _fuse(question: Floats, text: Floats, sparse: Floats, section: Floats, weights: Weights) -> Floats:
    """Convex combination of min-max normalised scores (Bruch et al., arXiv:2210.11934)."""
    fused: Floats = (
        weights.question * _unit(question)
        + weights.text * _unit(text)
        + weights.sparse * _unit(sparse)
        + weights.section * _unit(section)
    )
    return fused


def _unit(scores: Floats) -> Floats:
    low, high = float(scores.min()), float(scores.max())
    scaled: Floats = (scores - low) / (high - low) if high > low else np.zeros_like(scores)
    return scaled


def _features(index: Index, searched: Searched, order: rank.Ranked) -> Features:
    tokens, dense, sparse = searched.tokens, searched.dense, searched.sparse
    best = order.facts[0]
    sections = index.section_numbers
    elsewhere = order.best[sections[order.facts] != sections[best]]
    either = np.maximum(dense.text, dense.question)
    firsts = {int(sections[np.argmax(scores)]) for scores in (dense.text, dense.question, sparse)}
    mass = sum(index.sparse.idf(token) for token in tokens)
    unknown = sum(index.sparse.idf(token) for token in tokens if not index.sparse.knows(token))
    return Features(
        question=float(dense.question[best]),
        text=float(dense.text[best]),
        lift=float(either[best] - either.mean()),
        sparse=float(sparse[best]),
        gap=float(order.best[0] - (elsewhere[0] if len(elsewhere) else 0.0)),
        agreement=1.0 if len(firsts) == 1 else 0.0,
        apart=float(either[best] - dense.background),
        words=index.odds.of(tokens),
        unknown=unknown / mass if mass else 1.0,
    )


def _with_needs(features: Features, found: rank.Signals, order: rank.Ranked) -> Features:
    """The features with what the needs and the network say of the best fact."""
    fact, need = int(order.facts[0]), int(order.needs[0])
    of_need = need != rank.NONE
    nearest = max(float(found.dense.need.max(initial=0.0)), features.question)
    return replace(
        features,
        question=max(features.question, float(found.dense.need[need]) if of_need else 0.0),
        apart=max(features.apart, nearest - found.dense.background),
        best=float(order.best[0]),
        belongs=float(order.belongs[0]),
        dice=float(max(found.fact_dice[fact], found.need_dice[need] if of_need else 0.0)),
    )

"""Features of a retrieval -> calibrated confidence -> answered / related / not_found.

Two logistic models over the same features: `scope`, whether the question is about what the notes are
about at all, and `right`, whether the best fact answers it. Their parameters stand in `confidence.json`:
for facts in the order of the network (`mapped`), for notes that people wrote questions for (`asked`), and
for `bare` ones, fitted by `scripts/fit_confidence.py` on labelled questions that are in no bank.
"""

from __future__ import annotations

import json
import math
from dataclasses import dataclass
from functools import cache
from importlib.resources import files
from typing import Any

from service.asking.retrieve import Features
from service.types import Status

FEATURES = (
    "question",
    "text",
    "lift",
    "sparse",
    "gap",
    "agreement",
    "apart",
    "words",
    "unknown",
    "best",
    "belongs",
    "dice",
)


def values(features: Features) -> tuple[float, ...]:
    """The features as numbers, in the order of `FEATURES`."""
    return tuple(getattr(features, name) for name in FEATURES)


@dataclass(frozen=True, slots=True)
class Logistic:
    """A logistic model: a weight for each of `FEATURES`, and the bias."""

    weights: tuple[float, ...]
    bias: float

    def log_odds(self, features: Features) -> float:
        """What the model gives for these features, as log odds: negative below one half."""
        return self.bias + sum(
            weight * value for weight, value in zip(self.weights, values(features), strict=True)
        )

    def probability(self, features: Features) -> float:
        """What the model gives for these features, 0..1."""
        return 1.0 / (1.0 + math.exp(-max(-30.0, min(30.0, self.log_odds(features)))))


@dataclass(frozen=True, slots=True)
class Calibration:
    """Both models; below `refused` a question is out of scope, from `answered` on the fact is the answer."""

    scope: Logistic
    right: Logistic
    refused: float
    answered: float


@dataclass(frozen=True, slots=True)
class Certainty:
    """What the service dares to say of its best fact: a status, and the probability that it is right."""

    status: Status
    confidence: float


@cache
def mapped() -> Calibration:
    """The shipped parameters for facts that the network ordered."""
    return _mixed(_read()["mapped"], _read()["mapped"], 1.0)


@cache
def fitted(asked_share: float) -> Calibration:
    """The shipped parameters for the fused order, where this share of the facts has people's questions.

    Cosines with people's questions and with derived keys mean different things, so each end has a fit
    of its own; in between the parameters are interpolated.
    """
    return _mixed(_read()["bare"], _read()["asked"], asked_share)


def _read() -> Any:  # noqa: ANN401
    return json.loads((files("service.asking") / "confidence.json").read_text(encoding="utf-8"))


def _mixed(bare: Any, asked: Any, asked_share: float) -> Calibration:  # noqa: ANN401
    def mixed(low: float, high: float) -> float:
        return low + asked_share * (high - low)

    def logistic(name: str) -> Logistic:
        low, high = bare[name], asked[name]
        weights = (mixed(low["weights"].get(each, 0.0), high["weights"].get(each, 0.0)) for each in FEATURES)
        return Logistic(tuple(weights), mixed(low["bias"], high["bias"]))

    cuts = (mixed(bare[name], asked[name]) for name in ("refused", "answered"))
    return Calibration(logistic("scope"), logistic("right"), *cuts)


def judge(features: Features, calibration: Calibration) -> Certainty:
    """Weigh a retrieval."""
    right = calibration.right.probability(features)
    if calibration.scope.probability(features) < calibration.refused:
        return Certainty("not_found", right)
    return Certainty("answered" if right >= calibration.answered else "related", right)

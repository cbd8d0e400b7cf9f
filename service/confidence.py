"""Features of a retrieval -> calibrated confidence -> answered / related / not_found.

Two logistic models over the same features: `scope`, whether the question is about what the notes are
about at all, and `right`, whether the best fact answers it. Their parameters stand in `confidence.json`,
fitted by `scripts/fit_confidence.py` on labelled questions that are in no bank.
"""

from __future__ import annotations

import json
import math
from dataclasses import dataclass
from functools import cache
from importlib.resources import files

from service.retrieve import Features
from service.types import Status

FEATURES = ("question", "text", "lift", "sparse", "gap", "agreement", "apart", "bank", "unknown")


def values(features: Features) -> tuple[float, ...]:
    """The features as numbers, in the order of `FEATURES`."""
    return tuple(getattr(features, name) for name in FEATURES)


@dataclass(frozen=True, slots=True)
class Logistic:
    """A logistic model: a weight for each of `FEATURES`, and the bias."""

    weights: dict[str, float]
    bias: float

    def probability(self, features: Features) -> float:
        """What the model gives for these features, 0..1."""
        logit = self.bias + sum(
            self.weights[name] * value for name, value in zip(FEATURES, values(features), strict=True)
        )
        return 1.0 / (1.0 + math.exp(-max(-30.0, min(30.0, logit))))


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
def fitted() -> Calibration:
    """The shipped parameters."""
    read = json.loads((files("service") / "confidence.json").read_text(encoding="utf-8"))
    return Calibration(
        Logistic(**read["scope"]), Logistic(**read["right"]), read["refused"], read["answered"]
    )


def judge(features: Features, calibration: Calibration) -> Certainty:
    """Weigh a retrieval."""
    right = calibration.right.probability(features)
    if calibration.scope.probability(features) < calibration.refused:
        return Certainty("not_found", right)
    return Certainty("answered" if right >= calibration.answered else "related", right)

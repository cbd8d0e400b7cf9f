"""Features of a retrieval -> calibrated confidence -> answered / related / not_found.

A logistic model over a handful of features; its parameters stand in `confidence.json`, fitted by
`scripts/fit_confidence.py` on labelled questions that are in no bank.
"""

from __future__ import annotations

import json
import math
from dataclasses import dataclass
from functools import cache
from importlib.resources import files

from service.retrieve import Features
from service.types import Status

FEATURES = ("question", "text", "lift", "sparse", "gap", "agreement", "unknown")


def values(features: Features) -> tuple[float, ...]:
    """The features as numbers, in the order of `FEATURES`."""
    return tuple(getattr(features, name) for name in FEATURES)


@dataclass(frozen=True, slots=True)
class Calibration:
    """Weights by feature name, the bias, and the two confidences where the status changes."""

    weights: dict[str, float]
    bias: float
    answered: float
    related: float


@cache
def fitted() -> Calibration:
    """The shipped parameters."""
    return Calibration(**json.loads((files("service") / "confidence.json").read_text(encoding="utf-8")))


def confidence(features: Features, calibration: Calibration) -> float:
    """The probability that the best fact answers the question."""
    logit = calibration.bias + sum(
        calibration.weights[name] * value for name, value in zip(FEATURES, values(features), strict=True)
    )
    return 1.0 / (1.0 + math.exp(-max(-30.0, min(30.0, logit))))


def status(confidence: float, calibration: Calibration) -> Status:
    """What the service dares to say at this confidence."""
    if confidence >= calibration.answered:
        return "answered"
    return "related" if confidence >= calibration.related else "not_found"

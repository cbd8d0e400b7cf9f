from __future__ import annotations

from dataclasses import fields, replace

from service.confidence import confidence, fitted, status
from service.retrieve import NOTHING, Features

GOOD = Features(question=0.97, text=0.9, lift=0.2, sparse=0.6, gap=0.3, agreement=1.0, unknown=0.0)


def test_the_shipped_parameters_are_for_features_that_exist() -> None:
    calibration = fitted()
    assert set(calibration.weights) <= {field.name for field in fields(Features)}
    assert 0 < calibration.related < calibration.answered < 1


def test_a_good_match_is_answered_and_nothing_is_not_found() -> None:
    calibration = fitted()
    assert status(confidence(GOOD, calibration), calibration) == "answered"
    assert status(confidence(NOTHING, calibration), calibration) == "not_found"


def test_confidence_is_a_probability_and_grows_with_the_match() -> None:
    calibration = fitted()
    weaker = replace(GOOD, question=0.85, sparse=0.1)
    assert (
        0
        <= confidence(NOTHING, calibration)
        < confidence(weaker, calibration)
        < confidence(GOOD, calibration)
        <= 1
    )

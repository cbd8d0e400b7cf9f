from __future__ import annotations

import json
from dataclasses import replace
from importlib.resources import files

import pytest

from service.asking.confidence import FEATURES, Calibration, Logistic, fitted, judge, mapped
from service.asking.retrieve import NOTHING, Features

GOOD = Features(
    question=0.97, text=0.9, lift=0.2, sparse=0.6, gap=0.3, agreement=1.0, apart=0.1, words=3.0, unknown=0.0
)


@pytest.mark.parametrize("end", ["mapped", "asked", "bare"])
@pytest.mark.parametrize("model", ["scope", "right"])
def test_the_shipped_parameters_are_for_the_features_there_are(end: str, model: str) -> None:
    shipped = json.loads((files("service.asking") / "confidence.json").read_text(encoding="utf-8"))
    assert set(shipped[end][model]["weights"]) == set(FEATURES)


def test_half_of_the_facts_with_questions_takes_the_middle_of_both_fits() -> None:
    bare, half, asked = (fitted(share).right for share in (0.0, 0.5, 1.0))
    assert half.bias == pytest.approx((bare.bias + asked.bias) / 2)
    assert half.weights == pytest.approx(
        [sum(pair) / 2 for pair in zip(bare.weights, asked.weights, strict=True)]
    )


def test_a_logistic_model_is_even_at_its_threshold() -> None:
    model = Logistic(weights=(1.0, *[0.0] * (len(FEATURES) - 1)), bias=-GOOD.question)
    assert model.probability(GOOD) == pytest.approx(0.5)


@pytest.mark.parametrize("calibration", [fitted(0.0), fitted(1.0), mapped()])
def test_a_good_match_is_answered_and_nothing_is_not_found(calibration: Calibration) -> None:
    assert judge(GOOD, calibration).status == "answered"
    assert judge(NOTHING, calibration).status == "not_found"


@pytest.mark.parametrize("share", [0.0, 1.0])
def test_a_question_nearer_to_other_subjects_is_not_found(share: float) -> None:
    elsewhere = replace(
        GOOD,
        question=0.86,
        text=0.8,
        sparse=0.1,
        gap=0.02,
        agreement=0.0,
        apart=-0.1,
        words=-4.0,
        unknown=0.4,
    )
    assert judge(elsewhere, fitted(share)).status == "not_found"


def test_confidence_is_a_probability_and_grows_with_the_match() -> None:
    calibration = fitted(1.0)
    # The best cosine is in three features: it can't fall in one of them alone.
    less = GOOD.question - 0.85
    weaker = replace(GOOD, question=0.85, lift=GOOD.lift - less, apart=GOOD.apart - less, sparse=0.1)
    certainties = [judge(each, calibration).confidence for each in (NOTHING, weaker, GOOD)]
    assert certainties == sorted(certainties)
    assert all(0 <= certainty <= 1 for certainty in certainties)

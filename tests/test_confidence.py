from __future__ import annotations

from dataclasses import replace

import pytest

from service.confidence import FEATURES, fitted, judge
from service.retrieve import NOTHING, Features

GOOD = Features(
    question=0.97, text=0.9, lift=0.2, sparse=0.6, gap=0.3, agreement=1.0, apart=0.1, bank=1.0, unknown=0.0
)


@pytest.mark.parametrize("model", ["scope", "right"])
def test_the_shipped_parameters_are_for_the_features_there_are(model: str) -> None:
    assert set(getattr(fitted(), model).weights) == set(FEATURES)


def test_a_good_match_is_answered_and_nothing_is_not_found() -> None:
    assert judge(GOOD, fitted()).status == "answered"
    assert judge(NOTHING, fitted()).status == "not_found"


def test_a_question_nearer_to_other_subjects_is_not_found() -> None:
    elsewhere = replace(
        GOOD, question=0.86, text=0.8, sparse=0.1, gap=0.02, agreement=0.0, apart=-0.1, unknown=0.4
    )
    assert judge(elsewhere, fitted()).status == "not_found"


def test_confidence_is_a_probability_and_grows_with_the_match() -> None:
    calibration = fitted()
    weaker = replace(GOOD, question=0.85, sparse=0.1)
    certainties = [judge(each, calibration).confidence for each in (NOTHING, weaker, GOOD)]
    assert certainties == sorted(certainties)
    assert all(0 <= certainty <= 1 for certainty in certainties)

from __future__ import annotations

import json
from pathlib import Path

import pytest

from service.curation.evaluation import (
    Case,
    Given,
    dump,
    evaluate,
    failed,
    grouped,
    judge,
    load_cases,
    rates,
    report,
    wilson,
)
from service.errors import EvaluationFileError

REPLY = Given(
    "볼륨은 컨테이너를 삭제해도 남습니다.",
    "answered",
    0.9,
    ("volumes",),
    (("볼륨", "수명"), ("볼륨", "백업")),
)


def case(**given: object) -> Case:
    return Case.model_validate({"id": "1", "question": "볼륨 남아?", **given})


@pytest.mark.parametrize(
    ("expected", "metrics"),
    [
        ({"section": "수명"}, {"section@1": True, "section@3": True}),
        ({"section": "백업"}, {"section@1": False, "section@3": True}),
        ({"section": "없음"}, {"section@1": False, "section@3": False}),
        ({"document": "volumes"}, {"document@1": True}),
        ({"answer_points": [["삭제 해도", "지워도"], ["남"]]}, {"answer_points": True}),
        ({"answer_points": [["남"], ["백업"]]}, {"answer_points": False}),
    ],
)
def test_what_is_expected_is_judged(expected: dict[str, object], metrics: dict[str, bool]) -> None:
    assert judge(case(**expected), REPLY).metrics == {"false_refusal": False, **metrics}


def test_refusals_are_judged_by_status_alone() -> None:
    refused = Given("없습니다.", "not_found", 0.1, (), ())
    related = Given("관련된 내용입니다.", "related", 0.3, ("volumes",), (("볼륨",),))
    assert judge(case(expect="refuse"), refused).metrics == {"refusal": True}
    assert judge(case(expect="refuse"), related).metrics == {"refusal": False}
    assert judge(case(), refused).metrics == {"false_refusal": True}
    assert judge(case(), related).metrics == {"false_refusal": False}


def test_rates_count_only_the_cases_that_they_apply_to() -> None:
    cases = [case(section="수명", style="formal"), case(section="없음", style="plain"), case(style="plain")]
    judgements = evaluate(cases, lambda turns: REPLY)
    assert (rates(judgements)["section@1"].hits, rates(judgements)["section@1"].of) == (1, 2)
    assert grouped(judgements)["style"]["plain"]["section@1"].of == 1
    assert [failed(judgement) for judgement in judgements] == [False, True, False]
    assert report(judgements)["questions"] == 3
    assert json.loads(dump(judgements[1]))["wrong"] == ["section@1", "section@3"]


def test_the_turns_of_a_conversation_are_asked_together() -> None:
    asked: list[tuple[str, ...]] = []

    def ask(turns: object) -> Given:
        asked.append(tuple(turns))  # type: ignore[arg-type]
        return REPLY

    evaluate([Case(id="1", turns=("볼륨이 뭐야?", "어떻게 지워?"))], ask)
    assert asked == [("볼륨이 뭐야?", "어떻게 지워?")]


@pytest.mark.parametrize(
    ("hits", "of", "low", "high"), [(8, 10, 0.49, 0.943), (0, 10, 0.0, 0.278), (0, 0, 0.0, 1.0)]
)
def test_wilson_intervals_agree_with_the_tables(hits: int, of: int, low: float, high: float) -> None:
    rate = wilson(hits, of)
    assert (round(rate.low, 3), round(rate.high, 3)) == (low, high)


@pytest.mark.parametrize("line", ["{", '{"id": "1"}', '{"id": "1", "question": "a", "turns": ["b"]}', "[]"])
def test_a_broken_line_is_named(tmp_path: Path, line: str) -> None:
    path = tmp_path / "cases.jsonl"
    path.write_text('{"id": "0", "question": "도커?"}\n\n' + line + "\n", encoding="utf-8")
    with pytest.raises(EvaluationFileError) as caught:
        load_cases(path)
    assert caught.value.fields["line"] == 3

"""How good the answers are: metrics over question files, with 95 % intervals.

A file is JSONL: `id`, `question` (or `turns`, whose last is judged), and any of `section` (one or a
list), `document`, `answer_points` (a list; each item a list of acceptable alternatives; all items are
needed; substring, spaces and case ignored), `expect: "refuse"`, and labels to group by (`style`,
`topic`, `kind`).
"""

from __future__ import annotations

import json
import math
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Annotated, Literal

from pydantic import BaseModel, Field, TypeAdapter, ValidationError, model_validator

from service.errors import EvaluationFileError
from service.types import Answer

LABELS = ("style", "topic", "kind")


class Case(BaseModel):
    """One question to judge by; fields that we don't know are left alone."""

    id: str
    question: str | None = None
    turns: tuple[str, ...] = ()
    section: str | tuple[str, ...] | None = None
    document: str | None = None
    answer_points: tuple[Annotated[tuple[str, ...], Field(min_length=1)], ...] = ()
    expect: Literal["refuse", "answer"] = "answer"
    style: str | None = None
    topic: str | None = None
    kind: str | None = None

    @model_validator(mode="after")
    def _asks_something(self) -> Case:
        if (self.question is None) == (not self.turns):
            raise ValueError("one of question and turns")
        return self

    @property
    def asked(self) -> tuple[str, ...]:
        """The turns in order; a plain question is one turn."""
        return self.turns or (self.question or "",)


@dataclass(frozen=True, slots=True)
class Given:
    """What a judgement needs of an answer, whether it came from the tutor or over HTTP."""

    text: str
    status: str
    confidence: float
    documents: tuple[str, ...]
    heading_paths: tuple[tuple[str, ...], ...]

    @classmethod
    def of(cls, answer: Answer) -> Given:
        """The reply that an answer of the tutor is."""
        return cls(
            answer.text,
            answer.status,
            answer.confidence,
            tuple(citation.document for citation in answer.citations),
            tuple(citation.heading_path for citation in answer.citations),
        )


@dataclass(frozen=True, slots=True)
class Judgement:
    """A case, its reply, and each metric that applies to it."""

    case: Case
    reply: Given
    metrics: dict[str, bool]


@dataclass(frozen=True, slots=True)
class Rate:
    """A share with its Wilson 95 % interval."""

    hits: int
    of: int
    low: float
    high: float

    @property
    def value(self) -> float:
        """The share itself; 0 when there was nothing to count."""
        return self.hits / self.of if self.of else 0.0


Ask = Callable[[Sequence[str]], Given]
"""Asks the turns of one conversation in order and gives the last reply."""


def load_cases(path: Path) -> list[Case]:
    """Read a JSONL file. Raises EvaluationFileError with the line."""
    cases: list[Case] = []
    adapter = TypeAdapter(Case)
    for number, line in enumerate(path.read_text(encoding="utf-8").splitlines(), 1):
        if not line.strip():
            continue
        try:
            cases.append(adapter.validate_json(line))
        except ValidationError as error:
            raise EvaluationFileError(path=str(path), line=number, reason=error.errors()[0]["msg"]) from error
    return cases


def sections(case: Case) -> tuple[str, ...]:
    """The headings under which a right answer may stand: most often one, several where notes overlap."""
    return (case.section,) if isinstance(case.section, str) else case.section or ()


def judge(case: Case, reply: Given) -> Judgement:
    """Apply every metric that the case has an expectation for."""
    metrics: dict[str, bool] = {}
    refused = reply.status == "not_found"
    if case.expect == "refuse":
        metrics["refusal"] = refused
        return Judgement(case, reply, metrics)
    metrics["false_refusal"] = refused
    if case.section is not None:
        for depth in (1, 3):
            paths = reply.heading_paths[:depth]
            metrics[f"section@{depth}"] = any(section in path for path in paths for section in sections(case))
    if case.document is not None:
        metrics["document@1"] = case.document in reply.documents[:1]
    if case.answer_points:
        metrics["answer_points"] = all(_said(point, reply.text) for point in case.answer_points)
    return Judgement(case, reply, metrics)


def _said(alternatives: Iterable[str], text: str) -> bool:
    said = _folded(text)
    return any(_folded(alternative) in said for alternative in alternatives)


def _folded(text: str) -> str:
    return "".join(text.split()).casefold()


def evaluate(cases: Iterable[Case], ask: Ask) -> list[Judgement]:
    """Ask and judge every case, in order."""
    return [judge(case, ask(case.asked)) for case in cases]


def rates(judgements: Sequence[Judgement]) -> dict[str, Rate]:
    """Each metric's rate over the cases that it applies to."""
    names = dict.fromkeys(name for judgement in judgements for name in judgement.metrics)
    return {
        name: wilson(
            sum(judgement.metrics.get(name, False) for judgement in judgements),
            sum(name in judgement.metrics for judgement in judgements),
        )
        for name in names
    }


def grouped(judgements: Sequence[Judgement]) -> dict[str, dict[str, dict[str, Rate]]]:
    """Rates by label and by the label's value, for the labels that occur."""
    groups: dict[str, dict[str, list[Judgement]]] = {}
    for judgement in judgements:
        for label in LABELS:
            value = getattr(judgement.case, label)
            if value is not None:
                groups.setdefault(label, {}).setdefault(value, []).append(judgement)
    return {
        label: {value: rates(of) for value, of in sorted(values.items())} for label, values in groups.items()
    }


def wilson(hits: int, of: int) -> Rate:
    """Wilson's score interval at 95 % (Wilson 1927): honest for small counts and rates near 0 or 1."""
    if of == 0:
        return Rate(0, 0, 0.0, 1.0)
    z = 1.959964
    share = hits / of
    centre = (share + z * z / (2 * of)) / (1 + z * z / of)
    half = z / (1 + z * z / of) * math.sqrt(share * (1 - share) / of + z * z / (4 * of * of))
    return Rate(hits, of, max(0.0, centre - half), min(1.0, centre + half))


def failed(judgement: Judgement) -> bool:
    """Whether anything about the reply was wrong."""
    return any(ok == (name == "false_refusal") for name, ok in judgement.metrics.items())


def report(judgements: Sequence[Judgement]) -> dict[str, object]:
    """The rates, over all and by label, as plain data for JSON."""

    def plain(found: dict[str, Rate]) -> dict[str, object]:
        return {
            name: {
                "value": round(rate.value, 4),
                "n": rate.of,
                "low": round(rate.low, 4),
                "high": round(rate.high, 4),
            }
            for name, rate in found.items()
        }

    by_label = {
        label: {value: plain(found) for value, found in values.items()}
        for label, values in grouped(judgements).items()
    }
    return {"questions": len(judgements), **plain(rates(judgements)), "by": by_label}


def dump(judgement: Judgement) -> str:
    """A judgement as one JSON line, for reading what went wrong."""
    reply = judgement.reply
    return json.dumps(
        {
            "id": judgement.case.id,
            "asked": judgement.case.asked,
            "wrong": [name for name, ok in judgement.metrics.items() if ok == (name == "false_refusal")],
            "wanted": {"section": judgement.case.section, "points": judgement.case.answer_points},
            "status": reply.status,
            "confidence": round(reply.confidence, 3),
            "headings": [" > ".join(path) for path in reply.heading_paths],
            "answer": reply.text,
        },
        ensure_ascii=False,
    )

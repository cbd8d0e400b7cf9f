#!/usr/bin/env python
"""Fit the model that tells what a turn that leans on the turn before stands for, and print how well it does.

scripts/fit_readings.py FILE... [--write]

Each line is a conversation as in tests/evaluation/turns.jsonl; its open half is used, follow-ups alone. Every
way to read the last turn is answered and judged by the answer's points. The model is a softmax over the
ways, fitted to give those that are right the most; what is printed comes from ten folds, needs kept together.
--write replaces service/asking/readings.json.
"""

from __future__ import annotations

import argparse
import json
import zlib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import numpy.typing as npt
from evaluate_turns import before
from scipy.optimize import minimize  # type: ignore[import-untyped]

from service import korean
from service.asking import compose, confidence, readings
from service.asking.follow_up import latest
from service.asking.readings import Features, Option
from service.asking.tutor import Tutor, wish_of
from service.curation.evaluation import Case, Given, judge
from service.loading import load_tutor
from service.settings import load_settings

Floats = npt.NDArray[np.float64]
TARGET = Path(__file__).resolve().parents[1] / "service" / "asking" / "readings.json"
FOLDS = 10
PENALTY = 5.0
"""On the squared weights, in units of each feature's spread."""


@dataclass(frozen=True, slots=True)
class Read:
    """One follow-up: the features of every way to read it, and whether each is answered rightly."""

    need: str
    known: list[Features]
    fine: list[bool]
    options: list[Option]
    case: Case


def main() -> None:
    """Fit, report, and write when asked to."""
    parser = argparse.ArgumentParser()
    parser.add_argument("files", type=Path, nargs="+")
    parser.add_argument("--write", action="store_true")
    parser.add_argument("--failures", action="store_true")
    given = parser.parse_args()
    tutor = load_tutor(load_settings())
    lines = [json.loads(line) for file in given.files for line in file.read_text("utf-8").splitlines()]
    reads = [observe(line, tutor) for line in lines if line["half"] == "open" and not line["change"]]
    report(reads, given.failures)
    if given.write:
        shipped = json.dumps(fit(reads), ensure_ascii=False, indent=0)
        TARGET.write_text(shipped + "\n", encoding="utf-8")


def observe(line: Mapping[str, object], tutor: Tutor) -> Read:
    """Answer every way to read the last turn of a conversation."""
    case = Case.model_validate(line)
    turns = before(tutor, case.asked[:-1])
    turn = korean.normalise(case.asked[-1])
    options, known = tutor.readings(turn, latest(turns), tutor.retrieval(turn))
    fine = [judge(case, answered(turn, option, tutor)).metrics["answer_points"] for option in options]
    return Read(str(line.get("need", case.id)), known, fine, options, case)


def answered(turn: str, option: Option, tutor: Tutor) -> Given:
    """What the tutor would say if the turn were read so."""
    sure = confidence.judge(option.found.features, tutor.calibration)
    text, found = option.whole.text, option.found
    wished = wish_of(turn, option.whole)
    answer = compose.compose(text, found.hits, sure.status, sure.confidence, tutor.index, found.need, wished)
    return Given.of(answer)


def fit(reads: Sequence[Read]) -> dict[str, float]:
    """The weights by name, for features as they are."""
    names = sorted({name for read in reads for each in read.known for name in each})
    told = [read for read in reads if 0 < sum(read.fine) < len(read.fine)]
    tables = [table(read.known, names) for read in told]
    spread = np.concatenate(tables).std(axis=0) + 1e-6
    rows = [each / spread for each in tables]
    fine = [np.array(read.fine) for read in told]

    def loss(weights: Floats) -> tuple[float, Floats]:
        total, slope = PENALTY * float(weights @ weights) / 2, PENALTY * weights
        for row, right in zip(rows, fine, strict=True):
            shares = softmax(row @ weights)
            mass = float(shares[right].sum()) + 1e-9
            total -= np.log(mass)
            slope = slope - row.T @ (shares * right / mass - shares)
        return total, slope

    best: Floats = minimize(loss, np.zeros(len(names)), jac=True, method="L-BFGS-B").x / spread
    return {name: round(float(weight), 3) for name, weight in zip(names, best, strict=True)}


def table(known: Sequence[Features], names: Sequence[str]) -> Floats:
    """Features as rows."""
    return np.array([[each.get(name, 0.0) for name in names] for each in known])


def softmax(logits: Floats) -> Floats:
    """Shares that add up to 1."""
    raised = np.exp(logits - logits.max())
    shares: Floats = raised / raised.sum()
    return shares


def report(reads: Sequence[Read], failures: bool) -> None:
    """How many follow-ups are right: read by folds of the model, by one kind alone, at best."""
    right = 0
    for fold in range(FOLDS):
        inside = [read for read in reads if zlib.crc32(read.need.encode()) % FOLDS == fold]
        choice = readings.Preference(fit([read for read in reads if read not in inside]))
        for read in inside:
            option = choice.best(read.options, read.known)
            fine = read.fine[read.options.index(option)]
            right += fine
            if failures and not fine:
                print(
                    read.case.id,
                    read.case.asked,
                    option.whole,
                    option.fresh,
                    "possible" if any(read.fine) else "",
                )
    print(f"{len(reads)} follow-ups, right by folds {right}, at best {sum(any(read.fine) for read in reads)}")


if __name__ == "__main__":
    main()

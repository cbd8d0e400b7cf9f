#!/usr/bin/env python
"""Fit the model that tells whether a turn leans on the turn before, and print how well it does.

scripts/fit_leans.py FILE... [--write]

Each line has the question `before`, the `turn` after it, and whether it `leans`, or is a conversation as in
tests/evaluation/turns.jsonl, of which the open half is used. Every turn is asked of
the notes with their bank and of the same notes without it: the evidence must mean the same for notes that a
person brings. What is printed comes from ten folds; turns after the same question stay in one fold. --write
replaces service/asking/leans.json.
"""

from __future__ import annotations

import argparse
import json
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import asdict, dataclass, fields
from pathlib import Path

import numpy as np
import numpy.typing as npt
from evaluate_turns import before
from fit_confidence import bare
from sklearn.linear_model import LogisticRegression
from sklearn.model_selection import GroupKFold

from service import korean
from service.asking.follow_up import evidence, latest
from service.asking.leans import Evidence, Leans, words
from service.asking.tutor import Tutor
from service.loading import load_tutor
from service.settings import load_settings

Floats = npt.NDArray[np.float64]
TARGET = Path(__file__).resolve().parents[1] / "service" / "asking" / "leans.json"
EVIDENCE = tuple(field.name for field in fields(Evidence))
RARE = 4
"""Words that stand in fewer rows (each turn is two) are left out."""
JOINED = 0.5
"""From this probability on a turn is joined: an answer about the old subject to somebody who has left it
is worse than half a question read by itself."""


@dataclass(frozen=True, slots=True)
class Labelled:
    """A turn after those `before` it, and whether it leans on them."""

    before: tuple[str, ...]
    turn: str
    leans: bool


@dataclass(frozen=True, slots=True)
class Row:
    """One turn asked of one index, with its label; rows after the same question are never split."""

    before: str
    turn: str
    evidence: Evidence
    leans: bool


def main() -> None:
    """Fit, report, and write when asked to."""
    parser = argparse.ArgumentParser()
    parser.add_argument("files", type=Path, nargs="+")
    parser.add_argument("--write", action="store_true")
    given = parser.parse_args()
    settings = load_settings()
    asked = load_tutor(settings)
    lines = [line for file in given.files for line in labelled(file)]
    rows = [observe(line, tutor) for tutor in (asked, bare(asked, settings)) for line in lines]
    report(rows)
    if given.write:
        shipped = json.dumps(asdict(fit(rows)), ensure_ascii=False, indent=0)
        TARGET.write_text(shipped + "\n", encoding="utf-8")


def labelled(file: Path) -> Iterator[Labelled]:
    """The labelled turns of a file; of conversations those of the open half that don't stand either way."""
    for line in map(json.loads, file.read_text(encoding="utf-8").splitlines()):
        if "turns" not in line:
            yield Labelled((line["before"],), line["turn"], line["leans"])
        elif line["half"] == "open" and not line.get("either"):
            yield Labelled(tuple(line["turns"][:-1]), line["turns"][-1], not line["change"])


def observe(line: Labelled, tutor: Tutor) -> Row:
    """Ask a turn by itself, after the questions before it have been answered."""
    turns = before(tutor, line.before)
    turn = korean.normalise(line.turn)
    known = evidence(turn, latest(turns), tutor.retrieval(turn), tutor.calibration)
    return Row(line.before[-1], turn, known, line.leans)


def fit(rows: Sequence[Row]) -> Leans:
    """A logistic model over words (0 or 1) and evidence (in units of its spread)."""
    counted = Counter(word for row in rows for word in set(words(row.turn)))
    known = sorted(word for word, count in counted.items() if count >= RARE)
    said = np.array([[word in present for word in known] for present in (set(words(r.turn)) for r in rows)])
    numbers = np.array([[getattr(row.evidence, name) for name in EVIDENCE] for row in rows])
    typical, spread = numbers.mean(axis=0), numbers.std(axis=0) + 1e-6
    features = np.hstack([said, (numbers - typical) / spread])
    model = LogisticRegression(C=0.5, max_iter=5000).fit(features, [row.leans for row in rows])
    weights = np.split(model.coef_[0], [len(known)])
    return Leans(
        words=named(known, weights[0]),
        evidence=named(EVIDENCE, weights[1] / spread),
        typical=named(EVIDENCE, typical),
        bias=round(float(model.intercept_[0]), 3),
        joined=JOINED,
    )


def named(names: Sequence[str], values: Floats) -> dict[str, float]:
    """Values by name, short."""
    return {name: round(float(value), 3) for name, value in zip(names, values, strict=True)}


def report(rows: Sequence[Row]) -> None:
    """How many leaning turns are joined, and how many others, at several cuts."""
    said = np.zeros(len(rows))
    for train, test in GroupKFold(10).split(rows, groups=[row.before for row in rows]):
        model = fit([rows[each] for each in train])
        said[test] = [model.probability(rows[each].turn, rows[each].evidence) for each in test]
    leans = np.array([row.leans for row in rows])
    print(f"{len(rows) // 2} turns, {leans.sum() // 2} lean")
    for cut in (0.4, JOINED, 0.6, 0.7, 0.8):
        print(f"  joined from {cut:.1f}: {(said >= cut)[leans].mean():.3f} of those that lean", end=", ")
        print(f"{(said >= cut)[~leans].mean():.3f} of the others")


if __name__ == "__main__":
    main()

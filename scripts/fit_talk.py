#!/usr/bin/env python
"""Fit the model that tells talk from questions, and print what it takes wrongly.

scripts/fit_talk.py [--write]

Talk is learned from service/asking/talk.txt, questions from there and from everything that the banks and
needs of corpus/ hold. False alarms are counted on questions that were not fitted on, half by half; the
phrases of tests/evaluation/talk.txt are never fitted on. --write replaces service/asking/talk.json.
"""

from __future__ import annotations

import argparse
import json
from collections.abc import Iterator
from itertools import cycle
from pathlib import Path

import numpy as np
import yaml
from sklearn.feature_extraction.text import CountVectorizer
from sklearn.linear_model import LogisticRegression

from service.asking import talk

ROOT = Path(__file__).resolve().parents[1]
TARGET = ROOT / "service" / "asking" / "talk.json"


def main() -> None:
    """Fit, report, and write when asked to."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--write", action="store_true")
    write = parser.parse_args().write
    questions = sorted({text for each in asked() if 0 < len(text := talk.plain(each)) <= talk.LONGEST})
    halves = [questions[::2], questions[1::2]]
    alarms = [each for fitted, other in (halves, halves[::-1]) for each in taken(*fit(fitted), other)]
    print(f"{len(alarms)} false alarms in {len(questions)} questions: {alarms}")
    words, model = fit(questions)
    if write:
        TARGET.write_text(artifact(words, model), encoding="utf-8")


def asked() -> Iterator[str]:
    """Every question that people are expected to ask: those of the banks and of the needs."""
    for path in (ROOT / "corpus").rglob("*.yaml"):
        read = yaml.load(path.read_bytes(), yaml.CSafeLoader)
        for entry in (*read.get("facts", ()), *read.get("needs", ())):
            yield from entry.get("questions") or ()


def fit(questions: list[str]) -> tuple[CountVectorizer, LogisticRegression]:
    """The model over the phrases, with and without their spaces, and these questions, politely asked too."""
    greetings = cycle(talk.plain(phrase) for _, phrase, lost in talk.phrases() if lost)
    questions = [*questions, *(f"{next(greetings)} {each}" for each in questions[::10])]
    known = [(kind, talk.plain(phrase)) for kind, phrase, _ in talk.phrases()]
    known += [(kind, phrase.replace(" ", "")) for kind, phrase in known if " " in phrase]
    words = CountVectorizer(analyzer=talk.grams, min_df=2, binary=True).fit([text for _, text in known])
    kinds = [kind for kind, _ in known] + [talk.QUESTION] * len(questions)
    rows = words.transform([*(text for _, text in known), *questions])
    return words, LogisticRegression(C=1.0, max_iter=300).fit(rows, kinds)


def taken(words: CountVectorizer, model: LogisticRegression, questions: list[str]) -> list[str]:
    """The questions that the model takes for talk."""
    column = list(model.classes_).index(talk.QUESTION)
    talks = 1 - model.predict_proba(words.transform(questions))[:, column] >= talk.SURE
    return [questions[row] for row in np.flatnonzero(talks)]


def artifact(words: CountVectorizer, model: LogisticRegression) -> str:
    """The parameters as JSON, a line for each run of letters."""
    biases = dict(zip(model.classes_.tolist(), model.intercept_.round(3).tolist(), strict=True))
    weights = model.coef_.T.round(2)
    rows = [
        f"  {json.dumps(gram, ensure_ascii=False)}: {json.dumps(weights[at].tolist())}"
        for gram, at in sorted(words.vocabulary_.items())
        if weights[at].any()
    ]
    return f'{{\n "biases": {json.dumps(biases)},\n "weights": {{\n' + ",\n".join(rows) + "\n }\n}\n"


if __name__ == "__main__":
    main()

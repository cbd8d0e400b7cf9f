#!/usr/bin/env python
"""Fit the confidence model on labelled questions that are in no bank, and print its reliability.

scripts/fit_confidence.py FILE... [--held-out FILE...] [--write]

Every question is asked twice: of the notes with their bank, and of the same notes without it, so that
one model holds for a user's own notes too. A question counts as answered when the best fact stands in
its section. --write replaces service/confidence.json.
"""

from __future__ import annotations

import argparse
import json
import shutil
import tempfile
from collections.abc import Iterable, Sequence
from pathlib import Path

import numpy as np
import numpy.typing as npt
from sklearn.linear_model import LogisticRegression

from service import pipeline, questions
from service.confidence import FEATURES, values
from service.evaluation import Case, load_cases, sections
from service.pipeline import Tutor
from service.retrieve import retrieve
from service.settings import Settings, load_settings

Floats = npt.NDArray[np.float64]
TARGET = Path(__file__).resolve().parents[1] / "service" / "confidence.json"
FALSE_REFUSALS = 0.02
"""Share of answerable questions that the lower threshold may refuse, on the questions fitted on."""


def main() -> None:
    """Fit, report, and write when asked to."""
    parser = argparse.ArgumentParser()
    parser.add_argument("files", type=Path, nargs="+")
    parser.add_argument("--held-out", type=Path, nargs="*", default=[])
    parser.add_argument("--write", action="store_true")
    given = parser.parse_args()
    settings = load_settings()
    with tempfile.TemporaryDirectory() as folder:
        tutors = [pipeline.load_tutor(settings), without_bank(settings, Path(folder))]
        data = observe(given.files, tutors)
        held_out = observe(given.held_out, tutors) if given.held_out else data
    model = LogisticRegression(C=10.0, max_iter=5000).fit(data[0], data[1])
    limits = thresholds(model.predict_proba(data[0])[:, 1], data[2])
    calibration = {
        "weights": {
            name: round(float(weight), 4) for name, weight in zip(FEATURES, model.coef_[0], strict=True)
        },
        "bias": round(float(model.intercept_[0]), 4),
        **limits,
    }
    print(json.dumps(calibration, indent=1))
    report(model.predict_proba(held_out[0])[:, 1], held_out[1], held_out[2], limits["related"])
    if given.write:
        TARGET.write_text(json.dumps(calibration, indent=1) + "\n", encoding="utf-8")


def without_bank(settings: Settings, folder: Path) -> Tutor:
    """The same notes as a stranger would bring them: no questions, keys derived from the text."""
    corpus = folder / "corpus"
    ignored = shutil.ignore_patterns(f"*{questions.SUFFIX}", "*.ledger.json")
    shutil.copytree(settings.corpus_dir, corpus, ignore=ignored)
    data = folder / "data"
    data.mkdir()
    (data / "encoder").symlink_to(settings.encoder_dir.resolve())
    bare = settings.model_copy(update={"corpus_dir": corpus, "data_dir": data})
    pipeline.build(bare)
    return pipeline.load_tutor(bare)


def observe(files: Iterable[Path], tutors: Sequence[Tutor]) -> tuple[Floats, Floats, Floats]:
    """Features, whether the best fact answers, and whether the notes can answer at all."""
    cases = [case for file in files for case in load_cases(file)]
    rows, right, answerable = [], [], []
    for tutor in tutors:
        for case in cases:
            found = retrieve(pipeline.clean_question(case.asked[-1]), tutor.index, tutor.encoder, 1)
            rows.append(values(found.features))
            right.append(float(answers(case, found.hits[0].fact.heading_path)))
            answerable.append(float(case.expect == "answer"))
    return np.array(rows), np.array(right), np.array(answerable)


def answers(case: Case, heading_path: tuple[str, ...]) -> bool:
    """Whether a fact under these headings answers the case."""
    return case.expect == "answer" and any(section in heading_path for section in sections(case))


def thresholds(confidence: Floats, answerable: Floats) -> dict[str, float]:
    """`related`: few answerable questions lie below it. `answered`: where right becomes likelier than not."""
    related = float(np.quantile(confidence[answerable == 1], FALSE_REFUSALS))
    return {"answered": round(max(0.5, related + 0.01), 4), "related": round(related, 4)}


def report(confidence: Floats, right: Floats, answerable: Floats, related: float) -> None:
    """Reliability in tenths, and what the thresholds refuse."""
    for low in np.arange(0, 1, 0.1):
        inside = (confidence >= low) & (confidence < low + 0.1 + (low > 0.85))
        if inside.any():
            mean, share = confidence[inside].mean(), right[inside].mean()
            print(f"  {low:.1f}  said {mean:.2f}  right {share:.2f}  n={inside.sum()}")
    half = len(confidence) // 2
    for name, part in (("with bank", slice(0, half)), ("without", slice(half, None))):
        refused = confidence[part] < related
        can = answerable[part] == 1
        print(f"{name}: false refusals {refused[can].mean():.3f}, refusals {refused[~can].mean():.3f}")


if __name__ == "__main__":
    main()

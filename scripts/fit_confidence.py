#!/usr/bin/env python
"""Fit the confidence model on labelled questions that are in no bank, and print its reliability.

scripts/fit_confidence.py FILE... [--held-out FILE...] [--write]

Of notes with a map of needs, the wordings of every second place ask an index of the others (as
`fit_ranker.py` halves them), and a question is answered when the best fact is of its need's; the FILEs
bring the questions to refuse. Of the same notes without the map, and of the same bare, as a person brings
them, the FILEs ask all, and a question is answered when the best fact stands in its section. --write replaces
service/asking/confidence.json.
"""

from __future__ import annotations

import argparse
import json
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, replace
from pathlib import Path

import numpy as np
import numpy.typing as npt
from ablation import without_bank
from fit_ranker import half_index
from sklearn.linear_model import LogisticRegression

from service.asking.clean import clean_question
from service.asking.confidence import FEATURES, values
from service.asking.retrieve import retrieve
from service.asking.tutor import Tutor
from service.curation.evaluation import Case, load_cases, sections
from service.encoder.cache import CachedEncoder
from service.index import load_background
from service.loading import load_tutor
from service.notes.folder import NotesFolder
from service.settings import Settings, load_settings

Floats = npt.NDArray[np.float64]
TARGET = Path(__file__).resolve().parents[1] / "service" / "asking" / "confidence.json"
FALSE_REFUSALS = {"mapped": 0.01, "asked": 0.01, "bare": 0.015}
"""Share of answerable questions that may be refused, on the questions fitted on."""
ANSWERED = 0.35
"""From this probability of being right the best fact is given as the answer, below it as related."""


def main() -> None:
    """Fit, report, and write when asked to."""
    parser = argparse.ArgumentParser()
    parser.add_argument("files", type=Path, nargs="+")
    parser.add_argument("--held-out", type=Path, nargs="*", default=[])
    parser.add_argument("--write", action="store_true")
    parser.add_argument(
        "--only", choices=list(FALSE_REFUSALS), help="leave the others' parameters as they are"
    )
    given = parser.parse_args()
    settings = load_settings()
    mapped = load_tutor(settings)
    tutors: dict[str, Callable[[], Tutor]] = {
        "mapped": lambda: mapped,
        "asked": lambda: replace(mapped, index=replace(mapped.index, needs=())),
        "bare": lambda: bare(mapped, settings),
    }
    calibrations = {
        name: calibrated(
            name, made(), given.files, given.held_out, wishes(settings, mapped) if name == "mapped" else None
        )
        for name, made in tutors.items()
        if given.only in {None, name}
    }
    if given.write:
        kept = json.loads(TARGET.read_text(encoding="utf-8"))
        TARGET.write_text(json.dumps({**kept, **calibrations}, indent=1) + "\n", encoding="utf-8")


def calibrated(
    name: str, tutor: Tutor, files: Sequence[Path], held_out: Sequence[Path], wished: Data | None
) -> dict[str, object]:
    """Both models and their cuts for one tutor; prints what they make of the questions held out."""
    data = observe(files, tutor)
    asked = data if wished is None else together(wished, data)
    judging = data if wished is None else together(wished, data.refusable)
    right, scope = fit(judging.features, judging.right), fit(asked.features, asked.answerable)
    refused = float(np.quantile(probability(scope, data)[data.answerable == 1], FALSE_REFUSALS[name]))
    print(f"{name}: refused below {refused:.3f}")
    judged = observe(held_out, tutor) if held_out else data
    report(probability(right, judged), probability(scope, judged), judged, refused)
    return {
        "scope": parameters(scope),
        "right": parameters(right),
        "refused": round(refused, 4),
        "answered": ANSWERED,
    }


def fit(features: Floats, labels: Floats) -> LogisticRegression:
    """A logistic model over the features as they are, regularised as if they had unit variance."""
    spread = features.std(axis=0) + 1e-6
    model = LogisticRegression(max_iter=5000).fit(features / spread, labels)
    model.coef_ = model.coef_ / spread
    return model


def probability(model: LogisticRegression, data: Data) -> Floats:
    """What a model says of each question."""
    said: Floats = model.predict_proba(data.features)[:, 1]
    return said


def parameters(model: LogisticRegression) -> dict[str, object]:
    """Weights by feature name, and the bias."""
    weights = {name: round(float(weight), 4) for name, weight in zip(FEATURES, model.coef_[0], strict=True)}
    return {"weights": weights, "bias": round(float(model.intercept_[0]), 4)}


def bare(tutor: Tutor, settings: Settings) -> Tutor:
    """The same notes as a stranger would bring them: no questions, keys derived from the text."""
    background = load_background(tutor.encoder, settings.encoder_dir, tutor.index.facts)
    encoder = CachedEncoder(tutor.encoder, settings.data_dir / "embeddings")  # read, never saved
    return replace(tutor, index=without_bank(tutor.index, encoder, background))


@dataclass(frozen=True, slots=True)
class Data:
    """For each question: its features, whether the best fact answers, whether any could."""

    features: Floats
    right: Floats
    answerable: Floats

    @property
    def refusable(self) -> Data:
        """The questions that no fact answers."""
        refused = self.answerable == 0
        return Data(self.features[refused], self.right[refused], self.answerable[refused])


def together(first: Data, second: Data) -> Data:
    """The questions of both."""
    return Data(
        np.concatenate([first.features, second.features]),
        np.concatenate([first.right, second.right]),
        np.concatenate([first.answerable, second.answerable]),
    )


def wishes(settings: Settings, tutor: Tutor) -> Data:
    """Every fourth wording of the needs, asked of an index of the other half."""
    notes = NotesFolder.written(settings).read()
    encoder = CachedEncoder(tutor.encoder, settings.data_dir / "embeddings")  # read, never saved
    index, asking, _ = half_index(notes, encoder, settings, 0)
    rows, right = [], []
    for text, need in asking[::2]:
        found = retrieve(clean_question(text), index, encoder, 1)
        rows.append(values(found.features))
        right.append(float(found.hits[0].fact.id in (*need.answer, *need.also)))
    return Data(np.array(rows), np.array(right), np.ones(len(rows)))


def observe(files: Iterable[Path], tutor: Tutor) -> Data:
    """Ask every question of the files."""
    rows, right, answerable = [], [], []
    for case in (case for file in files for case in load_cases(file)):
        found = retrieve(clean_question(case.asked[-1]), tutor.index, tutor.encoder, 1)
        rows.append(values(found.features))
        right.append(float(answers(case, found.hits[0].fact.heading_path)))
        answerable.append(float(case.expect == "answer"))
    return Data(np.array(rows), np.array(right), np.array(answerable))


def answers(case: Case, heading_path: tuple[str, ...]) -> bool:
    """Whether a fact under these headings answers the case."""
    return case.expect == "answer" and any(section in heading_path for section in sections(case))


def report(right: Floats, scope: Floats, data: Data, refused: float) -> None:
    """Reliability in tenths of what is not refused, and how much is refused."""
    kept = scope >= refused
    for low in np.arange(0, 1, 0.1):
        inside = kept & (right >= low) & (right < low + 0.1 + (low > 0.85))
        if inside.any():
            mean, share = right[inside].mean(), data.right[inside].mean()
            print(f"  {low:.1f}  said {mean:.2f}  right {share:.2f}  n={inside.sum()}")
    can = data.answerable == 1
    for title, asked in (("false refusals", can), ("refusals", ~can)):
        if asked.any():
            print(f"  {title}: {(~kept)[asked].mean():.3f} of {asked.sum()}")


if __name__ == "__main__":
    main()

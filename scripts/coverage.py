#!/usr/bin/env python
"""Draw coverage against accuracy: how many questions are answered, and how often rightly, as the bar moves.

scripts/coverage.py --answerable FILE... --others FILE... -o FILE.svg [--corpus DIR] [--data DIR]

Answers are sorted by their confidence, surest first. Coverage is the share of the answerable questions
answered so far; accuracy the share of all answers so far that say what was asked (every answer point).
One line is of the answerable questions alone; in the other the questions about other things are mixed in,
to which any answer is wrong. What the service refuses ends a line. Needs the `plots` extra.
"""

from __future__ import annotations

import argparse
from collections.abc import Sequence
from pathlib import Path

import matplotlib as mpl
from matplotlib.figure import Figure

from service.curation.evaluation import Judgement, evaluate, load_cases
from service.interfaces.cli.evaluate import in_process

Points = list[tuple[float, float]]
BELOW = 0.7
"""Where the accuracy axis begins: the lines never go near 0."""


def main() -> None:
    """Run from the command line."""
    arguments = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    arguments.add_argument("--answerable", nargs="+", type=Path, required=True)
    arguments.add_argument("--others", nargs="+", type=Path, required=True)
    arguments.add_argument("-o", "--output", type=Path, required=True)
    arguments.add_argument("--corpus", type=Path)
    arguments.add_argument("--data", type=Path)
    given = arguments.parse_args()
    ask = in_process(given.corpus, given.data)
    answerable, others = (
        evaluate([case for file in files for case in load_cases(file)], ask)
        for files in (given.answerable, given.others)
    )
    lines = {
        f"{len(answerable)} answerable questions": curve(answerable, len(answerable)),
        f"the same and {len(others)} about other things": curve([*answerable, *others], len(answerable)),
    }
    for name, points in lines.items():
        print(
            name,
            *(
                f"{coverage:.2f}:{accuracy:.3f}"
                for coverage, accuracy in points[:: max(1, len(points) // 12)]
            ),
        )
        print("  at the end", *(f"{value:.3f}" for value in points[-1]))
    draw(lines, given.output)


def curve(judgements: Sequence[Judgement], answerable: int) -> Points:
    """(coverage, accuracy) after each answer, surest first."""
    said = [judgement for judgement in judgements if judgement.reply.status != "not_found"]
    said.sort(key=lambda judgement: -judgement.reply.confidence)
    points, covered, right = [], 0, 0
    for number, judgement in enumerate(said, 1):
        covered += judgement.case.expect == "answer"
        right += judgement.metrics.get("answer_points", judgement.metrics.get("section@1", False))
        points.append((covered / answerable, right / number))
    return points


def draw(lines: dict[str, Points], path: Path) -> None:
    """One SVG, the same bytes for the same points."""
    mpl.rcParams["svg.hashsalt"] = "coverage"
    mpl.rcParams["svg.fonttype"] = "none"
    figure = Figure(figsize=(7, 4))
    axes = figure.add_subplot(xlabel="coverage", ylabel="accuracy", xlim=(0, 1), ylim=(BELOW, 1.005))
    for name, points in lines.items():
        axes.plot(*zip(*points, strict=True), label=name)
    axes.grid(alpha=0.3)
    axes.legend(loc="lower left")
    figure.savefig(path, format="svg", bbox_inches="tight", metadata={"Date": None})


if __name__ == "__main__":
    main()

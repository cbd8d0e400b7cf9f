#!/usr/bin/env python
"""Ask conversations whose last turn changes the subject or follows up, and print how many go wrong.

scripts/evaluate_turns.py tests/evaluation/turns.jsonl --half open|kept [--baseline] [--failures]

With it how often it is told right whether the turn leans; a turn marked `either` may be read both ways. A
change of subject is wrong when its answer cites other facts than the same question asked alone, or when
it is off-topic and answered; a follow-up is right when the answer holds its points. --baseline asks all
turns joined with spaces as one question instead. What is tried out is tried on the open half.
"""

from __future__ import annotations

import argparse
import json
from collections import defaultdict
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

from service import korean
from service.asking import follow_up, talk
from service.asking.follow_up import Turn
from service.asking.tutor import Tutor
from service.curation.evaluation import Case, Given, judge, wilson
from service.loading import load_tutor
from service.settings import load_settings
from service.types import Answer


@dataclass(frozen=True, slots=True)
class Judged:
    """One conversation and whether its last turn was answered as it should be."""

    case: Case
    change: bool
    told: bool | None
    fine: bool
    answer: Answer


def main() -> None:
    """Ask, judge, print."""
    parser = argparse.ArgumentParser()
    parser.add_argument("file", type=Path)
    parser.add_argument("--half", choices=("open", "kept"), default="open")
    parser.add_argument("--baseline", action="store_true")
    parser.add_argument("--failures", action="store_true")
    given = parser.parse_args()
    tutor = load_tutor(load_settings())
    judged = list(judgements(given.file, given.half, tutor, given.baseline))
    report(judged)
    for each in (each for each in judged if given.failures and not each.fine):
        print(
            json.dumps(
                [each.case.id, each.case.asked, each.answer.status, each.answer.text[:200]],
                ensure_ascii=False,
            )
        )


def before(tutor: Tutor, asked: Sequence[str]) -> list[Turn]:
    """The turns so far, each as it was understood and answered."""
    turns: list[Turn] = []
    for question in asked:
        reply = tutor.reply(question, turns=turns)
        turns.append(tutor.turn(reply.meant, [citation.fact for citation in reply.whole().citations]))
    return turns


def judgements(file: Path, half: str, tutor: Tutor, joined: bool) -> Iterator[Judged]:
    """Ask every conversation of one half."""
    for line in map(json.loads, file.read_text(encoding="utf-8").splitlines()):
        if line["half"] != half:
            continue
        case = Case.model_validate(line)
        turns = [] if joined else before(tutor, case.asked[:-1])
        answer = tutor.ask(" ".join(case.asked) if joined else case.asked[-1], turns=turns)
        told = None if joined or line.get("either") else leans(tutor, case.asked[-1], turns) != line["change"]
        metrics = judge(case, Given.of(answer)).metrics
        if line["change"]:
            same = cited(answer) == cited(tutor.ask(case.asked[-1]))
            fine = same and metrics.get("refusal", True)
        else:
            fine = metrics["answer_points"]
        yield Judged(case, line["change"], told, fine, answer)


def leans(tutor: Tutor, asked: str, turns: Sequence[Turn]) -> bool:
    """Whether a turn is read with those before it."""
    turn = korean.normalise(asked)
    if talk.hear(turn, first=False).talk is not None:
        return False
    calibration = tutor.calibration
    return follow_up.leant_on(turn, turns, tutor.retrieval(turn), calibration) is not None


def cited(answer: Answer) -> tuple[str, ...]:
    """The facts of an answer, in order."""
    return tuple(citation.fact for citation in answer.citations)


def report(judged: Sequence[Judged]) -> None:
    """Shares with their intervals: of both sorts, and by kind."""
    groups: dict[str, list[bool]] = defaultdict(list)
    for each in judged:
        groups["changes of subject" if each.change else "follow-ups"].append(each.fine)
        groups[f"  {each.case.kind}"].append(each.fine)
        if each.told is not None:
            groups["leaning told"].append(each.told)
    for name, fine in groups.items():
        rate = wilson(sum(fine), len(fine))
        low_to_high = f"({rate.low:.3f} to {rate.high:.3f})"
        print(f"{name:20} {rate.hits:3} of {rate.of:3} fine, {rate.value:.3f} {low_to_high}")


if __name__ == "__main__":
    main()

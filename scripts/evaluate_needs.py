#!/usr/bin/env python
"""How often a question that was written for a need is answered by what the need says.

scripts/evaluate_needs.py [FILE] [--failures]

FILE has a question and the id of its need a line (tests/evaluation/sentences.jsonl unless given): whole
sentences and situations, written with only the needs' names in sight, in no bank and never fitted on.
"""

from __future__ import annotations

import argparse
import json
from collections import Counter
from pathlib import Path

from service.curation.evaluation import wilson
from service.loading import load_tutor
from service.settings import load_settings

SENTENCES = Path(__file__).resolve().parents[1] / "tests" / "evaluation" / "sentences.jsonl"


def main() -> None:
    """Ask every question and count."""
    parser = argparse.ArgumentParser()
    parser.add_argument("file", type=Path, nargs="?", default=SENTENCES)
    parser.add_argument("--failures", action="store_true")
    given = parser.parse_args()
    tutor = load_tutor(load_settings())
    needs = {need.id: need for need in tutor.index.needs}
    counts: Counter[str] = Counter()
    rows = [json.loads(line) for line in given.file.read_text(encoding="utf-8").splitlines()]
    for row in rows:
        need = needs[row["need"]]
        answer = tutor.ask(row["question"])
        cited = [citation.fact for citation in answer.citations]
        counts[answer.status] += 1
        counts["direct answer first"] += cited[:1] == [need.answer[0]]
        counts["direct answer said"] += need.answer[0] in cited
        counts["sentences of other facts"] += any(fact not in (*need.answer, *need.also) for fact in cited)
        if given.failures and need.answer[0] not in cited:
            print(f"{row['question']}\n  {need.id}: {need.want}\n  [{answer.status}] {answer.text[:120]!r}")
    for name, count in counts.items():
        rate = wilson(count, len(rows))
        print(f"{name}: {count / len(rows):.3f} ({rate.low:.3f}-{rate.high:.3f}) of {len(rows)}")


if __name__ == "__main__":
    main()

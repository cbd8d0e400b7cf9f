#!/usr/bin/env python
"""What each part of the search is worth: section@1 and @3 of question files, as a Markdown table.

scripts/ablation.py FILE... [--corpus DIR] [--data DIR]

Only the ranking is judged, without composing or refusing; @3 looks at the first three facts. "Without
the bank" is what a note has that nobody wrote questions for: keys derived from its own words. The last
rows cut words at spaces, as a search that knows no Korean does.
"""

from __future__ import annotations

import argparse
from collections.abc import Callable, Sequence
from dataclasses import replace
from pathlib import Path

import numpy as np

from service.asking.clean import clean_question
from service.asking.retrieve import Weights, retrieve, weights_for
from service.curation.evaluation import Case, Given, Rate, judge, load_cases, rates
from service.encoder.cache import CachedEncoder
from service.index import Background, Index, SparseIndex, build_index
from service.index.index import passage
from service.loading import load_tutor
from service.notes.bank_file import derive
from service.settings import load_settings
from service.types import Encoder, Fact, Question

Rank = Callable[[str], Sequence[Fact]]
DEPTH = 3
PARTS: dict[str, Callable[[Weights], Weights]] = {
    "dense, fact texts alone": lambda served: Weights(question=0, text=1, sparse=0, section=0),
    "dense, keys alone": lambda served: Weights(question=1, text=0, sparse=0, section=0),
    "dense, both": lambda served: Weights(question=0.75, text=0.25, sparse=0, section=0),
    "BM25 over facts": lambda served: Weights(question=0, text=0, sparse=1, section=0),
    "BM25 over facts and their sections": lambda served: replace(served, question=0, text=0),
    "fused, without sections": lambda served: replace(served, section=0),
    "fused": lambda served: served,
}
"""For each part, its weights from those that the service gives an index."""


def main() -> None:
    """Run from the command line."""
    arguments = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    arguments.add_argument("files", nargs="+", type=Path)
    arguments.add_argument("--corpus", type=Path)
    arguments.add_argument("--data", type=Path)
    given = arguments.parse_args()
    settings = load_settings(corpus_dir=given.corpus, data_dir=given.data)
    tutor = load_tutor(settings)
    encoder = CachedEncoder(tutor.encoder, settings.data_dir / "embeddings")  # read, never saved
    indexes = {"with": tutor.index, "without": without_bank(tutor.index, encoder)}
    cases = [case for file in given.files for case in load_cases(file) if case.section and case.question]
    print(f"{len(cases)} questions\n\n| | bank | section@1 | section@3 |\n|---|---|---|---|")
    for name, part in PARTS.items():
        for bank, index in indexes.items():
            print_row(name, bank, measure(cases, by_search(index, encoder, part(weights_for(index)))))
    for bank, index in indexes.items():
        print_row("BM25 over words between spaces", bank, measure(cases, by_spaces(index)))


def without_bank(index: Index, encoder: Encoder, background: Background | None = None) -> Index:
    """The same notes with the keys they would have if nobody had written questions."""
    keys = [Question(fact.id, key, derived=True) for fact in index.facts for key in derive(fact)]
    return build_index(index.documents, keys, {}, encoder, background=background)


def by_search(index: Index, encoder: Encoder, weights: Weights) -> Rank:
    """The service's own search under given weights."""
    return lambda question: [hit.fact for hit in retrieve(question, index, encoder, DEPTH, weights).hits]


def by_spaces(index: Index) -> Rank:
    """BM25 over what stands between spaces."""
    texts = {fact.id: [passage(fact)] for fact in index.facts}
    for question in index.questions:
        texts[question.fact].append(question.text)
    sparse = SparseIndex.build(["\n".join(texts[fact.id]).lower().split() for fact in index.facts])

    def rank(question: str) -> list[Fact]:
        order = np.argsort(-sparse.search(question.lower().split()), kind="stable")
        return [index.facts[number] for number in order[:DEPTH]]

    return rank


def measure(cases: Sequence[Case], rank: Rank) -> dict[str, Rate]:
    """The rates of a ranking."""
    judgements = []
    for case in cases:
        facts = rank(clean_question(case.question or ""))
        documents = tuple(fact.document for fact in facts)
        paths = tuple(fact.heading_path for fact in facts)
        judgements.append(judge(case, Given("", "answered", 1.0, documents, paths)))
    return rates(judgements)


def print_row(name: str, bank: str, found: dict[str, Rate]) -> None:
    """One line of the table."""
    first, third = found["section@1"], found["section@3"]
    print(f"| {name} | {bank} | {first.value:.3f} ({first.low:.2f}-{first.high:.2f}) | {third.value:.3f} |")


if __name__ == "__main__":
    main()

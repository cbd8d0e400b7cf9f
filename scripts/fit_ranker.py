#!/usr/bin/env python
"""Fit the ranking network on the map of needs, and print what it brings on needs kept apart.

scripts/fit_ranker.py [--write] [--seed N]

The wordings of every need are halved: one half is indexed, the other asks; then the other way round, so
that every wording asks once and hardly one finds itself. One need in eight is not indexed at all: its facts
must be found by themselves. A quarter of the facts' own questions ask likewise. A fifth of the needs and
facts, by a hash of their id, is never fitted on. --write replaces service/asking/ranker.json.
"""

from __future__ import annotations

import argparse
import hashlib
import json
import random
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from pathlib import Path

import numpy as np
import numpy.typing as npt
import torch
from fit_projection import kept, questions_of
from torch import nn

from service import korean
from service.asking import rank
from service.asking.retrieve import weighted
from service.encoder.cache import CachedEncoder
from service.encoder.serve import load_encoder
from service.index import Index, build_index, load_background
from service.notes.folder import Notes, NotesFolder
from service.settings import Settings, load_settings
from service.types import Encoder, Need, Question

Floats = npt.NDArray[np.float32]
TARGET = Path(__file__).resolve().parents[1] / "service" / "asking" / "ranker.json"
HELD_OUT = 0.2
UNWRITTEN = 0.12
"""Share of the needs that a fold leaves out as a whole."""
LITERAL = 8
"""One in so many of the indexed wordings asks too: what stands in the index word for word is meant."""
OF_FACTS = 0.25
MOST_OF_FACTS = 3000
ROWS = 96
"""Candidates of a question that are looked at; there are seldom more."""
HIDDEN, EPOCHS, BATCH, RATE = 32, 25, 256, 2e-3
FURTHER, FITS = 0.25, 0.06
"""What a fact is worth in the order that belongs into the answer, or fits it, where the direct one is 1."""
UNSURE = 0.15
"""Weight of a fact that a question of another fact's doesn't name: it may well belong."""


@dataclass(frozen=True, slots=True)
class Asked:
    """One question: whose it is, its candidates' features, and what each is worth."""

    owner: str
    of_need: bool
    text: str
    features: Floats
    worth: Floats
    belongs: Floats
    weight: Floats


def main() -> None:
    """Fit, report, and write when asked to."""
    parser = argparse.ArgumentParser()
    parser.add_argument("--write", action="store_true")
    parser.add_argument("--seed", type=int, default=0)
    given = parser.parse_args()
    torch.set_num_threads(1)  # the matrices are small, and on busy cores OpenMP threads wait for each other
    settings = load_settings()
    notes = NotesFolder.written(settings).read()
    encoder = load_encoder(settings.encoder_dir)
    cached = CachedEncoder(encoder, settings.data_dir / "embeddings")  # read, never saved
    asked = [each for fold in (0, 1) for each in observe(notes, cached, settings, fold)]
    fitted_on = [each for each in asked if not held_out(each.owner)]
    network = fit(fitted_on, given.seed)
    report(network, [each for each in asked if held_out(each.owner)])
    if given.write:
        written = exported(network, encoder.id)
        TARGET.write_text(json.dumps(written, separators=(",", ":")) + "\n", encoding="utf-8")


def held_out(owner: str) -> bool:
    """Whether a need or fact is kept apart."""
    return int(hashlib.blake2b(owner.encode(), digest_size=4).hexdigest(), 16) % 100 < 100 * HELD_OUT


def observe(notes: Notes, encoder: Encoder, settings: Settings, fold: int) -> Iterator[Asked]:
    """Index one half of the wordings and ask the other."""
    index, wishes, questions = half_index(notes, encoder, settings, fold)
    for text, need in wishes:
        yield of_need(index, encoder, text, need)
    for question in questions:
        yield of_fact(index, encoder, question)


def half_index(
    notes: Notes, encoder: Encoder, settings: Settings, fold: int
) -> tuple[Index, list[tuple[str, Need]], list[Question]]:
    """An index of one half, with a projection fitted on no more; which wordings and questions ask."""
    needs, wishes, keys, questions = halved(notes, fold)
    facts = [fact for document in notes.documents for fact in document.facts]
    background = load_background(encoder, settings.encoder_dir, facts)
    projection = kept(questions_of(needs, keys), encoder, settings.data_dir)
    index = build_index(
        notes.documents,
        keys,
        notes.aliases(),
        encoder,
        background=background,
        needs=needs,
        projection=projection,
    )
    return index, wishes, questions


def halved(
    notes: Notes, fold: int
) -> tuple[list[Need], list[tuple[str, Need]], list[Question], list[Question]]:
    """Needs with half of their wordings, the other half; facts' questions to index, and those to ask."""
    chance = random.Random(fold)  # noqa: S311 - a split, no secret
    needs: list[Need] = []
    wishes: list[tuple[str, Need]] = []
    for need in notes.needs:
        wishes += [(text, need) for text in need.questions[1 - fold :: 2]]
        kept = need.questions[fold::2]
        if kept and chance.random() >= UNWRITTEN:
            needs.append(replace(need, questions=kept))
            wishes += [(text, need) for text in kept[::LITERAL]]
    keys: list[Question] = []
    questions: list[Question] = []
    for key in notes.keys():  # noqa: SIM118 - no mapping
        aside = not key.derived and chance.random() < OF_FACTS
        (questions if aside else keys).append(key)
    chance.shuffle(questions)
    return needs, wishes, keys, questions[:MOST_OF_FACTS]


def found(index: Index, encoder: Encoder, text: str) -> tuple[npt.NDArray[np.int64], Floats]:
    """The candidates for a question by number, and their features, as they are when serving."""
    tokens = weighted(korean.tokens(text))
    vector = encoder.encode([text], "question")[0]
    dense = index.dense.search(vector)
    sparse = index.sparse.share(tokens)
    signals = rank.signals(index, text, vector, tokens, dense, sparse)
    pool = rank.pool(index, signals)
    return pool, rank.candidates(index, signals, pool)[0]


def of_need(index: Index, encoder: Encoder, text: str, need: Need) -> Asked:
    """A wording of a need, and what each candidate is worth to it."""
    candidates, features = found(index, encoder, text)
    ids = [index.facts[number].id for number in candidates]
    worth = [
        1.0
        if fact == need.answer[0]
        else FURTHER
        if fact in need.answer
        else FITS
        if fact in need.also
        else 0
        for fact in ids
    ]
    belongs = np.array([fact in need.answer for fact in ids], dtype=np.float32)
    weight = np.array([fact not in need.also for fact in ids], dtype=np.float32)
    return Asked(need.id, True, text, features, np.array(worth, dtype=np.float32), belongs, weight)


def of_fact(index: Index, encoder: Encoder, question: Question) -> Asked:
    """A question of a fact's own."""
    candidates, features = found(index, encoder, question.text)
    worth = (candidates == index.numbers[question.fact]).astype(np.float32)
    weight = np.where(worth > 0, 1.0, UNSURE).astype(np.float32)
    return Asked(question.fact, False, question.text, features, worth, worth, weight)


class Scorer(nn.Module):
    """The network in torch: two layers with a shortcut, order and belonging for each row."""

    def __init__(self, mean: Floats, scale: Floats) -> None:
        super().__init__()
        self.mean, self.scale = torch.tensor(mean), torch.tensor(scale)
        self.first, self.second = nn.Linear(len(mean), HIDDEN), nn.Linear(HIDDEN, HIDDEN)
        self.last = nn.Linear(HIDDEN, 2)
        self.shortcut = nn.Linear(len(mean), 2, bias=False)
        self.dropout = nn.Dropout(0.1)

    def forward(self, features: torch.Tensor) -> torch.Tensor:
        """Logits of shape (..., 2)."""
        scaled = ((features - self.mean) / self.scale).clamp(-rank.CLIP, rank.CLIP)
        hidden = self.dropout(torch.relu(self.first(scaled)))
        logits: torch.Tensor = self.last(torch.relu(self.second(hidden))) + self.shortcut(scaled)
        return logits


def batch(asked: Sequence[Asked]) -> tuple[torch.Tensor, ...]:
    """Features, worth, belonging, weight, and which rows are there, padded to ROWS."""
    shape = (len(asked), ROWS)
    features = np.zeros((*shape, asked[0].features.shape[1]), dtype=np.float32)
    worth, belongs, weight, there = (np.zeros(shape, dtype=np.float32) for _ in range(4))
    for row, each in enumerate(asked):
        size = min(ROWS, len(each.worth))
        features[row, :size], there[row, :size] = each.features[:size], 1
        worth[row, :size], belongs[row, :size] = each.worth[:size], each.belongs[:size]
        weight[row, :size] = each.weight[:size]
    return tuple(map(torch.tensor, (features, worth, belongs, weight, there)))


def fit(asked: Sequence[Asked], seed: int) -> Scorer:
    """Softmax over a question's candidates for their order, a logistic loss on each for belonging."""
    torch.manual_seed(seed)
    asked = [each for each in asked if each.worth.max(initial=0.0) >= 1]
    features, worth, belongs, weight, there = batch(asked)
    rows = features[there > 0].numpy()
    scorer = Scorer(rows.mean(axis=0), rows.std(axis=0) + 1e-3)
    target = worth / worth.sum(dim=1, keepdim=True)
    steps = EPOCHS * -(-len(asked) // BATCH)
    optimiser = torch.optim.AdamW(scorer.parameters(), RATE, weight_decay=0.01)
    schedule = torch.optim.lr_scheduler.CosineAnnealingLR(optimiser, steps)
    for _ in range(EPOCHS):
        for chosen in torch.split(torch.randperm(len(asked)), BATCH):
            logits = scorer(features[chosen])
            order = torch.log_softmax(logits[..., 0].masked_fill(there[chosen] == 0, -1e9), dim=1)
            said = nn.functional.binary_cross_entropy_with_logits(
                logits[..., 1], belongs[chosen], weight=weight[chosen] * there[chosen], reduction="sum"
            )
            loss = -(target[chosen] * order).sum() / len(chosen) + 0.3 * said / len(chosen)
            optimiser.zero_grad()
            loss.backward()  # type: ignore[no-untyped-call]
            optimiser.step()
            schedule.step()
    return scorer.eval()


def report(scorer: Scorer, asked: Sequence[Asked]) -> None:
    """How often the direct answer comes first, and how often what comes first belongs into the answer."""
    for title, those in (
        ("needs kept apart", [each for each in asked if each.of_need]),
        ("facts kept apart", [each for each in asked if not each.of_need]),
    ):
        features, worth, belongs, _, there = batch(those)
        with torch.no_grad():
            logits = scorer(features)
        best = logits[..., 0].masked_fill(there == 0, -1e9).argmax(dim=1)
        rows = torch.arange(len(those))
        direct, fitting = worth[rows, best] == 1, worth[rows, best] > 0
        present = (worth == 1).any(dim=1)
        print(
            f"{title}: {len(those)} questions, among the candidates {present.float().mean():.3f}, "
            f"first {direct.float().mean():.3f}, first one that fits {fitting.float().mean():.3f}"
        )
        said = torch.sigmoid(logits[..., 1]) >= 0.5
        right = (said & (belongs > 0) & (there > 0)).sum() / (said & (there > 0)).sum().clamp(min=1)
        print(f"  of the facts said to belong {right:.3f} do")


def exported(scorer: Scorer, encoder: str) -> dict[str, object]:
    """The network as the service reads it."""

    def plain(tensor: torch.Tensor) -> object:
        return np.round(tensor.detach().numpy().astype(float), 5).tolist()

    layers = [
        {"weights": plain(layer.weight.T), "bias": plain(layer.bias)}
        for layer in (scorer.first, scorer.second, scorer.last)
    ]
    return {
        "encoder": encoder,
        "mean": plain(scorer.mean),
        "scale": plain(scorer.scale),
        "layers": layers,
        "shortcut": plain(scorer.shortcut.weight.T),
    }


if __name__ == "__main__":
    main()

#!/usr/bin/env python
"""Fit the projection on the questions of needs and facts, and print what it brings on needs kept apart.

scripts/fit_projection.py [--write] [--seed N]

Two questions of one need or fact are drawn together, those of its neighbours pushed apart; owners that
share a fact are not told apart. The report is of a fit without a fifth of the needs (by a hash of their
id): every second wording of theirs must find its need among all, whose other wordings are the keys.
--write fits on everything and replaces service/index/projection.npz.
"""

from __future__ import annotations

import argparse
import hashlib
import random
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import numpy.typing as npt
import torch
from torch import nn
from torch.nn.functional import cross_entropy, normalize

from service import korean
from service.encoder.cache import CachedEncoder
from service.encoder.serve import load_encoder
from service.files import write_atomically
from service.index.projection import Projection, means
from service.notes.folder import NotesFolder
from service.settings import load_settings
from service.types import Encoder, Need, Question, Vectors

TARGET = Path(__file__).resolve().parents[1] / "service" / "index" / "projection.npz"
HELD_OUT = 0.2
SIZE = 192
STEPS, BATCH, RATE, DECAY = 1500, 192, 2e-3, 0.01
TEMPERATURE = 0.07
NEIGHBOURS, OF_EACH = 32, 8
"""How near an owner must be to count as a neighbour, and how many neighbours come into a batch together."""
FORGOTTEN = 0.3
"""Share of a question's words that is left out at each look, so that no word decides alone."""
SPREAD = 3.0
"""Length of a moved embedding before words are added."""
MOST_WORDS = 48


@dataclass(frozen=True, slots=True)
class Asked:
    """Questions with the number of their owner, and for each owner its facts."""

    texts: list[str]
    owners: npt.NDArray[np.int64]
    names: list[str]
    facts: list[frozenset[str]]

    def of(self, rows: npt.NDArray[np.int64]) -> Asked:
        """Some of the questions; owners keep their numbers."""
        return Asked([self.texts[row] for row in rows], self.owners[rows], self.names, self.facts)


def main() -> None:
    """Fit, report, and write when asked to."""
    parser = argparse.ArgumentParser()
    parser.add_argument("--write", action="store_true")
    parser.add_argument("--seed", type=int, default=0)
    given = parser.parse_args()
    torch.set_num_threads(1)  # the matrices are small, and on busy cores OpenMP threads wait for each other
    settings = load_settings()
    notes = NotesFolder.written(settings).read()
    encoder = CachedEncoder(load_encoder(settings.encoder_dir), settings.data_dir / "embeddings")
    asked = questions_of(notes.needs, notes.keys())
    report(asked, encoder, given.seed)
    if given.write:
        write_atomically(TARGET, fit(asked, encoder, given.seed).dump())


def questions_of(needs: Sequence[Need], keys: Sequence[Question]) -> Asked:
    """What people ask: the wordings of needs, and the bank's questions of facts."""
    rows = [
        (need.id, frozenset((*need.answer, *need.also)), text) for need in needs for text in need.questions
    ]
    rows += [(key.fact, frozenset((key.fact,)), key.text) for key in keys if not key.derived]
    numbers = {name: number for number, name in enumerate(dict.fromkeys(name for name, _, _ in rows))}
    facts = {name: facts for name, facts, _ in rows}
    return Asked(
        [text for _, _, text in rows],
        np.array([numbers[name] for name, _, _ in rows]),
        list(numbers),
        [facts[name] for name in numbers],
    )


def held_out(name: str) -> bool:
    """Whether a need or fact is kept apart."""
    return int(hashlib.blake2b(name.encode(), digest_size=4).hexdigest(), 16) % 100 < 100 * HELD_OUT


def report(asked: Asked, encoder: Encoder, seed: int) -> None:
    """Print how often a wording of a need kept apart finds its need, by embeddings and by the projection."""
    apart = np.array([held_out(name) for name in asked.names])
    projection = fit(asked.of(np.flatnonzero(~apart[asked.owners])), encoder, seed)
    second = np.array([place % 2 for place in _places(asked.owners)])
    keys, asking = np.flatnonzero(second == 0), np.flatnonzero((second == 1) & apart[asked.owners])
    vectors = encoder.encode(asked.texts, "question")
    moved = projection(vectors, [korean.wording(text) for text in asked.texts])
    for title, those in (("embeddings", vectors), ("projection", moved)):
        found = asked.owners[keys][(those[asking] @ those[keys].T).argmax(axis=1)]
        right = found == asked.owners[asking]
        akin = [
            bool(asked.facts[one] & asked.facts[other])
            for one, other in zip(found, asked.owners[asking], strict=True)
        ]
        print(f"{title}: its own {right.mean():.3f}, one sharing a fact {np.mean(akin):.3f} of {len(asking)}")


def _places(owners: npt.NDArray[np.int64]) -> list[int]:
    seen: Counter[int] = Counter()
    places = []
    for owner in owners:
        places.append(seen[owner])
        seen[owner] += 1
    return places


class Towers(nn.Module):
    """The projection while it is fitted: one tower for both questions of a pair."""

    mean: torch.Tensor

    def __init__(self, mean: torch.Tensor, words: int, idf: torch.Tensor) -> None:
        super().__init__()
        self.register_buffer("mean", mean)
        self.move = nn.Linear(len(mean), SIZE, bias=False)
        nn.init.orthogonal_(self.move.weight)
        self.words = nn.Embedding(words + 1, SIZE, padding_idx=words)
        nn.init.normal_(self.words.weight, std=0.02)
        self.weights = nn.Parameter(torch.cat([idf, torch.zeros(1)])[:, None])

    def forward(self, vectors: torch.Tensor, said: torch.Tensor) -> torch.Tensor:
        """Where questions lie; `said` are the numbers of their words, filled up with the one that is none."""
        there = torch.ne(said, len(self.weights) - 1).float()
        if self.training:
            there = there * (torch.rand_like(there) > FORGOTTEN)
        added = (self.words(said) * self.weights[said] * there[..., None]).sum(dim=1)
        added = added / there.sum(dim=1, keepdim=True).clamp(min=1).sqrt()
        return normalize(SPREAD * self.move(normalize(vectors - self.mean, dim=1)) + added, dim=1)


def fit(asked: Asked, encoder: Encoder, seed: int = 0) -> Projection:
    """Fit on questions, one owner of which has several."""
    chance = random.Random(seed)  # noqa: S311 - no secret
    torch.manual_seed(seed)
    wordings = [list(dict.fromkeys(korean.wording(text)))[:MOST_WORDS] for text in asked.texts]
    counts = Counter(word for words in wordings for word in words)
    known = {
        word: number for number, word in enumerate(sorted(w for w, count in counts.items() if count > 1))
    }
    said = torch.full((len(wordings), MOST_WORDS), len(known))
    for row, words in enumerate(wordings):
        numbers = [known[word] for word in words if word in known]
        said[row, : len(numbers)] = torch.tensor(numbers, dtype=torch.long)
    vectors = encoder.encode(asked.texts, "question")
    idf = torch.tensor([np.log(len(wordings) / counts[word]) for word in known], dtype=torch.float32)
    towers = Towers(torch.tensor(vectors.mean(axis=0)), len(known), idf / idf.max())
    train(towers, torch.tensor(vectors), said, asked, neighbours(vectors, asked.owners), chance)
    return exported(towers, list(known), encoder)


def kept(asked: Asked, encoder: Encoder, folder: Path) -> Projection:
    """What `fit` gives, kept in `folder` for whoever fits on the same questions next."""
    digest = hashlib.blake2b("\n".join(map(str, zip(asked.owners, asked.texts, strict=True))).encode())
    path = folder / f"projection-{digest.hexdigest()[:16]}.npz"
    if not path.exists():
        write_atomically(path, fit(asked, encoder).dump())
    return Projection.load(path.read_bytes())


def neighbours(vectors: Vectors, owners: npt.NDArray[np.int64]) -> dict[int, list[int]]:
    """For each owner with several questions the nearest others of that kind, itself first."""
    centres = means(vectors - vectors.mean(axis=0), owners.astype(np.int32))
    centres /= np.linalg.norm(centres, axis=1, keepdims=True) + 1e-9
    several = np.flatnonzero(np.bincount(owners) > 1)
    near = np.argsort(-(centres[several] @ centres[several].T), axis=1)[:, :NEIGHBOURS]
    return {
        int(owner): [int(each) for each in several[row]] for owner, row in zip(several, near, strict=True)
    }


def train(
    towers: Towers,
    vectors: torch.Tensor,
    said: torch.Tensor,
    asked: Asked,
    near: dict[int, list[int]],
    chance: random.Random,
) -> None:
    """Draw pairs of questions from neighbourhoods and tell them apart."""
    rows: dict[int, list[int]] = {}
    for row, owner in enumerate(asked.owners):
        rows.setdefault(int(owner), []).append(row)
    learning = torch.optim.AdamW(towers.parameters(), lr=RATE, weight_decay=DECAY)
    slower = torch.optim.lr_scheduler.OneCycleLR(learning, RATE, total_steps=STEPS, pct_start=0.1)
    towers.train()
    for _ in range(STEPS):
        batch = drawn(near, chance)
        first, second = zip(*(chance.sample(rows[owner], 2) for owner in batch), strict=True)
        one, other = (towers(vectors[list(each)], said[list(each)]) for each in (first, second))
        same = shared([asked.facts[owner] for owner in batch])
        across = (one @ other.T / TEMPERATURE).masked_fill(same, -1e4)
        within = (one @ one.T / TEMPERATURE).masked_fill(same | torch.eye(len(batch)).bool(), -1e4)
        right = torch.arange(len(batch))
        loss = cross_entropy(torch.cat([across, within], dim=1), right) + cross_entropy(across.T, right)
        learning.zero_grad()
        loss.backward()  # type: ignore[no-untyped-call]
        learning.step()
        slower.step()
    towers.eval()


def drawn(near: dict[int, list[int]], chance: random.Random) -> list[int]:
    """Owners for a batch, by neighbourhoods."""
    owners = list(near)
    batch: dict[int, None] = {}
    wanted = min(BATCH, len(owners))
    while len(batch) < wanted:
        others = near[chance.choice(owners)]
        for owner in [others[0], *chance.sample(others[1:], min(OF_EACH - 1, len(others) - 1))]:
            batch.setdefault(owner)
    return list(batch)[:wanted]


def shared(facts: Sequence[frozenset[str]]) -> torch.Tensor:
    """Which two of a batch share a fact, but for each with itself."""
    holders: dict[str, list[int]] = {}
    for number, those in enumerate(facts):
        for fact in those:
            holders.setdefault(fact, []).append(number)
    both = torch.zeros(len(facts), len(facts), dtype=torch.bool)
    for numbers in holders.values():
        both[np.ix_(numbers, numbers)] = True
    return both & ~torch.eye(len(facts)).bool()


def exported(towers: Towers, words: list[str], encoder: Encoder) -> Projection:
    """The projection with its words' vectors in int8, a scale for each."""
    with torch.no_grad():
        weights = (towers.words.weight * towers.weights)[:-1].numpy()
        matrix = SPREAD * towers.move.weight.T.numpy()
    scales = np.maximum(np.abs(weights).max(axis=1), 1e-9) / 127
    return Projection(
        encoder.id.rpartition("-")[0],
        towers.mean.numpy(),
        matrix.astype(np.float32),
        {word: number for number, word in enumerate(words)},
        np.round(weights / scales[:, None]).astype(np.int8),
        scales.astype(np.float32),
    )


if __name__ == "__main__":
    main()

#!/usr/bin/env python
"""100,000 tiny notes: how long reading, ids and an index take, and how much memory.

    scripts/faults/many_notes.py [--notes 100000] [--folder DIR]

Vectors are random here: encoding is linear at some 100 texts a second, and only the rest is in question.
"""

from __future__ import annotations

import argparse
import resource
import tempfile
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path

import numpy as np

from service.asking.retrieve import retrieve
from service.index import build_index, load_index, save_index
from service.notes.folder import NotesFolder
from service.types import Role, Vectors


class RandomEncoder:
    """Unit vectors without a meaning."""

    id = "random-0"
    dimension = 384

    def encode(self, texts: Sequence[str], role: Role) -> Vectors:
        """One random vector a text."""
        vectors = np.random.default_rng(0).standard_normal((len(texts), self.dimension), dtype=np.float32)
        unit: Vectors = vectors / np.linalg.norm(vectors, axis=1, keepdims=True)
        return unit


def main() -> None:
    """Write the notes, then time each stage."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    parser.add_argument("--notes", type=int, default=100_000)
    parser.add_argument("--folder", type=Path, default=None)
    given = parser.parse_args()
    with tempfile.TemporaryDirectory(dir=given.folder) as name:
        folder = Path(name)
        corpus = folder / "corpus"
        for number in range(given.notes):
            place = corpus / f"{number // 1000:03}"
            place.mkdir(parents=True, exist_ok=True)
            note = f"# 노트 {number}\n\n- {number}번 컨테이너는 볼륨 {number * 7919 % 1_000_003} 을 씀\n"
            (place / f"{number:06}.md").write_text(note, encoding="utf-8")
        stages(folder, corpus)


def stages(folder: Path, corpus: Path) -> None:
    """Read, fingerprint, index, save, load, search."""
    encoder = RandomEncoder()
    written = NotesFolder(corpus, folder / "ledgers")
    with timed("fingerprint"):
        mark = written.fingerprint()
    with timed("read, new ids"):
        written.commit(written.read())
    with timed("read again"):
        notes = written.read()
    with timed("index"):
        index = build_index(notes.documents, notes.keys(), notes.aliases(), encoder)
    with timed("save"):
        save_index(index, folder / "index", encoder, mark)
    with timed("load"):
        index = load_index(folder / "index", encoder)
    with timed("first search"):
        retrieve("77번 컨테이너는 무슨 볼륨을 쓰나요?", index, encoder, 8)
    with timed("search"):
        found = retrieve("99번 컨테이너는 무슨 볼륨을 쓰나요?", index, encoder, 8)
    print(f"{len(index.documents)} notes, {len(index.questions)} keys, found {found.hits[0].fact.text!r}")


@contextmanager
def timed(name: str) -> Iterator[None]:
    """Print what a stage took and the peak of memory so far."""
    begun = time.perf_counter()
    yield
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss // 1024
    print(f"{name:<16} {time.perf_counter() - begun:8.1f} s   peak {peak} MB", flush=True)


if __name__ == "__main__":
    main()

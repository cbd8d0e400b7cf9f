"""Fixtures: tiny corpora, a fake encoder, a small one on disk, and the real one, built once by scripts/test."""

from __future__ import annotations

import hashlib
import os
import shutil
import subprocess
import sys
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path

import numpy as np
import pytest

from service.build import build
from service.encoder.serve import OnnxEncoder, load_encoder
from service.index import Index, build_index
from service.notes.folder import Notes, NotesFolder
from service.notes.overlay import Overlay
from service.settings import Settings, load_settings
from service.store import Store
from service.types import Role, Vectors
from tests.encoder import tiny

os.environ["HF_HUB_OFFLINE"] = "1"
os.environ["RATE_LIMIT"] = ""
os.environ["ALLOWED_HOSTS"] = "testserver"  # the name by which Starlette's test client calls

ROOT = Path(__file__).resolve().parents[1]


def pytest_ignore_collect(collection_path: Path, config: pytest.Config) -> bool | None:
    """The fast loop doesn't wait for torch, which one file needs and only `real` tests of it."""
    fast = "not real" in str(config.option.markexpr)
    return True if fast and collection_path == ROOT / "tests" / "encoder" / "test_build.py" else None


class FakeEncoder:
    """Hashed character bigrams and trigrams, unit norm: similar texts are close, and always the same."""

    def __init__(self, name: str = "fake", dimension: int = 256) -> None:
        self.id = f"{name}-0"
        self.dimension = dimension
        self.calls: list[tuple[str, Role]] = []

    def encode(self, texts: Sequence[str], role: Role) -> Vectors:
        self.calls += [(text, role) for text in texts]
        vectors = np.zeros((len(texts), self.dimension), dtype=np.float32)
        for row, text in enumerate(texts):
            squeezed = f" {text.lower()} "
            for size in (2, 3):
                for at in range(len(squeezed) - size + 1):
                    digest = hashlib.blake2b(
                        squeezed[at : at + size].encode("utf-8", "replace"), digest_size=4
                    )
                    vectors[row, int.from_bytes(digest.digest()) % self.dimension] += 1
        norms = np.linalg.norm(vectors, axis=1, keepdims=True)
        unit: Vectors = vectors / np.maximum(norms, 1e-9)
        return unit


@pytest.fixture
def fake_encoder() -> FakeEncoder:
    return FakeEncoder()


@pytest.fixture
def store(tmp_path: Path) -> Iterator[Store]:
    store = Store(f"sqlite:///{tmp_path / 'store.db'}")
    yield store
    store.close()


def read_notes(
    folder: Path, ledgers: Path, overlay: Overlay | None = None, *, untouched: bool = False
) -> Notes:
    """The notes of a folder, their ids kept as a build keeps them."""
    place = NotesFolder(folder, ledgers, overlay)
    notes = place.read()
    place.commit(notes, untouched=untouched)
    return notes


WriteCorpus = Callable[[dict[str, str]], Path]


@pytest.fixture
def write_corpus(tmp_path: Path) -> WriteCorpus:
    """Writes {relative path: text} into a corpus folder and gives the folder."""

    def write(files: dict[str, str]) -> Path:
        folder = tmp_path / "corpus"
        for name, text in files.items():
            path = folder / name
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_text(text, encoding="utf-8")
        return folder

    return write


MakeIndex = Callable[[dict[str, str]], Index]


@pytest.fixture
def make_index(write_corpus: WriteCorpus, fake_encoder: FakeEncoder, tmp_path: Path) -> MakeIndex:
    """An index of a tiny corpus under the fake encoder."""

    def make(files: dict[str, str]) -> Index:
        notes = read_notes(write_corpus(files), tmp_path / "ledgers")
        return build_index(notes.documents, notes.keys(), notes.aliases(), fake_encoder)

    return make


@pytest.fixture(scope="session")
def encoder_folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A serving encoder on disk that knows the words of our notes, not their meaning; see `encoder.tiny`."""
    notes = [path.read_text(encoding="utf-8") for path in sorted((ROOT / "corpus").glob("*.md"))]
    return tiny.make(
        tmp_path_factory.mktemp("tiny") / "encoder", [line for note in notes for line in note.splitlines()]
    )


MakeService = Callable[..., Settings]


@pytest.fixture(scope="session")
def make_service(tmp_path_factory: pytest.TempPathFactory, encoder_folder: Path) -> MakeService:
    """A built service over {name: text} in a folder, with the small encoder or one given; built once."""
    built: dict[tuple[str, Path], Path] = {}

    def make(
        folder: Path, notes: dict[str, str], encoder: Path = encoder_folder, **settings: str
    ) -> Settings:
        key = repr(notes), encoder
        if key not in built:
            whole = tmp_path_factory.mktemp("service")
            _service(whole, notes, encoder)
            built[key] = whole
        for part in ("corpus", "data"):
            shutil.copytree(built[key] / part, folder / part, symlinks=True)
        return load_settings(corpus_dir=folder / "corpus", data_dir=folder / "data", **settings)

    return make


def _service(folder: Path, notes: dict[str, str], encoder: Path) -> None:
    (folder / "corpus").mkdir()
    (folder / "data").mkdir()
    for name, text in notes.items():
        (folder / "corpus" / name).write_text(text, encoding="utf-8")
    (folder / "data" / "encoder").symlink_to(encoder)
    build(load_settings(corpus_dir=folder / "corpus", data_dir=folder / "data"))


@pytest.fixture(scope="session")
def real_encoder_folder() -> Path:
    folder = ROOT / "data" / "encoder"
    if not folder.is_dir():
        pytest.fail("data/encoder is missing: run `python -m service build` (scripts/test does)")
    return folder


@pytest.fixture(scope="session")
def real_encoder(real_encoder_folder: Path) -> OnnxEncoder:
    return load_encoder(real_encoder_folder)


@pytest.fixture(scope="session")
def llm() -> Iterator[str]:
    """The address of the misbehaving model, a process of its own."""
    command = [sys.executable, "-m", "tests.llm.server"]
    with subprocess.Popen(command, cwd=ROOT, stdout=subprocess.PIPE, text=True) as process:
        assert process.stdout is not None
        port = process.stdout.readline().strip()
        yield f"http://127.0.0.1:{port}/v1"
        process.kill()

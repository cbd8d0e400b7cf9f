from __future__ import annotations

import json
from pathlib import Path

import pytest

from service.errors import IndexDamaged, IndexMismatch, IndexMissing
from service.index import CURRENT, Index, load_index, save_index
from tests.conftest import FakeEncoder, MakeIndex

NOTES = {"volumes.md": "# 볼륨\n\n- 볼륨은 남습니다.\n- 익명 볼륨은 이름이 없습니다.\n"}


@pytest.fixture
def index(make_index: MakeIndex) -> Index:
    return make_index(NOTES)


def test_saved_and_loaded_it_is_the_same(index: Index, tmp_path: Path, fake_encoder: FakeEncoder) -> None:
    manifest = save_index(index, tmp_path / "index", fake_encoder, "abc")
    again = load_index(tmp_path / "index", fake_encoder)
    assert (again.documents, again.questions) == (index.documents, index.questions)
    assert (manifest.documents, manifest.facts) == (1, 2)
    assert again.generation.startswith("abc-")


def test_a_second_build_switches_and_keeps_one_old_generation(
    index: Index, tmp_path: Path, fake_encoder: FakeEncoder
) -> None:
    folder = tmp_path / "index"
    for fingerprint in ("one", "two", "three"):
        save_index(index, folder, fake_encoder, fingerprint)
    kept = sorted(path.name.split("-")[0] for path in folder.iterdir() if path.is_dir())
    assert kept == ["three", "two"]
    assert load_index(folder, fake_encoder).generation.startswith("three-")


def test_a_crash_before_the_switch_leaves_the_old_index(
    index: Index, tmp_path: Path, fake_encoder: FakeEncoder, monkeypatch: pytest.MonkeyPatch
) -> None:
    folder = tmp_path / "index"
    save_index(index, folder, fake_encoder, "old")

    def full_disk(path: Path, data: bytes) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr("service.index.stored.write_atomically", full_disk)
    with pytest.raises(OSError, match="No space left"):
        save_index(index, folder, fake_encoder, "new")
    assert load_index(folder, fake_encoder).generation.startswith("old-")
    assert [path.name for path in folder.iterdir() if path.name.startswith(".")] == []


def test_no_index_says_so(tmp_path: Path, fake_encoder: FakeEncoder) -> None:
    with pytest.raises(IndexMissing):
        load_index(tmp_path / "index", fake_encoder)


@pytest.mark.parametrize(
    "name", ["texts.faiss", "questions.faiss", "documents.json", "bm25/data.csc.index.npy"]
)
@pytest.mark.parametrize("damage", ["truncated", "flipped", "missing"])
def test_a_damaged_file_is_refused_by_name(
    index: Index, tmp_path: Path, fake_encoder: FakeEncoder, name: str, damage: str
) -> None:
    folder = tmp_path / "index"
    save_index(index, folder, fake_encoder, "abc")
    file = folder / (folder / CURRENT).read_text() / name
    data = file.read_bytes()
    if damage == "missing":
        file.unlink()
    else:
        file.write_bytes(data[:-8] if damage == "truncated" else data[:-1] + bytes([data[-1] ^ 1]))
    with pytest.raises(IndexDamaged) as caught:
        load_index(folder, fake_encoder)
    assert caught.value.fields["reason"] == name


def test_a_damaged_manifest_or_pointer_is_refused(
    index: Index, tmp_path: Path, fake_encoder: FakeEncoder
) -> None:
    folder = tmp_path / "index"
    save_index(index, folder, fake_encoder, "abc")
    (folder / (folder / CURRENT).read_text() / "manifest.json").write_text("{")
    with pytest.raises(IndexDamaged):
        load_index(folder, fake_encoder)
    (folder / CURRENT).write_text("gone")
    with pytest.raises(IndexMissing):
        load_index(folder, fake_encoder)


def test_another_encoder_or_format_is_refused(
    index: Index, tmp_path: Path, fake_encoder: FakeEncoder
) -> None:
    folder = tmp_path / "index"
    save_index(index, folder, fake_encoder, "abc")
    with pytest.raises(IndexMismatch, match="other"):
        load_index(folder, FakeEncoder("other"))
    path = folder / (folder / CURRENT).read_text() / "manifest.json"
    path.write_text(json.dumps({**json.loads(path.read_text()), "format": 99}))
    with pytest.raises(IndexMismatch, match="99"):
        load_index(folder, fake_encoder)

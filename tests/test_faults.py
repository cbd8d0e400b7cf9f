"""What breaks under a running service, and what it says: see docs/faults.md."""

from __future__ import annotations

import os
import random
import shutil
import signal
import subprocess
import sys
import time
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from fastapi.testclient import TestClient

from service.build import build
from service.errors import EncoderDamaged, EncoderMissing, IndexDamaged, StoreError
from service.index import CURRENT, current_generation
from service.interfaces.app import create_app
from service.loading import load_tutor
from service.settings import Settings, load_settings
from service.store import Asked, Store
from tests.conftest import ROOT

pytestmark = pytest.mark.real

NOTE = "# 저장\n\n## 볼륨\n\n- 볼륨은 컨테이너를 지워도 남음\n- 볼륨은 tar로 묶어 백업함\n"


@pytest.fixture
def built(tmp_path: Path, real_encoder_folder: Path) -> Settings:
    settings = load_settings(corpus_dir=tmp_path / "corpus", data_dir=tmp_path / "data")
    settings.corpus_dir.mkdir()
    settings.data_dir.mkdir()
    (settings.corpus_dir / "note.md").write_text(NOTE, encoding="utf-8")
    (settings.data_dir / "encoder").symlink_to(real_encoder_folder)
    build(settings)
    return settings


def cut(data: bytes) -> bytes:
    return data[: len(data) // 2]


def flip(data: bytes) -> bytes:
    at = random.Random(len(data)).randrange(len(data))  # noqa: S311 - the same bit every time
    return data[:at] + bytes([data[at] ^ 4]) + data[at + 1 :]


@pytest.mark.parametrize("damage", [cut, flip, lambda data: b""])
def test_damage_to_any_index_file_is_noticed_named_and_mended_by_a_build(
    built: Settings, damage: Callable[[bytes], bytes]
) -> None:
    folder = built.index_dir / current_generation(built.index_dir)
    files = [path.relative_to(folder) for path in folder.rglob("*") if path.is_file()]
    assert len(files) > 8
    for name in files:
        folder = built.index_dir / current_generation(built.index_dir)
        whole = (folder / name).read_bytes()
        (folder / name).write_bytes(damage(whole))
        if name.name == "manifest.json" and damage is flip:
            # A flipped bit in a number or a name can't be told from another index; whatever it is, no crash.
            (folder / name).write_bytes(whole)
            continue
        with pytest.raises(IndexDamaged):
            load_tutor(built)
        assert build(built).notes is not None
        assert load_tutor(built).ask("볼륨을 지우면?").citations


def test_an_index_that_is_damaged_under_a_running_server_costs_no_answer(built: Settings) -> None:
    with TestClient(create_app(built)) as client:
        client.post("/ask", json={"question": "볼륨 백업은?"}).raise_for_status()
        file = built.index_dir / current_generation(built.index_dir) / "texts.faiss"
        file.write_bytes(flip(file.read_bytes()))
        client.post("/ask", json={"question": "볼륨 백업은?"}).raise_for_status()
        (built.index_dir / CURRENT).write_text("nowhere")
        assert client.post("/ask", json={"question": "볼륨 백업은?"}).json()["status"] == "answered"
    with TestClient(create_app(built)) as client:
        refused = client.post("/ask", json={"question": "볼륨 백업은?"})
        assert (refused.status_code, "retry-after" in refused.headers) == (503, True)
        assert "build" in refused.json()["detail"]
        build(built)
        assert client.post("/ask", json={"question": "볼륨 백업은?"}).status_code == 200, "without a restart"


@pytest.mark.parametrize("name", ["encoder.json", "model.onnx", "model.bin", "tokenizer.json"])
def test_a_missing_or_damaged_encoder_file_is_named(built: Settings, name: str) -> None:
    original = built.encoder_dir.resolve()
    built.encoder_dir.unlink()
    shutil.copytree(original, built.encoder_dir)
    file = built.encoder_dir / name
    whole = file.read_bytes()
    file.unlink()
    with pytest.raises((EncoderMissing, EncoderDamaged)):
        load_tutor(built)
    file.write_bytes(flip(whole))
    with pytest.raises(EncoderDamaged):
        load_tutor(built)
    with TestClient(create_app(built)) as client:
        assert client.get("/healthz").status_code == 200
        assert client.get("/readyz").status_code == 503


def test_a_corrupt_database_stops_the_start_and_is_left_as_it_is(built: Settings) -> None:
    file = built.data_dir / "store.db"
    file.write_bytes(b"not a database" * 1000)
    with pytest.raises(StoreError):
        create_app(built)
    assert file.read_bytes() == b"not a database" * 1000


def test_a_read_only_database_costs_the_memory_and_not_the_answer(built: Settings) -> None:
    Store(built.store_url).close()
    url = f"sqlite:///file:{built.data_dir / 'store.db'}?mode=ro&uri=true"
    with TestClient(create_app(built.model_copy(update={"database_url": url}))) as client:
        response = client.post("/ask", json={"question": "볼륨 백업은?"})
        assert response.status_code == 200
        body = {"question_id": response.json()["question_id"], "helpful": True}
        refused = client.post("/feedback", json=body)
    assert refused.status_code == 503
    assert "데이터베이스" in refused.json()["detail"]


@pytest.mark.parametrize("year", [1999, 2099])
def test_a_clock_that_jumps_hides_no_new_index(built: Settings, year: int) -> None:
    """A build whose clock is wrong is noticed all the same: the pointer's time only has to differ."""
    with TestClient(create_app(built)) as client:
        former = client.get("/readyz").json()["generation"]
        (built.corpus_dir / "more.md").write_text("# 더\n\n- 더한 사실임\n", encoding="utf-8")
        build(built)
        stamp = datetime(year, 1, 1, tzinfo=UTC).timestamp()
        os.utime(built.index_dir / CURRENT, (stamp, stamp))
        assert client.get("/readyz").json()["generation"] != former


def test_rows_of_a_clock_that_was_wrong_are_neither_lost_nor_kept_for_ever(tmp_path: Path) -> None:
    store = Store(f"sqlite:///{tmp_path / 'store.db'}")
    now = datetime.now(UTC)

    def asked(name: str, moment: datetime) -> Asked:
        return Asked(name, "key:a", "c", moment, "질문", "질문", "answered", 1.0, (), "{}")

    for name, days in {"future": 3650, "today": 0, "old": -100}.items():
        store.keep(asked(name, now + timedelta(days=days)))
    assert store.purge(now, 90) == 1
    assert {each.id for each in store.recent(10)} == {"future", "today"}
    assert store.purge(now + timedelta(days=3800), 90) == 2
    store.close()


@pytest.mark.long
def test_a_build_that_is_killed_at_any_moment_leaves_the_old_index_and_no_litter(built: Settings) -> None:
    """What an out-of-memory kill does: SIGKILL, here at ten moments from start to end."""
    command = [sys.executable, "-m", "service", "build"]
    where = {"CORPUS_DIR": str(built.corpus_dir), "DATA_DIR": str(built.data_dir)}
    for number in range(10):
        note = f"# 노트 {number}\n\n" + "".join(
            f"- {number}번 노트의 {each}번 사실임\n" for each in range(20)
        )
        (built.corpus_dir / f"n{number}.md").write_text(note, encoding="utf-8")
        process = subprocess.Popen(
            command, cwd=ROOT, env={**os.environ, **where}, stderr=subprocess.DEVNULL, start_new_session=True
        )
        time.sleep(0.3 + 0.15 * number)
        os.killpg(process.pid, signal.SIGKILL)
        process.wait()
        assert load_tutor(built).ask("볼륨을 지우면?").citations
    build(built)
    assert load_tutor(built).index.documents[-1].id == "note"
    assert [path.name for path in built.index_dir.iterdir() if path.name.startswith(".")] == []
    assert len(load_tutor(built).index.documents) == 11


def test_a_note_of_fifty_megabytes_is_named_and_the_rest_builds(built: Settings) -> None:
    with (built.corpus_dir / "dump.md").open("w") as file:
        for _ in range(50):
            file.write("- 긴 줄입니다.\n" * 50_000)
    begun = time.monotonic()
    notes = build(built).notes
    assert notes is not None
    assert [error.fields["reason"] for error in notes.broken] == ["too-large"]
    assert time.monotonic() - begun < 10

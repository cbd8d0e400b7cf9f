from __future__ import annotations

import subprocess
import sys
import threading
import time
from collections.abc import Iterator

import pytest
from fastapi.testclient import TestClient

from service.interfaces.app import create_app
from service.interfaces.asgi.middleware import MAX_NOTE_BODY
from service.settings import Settings
from tests.conftest import ROOT
from tests.interfaces.conftest import KEY, NOTES, problem

WRITE = {"Authorization": f"Bearer {KEY}", "Content-Type": "text/markdown"}
SWARM = "# 스웜\n\n## 스웜 초기화\n\n- 스웜 클러스터는 `docker swarm init`으로 시작함\n"


@pytest.fixture
def writer(own: Settings) -> Iterator[TestClient]:
    with TestClient(create_app(own), raise_server_exceptions=False) as client:
        yield client


def put(client: TestClient, name: str, text: str, wait: int = 30) -> dict[str, object]:
    response = client.put(f"/documents/{name}?wait={wait}", content=text.encode(), headers=WRITE)
    assert response.status_code in {200, 202}, response.text
    body: dict[str, object] = response.json()
    return body


def first_text(client: TestClient, question: str) -> str:
    text: str = client.get("/search", params={"q": question}).json()["hits"][0]["text"]
    return text


@pytest.mark.real
def test_a_note_written_while_serving_answers_and_outlives_a_restart(
    own: Settings, writer: TestClient
) -> None:
    assert put(writer, "swarm", SWARM) == {"document": "swarm", "indexed": True}
    answer = writer.post("/ask", json={"question": "스웜 클러스터는 docker swarm init으로 시작해?"}).json()
    assert (answer["status"], answer["citations"][0]["document"]) == ("answered", "swarm")
    raw = writer.get("/documents/swarm", headers={"Accept": "text/markdown"})
    assert raw.text == SWARM
    with TestClient(create_app(own)) as restarted:
        assert restarted.get("/documents/swarm").json()["title"] == "스웜"
    seen = {**WRITE, "If-Match": raw.headers["etag"]}
    assert writer.delete("/documents/swarm?wait=30", headers=seen).json()["indexed"] is True
    assert problem(writer.get("/documents/swarm"))["status"] == 404
    assert problem(writer.delete("/documents/swarm", headers=WRITE))["status"] == 404


@pytest.mark.real
def test_a_note_of_the_corpus_is_replaced_and_removed_without_touching_its_file(
    own: Settings, writer: TestClient
) -> None:
    put(writer, "storage", NOTES["storage.md"].replace("tar로 묶어", "restic으로 묶어"), wait=0)
    put(writer, "network", NOTES["network.md"], wait=0)
    writer.delete("/documents/network?wait=30", headers=WRITE)
    assert "restic" in first_text(writer, "볼륨 백업")
    assert [each["id"] for each in writer.get("/documents").json()["documents"]] == ["storage"]
    assert {path.name: path.read_text(encoding="utf-8") for path in own.corpus_dir.iterdir()} == NOTES
    assert problem(writer.delete("/documents/storage", headers=WRITE))["status"] == 409


@pytest.mark.real
def test_what_was_written_and_not_indexed_before_a_crash_is_indexed_at_the_next_start(own: Settings) -> None:
    own.overlay_dir.mkdir()
    (own.overlay_dir / "swarm.md").write_text(SWARM, encoding="utf-8")
    with TestClient(create_app(own)) as client:
        until = time.monotonic() + 30
        while client.get("/documents/swarm").status_code == 404:
            assert time.monotonic() < until
            time.sleep(0.1)


def test_writing_needs_a_key(settings: Settings, writer: TestClient) -> None:
    for client, headers, status in (
        (writer, {}, 401),
        (writer, {"Authorization": "Bearer wrong"}, 403),
        (TestClient(create_app(settings)), {"Authorization": "Bearer anything-at-all"}, 403),
    ):
        assert (
            problem(client.put("/documents/a", content=SWARM.encode(), headers=headers))["status"] == status
        )
        assert problem(client.delete("/documents/storage", headers=headers))["status"] == status


@pytest.mark.parametrize(
    ("name", "content", "headers", "status"),
    [
        ("a", SWARM.encode(), {"Content-Type": "application/json"}, 415),
        ("a", b"x" * (MAX_NOTE_BODY + 1), {}, 413),
        ("a", b"\xff", {}, 422),
        ("a", b"", {}, 422),
        (".a", SWARM.encode(), {}, 422),
        ("a%20b", SWARM.encode(), {}, 422),
        ("a", f"---\nid: b\n---\n{SWARM}".encode(), {}, 409),
        ("a", SWARM.encode(), {"If-Match": '"old"'}, 412),
        ("storage", SWARM.encode(), {"If-Match": '"old"'}, 412),
        ("a?wait=61", SWARM.encode(), {}, 422),
        ("a", "# 글\n\n- 글임\n\n![그림](a.png)\n".encode(), {}, 422),
    ],
)
def test_what_cannot_be_kept_is_refused_and_nothing_changes(
    own: Settings, writer: TestClient, name: str, content: bytes, headers: dict[str, str], status: int
) -> None:
    refused = writer.put(f"/documents/{name}", content=content, headers={**WRITE, **headers})
    assert problem(refused)["status"] == status
    assert not list(own.overlay_dir.glob("*.md"))


@pytest.mark.real
def test_a_build_that_fails_is_not_waited_for_and_the_former_index_serves(
    own: Settings, writer: TestClient, caplog: pytest.LogCaptureFixture
) -> None:
    ledgers = own.data_dir / "ledgers" / "storage.ledger.json"
    ledgers.write_text("{", encoding="utf-8")
    began = time.monotonic()
    assert put(writer, "swarm", SWARM)["indexed"] is False
    assert time.monotonic() - began < 20
    assert "storage.ledger.json" in caplog.text
    assert first_text(writer, "볼륨 백업") == "볼륨은 tar로 묶어 백업함"


@pytest.mark.real
def test_asking_goes_on_while_notes_change_and_every_answer_is_of_one_version(writer: TestClient) -> None:
    """A note that says its version in every line: an answer that mixes two would show."""
    lines = [f"- 나침반 {part}번 설명의 판은 {{0}}임" for part in range(6)]
    note = "# 나침반\n\n## 나침반 설명\n\n" + "\n".join(lines) + "\n"
    put(writer, "compass", note.format("v0"))
    done = threading.Event()
    versions: set[str] = set()
    mixed: list[str] = []
    failed: list[int] = []

    def ask() -> None:
        while not done.is_set():
            response = writer.get("/search", params={"q": "나침반 설명의 판", "top_k": 6})
            found = {
                hit["text"].rsplit("판은 ")[-1]
                for hit in response.json().get("hits", ())
                if hit["document"] == "compass"
            }
            failed.extend([response.status_code] if response.status_code != 200 else [])
            mixed.extend([str(found)] if len(found) != 1 else [])
            versions.update(found)

    askers = [threading.Thread(target=ask) for _ in range(4)]
    for thread in askers:
        thread.start()
    for version in range(1, 5):
        put(writer, "compass", note.format(f"v{version}"))
    done.set()
    for thread in askers:
        thread.join()
    assert (failed, mixed) == ([], [])
    assert len(versions) >= 4


@pytest.mark.real
def test_a_file_edited_on_disk_is_picked_up_by_watch(own: Settings, writer: TestClient) -> None:
    command = [sys.executable, "-m", "service", "build", "--watch"]
    command += ["--corpus", str(own.corpus_dir), "--data", str(own.data_dir)]
    with subprocess.Popen(command, cwd=ROOT, stderr=subprocess.PIPE, text=True) as watching:
        assert watching.stderr is not None
        assert any("지켜보고" in line for line in watching.stderr)
        time.sleep(0.5)
        (own.corpus_dir / "swarm.md").write_text(SWARM, encoding="utf-8")
        until = time.monotonic() + 30
        while writer.get("/documents/swarm").status_code == 404:
            assert time.monotonic() < until
            time.sleep(0.1)
        watching.terminate()

from __future__ import annotations

import json
import os
import re
import shutil
import signal
import socket
import sqlite3
import subprocess
import sys
import threading
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack
from pathlib import Path

import httpx
import pytest
import uvicorn

from service.build import build
from service.errors import SettingsError
from service.interfaces import worker
from service.interfaces.app import create_app
from service.settings import Settings
from tests.conftest import ROOT
from tests.interfaces.running import serving, wait_until

pytestmark = pytest.mark.real


@pytest.fixture
def own(settings: Settings, tmp_path: Path) -> Settings:
    """A service whose notes and data are a test's own."""
    for name in ("corpus", "data"):
        shutil.copytree(getattr(settings, f"{name}_dir"), tmp_path / name, symlinks=True)
    return settings.model_copy(update={"corpus_dir": tmp_path / "corpus", "data_dir": tmp_path / "data"})


def refused(own: Settings, *arguments: str, **environment: str) -> str:
    """What a start says that the settings stop."""
    done = subprocess.run(
        [sys.executable, "-m", "service", "serve", *arguments],
        cwd=ROOT,
        env={
            **os.environ,
            "PORT": "0",
            "CORPUS_DIR": str(own.corpus_dir),
            "DATA_DIR": str(own.data_dir),
            **environment,
        },
        capture_output=True,
        text=True,
        timeout=60,
    )
    assert done.returncode == 1
    return done.stderr


@pytest.mark.parametrize(
    ("environment", "words"),
    [
        ({"PORT": "eighty"}, "PORT"),
        ({"API_KEYS": "short:1"}, "API_KEYS"),
        ({"TRUSTED_PROXIES": "*"}, "TRUSTED_PROXIES"),
        ({"DATABASE_URL": "nonsense"}, "DATABASE_URL"),
        ({"DATA_DIR": "/proc/none"}, "/proc/none"),
        ({"HOST": "192.0.2.1"}, "HOST"),
        ({"WORKERS": "2", "API_KEYS": "short:1"}, "API_KEYS"),
        ({"WORKERS": "2", "DATABASE_URL": "sqlite:////proc/none/store.db"}, "DATABASE_URL"),
    ],
)
def test_a_wrong_setting_stops_the_start_with_one_korean_line(
    own: Settings, environment: dict[str, str], words: str
) -> None:
    (line,) = refused(own, **environment).strip().splitlines()
    assert words in line
    assert any("가" <= letter <= "힣" for letter in line)


def test_a_port_in_use_stops_the_start_with_one_korean_line(own: Settings) -> None:
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = str(taken.getsockname()[1])
        done = subprocess.run(
            [sys.executable, "-m", "service", "serve", "--port", port, "--data", str(own.data_dir)],
            cwd=ROOT,
            capture_output=True,
            text=True,
            timeout=60,
        )
    assert done.returncode == 1
    assert done.stderr.strip() == f"설정 PORT 을(를) 쓸 수 없습니다: 이미 쓰이고 있는 포트입니다({port})"


def test_proxies_are_addresses_and_networks() -> None:
    assert worker.trusted_proxies(" 10.0.0.0/8, 127.0.0.1,::1 ") == ["10.0.0.0/8", "127.0.0.1", "::1"]
    with pytest.raises(SettingsError):
        worker.trusted_proxies("proxy.example")


@pytest.mark.parametrize("workers", ["1", "2"])
def test_a_signal_lets_running_requests_finish(own: Settings, tmp_path: Path, workers: str) -> None:
    """Every request that was taken is answered, though the end was asked for in the middle of them."""
    with serving(own, tmp_path / "log", "--workers", workers, CONCURRENCY="1") as running:
        opened = ExitStack()
        clients = [opened.enter_context(httpx.Client(base_url=running.client.base_url)) for _ in range(6)]
        started = threading.Barrier(len(clients) + 1)

        def ask(client: httpx.Client) -> int:
            client.get("/healthz")
            started.wait()
            return client.post("/ask", json={"question": "컨테이너를 지우면 볼륨은? " * 100}).status_code

        with opened, ThreadPoolExecutor(len(clients)) as pool:
            asked = [pool.submit(ask, client) for client in clients]
            started.wait()
            wait_until(lambda: any(future.done() for future in asked))
            running.process.send_signal(signal.SIGTERM)
            assert {future.result() for future in asked} == {200}
        running.process.wait(timeout=30)
        assert "Traceback" not in running.log.read_text()


def test_the_log_is_lines_of_json(own: Settings, tmp_path: Path) -> None:
    with serving(own, tmp_path / "log") as running:
        running.ask()
        running.client.get("/nowhere")
    greeting, *rest = (tmp_path / "log").read_text().splitlines()
    assert "에서 답합니다" in greeting or rest
    parsed = [json.loads(line) for line in [greeting, *rest] if "에서 답합니다" not in line]
    assert [line["status"] for line in parsed if line.get("route") in {"/ask", "(none)"}] == [200, 404]


def test_what_is_missing_is_built_first_where_that_is_asked_for(own: Settings, tmp_path: Path) -> None:
    (own.corpus_dir / "new.md").write_text("# 새 노트\n\n- 새 사실은 여기에 있음\n", encoding="utf-8")
    (own.corpus_dir / "broken.md").write_bytes(b"\xff\xfe")
    with serving(own, tmp_path / "log", "--build") as running:
        assert running.client.get("/documents/new").status_code == 200
    assert "broken.md" in (tmp_path / "log").read_text()
    shutil.rmtree(own.corpus_dir)
    assert "corpus" in refused(own, "--build")


def test_workers_add_up_their_metrics_and_follow_a_new_index_and_a_killed_one_is_replaced(
    own: Settings, tmp_path: Path
) -> None:
    with serving(own, tmp_path / "log", "--workers", "2") as running:
        wait_until(lambda: running.workers_serving() == 2)
        former = running.client.get("/readyz").json()["generation"]
        for _ in range(20):
            httpx.post(f"{running.client.base_url}/ask", json={"question": "볼륨 백업은?"}).raise_for_status()
        answered = [
            line for line in running.client.get("/metrics").text.splitlines() if "questions_total{" in line
        ]
        assert sum(float(line.split()[-1]) for line in answered) == 20

        (own.corpus_dir / "new.md").write_text("# 새 노트\n\n- 새 사실은 여기에 있음\n", encoding="utf-8")
        build(own)

        def all_new() -> bool:
            for _ in range(8):  # each new connection may reach either worker
                if httpx.get(f"{running.client.base_url}/readyz").json()["generation"] == former:
                    return False
            return running.workers_serving() == 2

        wait_until(all_new)

        victim = running.workers()[0]
        os.kill(victim, signal.SIGKILL)
        wait_until(lambda: len(running.workers()) == 2 and victim not in running.workers())
        wait_until(lambda: httpx.get(f"{running.client.base_url}/readyz").status_code == 200)
        wait_until(lambda: running.workers_serving() == 2)
        answered = [
            line for line in running.client.get("/metrics").text.splitlines() if "questions_total{" in line
        ]
        assert sum(float(line.split()[-1]) for line in answered) == 20, "a killed worker's counts are kept"


def test_a_client_that_never_ends_its_head_is_hung_up_on(
    own: Settings, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(worker, "PATIENCE_SECONDS", 0.5)
    config = worker.config(create_app(own), own)
    listening = socket.create_server(("127.0.0.1", 0))
    running = uvicorn.Server(config)
    thread = threading.Thread(target=running.run, kwargs={"sockets": [listening]})
    thread.start()
    try:
        wait_until(lambda: running.started)
        with socket.create_connection(listening.getsockname()) as slow:
            slow.sendall(b"GET /healthz HTTP/1.1\r\nHost: x\r\nX-Slow: ")
            slow.settimeout(5)
            assert slow.recv(1) == b""
        with httpx.Client(base_url=f"http://127.0.0.1:{listening.getsockname()[1]}") as client:
            assert client.get("/healthz").status_code == 200
    finally:
        running.should_exit = True
        thread.join(10)
        listening.close()


def test_a_locked_database_costs_the_memory_and_not_the_answer(own: Settings, tmp_path: Path) -> None:
    with serving(own, tmp_path / "log") as running:
        with sqlite3.connect(own.data_dir / "store.db", isolation_level=None) as other:
            other.execute("BEGIN IMMEDIATE")
            response = running.ask()
            assert response.status_code == 200
            said = running.client.post(
                "/feedback", json={"question_id": response.json()["question_id"], "helpful": True}
            )
            assert said.status_code == 503
            assert "retry-after" in said.headers
            other.execute("ROLLBACK")
        again = running.ask()
        kept = running.client.post(
            "/feedback", json={"question_id": again.json()["question_id"], "helpful": True}
        )
        assert kept.status_code == 204


def exchange(port: int, request: bytes) -> bytes:
    """What a raw request gets back until the server ends the connection, or goes quiet."""
    with socket.create_connection(("127.0.0.1", port)) as connection:
        connection.sendall(request)
        connection.settimeout(3)
        received = b""
        try:
            while part := connection.recv(65536):
                received += part
        except (TimeoutError, ConnectionResetError):
            pass
        return received


@pytest.mark.parametrize(
    ("proxies", "scheme"), [("", "http"), ("127.0.0.1", "https"), ("192.0.2.0/24", "http")]
)
def test_forwarded_headers_are_believed_from_named_proxies_only(
    own: Settings, tmp_path: Path, proxies: str, scheme: str
) -> None:
    with serving(own, tmp_path / "log", TRUSTED_PROXIES=proxies) as running:
        forwarded = {"X-Forwarded-Proto": "https", "X-Forwarded-For": "203.0.113.9"}
        answer = running.client.post("/ask", json={"question": "볼륨 백업은?"}, headers=forwarded)
        assert answer.json()["citations"][0]["url"].startswith(f"{scheme}://")


def test_no_request_hides_in_another(own: Settings, tmp_path: Path) -> None:
    """Ambiguous framing is refused, or read in the one way that leaves no second request to a proxy's eyes."""
    hidden = b"GET /hidden HTTP/1.1\r\nHost: x\r\n\r\n"
    with serving(own, tmp_path / "log") as running:
        port = int(running.client.base_url.port or 0)
        head = b"POST /ask HTTP/1.1\r\nHost: x\r\nContent-Type: application/json\r\n"
        for framing in (
            b"Content-Length: 3\r\nContent-Length: 40\r\n\r\n{}\n",
            b"Content-Length: 4\r\nTransfer-Encoding: xchunked\r\n\r\n{}\r\n",
            b"Content-Length: 5\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n",
            b"Content-Length: -1\r\n\r\n",
            b"Content-Length : 3\r\n\r\n{}\n",
            b"Transfer-Encoding: chunked\r\nTransfer-Encoding: identity\r\n\r\n0\r\n\r\n",
        ):
            received = exchange(port, head + framing + hidden)
            assert len(re.findall(rb"HTTP/1\.1 \d{3} ", received)) == 1, (framing, received)
            assert received.startswith(b"HTTP/1.1 4"), (framing, received)
        for end in (b"\r\n\r\n", b""):
            received = exchange(port, head + b"X-Long: " + b"a" * 200_000 + end)
            assert received.startswith(b"HTTP/1.1 400") or received == b""
        # What Java's client sends with every first request: an offer of HTTP/2 that we don't take.
        body = b'{"question": "' + "볼륨이 뭐예요?".encode() + b'"}'
        offer = b"Connection: Upgrade, HTTP2-Settings\r\nUpgrade: h2c\r\nHTTP2-Settings: AAEAAEAA\r\n"
        ours = head.replace(b"Host: x", b"Host: localhost")
        offered = ours + offer + b"Content-Length: %d\r\n\r\n" % len(body) + body
        received = exchange(port, offered)
        assert received.startswith(b"HTTP/1.1 200"), received

"""The bars for programs, each as its user would meet it: real processes, real kills, many clients. Minutes."""

from __future__ import annotations

import json
import os
import random
import re
import signal
import socket
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import Any

import anyio
import httpx
import pytest
from mcp.client import Client

from service.build import build
from service.interfaces.openai.schemas import MODEL
from service.settings import Settings, load_settings
from tests.conftest import ROOT
from tests.interfaces.conftest import KEY, NOTES, running
from tests.interfaces.http.test_streaming import STREAM, events

pytestmark = [pytest.mark.real, pytest.mark.long]

WRITE = {"Authorization": f"Bearer {KEY}", "Content-Type": "text/markdown"}
LINES = 6
QUESTIONS = 50
CASES = 10_000


def compass(version: int) -> str:
    """A note that says its version in every line: an answer that mixes two would show."""
    lines = [f"- 나침반 {part}번 설명의 판은 제{version}판임" for part in range(LINES)]
    return "\n".join(["# 나침반", "", "## 나침반 설명", "", *lines, ""])


def versions(texts: list[str]) -> set[int]:
    return {int(found[1]) for text in texts if (found := re.search(r"제(\d+)판", text))}


@contextmanager
def served(settings: Settings) -> Iterator[tuple[str, subprocess.Popen[bytes]]]:
    """A server process in a group of its own; gives its address."""
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    command = [sys.executable, "-m", "service", "serve", "--port", str(port)]
    command += ["--corpus", str(settings.corpus_dir), "--data", str(settings.data_dir)]
    environment = {**os.environ, "API_KEYS": settings.api_keys}
    process = subprocess.Popen(
        command, cwd=ROOT, env=environment, stderr=subprocess.DEVNULL, start_new_session=True
    )
    address = f"http://127.0.0.1:{port}"
    try:
        _until(lambda: httpx.get(f"{address}/readyz").status_code == 200)
        yield address, process
    finally:
        with suppress(ProcessLookupError):
            os.killpg(process.pid, signal.SIGKILL)
        process.wait()


def _until(condition: Any, seconds: float = 60) -> None:
    end = time.monotonic() + seconds
    while True:
        with suppress(httpx.TransportError):
            if condition():
                return
        assert time.monotonic() < end
        time.sleep(0.05)


def texts(address: str) -> list[str]:
    sections = httpx.get(f"{address}/documents/compass", timeout=30).json()["sections"]
    return [fact["text"] for section in sections for fact in section["facts"]]


def test_killed_at_any_moment_of_an_update_the_next_start_serves_the_old_or_the_new_version(
    own: Settings,
) -> None:
    dice = random.Random(6)  # noqa: S311 - the same moments every time
    rounds = int(os.environ.get("KILLS", "100"))
    before = kept = 0
    with served(own) as (address, _):
        httpx.put(f"{address}/documents/compass?wait=30", content=compass(0), headers=WRITE, timeout=60)
    for version in range(1, rounds + 1):
        acknowledged: list[int] = []
        with served(own) as (address, process):
            found = versions(texts(address))
            assert len(found) == 1
            assert found <= {before, kept}, (found, before, kept)
            _until(lambda kept=kept, address=address: max(versions(texts(address))) >= kept)
            assert {each["id"] for each in httpx.get(f"{address}/documents").json()["documents"]} == {
                "compass",
                *(name.removesuffix(".md") for name in NOTES),
            }

            def put(
                address: str = address, version: int = version, acknowledged: list[int] = acknowledged
            ) -> None:
                with suppress(httpx.TransportError):
                    response = httpx.put(
                        f"{address}/documents/compass", content=compass(version), headers=WRITE
                    )
                    acknowledged.append(response.status_code)

            writer = threading.Thread(target=put)
            writer.start()
            time.sleep(dice.uniform(0, 2.5))
            os.killpg(process.pid, signal.SIGKILL)
            writer.join()
        assert acknowledged in ([], [202])
        stored = own.overlay_dir / "compass.md"
        last = max(versions(stored.read_text(encoding="utf-8").splitlines()))
        assert last == version or not acknowledged  # what was acknowledged is kept
        before, kept = kept, last


def test_two_hundred_updates_while_twenty_clients_ask(
    own: Settings, record_property: Callable[[str, object], None]
) -> None:
    updates = int(os.environ.get("UPDATES", "200"))
    done = threading.Event()
    seen: set[int] = set()
    wrong: list[str] = []
    count = [0]
    with served(own) as (address, _):
        httpx.put(f"{address}/documents/compass?wait=30", content=compass(0), headers=WRITE, timeout=60)

        def ask() -> None:
            with httpx.Client(base_url=address, timeout=60) as client:
                while not done.is_set():
                    asked = {"question": "나침반 설명을 전부 알려줘"}
                    response = client.post("/ask", json=asked)
                    count[0] += 1
                    if response.status_code != 200:
                        wrong.append(f"{response.status_code} {response.text[:200]}")
                        continue
                    cited = [
                        each["text"] for each in response.json()["citations"] if each["document"] == "compass"
                    ]
                    if len(versions(cited)) != 1 or len(versions([response.json()["answer"]])) != 1:
                        wrong.append(response.text[:300])
                    seen.update(versions(cited))
                    time.sleep(0.2)

        askers = [threading.Thread(target=ask) for _ in range(20)]
        for asker in askers:
            asker.start()
        began = time.monotonic()
        for version in range(1, updates + 1):
            response = httpx.put(
                f"{address}/documents/compass", content=compass(version), headers=WRITE, timeout=60
            )
            assert response.status_code == 202, response.text
            time.sleep(max(0.0, began + version * 0.3 - time.monotonic()))
        written = time.monotonic()
        _until(lambda: versions(texts(address)) == {updates})
        followed = time.monotonic() - written
        done.set()
        for asker in askers:
            asker.join()
    record_property("answers", count[0])
    record_property("versions", len(seen))
    record_property("seconds_behind", round(followed, 1))
    assert wrong == []
    assert followed < 20


def test_citations_are_the_same_by_every_door(tmp_path: Path) -> None:
    settings = load_settings(
        corpus_dir=ROOT / "corpus", data_dir=ROOT / "data", database_url=f"sqlite:///{tmp_path / 'store.db'}"
    )
    build(settings)
    lines = (ROOT / "tests" / "evaluation" / "dev.jsonl").read_text(encoding="utf-8").splitlines()
    cases = [case for case in map(json.loads, lines) if "question" in case]
    questions = [case["question"] for case in cases][:: max(1, len(cases) // QUESTIONS)][:QUESTIONS]
    assert len(questions) == QUESTIONS
    cited = 0
    with running(settings) as address, httpx.Client(base_url=address, timeout=60) as client:
        by_mcp = anyio.run(_asked_by_mcp, address, questions)
        for question, tool in zip(questions, by_mcp, strict=True):
            plain = client.post("/ask", json={"question": question}).json()
            stream = events(client.post("/ask", json={"question": question}, headers=STREAM).text)[-1][1]
            chat = {"model": MODEL, "messages": [{"role": "user", "content": question}]}
            completion = client.post("/v1/chat/completions", json=chat).json()
            assert plain["citations"] == stream["citations"] == completion["citations"] == tool["citations"]
            assert plain["answer"] == stream["answer"] == tool["answer"]
            cited += bool(plain["citations"])
    assert cited > QUESTIONS / 2


async def _asked_by_mcp(address: str, questions: list[str]) -> list[dict[str, Any]]:
    async with Client(f"{address}/mcp") as client:
        results = [await client.call_tool("ask", {"question": question}) for question in questions]
    return [result.structured_content or {} for result in results]


def test_ten_thousand_generated_calls_find_no_server_error_and_nothing_undeclared(
    own: Settings, tmp_path: Path
) -> None:
    checks = (
        "not_a_server_error,status_code_conformance,content_type_conformance,response_headers_conformance"
    )
    with served(own) as (address, _):
        command = [str(Path(sys.executable).with_name("schemathesis")), "run", f"{address}/openapi.json"]
        command += ["--checks", f"{checks},response_schema_conformance", "-H", f"Authorization: Bearer {KEY}"]
        command += ["-n", "1000", "--phases", "examples,coverage,fuzzing", "--suppress-health-check", "all"]
        done = subprocess.run(command, cwd=tmp_path, capture_output=True, text=True, timeout=3600)
    assert done.returncode == 0, done.stdout[-5000:]
    generated = re.search(r"([\d,]+) generated, ([\d,]+) passed", done.stdout)
    assert generated, done.stdout[-2000:]
    assert int(generated[1].replace(",", "")) >= CASES

#!/usr/bin/env python
"""Measure the service on this machine, as ratios within one run (machines are noisy).

scripts/bench.py [--data DIR] [--corpus DIR] [--questions N] [--json]

Ask p50/p95 over HTTP and in process against a bare encoder pass of the same questions, CPU time a
question, questions a second, cold start, peak memory, build throughput and an incremental build.
"""

from __future__ import annotations

import argparse
import http.client
import json
import os
import shutil
import socket
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from functools import partial
from pathlib import Path

import httpx

from service.build import build
from service.loading import load_tutor
from service.settings import Settings, load_settings

ROOT = Path(__file__).resolve().parents[1]


def main() -> None:
    """Run every measurement and print it."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0] if __doc__ else None)
    parser.add_argument("--data", type=Path, default=None)
    parser.add_argument("--corpus", type=Path, default=None)
    parser.add_argument("--questions", type=int, default=200)
    parser.add_argument("--json", action="store_true")
    given = parser.parse_args()
    settings = load_settings(data_dir=given.data, corpus_dir=given.corpus)
    build(settings)
    questions = sample(settings, given.questions)
    figures = {**in_process(settings, questions), **over_http(settings, questions), **builds(settings)}
    if given.json:
        print(json.dumps(figures, indent=2))
        return
    for name, value in figures.items():
        print(f"{name:<34} {value:10.2f}")


def sample(settings: Settings, count: int) -> list[str]:
    """Questions of the bank, spread evenly over it, asked with a tail so that no cosine is 1."""
    keys = load_tutor(settings).index.questions
    step = max(1, len(keys) // count)
    return [f"{key.text} 알려 주세요" for key in keys[::step]][:count]


def in_process(settings: Settings, questions: Sequence[str]) -> dict[str, float]:
    """Bare encoder passes and whole answers in turn, so that noise hits both alike."""
    tutor = load_tutor(settings)
    for question in questions[:10]:
        tutor.ask(question)
    bare, asked, cpu_bare, cpu_asked = [], [], 0.0, 0.0
    for question in questions:
        spent, cpu = timed(partial(tutor.encoder.encode, [question], "question"))
        bare.append(spent)
        cpu_bare += cpu
        spent, cpu = timed(partial(tutor.ask, question))
        asked.append(spent)
        cpu_asked += cpu
    return {
        "encoder p50 ms": 1e3 * statistics.median(bare),
        "encoder p95 ms": 1e3 * quantile(bare, 0.95),
        "ask p50 ms": 1e3 * statistics.median(asked),
        "ask p95 ms": 1e3 * quantile(asked, 0.95),
        "ask p50 / encoder p50": statistics.median(asked) / statistics.median(bare),
        "ask cpu / encoder cpu": cpu_asked / cpu_bare,
    }


def over_http(settings: Settings, questions: Sequence[str]) -> dict[str, float]:
    """A server process of its own: cold start, latency against bare passes here, throughput, memory."""
    tutor = load_tutor(settings)
    with server(settings) as (client, process, ready):
        for question in questions[:10]:
            client.post("/ask", json={"question": question}).raise_for_status()
        bare, asked = [], []
        # httpx spends as long on a request as the server on HTTP; the standard library's client doesn't.
        lean = http.client.HTTPConnection(client.base_url.host, client.base_url.port or 80)
        before = cpu_seconds(process.pid)
        for question in questions:
            bare.append(timed(partial(tutor.encoder.encode, [question], "question"))[0])
            asked.append(timed(partial(post, lean, question))[0])
        spent = cpu_seconds(process.pid) - before
        begun = time.perf_counter()
        with ThreadPoolExecutor(8) as pool:
            list(pool.map(lambda question: client.post("/ask", json={"question": question}), questions))
        rate = len(questions) / (time.perf_counter() - begun)
        memory = peak_memory(process.pid)
    return {
        "http ask p50 ms": 1e3 * statistics.median(asked),
        "http ask p95 ms": 1e3 * quantile(asked, 0.95),
        "http ask p50 / encoder p50": statistics.median(asked) / statistics.median(bare),
        "http ask p95 / encoder p95": quantile(asked, 0.95) / quantile(bare, 0.95),
        "http cpu / encoder": spent / sum(bare),
        "http questions a second": rate,
        "cold start s": ready,
        "server peak memory MB": memory,
    }


def post(connection: http.client.HTTPConnection, question: str) -> bytes:
    """The body of the answer to one question."""
    body = json.dumps({"question": question}).encode()
    connection.request("POST", "/ask", body, {"Content-Type": "application/json"})
    return connection.getresponse().read()


def builds(settings: Settings) -> dict[str, float]:
    """A build from nothing but the encoder, then one after a single changed note."""
    with tempfile.TemporaryDirectory() as folder:
        corpus = Path(folder, "corpus")
        shutil.copytree(settings.corpus_dir, corpus)
        data = Path(folder, "data")
        data.mkdir()
        (data / "encoder").symlink_to(settings.encoder_dir.resolve())
        own = settings.model_copy(update={"corpus_dir": corpus, "data_dir": data})
        begun = time.perf_counter()
        full = build(own)
        full_time = time.perf_counter() - begun
        note = next(corpus.rglob("*.md"))
        note.write_text(
            note.read_text(encoding="utf-8") + "\n- 도커 벤치마크를 위해 덧붙인 사실입니다.\n",
            encoding="utf-8",
        )
        begun = time.perf_counter()
        changed = build(own)
        changed_time = time.perf_counter() - begun
    return {
        "build s": full_time,
        "build texts a second": full.encoded / full_time,
        "incremental build s": changed_time,
        "incremental texts encoded": float(changed.encoded),
    }


@contextmanager
def server(settings: Settings) -> Iterator[tuple[httpx.Client, subprocess.Popen[bytes], float]]:
    """A running server, a client for it, and the seconds from its start to ready."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    environment = {**os.environ, "DATA_DIR": str(settings.data_dir), "CORPUS_DIR": str(settings.corpus_dir)}
    command = [sys.executable, "-m", "service", "serve", "--port", str(port)]
    begun = time.perf_counter()
    process = subprocess.Popen(command, cwd=ROOT, env=environment, stderr=subprocess.DEVNULL)
    client = httpx.Client(base_url=f"http://127.0.0.1:{port}", timeout=60)
    try:
        while not is_ready(client):
            time.sleep(0.01)
        yield client, process, time.perf_counter() - begun
    finally:
        client.close()
        process.terminate()
        process.wait()


def is_ready(client: httpx.Client) -> bool:
    """Whether the server answers questions."""
    try:
        return client.get("/readyz").status_code == 200
    except httpx.TransportError:
        return False


def timed(work: Callable[[], object]) -> tuple[float, float]:
    """Wall and CPU seconds of one call."""
    wall, cpu = time.perf_counter(), time.process_time()
    work()
    return time.perf_counter() - wall, time.process_time() - cpu


def quantile(values: Sequence[float], share: float) -> float:
    """The value below which `share` of the values lie."""
    return sorted(values)[min(len(values) - 1, int(share * len(values)))]


def family(pid: int) -> list[int]:
    """A process and its children (Linux)."""
    return [pid, *map(int, Path(f"/proc/{pid}/task/{pid}/children").read_text().split())]


def cpu_seconds(pid: int) -> float:
    """User and system time of a server with its workers so far."""
    stats = [Path(f"/proc/{each}/stat").read_text().rsplit(")", 1)[1].split() for each in family(pid)]
    return sum(int(fields[11]) + int(fields[12]) for fields in stats) / os.sysconf("SC_CLK_TCK")


def peak_memory(pid: int) -> float:
    """Peak resident memory of a server with its workers in MB."""
    lines = [line for each in family(pid) for line in Path(f"/proc/{each}/status").read_text().splitlines()]
    return sum(int(line.split()[1]) for line in lines if line.startswith("VmHWM")) / 1024


if __name__ == "__main__":
    main()

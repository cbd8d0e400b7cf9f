#!/usr/bin/env python
"""Cold starts, each asked many different questions at once at the first moment of readiness.

    scripts/faults/cold_starts.py [--starts 25] [--clients 32] [--notes bare,full] [--workers 1,2]

Every mixture of notes and workers is started so often. Half of the starts are asked when `/readyz` has
answered, the others have the questions waiting at the door before anybody is there to take them. It goes on
until the last worker has come and been asked too. The exit code is 1 if a question wasn't answered.
"""

from __future__ import annotations

import argparse
import http.client
import itertools
import json
import os
import signal
import subprocess
import sys
import tempfile
import threading
import time
from collections import Counter
from collections.abc import Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager, suppress
from pathlib import Path
from urllib.parse import urlsplit

ROOT = Path(__file__).resolve().parents[2]
NOTE = "# 저장\n\n## 볼륨\n\n- 볼륨은 컨테이너를 지워도 남음\n- 볼륨은 tar로 묶어 백업함\n"
START_SECONDS = 60
ANSWER_SECONDS = 30
"""A question that takes longer hangs: the others share a machine, but not that badly."""


def main() -> None:
    """Start every mixture so often, and say what became of it."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    parser.add_argument("--starts", type=int, default=25)
    parser.add_argument("--clients", type=int, default=32)
    parser.add_argument("--notes", default="bare,full")
    parser.add_argument("--workers", default="1,2")
    given = parser.parse_args()
    questions = asked()
    failed = 0
    with tempfile.TemporaryDirectory(prefix="cold-starts-") as name:
        folder = Path(name)
        for notes, workers in itertools.product(given.notes.split(","), given.workers.split(",")):
            corpus, data = (bare if notes == "bare" else full)(folder / notes)
            seen: Counter[str] = Counter()
            times = []
            for number in range(given.starts):
                (data / "store.db").unlink(missing_ok=True)
                mine = list(itertools.islice(questions, given.clients))
                outcome, seconds = cold_start(corpus, data, workers, mine, early=number % 2 == 1)
                seen[outcome] += 1
                times.append(seconds)
            failed += given.starts - seen["all answered"]
            ready = f"ready after {sorted(times)[len(times) // 2]:.1f} s (median)"
            print(f"{notes} notes, {workers} worker(s): {dict(seen)}, {ready}", flush=True)
    sys.exit(1 if failed else 0)


def asked() -> Iterator[str]:
    """Questions people ask, over and over."""
    lines = (ROOT / "tests" / "evaluation" / "dev.jsonl").read_text(encoding="utf-8").splitlines()
    return itertools.cycle([json.loads(line)["question"] for line in lines])


def bare(folder: Path) -> tuple[Path, Path]:
    """One note without a bank, built: its folder and its data."""
    corpus, data = folder / "corpus", folder / "data"
    if not data.is_dir():
        corpus.mkdir(parents=True)
        data.mkdir()
        (corpus / "note.md").write_text(NOTE, encoding="utf-8")
        (data / "encoder").symlink_to(ROOT / "data" / "encoder")
        build = [sys.executable, "-m", "service", "build", "--corpus", str(corpus), "--data", str(data)]
        subprocess.run(build, cwd=ROOT, check=True, stderr=subprocess.DEVNULL)
    return corpus, data


def full(folder: Path) -> tuple[Path, Path]:
    """The notes of this repository, with a database of their own."""
    data = folder / "data"
    if not data.is_dir():
        data.mkdir(parents=True)
        for name in ("encoder", "index"):
            (data / name).symlink_to(ROOT / "data" / name)
    return ROOT / "corpus", data


def cold_start(
    corpus: Path, data: Path, workers: str, questions: Sequence[str], *, early: bool
) -> tuple[str, float]:
    """What became of the questions, and after how long the server was ready."""
    begun = time.monotonic()
    with started(corpus, data, workers) as (process, port), ThreadPoolExecutor(len(questions)) as pool:
        go = threading.Event()
        if early:
            go.set()
        answers = [pool.submit(ask, port, question, go) for question in questions]
        ready = outcome(port, "GET", "/readyz", {}, START_SECONDS)
        seconds = time.monotonic() - begun
        go.set()
        seen = Counter(answer.result() for answer in answers)
        seen[ready] += 1
        came = serving(port)
        while set(seen) == {"200"} and came < int(workers) and time.monotonic() < begun + START_SECONDS:
            seen.update(pool.map(lambda question: ask(port, question, go), questions))
            came = serving(port)
        if came < int(workers):
            seen[f"only {came} worker(s)"] += 1
        seen[ask(port, questions[0], go)] += 1
        if process.poll() is not None:
            seen[f"ended with {process.returncode}"] += 1
        del seen["200"]
        return ", ".join(f"{count}x {what}" for what, count in seen.items()) or "all answered", seconds


@contextmanager
def started(corpus: Path, data: Path, workers: str) -> Iterator[tuple[subprocess.Popen[bytes], int]]:
    """A server that has just been started, and its port; gone afterwards, whatever state it is in."""
    log = data.parent / "log"
    command = [sys.executable, "-m", "service", "serve", "--port", "0", "--workers", workers]
    where = {"CORPUS_DIR": str(corpus), "DATA_DIR": str(data), "RATE_LIMIT": ""}
    with log.open("wb") as out:
        process = subprocess.Popen(
            command, cwd=ROOT, env={**os.environ, **where}, stderr=out, start_new_session=True
        )
    try:
        yield process, port_of(process, log)
    finally:
        process.send_signal(signal.SIGTERM)
        with suppress(subprocess.TimeoutExpired):
            process.wait(5)
        with suppress(ProcessLookupError):
            os.killpg(process.pid, signal.SIGKILL)
        process.wait()


def port_of(process: subprocess.Popen[bytes], log: Path) -> int:
    """The port that the server says it answers on."""
    until = time.monotonic() + START_SECONDS
    while time.monotonic() < until and process.poll() is None:
        for word in log.read_text(encoding="utf-8").split():
            if word.startswith("http://"):
                return int(urlsplit(word).port or 0)
        time.sleep(0.005)
    raise SystemExit(f"the server didn't start: {log.read_text(encoding='utf-8')}")


def serving(port: int) -> int:
    """How many workers serve."""
    with suppress(OSError, http.client.HTTPException):
        connection = http.client.HTTPConnection("127.0.0.1", port, timeout=ANSWER_SECONDS)
        connection.request("GET", "/metrics")
        lines = connection.getresponse().read().decode().splitlines()
        return round(
            sum(float(line.split()[-1]) for line in lines if line.startswith("tutor_index_workers{"))
        )
    return 0


def ask(port: int, question: str, go: threading.Event) -> str:
    """The status of an answer, or what happened instead."""
    go.wait()
    return outcome(port, "POST", "/ask", {"question": question}, ANSWER_SECONDS)


def outcome(port: int, method: str, path: str, body: dict[str, str], seconds: float) -> str:
    """The status of a response, or what happened instead."""
    connection = http.client.HTTPConnection("127.0.0.1", port, timeout=seconds)
    try:
        connection.request(
            method, path, json.dumps(body).encode() if body else None, {"Content-Type": "application/json"}
        )
        response = connection.getresponse()
        response.read()
        return str(response.status)
    except TimeoutError:
        return "hung"
    except (OSError, http.client.HTTPException) as error:
        return type(error).__name__
    finally:
        connection.close()


if __name__ == "__main__":
    main()

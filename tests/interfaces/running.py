"""A server as a process of its own, as its users have it."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

import httpx

from service.settings import Settings
from tests.conftest import ROOT


@dataclass
class Running:
    client: httpx.Client
    process: subprocess.Popen[str]
    log: Path

    def ask(self, question: str = "볼륨은 지우면 어떻게 되나요?") -> httpx.Response:
        return self.client.post("/ask", json={"question": question})

    def workers(self) -> list[int]:
        """The processes that the server has started."""
        children = Path(f"/proc/{self.process.pid}/task/{self.process.pid}/children").read_text()
        return [int(pid) for pid in children.split()]

    def workers_serving(self) -> float:
        """How many of them say that they serve an index."""
        listed = httpx.get(f"{self.client.base_url}/metrics").text.splitlines()
        return sum(float(line.split()[-1]) for line in listed if line.startswith("tutor_index_workers{"))


@contextmanager
def serving(settings: Settings, log: Path, *arguments: str, **environment: str) -> Iterator[Running]:
    """A ready server on a free port; ended with SIGTERM."""
    where = {"CORPUS_DIR": str(settings.corpus_dir), "DATA_DIR": str(settings.data_dir)}
    with log.open("w") as out:
        process = subprocess.Popen(
            [sys.executable, "-m", "service", "serve", "--port", "0", *arguments],
            cwd=ROOT,
            env={**os.environ, **where, **environment},
            stderr=out,
            text=True,
            start_new_session=True,
        )
        try:
            client = httpx.Client(base_url=_address(process, log), timeout=30)
            with client:
                wait_until(lambda: client.get("/readyz").status_code == 200)
                yield Running(client, process, log)
        finally:
            if process.poll() is None:
                process.send_signal(signal.SIGTERM)
            process.wait(timeout=30)


def _address(process: subprocess.Popen[str], log: Path) -> str:
    def words() -> str:
        assert process.poll() is None, log.read_text()
        return next((word for word in log.read_text().split() if word.startswith("http://127")), "")

    wait_until(lambda: bool(words()))
    return words()


def wait_until(holds: object, seconds: float = 30) -> None:
    """Wait for `holds()` to be true."""
    assert callable(holds)
    end = time.monotonic() + seconds
    while True:
        try:
            if holds():
                return
        except httpx.TransportError:
            pass
        assert time.monotonic() < end, "it never came true"
        time.sleep(0.05)

"""A server whose worker dies, hangs or is stopped, and one whose supervisor does."""

from __future__ import annotations

import json
import os
import signal
import socket
import subprocess
import sys
import time
from pathlib import Path

import httpx
import pytest

from service.settings import Settings
from tests.conftest import ROOT
from tests.interfaces.asgi.test_observe import sample
from tests.interfaces.running import Running, serving, wait_until

pytestmark = pytest.mark.real

HANGS = {
    # A regular expression that never ends and never gives the interpreter's lock back.
    "with the lock": "import re; re.match('(a+)+$', 'a' * 64 + 'b')",
    # The loop goes on turning, but no question comes back.
    "in a question": "import threading; from service.asking.tutor import Tutor\n"
    "    Tutor.ask = lambda *_: threading.Event().wait()",
}


def logged(running: Running, words: str) -> list[dict[str, object]]:
    lines = [line for line in running.log.read_text().splitlines() if line.startswith("{")]
    return [line for line in map(json.loads, lines) if words in line["message"]]


def replaced(running: Running, reason: str) -> float:
    exposition = httpx.get(f"{running.client.base_url}/metrics").text
    return sample(exposition, f'tutor_workers_replaced_total{{reason="{reason}"}}')


@pytest.mark.parametrize("workers", [1, 2])
def test_a_frozen_worker_is_replaced_and_nothing_that_was_kept_is_lost(
    own: Settings, tmp_path: Path, workers: int
) -> None:
    with serving(own, tmp_path / "log", "--workers", str(workers)) as running:
        wait_until(lambda: running.workers_serving() == workers)
        asked = running.ask().json()["question_id"]
        former = running.workers()
        for pid in former:
            os.kill(pid, signal.SIGSTOP)
        begun = time.monotonic()
        with pytest.raises(httpx.TransportError):  # on the connection that the frozen worker had taken
            running.ask()
        assert time.monotonic() - begun < 25
        waiting = httpx.post(f"{running.client.base_url}/ask", json={"question": "볼륨 백업은?"}, timeout=60)
        assert waiting.json()["status"] == "answered", "who had not been let in yet only waited"
        assert running.client.get(f"/answers/{asked}").status_code == 200
        wait_until(lambda: len(running.workers()) == workers and not {*former} & {*running.workers()})
        wait_until(lambda: replaced(running, "silent") == workers)
        assert {line["worker"] for line in logged(running, "stopped answering")} == {*former}


@pytest.mark.parametrize("hang", list(HANGS))
def test_a_worker_that_hangs_is_replaced_and_the_log_says_where_it_hung(
    own: Settings, tmp_path: Path, hang: str
) -> None:
    (tmp_path / "sitecustomize.py").write_text(
        f"import signal\ndef hang(*_):\n    {HANGS[hang]}\nsignal.signal(signal.SIGUSR2, hang)\n"
    )
    with serving(own, tmp_path / "log", PYTHONPATH=str(tmp_path)) as running:
        running.ask().raise_for_status()
        (victim,) = running.workers()
        os.kill(victim, signal.SIGUSR2)
        wait_until(lambda: logged(running, "stopped answering"))
        (line,) = logged(running, "stopped answering")
        assert "hang" in str(line["stack"]) or "_prove" in str(line["stack"])
        wait_until(lambda: httpx.get(f"{running.client.base_url}/readyz").status_code == 200)
        assert replaced(running, "silent") == 1
        assert running.workers() != [victim]


def test_a_worker_that_crashes_is_replaced_and_the_log_says_where(own: Settings, tmp_path: Path) -> None:
    with serving(own, tmp_path / "log") as running:
        running.ask().raise_for_status()
        (victim,) = running.workers()
        os.kill(victim, signal.SIGSEGV)
        wait_until(lambda: logged(running, "died"))
        (line,) = logged(running, "died")
        assert (line["worker"], line["exit"]) == (victim, -signal.SIGSEGV)
        assert "worker.py" in str(line["stack"])
        wait_until(lambda: httpx.get(f"{running.client.base_url}/readyz").status_code == 200)
        assert replaced(running, "died") == 1


def test_workers_end_when_their_supervisor_is_killed(own: Settings, tmp_path: Path) -> None:
    with serving(own, tmp_path / "log") as running:
        (worker,) = running.workers()
        address = running.client.base_url
        running.process.kill()
        running.process.wait()
        wait_until(lambda: not Path(f"/proc/{worker}").exists())
        with socket.create_server((address.host, address.port or 0)):
            pass  # the port is free again


def test_a_worker_that_ends_again_and_again_is_tried_again_later(own: Settings, tmp_path: Path) -> None:
    """As long as the flag is there, one that starts ends before it can serve."""
    flag = tmp_path / "flag"
    (tmp_path / "sitecustomize.py").write_text(
        "import os, sys\n"
        f"if 'service.interfaces.worker' in sys.orig_argv and os.path.exists({str(flag)!r}): os._exit(7)\n"
    )
    with serving(own, tmp_path / "log", PYTHONPATH=str(tmp_path)) as running:
        flag.touch()
        os.kill(running.workers()[0], signal.SIGKILL)
        wait_until(lambda: len(logged(running, "died")) == 2)
        flag.unlink()
        wait_until(lambda: httpx.get(f"{running.client.base_url}/readyz").status_code == 200)
        assert [line["exit"] for line in logged(running, "died")] == [-signal.SIGKILL, 7]
        assert replaced(running, "died") == 2


def test_a_first_worker_that_ends_before_it_serves_ends_the_start_with_one_korean_line(
    own: Settings, tmp_path: Path
) -> None:
    (tmp_path / "sitecustomize.py").write_text(
        "import os, sys\nif 'service.interfaces.worker' in sys.orig_argv: os._exit(7)\n"
    )
    where = {"CORPUS_DIR": str(own.corpus_dir), "DATA_DIR": str(own.data_dir), "PYTHONPATH": str(tmp_path)}
    done = subprocess.run(
        [sys.executable, "-m", "service", "serve", "--port", "0"],
        cwd=ROOT,
        env={**os.environ, **where},
        capture_output=True,
        text=True,
        timeout=60,
    )
    assert done.returncode == 1
    (line,) = done.stderr.splitlines()
    assert "종료 코드 7" in line


@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGINT, signal.SIGHUP])
def test_a_signal_ends_the_server_with_code_0_and_without_words(
    own: Settings, tmp_path: Path, number: signal.Signals
) -> None:
    with serving(own, tmp_path / "log") as running:
        (worker,) = running.workers()
        os.killpg(running.process.pid, number)  # what a terminal does
        assert running.process.wait(timeout=30) == 0
        assert not Path(f"/proc/{worker}").exists()
        assert "error" not in running.log.read_text()


@pytest.mark.long
def test_the_end_does_not_wait_for_a_frozen_worker(own: Settings, tmp_path: Path) -> None:
    with serving(own, tmp_path / "log") as running:
        os.kill(running.workers()[0], signal.SIGSTOP)
        running.process.send_signal(signal.SIGTERM)
        assert running.process.wait(timeout=25) == 0
        assert logged(running, "doesn't end")


@pytest.mark.long
def test_a_pause_of_everything_is_nobody_s_silence(own: Settings, tmp_path: Path) -> None:
    """What `docker pause`, Ctrl-Z and a laptop's lid do."""
    with serving(own, tmp_path / "log") as running:
        everybody = [running.process.pid, *running.workers()]
        for pid in everybody:
            os.kill(pid, signal.SIGSTOP)
        time.sleep(15)
        for pid in everybody:
            os.kill(pid, signal.SIGCONT)
        running.ask().raise_for_status()
        time.sleep(5)
        assert running.workers() == everybody[1:]

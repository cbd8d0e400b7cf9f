"""The workers of a server, watched from outside: one that dies or falls silent is replaced.

A thread that hangs in native code with the interpreter's lock stops every watchdog inside its process. So
the watchdog is a process of its own that does nothing else: each worker says through a pipe that it answers,
and one that hasn't said so for `SILENCE_SECONDS` is ended and started anew. The pipe tells a worker of its
supervisor's end as well.
"""

from __future__ import annotations

import json
import logging
import os
import selectors
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import Any

from service import errors
from service.errors import TutorError, WorkerDied
from service.interfaces.process import NUMBERS
from service.settings import Settings

MODULE = "service.interfaces.worker"
BEAT_SECONDS = 1.0
"""How often a worker says that it answers."""
SILENCE_SECONDS = 10.0
"""How long it may not: more than any work keeps the interpreter's lock (reading 200,000 facts: 3 s)."""
START_SECONDS = 120.0
"""How long it may not until it is ready: imports from a cold disk, on a fraction of a processor."""
LAST_SECONDS = 8.0
"""What workers have to end beyond the patience with running requests; then they are ended."""
LONGEST_PAUSE = 30.0
"""Between two starts of a worker that dies again and again."""

_REPLACED = {
    "died": "worker %d died and is replaced; its requests broke off",
    "silent": "worker %d stopped answering and is replaced; its requests broke off",
}
_LOOK_SECONDS = 0.25
_ASLEEP_SECONDS = 2.0
_STACK_SECONDS = 1.0
_MOST_STACK = 8000

log = logging.getLogger(__name__)

Gone = tuple[int, str]
"""A worker that was replaced: its process id, and whether it `died` or was `silent`."""


class Worker:
    """One worker process as its supervisor sees it."""

    def __init__(self, settings: Settings, listening: socket.socket, folder: Path, gone: list[Gone]) -> None:
        self.gone = gone
        self.heard_at = time.monotonic()
        self.made = self.ready = self.hung_up = False
        self.error: TutorError | None = None
        self.pipe, says = os.pipe()
        os.set_blocking(self.pipe, False)
        self._half = b""
        self._process = subprocess.Popen(  # noqa: S603 - our own module
            [sys.executable, "-m", MODULE, str(listening.fileno()), str(says)],
            stdin=subprocess.PIPE,
            pass_fds=(listening.fileno(), says),
            env={**os.environ, NUMBERS: str(folder)},
            preexec_fn=_leave_the_terminal_to_us,
        )
        os.close(says)
        self._stack = folder / f"stack-{self.pid}"
        orders = {"settings": settings.model_dump(mode="json"), "gone": gone, "stacks": str(folder)}
        assert self._process.stdin is not None  # noqa: S101 - it was asked for
        with suppress(BrokenPipeError), self._process.stdin as stdin:  # its end is seen soon enough
            stdin.write(json.dumps(orders).encode())

    @property
    def pid(self) -> int:
        """Its process id."""
        return self._process.pid

    @property
    def code(self) -> int | None:
        """Its exit code; negative for the signal that ended it, None while it runs."""
        return self._process.poll()

    def hear(self) -> None:
        """Take in what it has said since."""
        with suppress(BlockingIOError):
            while said := os.read(self.pipe, 65536):
                self.heard_at = time.monotonic()
                *words, self._half = (self._half + said).split(b"\n")
                for word in words:
                    self._take(json.loads(word))
            self.hung_up = True

    def _take(self, word: dict[str, Any]) -> None:
        self.made |= "made" in word
        self.ready |= "ready" in word
        if "error" in word:
            self.error = getattr(errors, word["error"])(**word["fields"])

    def is_silent(self) -> bool:
        """Whether it has said nothing for too long."""
        return time.monotonic() - self.heard_at > (SILENCE_SECONDS if self.ready else START_SECONDS)

    def ask_to_end(self) -> None:
        """Let it finish what it has begun, and end."""
        self._process.terminate()

    def kill(self) -> None:
        """End it, whatever it does; if it can still say where its threads are, it does first."""
        self._process.send_signal(signal.SIGUSR1)
        until = time.monotonic() + _STACK_SECONDS
        said, before = "", None
        while (not said or said != before) and time.monotonic() < until:  # it writes thread by thread
            time.sleep(0.1)
            said, before = self.stack(), said
        self._process.kill()
        try:
            self._process.wait(SILENCE_SECONDS)
        except subprocess.TimeoutExpired:
            log.error("worker %d can't be ended: the system holds it", self.pid)

    def stack(self) -> str:
        """Where its threads were when it crashed or was ended."""
        try:
            return self._stack.read_text(encoding="utf-8", errors="replace")[:_MOST_STACK]
        except FileNotFoundError:
            return ""

    def close(self) -> None:
        """Hear no more of it."""
        os.close(self.pipe)
        self._stack.unlink(missing_ok=True)


def _leave_the_terminal_to_us() -> None:
    """Ctrl-C and a closed terminal reach every process at once: a worker ends when its supervisor says so."""
    for number in (signal.SIGINT, signal.SIGHUP):
        signal.signal(number, signal.SIG_IGN)


class Supervisor:
    """Keeps as many workers answering as the settings say, until a signal says to end.

    `made` is called when the first has put its application together: the settings are right.
    """

    def __init__(
        self, settings: Settings, listening: socket.socket, folder: Path, made: Callable[[], None]
    ) -> None:
        self._settings, self._listening, self._folder = settings, listening, folder
        self._greet = made
        self._workers: list[Worker] = []
        self._selector = selectors.DefaultSelector()
        self._gone: list[Gone] = []
        self._signals = 0
        self._greeted = self._served = False
        self._failures = 0
        self._start_at = self._looked_at = time.monotonic()

    def run(self) -> None:
        """Watch until SIGTERM, SIGINT or SIGHUP. Raises what keeps the first worker from starting."""
        with self._hearing_signals():
            try:
                while not self._signals:
                    self._start_missing()
                    self._look()
            finally:
                self._end()

    @contextmanager
    def _hearing_signals(self) -> Iterator[None]:
        def hear(number: int, frame: object) -> None:
            self._signals += 1

        numbers = (signal.SIGTERM, signal.SIGINT, signal.SIGHUP)
        former = {number: signal.signal(number, hear) for number in numbers}
        try:
            yield
        finally:
            for number, handler in former.items():
                signal.signal(number, handler)

    def _start_missing(self) -> None:
        """Start what is missing: the first alone, for it opens the database and says what is wrong."""
        wanted = self._settings.workers if self._served else 1
        if len(self._workers) >= wanted or time.monotonic() < self._start_at:
            return
        gone, self._gone = self._gone, []
        worker = Worker(self._settings, self._listening, self._folder, gone)
        self._workers.append(worker)
        self._selector.register(worker.pipe, selectors.EVENT_READ, worker)

    def _look(self) -> None:
        """Hear what workers say for a moment, then see to those that don't."""
        self._listen()
        slept = time.monotonic() - self._looked_at > _ASLEEP_SECONDS
        self._looked_at = time.monotonic()
        for worker in list(self._workers):
            if slept:  # we were stopped, most likely they too: nobody could speak
                worker.heard_at = self._looked_at
            if self._signals:
                return
            if worker.code is not None:
                self._hear(worker)
                self._replace(worker, "died")
            elif worker.is_silent():
                worker.kill()
                self._replace(worker, "silent")

    def _listen(self) -> None:
        for key, _ in self._selector.select(_LOOK_SECONDS):
            self._hear(key.data)
            if key.data.hung_up:  # its end is a matter of moments, and this no news any more
                self._selector.unregister(key.data.pipe)

    def _hear(self, worker: Worker) -> None:
        was_ready = worker.ready
        worker.hear()
        if worker.made and not self._greeted:
            self._greeted = True
            self._greet()
        if worker.ready and not was_ready:
            self._served, self._failures = True, 0
            if worker.gone:
                log.warning("worker %d answers", worker.pid)

    def _replace(self, worker: Worker, reason: str) -> None:
        """Say what happened to a worker, and let another one start. Raises what only a person can mend."""
        self._forget(worker)
        if not self._served and reason == "died":
            raise worker.error or WorkerDied(code=worker.code or 0)
        if not worker.made:  # else it has counted them
            self._gone += worker.gone
        self._gone.append((worker.pid, reason))
        if not worker.ready:
            self._failures += 1
            self._start_at = time.monotonic() + min(LONGEST_PAUSE, 2.0**self._failures)
        data = {"worker": worker.pid, "reason": reason, "exit": worker.code, "stack": worker.stack()}
        if worker.error is not None:
            data["error"] = str(worker.error)
        log.error(_REPLACED[reason], worker.pid, extra={"data": data})
        worker.close()

    def _forget(self, worker: Worker) -> None:
        self._workers.remove(worker)
        if worker.pipe in self._selector.get_map():
            self._selector.unregister(worker.pipe)

    def _end(self) -> None:
        """Let the workers finish, but not for ever; a second signal ends them at once."""
        patience = time.monotonic() + self._settings.shutdown_seconds + LAST_SECONDS
        signals = self._signals
        for worker in self._workers:
            worker.ask_to_end()
        while self._workers:
            self._listen()
            for worker in list(self._workers):
                hopeless = worker.is_silent() or time.monotonic() > patience or self._signals > signals
                if worker.code is None and hopeless:
                    log.error("worker %d doesn't end and is ended", worker.pid)
                    worker.kill()
                if worker.code is not None or hopeless:
                    self._forget(worker)
                    worker.close()

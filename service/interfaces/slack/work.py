"""Work after the acknowledgement: a bounded number of threads, one question of a conversation at a time."""

from __future__ import annotations

import logging
import threading
from collections import deque
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor

log = logging.getLogger(__name__)

Job = Callable[[], None]


class Work:
    """Runs jobs in `workers` threads; jobs of one line run in the order they came."""

    def __init__(self, workers: int, waiting: int, name: str) -> None:
        self._pool = ThreadPoolExecutor(workers, thread_name_prefix=name)
        self._most = workers + waiting
        self._lines: dict[str, deque[Job]] = {}
        self._count = 0
        self._lock = threading.Lock()
        self._closed = False

    def submit(self, line: str, job: Job) -> bool:
        """Take a job in; False when too many are waiting."""
        with self._lock:
            if self._closed or self._count >= self._most:
                return False
            self._count += 1
            if line in self._lines:
                self._lines[line].append(job)
            else:
                self._lines[line] = deque()
                self._pool.submit(self._run, line, job)
            return True

    def close(self) -> None:
        """Finish what is running; what waits is left to whoever finds it unfinished."""
        with self._lock:
            self._closed = True
        self._pool.shutdown(cancel_futures=True)

    def _run(self, line: str, job: Job) -> None:
        try:
            job()
        except Exception:
            log.exception("a Slack job failed")
        with self._lock:
            self._count -= 1
            if not self._lines[line]:
                del self._lines[line]
            elif not self._closed:
                self._pool.submit(self._run, line, self._lines[line].popleft())

"""The tutor of a running server: loaded once, swapped when a build has made a new generation."""

from __future__ import annotations

import logging
import math
import threading
from collections.abc import AsyncIterator, Callable, Iterator
from dataclasses import replace
from typing import TypeVar

import anyio
import anyio.to_thread

from service.asking.tutor import Tutor
from service.cards.shelf import Shelf
from service.errors import (
    EncoderError,
    IndexDamaged,
    IndexUnusable,
    Overloaded,
    ServerEnds,
    StorageError,
)
from service.index import CURRENT, current_generation
from service.interfaces.asgi import metrics
from service.interfaces.asgi.observe import counted
from service.interfaces.runtime.proving import Proof
from service.loading import Loaded, load
from service.settings import Settings

WAITING_A_WORKER = 32
"""Questions that may wait for each one in work before the server says 503: about a second of patience."""
MOST_LISTENING = 64
"""Answers that a language model may be writing at once; they wait, and take no processor."""

T = TypeVar("T")
log = logging.getLogger(__name__)


class Serving:
    """Gives requests the current tutor, and runs their work in a bounded number of threads."""

    def __init__(self, settings: Settings, load: Callable[[Settings], Loaded] = load) -> None:
        self._settings, self._load = settings, load
        self._loaded: Loaded | None = None
        self._error: IndexUnusable | EncoderError | StorageError | None = None
        self._seen: int | None = None
        self._loading = threading.Lock()
        self._proof: Proof | None = None
        self._looker, self._prover = anyio.CapacityLimiter(1), anyio.CapacityLimiter(1)
        self._writing: set[anyio.CancelScope] = set()
        self._ends_at = math.inf
        self._limiter = anyio.CapacityLimiter(settings.concurrency)
        self._patient = anyio.CapacityLimiter(MOST_LISTENING)
        self._most_waiting = settings.concurrency * WAITING_A_WORKER

    def tutor(self) -> Tutor:
        """The tutor for the newest generation. Raises IndexUnusable or EncoderError while there is none."""
        return self.loaded().tutor

    def shelf(self) -> Shelf:
        """The cards of the newest generation. Raises what `tutor` does."""
        return self.loaded().shelf

    def loaded(self) -> Loaded:
        """Tutor and cards of one generation, the newest. Raises what `tutor` does."""
        if self._stamp() != self._seen and self._loading.acquire(blocking=self._loaded is None):
            try:
                self._reload()
            finally:
                self._loading.release()
        if self._loaded is None:
            assert self._error is not None  # noqa: S101 - a load gives one or the other
            raise self._error
        return self._loaded

    def refresh(self) -> None:
        """Open a generation that was made since, if there is one, without waiting for a request."""
        if self._stamp() != self._seen:
            with self._loading:
                self._reload()

    def _stamp(self) -> int:
        try:
            return (self._settings.index_dir / CURRENT).stat().st_mtime_ns
        except OSError:
            return 0

    def _generation(self) -> str:
        return current_generation(self._settings.index_dir)

    def _reload(self) -> None:
        stamp = self._stamp()
        if stamp == self._seen:  # another thread has just done it
            return
        try:
            if self._loaded is None or self._generation() != self._loaded.tutor.index.generation:
                loaded = self._load(self._settings)
                self._proof = self._rehearsed(loaded.tutor)
                self._loaded = replace(loaded, tutor=counted(loaded.tutor))
                metrics.serves(loaded.tutor.index.generation)
                log.warning("serving index %s", loaded.tutor.index.generation)
            self._error = None
        except (IndexUnusable, EncoderError, StorageError) as error:
            log.error("%s; %s", error, "serving the former index" if self._loaded else "not ready")
            self._error = error
        self._seen = stamp

    def _rehearsed(self, tutor: Tutor) -> Proof:
        """The proof that it answers. Raises IndexDamaged where it doesn't."""
        proof = Proof(tutor)
        try:
            proof.rehearse()
        except Exception as error:
            log.exception("index %s can't be asked", tutor.index.generation)
            path = str(self._settings.index_dir / tutor.index.generation)
            raise IndexDamaged(path=path, reason=f"{type(error).__name__}: {error}") from error
        return proof

    async def proved(self) -> Tutor:
        """The tutor for the newest generation, after it has answered. Raises what `tutor` does."""
        tutor = await anyio.to_thread.run_sync(self.tutor, limiter=self._looker, abandon_on_cancel=True)
        await self.prove()
        return tutor

    async def prove(self) -> None:
        """Wait until the tutor, if there is one, has answered a question; it has no part in the queue."""
        proof = self._proof
        if proof is not None and not proof.is_fresh:
            await anyio.to_thread.run_sync(proof.ask, limiter=self._prover, abandon_on_cancel=True)

    def end_in(self, seconds: float) -> None:
        """Let what a language model writes longer than that break off with ServerEnds. In the event loop."""
        self._ends_at = anyio.current_time() + seconds
        for scope in self._writing:
            scope.deadline = self._ends_at

    async def each(self, items: Iterator[T], *, slow: bool) -> AsyncIterator[T]:
        """The items as they come; a `slow` iterator, which waits for others, is awaited in a thread.

        Raises ServerEnds.
        """
        if not slow:
            for item in items:
                yield item
            return
        while found := await self._next(items):
            yield found[0]

    async def _next(self, items: Iterator[T]) -> tuple[T] | None:
        """The next item in a tuple, None after the last."""

        def work() -> tuple[T] | None:
            return next(((item,) for item in items), None)

        with anyio.CancelScope(deadline=self._ends_at) as scope:
            self._writing.add(scope)
            try:
                # Abandoned when the listener leaves: the thread ends by itself at the next thing it hears.
                return await anyio.to_thread.run_sync(work, limiter=self._patient, abandon_on_cancel=True)
            finally:
                self._writing.discard(scope)
        raise ServerEnds()

    async def run(self, work: Callable[[], T]) -> T:
        """Run `work` in a thread. Raises Overloaded when too many are waiting already."""
        if self._limiter.statistics().tasks_waiting >= self._most_waiting:
            raise Overloaded()
        return await anyio.to_thread.run_sync(work, limiter=self._limiter)

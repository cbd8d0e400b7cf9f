"""Lets the index follow the overlay: one build after another, in a process of its own, while requests go on.

A build takes every change that was written before it began, so a hundred writes need a few builds. The
server goes on with the former index until the new generation is complete, and then switches at once.
"""

from __future__ import annotations

import asyncio
import logging
import os
import sys
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, suppress

import anyio
import anyio.to_thread

from service.build import overlay_is_indexed
from service.errors import BROKEN_NOTES
from service.interfaces.runtime.serving import Serving
from service.settings import Settings

log = logging.getLogger(__name__)


class Rebuilding:
    """The builds of one server process."""

    def __init__(self, settings: Settings, serving: Serving) -> None:
        self._settings, self._serving = settings, serving
        self._wanted = self._tried = self._built = 0
        self._news = asyncio.Condition()

    @asynccontextmanager
    async def running(self) -> AsyncIterator[None]:
        """Build while the block runs; what an earlier process wrote and didn't index comes first."""
        task = asyncio.create_task(self._builds())
        try:
            if not await anyio.to_thread.run_sync(overlay_is_indexed, self._settings):
                await self.ask()
            yield
        finally:
            task.cancel()
            with suppress(asyncio.CancelledError):
                await task

    async def ask(self) -> int:
        """Say that something was written; gives the number of the build that will have it."""
        async with self._news:
            self._wanted += 1
            self._news.notify_all()
            return self._wanted

    async def wait(self, number: int, seconds: float) -> bool:
        """Whether the build with this number is served, after waiting for it for at most so long."""
        with anyio.move_on_after(seconds):
            async with self._news:
                await self._news.wait_for(lambda: self._tried >= number)
        return self._built >= number

    async def _builds(self) -> None:
        while True:
            async with self._news:
                await self._news.wait_for(lambda: self._wanted > self._tried)
                number = self._wanted
            good = await self._build()
            if good:
                await anyio.to_thread.run_sync(self._serving.refresh)
            async with self._news:
                self._tried = number
                self._built = number if good else self._built
                self._news.notify_all()

    async def _build(self) -> bool:
        settings = self._settings
        command = ["-m", "service", "build", "--corpus-untouched"]
        command += ["--corpus", str(settings.corpus_dir), "--data", str(settings.data_dir)]
        process = await asyncio.create_subprocess_exec(
            sys.executable,
            *command,
            env={**os.environ, "ENCODER": settings.encoder},
            stdin=asyncio.subprocess.DEVNULL,
            stdout=asyncio.subprocess.DEVNULL,
            stderr=asyncio.subprocess.PIPE,
        )
        try:
            _, said = await process.communicate()
        except asyncio.CancelledError:
            process.kill()
            await process.wait()
            raise
        if process.returncode not in {0, BROKEN_NOTES}:
            log.error("the index doesn't follow: %s", said.decode("utf-8", "replace").strip()[-500:])
            return False
        return True

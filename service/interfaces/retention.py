"""Deletes what was asked longer ago than people were promised: when the server starts, then daily."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, suppress
from datetime import UTC, datetime

import anyio.to_thread

from service.errors import StoreError
from service.store import Store

EVERY_SECONDS = 24 * 3600

log = logging.getLogger(__name__)


@asynccontextmanager
async def purging(store: Store, retention_days: int) -> AsyncIterator[None]:
    """Purge while the block runs, the first time at once."""
    task = asyncio.create_task(_daily(store, retention_days))
    try:
        yield
    finally:
        task.cancel()
        with suppress(asyncio.CancelledError):
            await task


async def _daily(store: Store, retention_days: int) -> None:
    while True:
        try:
            gone = await anyio.to_thread.run_sync(store.purge, datetime.now(UTC), retention_days)
            log.info("%d questions past their retention deleted", gone)
        except StoreError as error:
            log.error("retention: nothing deleted, next try in a day: %s", error)
        await asyncio.sleep(EVERY_SECONDS)

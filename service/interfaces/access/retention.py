"""Deletes what was asked longer ago than people were promised: when the server starts, then daily."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, suppress
from datetime import UTC, datetime
from pathlib import Path

import anyio.to_thread

from service.curation import accept
from service.errors import BankError, StorageError, StoreError
from service.store import Store

EVERY_SECONDS = 24 * 3600

log = logging.getLogger(__name__)


@asynccontextmanager
async def purging(store: Store, retention_days: int, data: Path) -> AsyncIterator[None]:
    """Purge while the block runs, the first time at once."""
    task = asyncio.create_task(_daily(store, retention_days, data))
    try:
        yield
    finally:
        task.cancel()
        with suppress(asyncio.CancelledError):
            await task


async def _daily(store: Store, retention_days: int, data: Path) -> None:
    while True:
        try:
            gone = await anyio.to_thread.run_sync(_purge, store, retention_days, data)
            log.info("%d questions past their retention deleted", gone)
        except (StoreError, BankError, StorageError) as error:
            log.error("retention: nothing deleted, next try in a day: %s", error)
        await asyncio.sleep(EVERY_SECONDS)


def _purge(store: Store, retention_days: int, data: Path) -> int:
    gone = store.purge(datetime.now(UTC), retention_days)
    if gone:
        accept.forget_feedback(data)  # what is still kept comes back with the next review
    return gone

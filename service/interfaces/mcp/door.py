"""`/mcp`: lets a call in, and loads the protocol's SDK when the first one comes.

The SDK takes most of a second to import, and most servers never see a call.
"""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import TYPE_CHECKING

import anyio.to_thread
from starlette.requests import Request
from starlette.responses import Response
from starlette.types import Receive, Scope, Send

from service.interfaces.access.callers import caller
from service.interfaces.http.desk import desk_for

if TYPE_CHECKING:
    from mcp.server.streamable_http_manager import StreamableHTTPSessionManager


class McpDoor:
    """The ASGI endpoint of `/mcp`."""

    def __init__(self) -> None:
        self._opening = asyncio.Lock()
        self._closing = asyncio.Event()
        self._manager: StreamableHTTPSessionManager | None = None
        self._task: asyncio.Task[None] | None = None

    @asynccontextmanager
    async def running(self) -> AsyncIterator[None]:
        """Answers calls while the block runs."""
        self._closing.clear()
        try:
            yield
        finally:
            self._closing.set()
            if self._task is not None:
                await self._task
            self._manager = self._task = None

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Handle one call. Raises Unauthorised, TooManyRequests."""
        request = Request(scope, receive)
        who = caller(request, Response())
        manager = await self._opened()
        from service.interfaces.mcp import tools

        tools.desk.set(desk_for(request, who))
        await manager.handle_request(scope, receive, send)

    async def _opened(self) -> StreamableHTTPSessionManager:
        async with self._opening:
            if self._manager is None:
                manager = await anyio.to_thread.run_sync(_load)
                ready: asyncio.Future[StreamableHTTPSessionManager] = (
                    asyncio.get_running_loop().create_future()
                )
                self._task = asyncio.create_task(self._run(manager, ready))
                self._manager = await ready
            return self._manager

    async def _run(
        self, manager: StreamableHTTPSessionManager, ready: asyncio.Future[StreamableHTTPSessionManager]
    ) -> None:
        async with manager.run():
            ready.set_result(manager)
            await self._closing.wait()


def _load() -> StreamableHTTPSessionManager:
    from service.interfaces.mcp.tools import make_manager

    return make_manager()

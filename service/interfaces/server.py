"""The server process: its socket, its workers, its patience with clients, and its end.

Every worker is a whole process with encoder and index of its own; they share the listening socket and
the database, and each notices a new generation of the index by itself.
"""

from __future__ import annotations

import asyncio
import errno
import ipaddress
import os
import shutil
import socket
import tempfile
from collections.abc import Callable
from functools import partial

import uvicorn
from fastapi import FastAPI
from uvicorn.supervisors import Multiprocess

from service.errors import SettingsError
from service.interfaces.app import create_app
from service.interfaces.asgi import metrics, observe
from service.interfaces.asgi.wire import Wire
from service.settings import Settings

PATIENCE_SECONDS = 15.0
"""How long a client may take to send the head of a request. Measured on 1,000 that never finish theirs."""
KEEP_ALIVE_SECONDS = 15
"""Longer than clients keep idle connections (httpx: 5 s), or a request meets a connection just closed."""
BACKLOG = 2048


def serve(settings: Settings, ready: Callable[[str, int], None]) -> None:
    """Serve until a signal says to end; `ready` hears host and port. Raises SettingsError or StoreError."""
    observe.configure_logging()
    proxies = trusted_proxies(settings.trusted_proxies)
    listening = _listen(settings)
    config = uvicorn.Config(
        partial(worker, settings),
        factory=True,
        http=Patient,
        ws="none",
        workers=settings.workers,
        log_config=None,
        access_log=False,
        server_header=False,
        proxy_headers=bool(proxies),
        forwarded_allow_ips=proxies,
        timeout_keep_alive=KEEP_ALIVE_SECONDS,
        timeout_graceful_shutdown=settings.shutdown_seconds,
    )
    with listening:
        host, port = listening.getsockname()[:2]
        if settings.workers == 1:
            # Made here, so that what is wrong with the settings is one line and no traceback.
            config.app, config.factory = worker(settings), False
            ready(host, port)
            uvicorn.Server(config).run(sockets=[listening])
            return
        create_app(settings).state.store.close()  # for its errors
        folder = tempfile.mkdtemp(prefix="metrics-")
        os.environ[metrics.FOLDER] = folder
        try:
            ready(host, port)
            Multiprocess(config, sockets=[listening]).run()
        finally:
            shutil.rmtree(folder, ignore_errors=True)


def worker(settings: Settings) -> FastAPI:
    """The application of one worker process."""
    observe.configure_logging()
    metrics.forget_dead_workers()
    return create_app(settings)


def trusted_proxies(given: str) -> list[str]:
    """Addresses and networks of `TRUSTED_PROXIES`. Raises SettingsError; `*` is none."""
    proxies = [part for part in (part.strip() for part in given.split(",")) if part]
    for proxy in proxies:
        try:
            ipaddress.ip_network(proxy)
        except ValueError as error:
            raise SettingsError(name="TRUSTED_PROXIES", reason=f"proxies:{proxy}") from error
    return proxies


def _listen(settings: Settings) -> socket.socket:
    family = socket.AF_INET6 if ":" in settings.host else socket.AF_INET
    listening = socket.socket(family)
    try:
        listening.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        listening.bind((settings.host, settings.port))
        listening.listen(BACKLOG)
    except OSError as error:
        listening.close()
        if error.errno == errno.EADDRINUSE:
            raise SettingsError(name="PORT", reason=f"port-in-use:{settings.port}") from error
        raise SettingsError(name="HOST", reason=f"address:{settings.host}, {error.strerror}") from error
    listening.set_inheritable(True)
    return listening


class Patient(Wire):
    """HTTP/1.1 that hangs up on a client who takes too long to send the head of a request.

    uvicorn's own keep-alive timer ends with the first byte; h11 also bounds the head to 64 KiB.
    """

    _deadline: asyncio.TimerHandle | None = None

    def connection_made(self, transport: asyncio.Transport) -> None:  # type: ignore[override]
        """Wait for the first request."""
        super().connection_made(transport)
        self._wait()

    def on_response_complete(self) -> None:
        """Wait for the next request."""
        super().on_response_complete()
        self._wait()

    def connection_lost(self, exc: Exception | None) -> None:
        """Stop waiting."""
        if self._deadline is not None:
            self._deadline.cancel()
        super().connection_lost(exc)

    def _wait(self) -> None:
        if self._deadline is not None:
            self._deadline.cancel()
        self._deadline = self.loop.call_later(PATIENCE_SECONDS, self._hang_up)

    def _hang_up(self) -> None:
        if self.cycle is None or self.cycle.response_complete:  # else the end of the response waits anew
            self.transport.abort()

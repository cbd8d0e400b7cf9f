"""One worker process: the application on the shared socket, and a beat for the supervisor.

python -m service.interfaces.worker LISTENING SAYS      the supervisor's to start, with its orders on stdin
"""

from __future__ import annotations

import asyncio
import faulthandler
import ipaddress
import json
import logging
import os
import signal
import socket
import sys
from contextlib import suppress
from pathlib import Path
from typing import Any

import uvicorn
from fastapi import FastAPI

from service.errors import SettingsError, TutorError
from service.interfaces.app import create_app
from service.interfaces.asgi import metrics
from service.interfaces.asgi.wire import Wire
from service.interfaces.process import configure_logging
from service.interfaces.runtime.serving import Serving
from service.interfaces.runtime.supervisor import BEAT_SECONDS
from service.settings import Settings

PATIENCE_SECONDS = 15.0
"""How long a client may take to send the head of a request. Measured on 1,000 that never finish theirs."""
KEEP_ALIVE_SECONDS = 15
"""Longer than clients keep idle connections (httpx: 5 s), or a request meets a connection just closed."""
FAREWELL_SECONDS = 1.0
"""Before the patience with running requests is over: streams say that they break off."""

log = logging.getLogger(__name__)


def main() -> None:
    """Serve as ordered until a signal says to end, or there is no supervisor any more."""
    configure_logging()
    listening, lifeline = socket.socket(fileno=int(sys.argv[1])), Lifeline(int(sys.argv[2]))
    orders = json.load(sys.stdin)
    _tell_of_crashes(Path(orders["stacks"]) / f"stack-{os.getpid()}")
    settings = Settings(**orders["settings"])
    try:
        app = create_app(settings)
        how = config(app, settings)
    except TutorError as error:
        lifeline.say(error=type(error).__name__, fields=error.fields)
        sys.exit(1)
    for pid, reason in orders["gone"]:
        metrics.replaced(pid, reason)
    lifeline.say(made=True)
    Server(how, app.state.serving, lifeline).run(sockets=[listening])


def _tell_of_crashes(file: Path) -> None:
    """Where the threads are goes into `file` when native code crashes, and at SIGUSR1 whatever hangs."""
    stacks = file.open("w", encoding="utf-8")
    faulthandler.enable(stacks)
    faulthandler.register(signal.SIGUSR1, stacks)


class Lifeline:
    """The worker's end of the pipe to its supervisor."""

    def __init__(self, descriptor: int) -> None:
        self._descriptor = descriptor
        os.set_blocking(descriptor, False)

    def say(self, **words: Any) -> None:  # noqa: ANN401
        """Say something. Raises BrokenPipeError when there is nobody any more."""
        try:
            os.write(self._descriptor, json.dumps(words).encode() + b"\n")
        except BlockingIOError:
            log.warning("the supervisor doesn't listen")


def config(app: FastAPI, settings: Settings) -> uvicorn.Config:
    """How uvicorn serves the application. Raises SettingsError."""
    proxies = trusted_proxies(settings.trusted_proxies)
    return uvicorn.Config(
        app,
        http=Patient,
        ws="none",
        log_config=None,
        access_log=False,
        server_header=False,
        proxy_headers=bool(proxies),
        forwarded_allow_ips=proxies,
        timeout_keep_alive=KEEP_ALIVE_SECONDS,
        timeout_graceful_shutdown=settings.shutdown_seconds,
    )


def trusted_proxies(given: str) -> list[str]:
    """Addresses and networks of `TRUSTED_PROXIES`. Raises SettingsError; `*` is none."""
    proxies = [part for part in (part.strip() for part in given.split(",")) if part]
    for proxy in proxies:
        try:
            ipaddress.ip_network(proxy)
        except ValueError as error:
            raise SettingsError(name="TRUSTED_PROXIES", reason=f"proxies:{proxy}") from error
    return proxies


class Server(uvicorn.Server):
    """uvicorn's server, which shows its supervisor that it answers, and lets long answers say farewell."""

    def __init__(self, config: uvicorn.Config, serving: Serving, lifeline: Lifeline) -> None:
        super().__init__(config)
        self._serving, self._lifeline = serving, lifeline
        self._wrong = False

    async def serve(self, sockets: list[socket.socket] | None = None) -> None:
        """Serve, with a beating heart."""
        heart = asyncio.create_task(self._beat())
        try:
            await super().serve(sockets)
        finally:
            heart.cancel()
            with suppress(asyncio.CancelledError):
                await heart

    async def startup(self, sockets: list[socket.socket] | None = None) -> None:
        """Start, and say when it is done."""
        await super().startup(sockets)
        self._lifeline.say(ready=True)

    async def shutdown(self, sockets: list[socket.socket] | None = None) -> None:
        """End; what writes longer than we wait says so in time."""
        patience = self.config.timeout_graceful_shutdown or 0
        self._serving.end_in(max(0.0, patience - FAREWELL_SECONDS))
        await super().shutdown(sockets)

    async def _beat(self) -> None:
        """A beat means: the loop turns, and the last question that it asked itself was answered."""
        try:
            while True:
                await self._prove()
                self._lifeline.say(beat=True)
                await asyncio.sleep(BEAT_SECONDS)
        except BrokenPipeError:
            log.error("the supervisor is gone: this worker ends")
            self.should_exit = True

    async def _prove(self) -> None:
        """Wait for an answer; one that is wrong is a matter for `/readyz`, and for people."""
        try:
            await self._serving.prove()
            self._wrong = False
        except Exception:
            if not self._wrong:  # once, not every second
                log.exception("the question that the worker asks itself failed")
            self._wrong = True


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


if __name__ == "__main__":
    main()

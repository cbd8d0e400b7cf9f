"""What every request passes: a limit on the body, in bytes and in time."""

from __future__ import annotations

import anyio
from starlette.datastructures import Headers
from starlette.requests import Request
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from service import messages
from service.interfaces.asgi.problems import problem

MAX_BODY = 256_000
"""Bytes. The longest question is 4,000 characters; escaped as JSON that is under 50 kB."""
MAX_NOTE_BODY = 1_000_000
"""Bytes of a note that is written through the API."""
BODY_SECONDS = 30
"""How long a client may take to send a body."""


class BodyLimit:
    """Refuses a body over its limit by its declared length, or as soon as it has grown past it."""

    def __init__(self, app: ASGIApp) -> None:
        self._app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Handle one connection."""
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        headers = Headers(scope=scope)
        if "content-length" in headers and "transfer-encoding" in headers:
            # Two lengths: a proxy may see another end of this body than we do, and a second request in it.
            refusal = problem(Request(scope), 400, messages.TWO_LENGTHS)
            refusal.headers["Connection"] = "close"
            await refusal(scope, receive, send)
            return
        note = scope["method"] == "PUT" and scope["path"].startswith("/documents/")
        limit = MAX_NOTE_BODY if note else MAX_BODY
        declared = headers.get("content-length", "0")
        body: bytes | None = None
        with anyio.move_on_after(BODY_SECONDS) as patience:
            body = None if declared.isdigit() and int(declared) > limit else await _read(receive, limit)
        if patience.cancelled_caught:
            await problem(Request(scope), 408, messages.BODY_TOO_SLOW)(scope, receive, send)
            return
        if body is None:
            refusal = problem(Request(scope), 413, messages.BODY_TOO_LARGE.format(limit=limit))
            await refusal(scope, receive, send)
            return
        replayed = False

        async def replay() -> Message:
            nonlocal replayed
            if replayed:
                return await receive()
            replayed = True
            return {"type": "http.request", "body": body, "more_body": False}

        await self._app(scope, replay, send)


async def _read(receive: Receive, limit: int) -> bytes | None:
    """The whole body, or None as soon as it is larger than allowed."""
    parts: list[bytes] = []
    size = 0
    while True:
        message = await receive()
        parts.append(message.get("body", b""))
        size += len(parts[-1])
        if size > limit:
            return None
        if not message.get("more_body", False):
            return b"".join(parts)

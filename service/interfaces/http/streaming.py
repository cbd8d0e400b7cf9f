"""An answer as server-sent events: `meta`, `delta`..., then `done` with the whole body, or `error`."""

from __future__ import annotations

import json
from collections.abc import AsyncIterator
from typing import Any

from fastapi import Request
from sse_starlette import EventSourceResponse, ServerSentEvent

from service.errors import TutorError
from service.interfaces.asgi.problems import describe, unexpected
from service.interfaces.http.desk import Asking
from service.interfaces.state import state_of

HEARTBEAT_SECONDS = 10
"""A comment line this often while nothing else is sent, so that no proxy takes the silence for the end."""
SEND_SECONDS = 30
"""A client that doesn't read for so long is let go."""


def wants_events(request: Request) -> bool:
    """Whether the client asked for a stream."""
    return "text/event-stream" in request.headers.get("accept", "").lower()


def answer_events(asking: Asking, request: Request, headers: dict[str, str]) -> EventSourceResponse:
    """The response that says the answer as it comes."""
    return event_stream(_events(asking, request), request, headers)


def event_stream(
    events: AsyncIterator[ServerSentEvent], request: Request, headers: dict[str, str]
) -> EventSourceResponse:
    """Events as a response, with heartbeats; a client that leaves cancels what is still to do.

    A server that ends waits for them as it does for other responses.
    """
    return EventSourceResponse(
        events,
        headers=headers,
        ping=HEARTBEAT_SECONDS,
        ping_message_factory=lambda: ServerSentEvent(comment="heartbeat", sep="\n"),
        send_timeout=SEND_SECONDS,
        shutdown_grace_period=state_of(request).settings.shutdown_seconds,
        sep="\n",
    )


async def _events(asking: Asking, request: Request) -> AsyncIterator[ServerSentEvent]:
    yield event(
        "meta",
        {
            "question_id": asking.question_id,
            "conversation_id": asking.conversation_id,
            "status": asking.reply.notes.status,
            "confidence": round(asking.reply.notes.confidence, 4),
        },
    )
    try:
        async for before, sentence in asking.said():
            yield event("delta", {"text": before + sentence.text})
        yield event("done", (await asking.finish()).model_dump_json())
    except TutorError as error:
        yield event("error", describe(request, error).model_dump_json())
    except Exception as error:
        # The status line has gone: whatever happens now can only be told inside the stream.
        yield event("error", unexpected(request, error).model_dump_json())


def event(name: str | None, data: dict[str, Any] | str) -> ServerSentEvent:
    """One event; data that isn't a string is sent as JSON."""
    body = data if isinstance(data, str) else json.dumps(data, ensure_ascii=False)
    return ServerSentEvent(body, event=name, sep="\n")

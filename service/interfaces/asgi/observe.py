"""What a running server says about itself: one line of JSON a request, and the numbers for `metrics`.

No text that a person typed is in either, unless `LOG_QUESTIONS=1`: then the question is in the log.
"""

from __future__ import annotations

import logging
import time
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace

from fastapi import Request
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from service.asking.stream import Write
from service.asking.tutor import Tutor
from service.errors import GenerationFailed
from service.interfaces.asgi import metrics
from service.interfaces.asgi.request_id import request_id
from service.interfaces.process import requests
from service.llm.client import Stop, Written
from service.types import Answer, Encoder, Fact, Role, Vectors

UNMATCHED = "(none)"
"""The route of a request that no route took: its path would let anybody mint label values."""


class Observe:
    """Logs and counts every request when its response has ended. Goes inside `RequestId`."""

    def __init__(self, app: ASGIApp) -> None:
        self._app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Handle one connection."""
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        status = 500
        begun = time.perf_counter()

        async def send_and_see(message: Message) -> None:
            nonlocal status
            if message["type"] == "http.response.start":
                status = message["status"]
            await send(message)

        try:
            await self._app(scope, receive, send_and_see)
        finally:
            _finished(scope, status, time.perf_counter() - begun)


def _finished(scope: Scope, status: int, seconds: float) -> None:
    route = getattr(scope.get("route"), "path", UNMATCHED)
    metrics.request(route, scope["method"] if route != UNMATCHED else "", status, seconds)
    if not requests.isEnabledFor(logging.INFO):
        return
    data = {
        "request_id": request_id(),
        "method": scope["method"],
        "route": route,
        "status": status,
        "ms": round(1000 * seconds, 1),
        **scope.get("observed", {}),
    }
    requests.info("request", extra={"data": data})


def answered(request: Request, question: str, answer: Answer) -> None:
    """Note the outcome of a question for the request's log line and the numbers."""
    metrics.question(answer.status)
    observed: dict[str, object] = {"outcome": answer.status, "confidence": round(answer.confidence, 4)}
    if request.app.state.settings.log_questions:
        observed["question"] = question
    request.scope["observed"] = observed


@dataclass(frozen=True, slots=True)
class TimedEncoder:
    """An encoder whose every call is counted."""

    encoder: Encoder

    @property
    def id(self) -> str:
        """The id of the encoder underneath."""
        return self.encoder.id

    @property
    def dimension(self) -> int:
        """Length of one embedding."""
        return self.encoder.dimension

    def encode(self, texts: Sequence[str], role: Role) -> Vectors:
        """Encode `texts` and count the time."""
        begun = time.perf_counter()
        vectors = self.encoder.encode(texts, role)
        metrics.encoded(time.perf_counter() - begun)
        return vectors


def counted(tutor: Tutor) -> Tutor:
    """The tutor with its encoder's time and the failures of its language model counted."""
    write = tutor.write and _failures_counted(tutor.write)
    return replace(tutor, encoder=TimedEncoder(tutor.encoder), write=write)


def _failures_counted(write: Write) -> Write:
    def writing(question: str, facts: Sequence[Fact], stop: Stop) -> Iterator[Written]:
        try:
            yield from write(question, facts, stop)
        except GenerationFailed as error:
            if not stop.asked:  # else nobody listens, and nothing is said in its place
                metrics.llm_fallback(str(error.fields["reason"]).partition(":")[0])
            raise

    return writing

"""What Prometheus sees at `/metrics`: the one module that knows its client library.

Each worker writes its numbers into files in one folder, which the server names before the workers start, and
whichever worker is asked adds them all up, those of workers that have gone too.
"""

from __future__ import annotations

import os

from prometheus_client import (
    CONTENT_TYPE_LATEST,
    CollectorRegistry,
    Counter,
    Gauge,
    Histogram,
    ProcessCollector,
    generate_latest,
)
from prometheus_client import REGISTRY as OWN
from prometheus_client.multiprocess import MultiProcessCollector, mark_process_dead

from service.interfaces.process import NUMBERS

MEDIA_TYPE = CONTENT_TYPE_LATEST
"""Of what `exposition` gives."""

_SECONDS = (0.005, 0.01, 0.02, 0.03, 0.05, 0.075, 0.1, 0.15, 0.25, 0.5, 1, 2.5, 5, 10)

_requests = Counter(
    "tutor_requests", "Requests by route template, method and status.", ("route", "method", "status")
)
_latency = Histogram(
    "tutor_request_seconds", "Time to the end of the response.", ("route",), buckets=_SECONDS
)
_questions = Counter(
    "tutor_questions", "Answers by outcome (answered, related, not_found, chat).", ("outcome",)
)
_encoding = Histogram("tutor_encoder_seconds", "Time to encode one question.", buckets=_SECONDS)
_kept = Counter("tutor_questions_kept", "Whether a question reached the database.", ("kept",))
_workers = Gauge(
    "tutor_index_workers", "Workers that serve this generation.", ("generation",), multiprocess_mode="livesum"
)
_llm_fallbacks = Counter("tutor_llm_fallbacks", "Answers composed by us after the LLM failed.", ("reason",))
_slack_retries = Counter("tutor_slack_retries", "Deliveries that Slack sent again.", ("reason",))

_replaced = Counter(
    "tutor_workers_replaced",
    "Workers that died or stopped answering (silent), and were replaced.",
    ("reason",),
)

_serving: str | None = None


def request(route: str, method: str, status: int, seconds: float) -> None:
    """Count a finished request."""
    _requests.labels(route, method, str(status)).inc()
    _latency.labels(route).observe(seconds)


def question(outcome: str) -> None:
    """Count an answer."""
    _questions.labels(outcome).inc()


def encoded(seconds: float) -> None:
    """Count an encoding."""
    _encoding.observe(seconds)


def kept(done: bool) -> None:
    """Count a question that was kept, or was not."""
    _kept.labels("yes" if done else "no").inc()


def llm_fallback(reason: str) -> None:
    """Count an answer that the LLM should have written."""
    _llm_fallbacks.labels(reason).inc()


def slack_retry(reason: str) -> None:
    """Count a delivery that Slack repeated."""
    _slack_retries.labels(reason).inc()


def serves(generation: str) -> None:
    """Say which generation of the index this worker serves from now on."""
    global _serving
    if _serving is not None:
        _workers.labels(_serving).set(0)
    _workers.labels(generation).set(1)
    _serving = generation


def replaced(pid: int, reason: str) -> None:
    """Count a worker that is gone, and take it out of the gauges; the one that replaces it calls this."""
    _replaced.labels(reason).inc()
    mark_process_dead(pid)  # type: ignore[no-untyped-call]


def exposition(*, alone: bool) -> bytes:
    """All numbers in Prometheus' format; of a process too where it is `alone` in answering."""
    registry = OWN
    if os.environ.get(NUMBERS):
        registry = CollectorRegistry()
        MultiProcessCollector(registry)  # type: ignore[no-untyped-call]
        if alone:
            ProcessCollector(registry=registry)
    return generate_latest(registry)

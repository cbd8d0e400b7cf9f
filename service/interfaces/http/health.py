"""Whether the process lives, and whether it can answer."""

from __future__ import annotations

import anyio
from fastapi import APIRouter, Request
from fastapi.responses import PlainTextResponse, Response

from service.errors import NotAnswering
from service.interfaces.access.callers import key_holder
from service.interfaces.asgi import metrics
from service.interfaces.asgi.problems import documented
from service.interfaces.deps import Current
from service.interfaces.http.schemas import HealthOut, ReadyOut
from service.interfaces.state import state_of

READY_SECONDS = 3
"""How long an answer of our own may take; less than what asks us waits."""

router = APIRouter()


@router.get("/healthz", summary="살아 있는지")
def healthz() -> HealthOut:
    """프로세스가 살아 있으면 언제나 ok입니다."""
    return HealthOut(status="ok")


@router.get("/metrics", summary="Prometheus 수치", response_class=PlainTextResponse)
def exposition(request: Request) -> Response:
    """Prometheus가 읽는 수치입니다. 질문의 글은 들어 있지 않습니다."""
    settings = state_of(request).settings
    if settings.require_key:
        key_holder(request)
    numbers = metrics.exposition(alone=settings.workers == 1)
    return Response(numbers, media_type=metrics.MEDIA_TYPE)


@router.get("/readyz", summary="답할 수 있는지", responses=documented(503))
async def readyz(serving: Current) -> ReadyOut:
    """노트에 있는 질문 하나에 스스로 답해 보고, 답할 수 있으면 ready, 아니면 503입니다."""
    with anyio.move_on_after(READY_SECONDS):
        tutor = await serving.proved()
        return ReadyOut(
            status="ready",
            generation=tutor.index.generation,
            encoder=tutor.encoder.id,
            documents=len(tutor.index.documents),
            facts=len(tutor.index.facts),
            questions=len(tutor.index.questions),
            ranking="fitted" if tutor.is_fitted else "fused",
        )
    raise NotAnswering(seconds=READY_SECONDS)

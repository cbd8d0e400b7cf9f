"""Whether the process lives, and whether it can answer."""

from __future__ import annotations

from fastapi import APIRouter
from fastapi.responses import PlainTextResponse

from service.interfaces.asgi import metrics
from service.interfaces.asgi.problems import documented
from service.interfaces.deps import Current
from service.interfaces.http.schemas import HealthOut, ReadyOut

router = APIRouter()


@router.get("/healthz", summary="살아 있는지")
def healthz() -> HealthOut:
    """프로세스가 살아 있으면 언제나 ok입니다."""
    return HealthOut(status="ok")


router.get("/metrics", summary="Prometheus 수치", response_class=PlainTextResponse)(metrics.exposition)


@router.get("/readyz", summary="답할 수 있는지", responses=documented(503))
def readyz(serving: Current) -> ReadyOut:
    """인덱스와 인코더가 준비되어 답할 수 있으면 ready, 아니면 503입니다."""
    tutor = serving.tutor()
    return ReadyOut(
        status="ready",
        generation=tutor.index.generation,
        encoder=tutor.encoder.id,
        documents=len(tutor.index.documents),
        facts=len(tutor.index.facts),
        questions=len(tutor.index.questions),
    )

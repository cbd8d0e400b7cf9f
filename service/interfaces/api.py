"""The REST API: routes that translate between HTTP and the pipeline."""

from __future__ import annotations

import secrets
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, suppress
from typing import Annotated, Any

from fastapi import Depends, FastAPI, Query, Request
from fastapi.responses import PlainTextResponse, Response
from fastapi_offline import FastAPIOffline

from service import messages
from service.errors import EncoderError, IndexUnusable, UnknownDocument
from service.interfaces import problems
from service.interfaces.middleware import BodyLimit, RequestId
from service.interfaces.schemas import (
    AnswerOut,
    AskIn,
    DocumentOut,
    DocumentsOut,
    HealthOut,
    HitOut,
    Problem,
    ReadyOut,
    SearchOut,
    TopK,
)
from service.interfaces.serving import Serving
from service.pipeline import DEFAULT_TOP_K
from service.settings import Settings, load_settings

_PROBLEMS: dict[int | str, dict[str, Any]] = {
    status: {
        "model": Problem,
        "description": messages.HTTP_TITLES[status],
        "content": {"application/problem+json": {}},
    }
    for status in (400, 404, 413, 422, 503)
}


def _problems(*statuses: int) -> dict[int | str, dict[str, Any]]:
    return {status: _PROBLEMS[status] for status in statuses}


def create_app(settings: Settings | None = None) -> FastAPI:
    """The application; settings come from the environment unless given. Raises SettingsError."""
    settings = settings or load_settings()
    serving = Serving(settings)

    @asynccontextmanager
    async def lifespan(app: FastAPI) -> AsyncIterator[None]:
        # What fails here is logged, /readyz and every route say what to do, and a build mends it.
        with suppress(IndexUnusable, EncoderError):
            await serving.run(serving.tutor)
        yield

    app = FastAPIOffline(  # FastAPI whose /docs page takes its assets from this server, not a CDN
        docs_url="/docs",
        redoc_url=None,
        title=messages.API_TITLE,
        description=messages.API_DESCRIPTION,
        lifespan=lifespan,
    )
    app.state.serving = serving
    app.state.settings = settings
    problems.install(app)
    app.add_middleware(BodyLimit)
    app.add_middleware(RequestId)
    _add_routes(app)
    return app


def _serving(request: Request) -> Serving:
    serving: Serving = request.app.state.serving
    return serving


Current = Annotated[Serving, Depends(_serving)]


def base_url(request: Request) -> str:
    """Where this service is seen from outside, without a trailing slash."""
    settings: Settings = request.app.state.settings
    return (settings.public_url or str(request.base_url)).rstrip("/")


def _add_routes(app: FastAPI) -> None:
    app.post("/ask", summary="질문에 답하기", responses=_problems(400, 413, 422, 503))(ask)
    app.get("/search", summary="사실 찾기", responses=_problems(413, 422, 503))(search)
    app.get("/documents", summary="노트 목록", responses=_problems(422, 503))(documents)
    app.get("/documents/{document_id}", summary="노트 하나", responses=_problems(404, 422, 503))(document)
    app.get("/healthz", summary="살아 있는지")(healthz)
    app.get("/readyz", summary="답할 수 있는지", responses=_problems(503))(readyz)


async def ask(body: AskIn, request: Request, serving: Current) -> AnswerOut:
    """질문의 답을 노트에서 찾아 출처와 함께 돌려줍니다. 노트에 없으면 없다고 답합니다."""

    def work() -> AnswerOut:
        answer = serving.tutor().ask(body.question, body.top_k)
        conversation = body.conversation_id or secrets.token_urlsafe(16)
        return AnswerOut.of(answer, secrets.token_urlsafe(16), conversation, base_url(request))

    return await serving.run(work)


async def search(
    serving: Current,
    q: Annotated[str, Query(description="찾을 말", examples=["볼륨 백업"])],
    top_k: TopK = DEFAULT_TOP_K,
) -> SearchOut:
    """질문에 가까운 사실을 순위대로 돌려줍니다. 답변은 만들지 않습니다."""

    def work() -> SearchOut:
        tutor = serving.tutor()
        return SearchOut(hits=[HitOut.of(hit, tutor.index) for hit in tutor.search(q, top_k)])

    return await serving.run(work)


def documents(
    serving: Current,
    offset: Annotated[int, Query(ge=0, le=1_000_000)] = 0,
    limit: Annotated[int, Query(ge=1, le=100)] = 20,
) -> DocumentsOut:
    """노트를 섹션과 사실까지 쪽으로 나누어 돌려줍니다."""
    listed = serving.tutor().index.documents
    return DocumentsOut(
        total=len(listed),
        offset=offset,
        limit=limit,
        documents=[DocumentOut.of(document) for document in listed[offset : offset + limit]],
    )


def document(document_id: str, request: Request, serving: Current) -> Response:
    """노트 하나를 돌려줍니다. `Accept: text/markdown`이면 원문을 그대로 돌려줍니다."""
    found = next((each for each in serving.tutor().index.documents if each.id == document_id), None)
    if found is None:
        raise UnknownDocument(document=document_id[:80])
    if "text/markdown" in request.headers.get("accept", ""):
        return PlainTextResponse(found.source, media_type="text/markdown")
    return Response(DocumentOut.of(found).model_dump_json(), media_type="application/json")


def healthz() -> HealthOut:
    """프로세스가 살아 있으면 언제나 ok입니다."""
    return HealthOut(status="ok")


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

"""The REST API: routes that translate between HTTP and the pipeline."""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, suppress
from typing import TYPE_CHECKING, Annotated, Any

import anyio
import anyio.to_thread
from fastapi import Depends, FastAPI, Query, Request
from fastapi.responses import PlainTextResponse, Response
from fastapi_offline import FastAPIOffline
from starlette.routing import Route

from service import messages
from service.asking.tutor import DEFAULT_TOP_K
from service.cards import history
from service.curation import accept
from service.curation.gaps import Embeddings
from service.errors import EncoderError, IndexUnusable, StorageError, UnknownDocument, UnknownQuestion
from service.files import stored_under
from service.interfaces.access import callers
from service.interfaces.access.callers import CallerOf
from service.interfaces.access.limits import Limits, check_rate
from service.interfaces.access.retention import purging
from service.interfaces.asgi import metrics, observe, problems
from service.interfaces.asgi.guard import Guard, allowed_hosts
from service.interfaces.asgi.middleware import BodyLimit, RequestId
from service.interfaces.asgi.problems import documented
from service.interfaces.http import admin, decks, documents, gaps, reading, reviewing, web
from service.interfaces.http.desk import DeskOf
from service.interfaces.http.schemas import (
    AnswerOut,
    AskIn,
    DeletedOut,
    DocumentOut,
    DocumentsOut,
    FeedbackIn,
    HealthOut,
    HitOut,
    ReadyOut,
    SearchOut,
    TopK,
)
from service.interfaces.http.streaming import answer_events, wants_events
from service.interfaces.mcp.door import McpDoor
from service.interfaces.openai import routes
from service.interfaces.runtime.rebuilding import Rebuilding
from service.interfaces.runtime.serving import Serving
from service.notes.overlay import etag
from service.settings import Settings, load_settings
from service.store import Store

if TYPE_CHECKING:
    from service.interfaces.slack.connection import Connection

_ASK: dict[int | str, dict[str, Any]] = {
    200: {"content": {"text/event-stream": {"schema": {"type": "string"}}}},
    **documented(400, 401, 413, 422, 503),
}


def create_app(settings: Settings | None = None) -> FastAPI:
    """The application; settings come from the environment unless given. Raises SettingsError."""
    settings = settings or load_settings()
    keys = callers.parse_keys(settings.api_keys)
    check_rate(settings.rate_limit)
    with stored_under(settings.data_dir):
        settings.data_dir.mkdir(parents=True, exist_ok=True)
    store = Store(settings.store_url)
    serving = Serving(settings)
    rebuilding = Rebuilding(settings, serving)
    mcp = McpDoor()
    slack = _slack(settings, serving, store)

    @asynccontextmanager
    async def lifespan(app: FastAPI) -> AsyncIterator[None]:
        # What fails here is logged, /readyz and every route say what to do, and a build mends it.
        with suppress(IndexUnusable, EncoderError, StorageError):
            await serving.run(serving.tutor)
        if slack is not None:
            slack.start()
        async with (
            purging(store, settings.retention_days, settings.data_dir),
            rebuilding.running(),
            mcp.running(),
        ):
            yield
        if slack is not None:
            await anyio.to_thread.run_sync(slack.close)
        store.close()

    app = FastAPIOffline(  # FastAPI whose /docs page takes its assets from this server, not a CDN
        docs_url="/docs",
        redoc_url=None,
        title=messages.API_TITLE,
        description=messages.API_DESCRIPTION,
        lifespan=lifespan,
        responses=documented(403, 429),  # any call may come from a foreign page, or too often
    )
    app.state.serving = serving
    app.state.settings = settings
    app.state.keys = keys
    app.state.store = store
    app.state.exports = decks.Exports()
    app.state.rebuilding = rebuilding
    app.state.limits = Limits(settings)
    app.state.embeddings = Embeddings()
    app.state.review_cards = decks.review_cards
    problems.install(app)
    app.add_middleware(Guard, hosts=allowed_hosts(settings))
    app.add_middleware(BodyLimit)  # outside the guard: a body of two lengths ends the connection first of all
    app.add_middleware(observe.Observe)
    app.add_middleware(RequestId)
    _add_routes(app)
    app.router.routes.append(Route("/mcp", mcp, methods=["POST"]))
    if slack is not None:
        slack.install(app)
    return app


def _slack(settings: Settings, serving: Serving, store: Store) -> Connection | None:
    """Slack, imported only where it is configured."""
    if not settings.slack:
        return None
    from service.interfaces.slack.connection import Connection

    return Connection(settings, serving, store)


# Coroutines that await nothing: FastAPI gives a plain dependency a thread, which costs more than its work.
async def _serving(request: Request) -> Serving:
    serving: Serving = request.app.state.serving
    return serving


async def _store(request: Request) -> Store:
    store: Store = request.app.state.store
    return store


Current = Annotated[Serving, Depends(_serving)]
Kept = Annotated[Store, Depends(_store)]


def _add_routes(app: FastAPI) -> None:
    app.post("/ask", summary="질문에 답하기", response_model=AnswerOut, responses=_ASK)(ask)
    app.get("/search", summary="사실 찾기", responses=documented(401, 413, 422, 503))(search)
    app.get("/documents", summary="노트 목록", responses=documented(401, 422, 503))(list_documents)
    app.get("/documents/{document_id}", summary="노트 하나", responses=documented(401, 404, 422, 503))(
        document
    )
    app.include_router(documents.router)
    app.include_router(routes.router)
    app.post(
        "/feedback",
        summary="답이 도움이 됐는지 남기기",
        status_code=204,
        responses=documented(400, 401, 404, 422, 503),
    )(feedback)
    app.get("/answers/{question_id}", summary="답 다시 보기", responses=documented(401, 404, 422, 503))(
        answer_again
    )
    app.post(
        "/answers/{question_id}/share",
        summary="답 공유하기",
        status_code=204,
        responses=documented(401, 404, 422, 503),
    )(share)
    app.delete("/me", summary="내 기록 지우기", responses=documented(401, 503))(delete_me)
    for part in (decks, reading, reviewing, admin, gaps, web):
        app.include_router(part.router)
    app.get("/healthz", summary="살아 있는지")(healthz)
    app.get("/metrics", summary="Prometheus 수치", response_class=PlainTextResponse)(metrics.exposition)
    app.get("/readyz", summary="답할 수 있는지", responses=documented(503))(readyz)


async def ask(body: AskIn, request: Request, response: Response, desk: DeskOf) -> AnswerOut | Response:
    """질문의 답을 노트에서 찾아 출처와 함께 돌려줍니다. 노트에 없으면 없다고 답합니다.

    `Accept: text/event-stream`이면 meta, delta, done 이벤트로 나누어 보냅니다.
    """
    if wants_events(request):
        return answer_events(await desk.begin(body), request, dict(response.headers))
    out = await desk.ask(body)
    # Sent as it is: FastAPI would validate and serialise the model once more.
    return Response(out.model_dump_json(), media_type="application/json", headers=dict(response.headers))


def feedback(body: FeedbackIn, store: Kept, caller: CallerOf) -> None:
    """자기가 물은 질문의 답이 도움이 됐는지 남깁니다. 도움이 된 질문은 새 열쇠의 후보가 됩니다."""
    store.feedback(body.question_id, caller.owner, body.helpful, body.comment)


def answer_again(question_id: str, store: Kept, caller: CallerOf) -> AnswerOut:
    """자기가 물었거나 물은 사람이 공유한 답을 다시 돌려줍니다."""
    asked = store.question(question_id)
    if asked.owner != caller.owner and not asked.shared:
        raise UnknownQuestion(question=question_id)
    return AnswerOut.model_validate_json(asked.body)


def share(question_id: str, store: Kept, caller: CallerOf) -> None:
    """자기가 물은 질문의 답을, 주소를 아는 누구나 볼 수 있게 합니다."""
    store.share(question_id, caller.owner)


def delete_me(request: Request, store: Kept, caller: CallerOf) -> DeletedOut:
    """이 열쇠나 브라우저로 남긴 질문, 의견, 카드를 모두 지웁니다."""
    settings: Settings = request.app.state.settings
    history.forget(decks.saved_history(settings, caller.owner))
    deleted = store.delete_owner(caller.owner)
    accept.forget_feedback(settings.data_dir)
    return DeletedOut(deleted=deleted)


async def search(
    serving: Current,
    caller: CallerOf,
    q: Annotated[str, Query(description="찾을 말", examples=["볼륨 백업"])],
    top_k: TopK = DEFAULT_TOP_K,
) -> SearchOut:
    """질문에 가까운 사실을 순위대로 돌려줍니다. 답변은 만들지 않습니다."""

    def work() -> SearchOut:
        tutor = serving.tutor()
        return SearchOut(hits=[HitOut.of(hit, tutor.index) for hit in tutor.search(q, top_k)])

    return await serving.run(work)


def list_documents(
    serving: Current,
    caller: CallerOf,
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


def document(document_id: str, request: Request, serving: Current, caller: CallerOf) -> Response:
    """노트 하나를 돌려줍니다. `Accept: text/markdown`이면 원문을, 브라우저에는 웹 페이지를 보여 줍니다."""
    found = next((each for each in serving.tutor().index.documents if each.id == document_id), None)
    if found is None:
        raise UnknownDocument(document=document_id[:80])
    if "text/html" in request.headers.get("accept", ""):
        return reading.see_page(document_id, request.query_params.get("lines"))
    if "text/markdown" in request.headers.get("accept", ""):
        return PlainTextResponse(found.source, media_type="text/markdown", headers={"ETag": etag(found)})
    return Response(
        DocumentOut.of(found).model_dump_json(), media_type="application/json", headers={"ETag": etag(found)}
    )


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

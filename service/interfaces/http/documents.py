"""The notes as documents: listed, given, and by holders of a key written while serving."""

from __future__ import annotations

from typing import Annotated, Any

from fastapi import APIRouter, Header, Path, Query, Request, Response
from fastapi.concurrency import run_in_threadpool
from fastapi.responses import PlainTextResponse

from service.errors import EncoderError, IndexUnusable, NotMarkdown
from service.interfaces.access.callers import CallerOf, KeyHolder
from service.interfaces.asgi.problems import documented
from service.interfaces.deps import Current, State, document_of
from service.interfaces.http import reading
from service.interfaces.http.schemas import DocumentOut, DocumentsOut, WrittenOut
from service.interfaces.state import AppState
from service.notes.overlay import Overlay, etag
from service.types import Document

MEDIA_TYPES = frozenset({"text/markdown", "text/x-markdown", "text/plain", "application/octet-stream", ""})
MOST_WAIT = 60

_ANSWERS: dict[int | str, dict[str, Any]] = {
    202: {"model": WrittenOut, "description": "저장했고, 인덱스가 뒤따르는 중"}
}
_BODY = {
    "requestBody": {
        "required": True,
        "content": {
            "text/markdown": {
                "schema": {"type": "string"},
                "example": "# 볼륨\n\n- 볼륨은 컨테이너를 지워도 남음\n",
            }
        },
    }
}

router = APIRouter()

DocumentId = Annotated[str, Path(description="노트 id. 60자까지의 글자, 숫자, _ . -", examples=["my-notes"])]
Wait = Annotated[float, Query(ge=0, le=MOST_WAIT, description="인덱스가 뒤따를 때까지 기다릴 초")]
IfMatch = Annotated[str | None, Header(description="읽은 노트의 ETag. 그 사이에 바뀌었으면 412")]


@router.get("/documents", summary="노트 목록", responses=documented(401, 422, 503))
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


@router.get("/documents/{document_id}", summary="노트 하나", responses=documented(401, 404, 422, 503))
def document(document_id: str, request: Request, serving: Current, caller: CallerOf) -> Response:
    """노트 하나를 돌려줍니다. `Accept: text/markdown`이면 원문을, 브라우저에는 웹 페이지를 보여 줍니다."""
    found = document_of(serving.tutor().index, document_id)
    if "text/html" in request.headers.get("accept", ""):
        return reading.see_page(document_id, request.query_params.get("lines"))
    if "text/markdown" in request.headers.get("accept", ""):
        return PlainTextResponse(found.source, media_type="text/markdown", headers={"ETag": etag(found)})
    return Response(
        DocumentOut.of(found).model_dump_json(), media_type="application/json", headers={"ETag": etag(found)}
    )


@router.put(
    "/documents/{document_id}",
    summary="노트 더하거나 바꾸기",
    openapi_extra=_BODY,
    responses={**_ANSWERS, **documented(401, 409, 412, 413, 415, 422, 503)},
)
async def put_document(
    document_id: DocumentId,
    request: Request,
    response: Response,
    state: State,
    who: KeyHolder,
    wait: Wait = 0,
    if_match: IfMatch = None,
) -> WrittenOut:
    """Markdown 노트 하나를 저장합니다. 몇 초 안에 인덱스가 따라오고, 재시작해도 남습니다."""
    _require_markdown(request)
    settings = state.settings
    served = await run_in_threadpool(_served, state)
    known = next((each for each in served if each.id == document_id), None)
    data = await request.body()
    tag = await run_in_threadpool(
        Overlay(settings.overlay_dir).put, document_id, data, settings.corpus_dir, known, if_match
    )
    response.headers["ETag"] = tag
    return await _follow(document_id, state, response, wait)


@router.delete(
    "/documents/{document_id}",
    summary="노트 지우기",
    responses={**_ANSWERS, **documented(401, 404, 409, 412, 422, 503)},
)
async def delete_document(
    document_id: DocumentId,
    response: Response,
    state: State,
    who: KeyHolder,
    wait: Wait = 0,
    if_match: IfMatch = None,
) -> WrittenOut:
    """노트 하나를 지웁니다. 노트 폴더의 파일은 그대로 두고 서비스에서만 지웁니다."""
    settings = state.settings
    served = await run_in_threadpool(_served, state)
    await run_in_threadpool(Overlay(settings.overlay_dir).remove, document_id, served, if_match)
    return await _follow(document_id, state, response, wait)


def _served(state: AppState) -> tuple[Document, ...]:
    """The notes as they are served now; without an index, none."""
    try:
        return state.serving.tutor().index.documents
    except (IndexUnusable, EncoderError):
        return ()


def _require_markdown(request: Request) -> None:
    given = request.headers.get("content-type", "").partition(";")[0].strip().lower()
    if given not in MEDIA_TYPES:
        raise NotMarkdown(given=given[:80])


async def _follow(document_id: str, state: AppState, response: Response, wait: float) -> WrittenOut:
    """Let the index follow, wait as long as the writer wants to, and say how far it is."""
    indexed = await state.rebuilding.wait(await state.rebuilding.ask(), wait)
    response.status_code = 200 if indexed else 202
    return WrittenOut(document=document_id, indexed=indexed)

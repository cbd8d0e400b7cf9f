"""Questions over HTTP: asked, searched for, looked at again, shared, forgotten."""

from __future__ import annotations

from typing import Annotated, Any

from fastapi import APIRouter, Query, Request, Response

from service.asking.tutor import DEFAULT_TOP_K
from service.cards import history
from service.curation import accept
from service.interfaces.access.callers import CallerOf
from service.interfaces.asgi.problems import documented
from service.interfaces.deps import Current, Kept, State
from service.interfaces.http import decks
from service.interfaces.http.desk import DeskOf, answer_for
from service.interfaces.http.schemas import AnswerOut, AskIn, DeletedOut, FeedbackIn, HitOut, SearchOut, TopK
from service.interfaces.http.streaming import answer_events, wants_events

_ASK: dict[int | str, dict[str, Any]] = {
    200: {"content": {"text/event-stream": {"schema": {"type": "string"}}}},
    **documented(400, 401, 413, 422, 503),
}

router = APIRouter()


@router.post("/ask", summary="질문에 답하기", response_model=AnswerOut, responses=_ASK)
async def ask(body: AskIn, request: Request, response: Response, desk: DeskOf) -> AnswerOut | Response:
    """질문의 답을 노트에서 찾아 출처와 함께 돌려줍니다. 노트에 없으면 없다고 답합니다.

    `Accept: text/event-stream`이면 meta, delta, done 이벤트로 나누어 보냅니다.
    """
    if wants_events(request):
        return answer_events(await desk.begin(body), request, dict(response.headers))
    out = await desk.ask(body)
    # Sent as it is: FastAPI would validate and serialise the model once more.
    return Response(out.model_dump_json(), media_type="application/json", headers=dict(response.headers))


@router.get("/search", summary="사실 찾기", responses=documented(401, 413, 422, 503))
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


@router.post(
    "/feedback",
    summary="답이 도움이 됐는지 남기기",
    status_code=204,
    responses=documented(400, 401, 404, 422, 503),
)
def feedback(body: FeedbackIn, store: Kept, caller: CallerOf) -> None:
    """자기가 물은 질문의 답이 도움이 됐는지 남깁니다. 도움이 된 질문은 새 열쇠의 후보가 됩니다."""
    store.feedback(body.question_id, caller.owner, body.helpful, body.comment)


@router.get("/answers/{question_id}", summary="답 다시 보기", responses=documented(401, 404, 422, 503))
def answer_again(question_id: str, store: Kept, caller: CallerOf) -> AnswerOut:
    """자기가 물었거나 물은 사람이 공유한 답을 다시 돌려줍니다."""
    return answer_for(caller.owner, store.readable(question_id, caller.owner))


@router.post(
    "/answers/{question_id}/share",
    summary="답 공유하기",
    status_code=204,
    responses=documented(401, 404, 422, 503),
)
def share(question_id: str, store: Kept, caller: CallerOf) -> None:
    """자기가 물은 질문의 답을, 주소를 아는 누구나 볼 수 있게 합니다."""
    store.share(question_id, caller.owner)


@router.delete("/me", summary="내 기록 지우기", responses=documented(401, 503))
def delete_me(state: State, caller: CallerOf) -> DeletedOut:
    """이 열쇠나 브라우저로 남긴 질문, 의견, 카드를 모두 지웁니다."""
    history.forget(decks.saved_history(state.settings, caller.owner))
    deleted = state.store.delete_owner(caller.owner)
    accept.forget_feedback(state.settings.data_dir)
    return DeletedOut(deleted=deleted)

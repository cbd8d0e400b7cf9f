"""Looking after the service, for who holds a key: what people asked, and a note before it is added."""

from __future__ import annotations

from datetime import datetime
from typing import Annotated

from fastapi import APIRouter, Query
from pydantic import BaseModel, ConfigDict, Field

from service.errors import NoteError, NoteRefused
from service.interfaces.access.callers import KeyHolder
from service.interfaces.asgi.problems import documented
from service.interfaces.deps import Current, Kept
from service.interfaces.http.reading import ReadOut, read_out
from service.interfaces.http.schemas import DocumentOut
from service.notes import bank_file
from service.notes.corpus import parse_note
from service.store import Asked
from service.types import Document, Status

MAX_NOTE = 200_000
"""Characters of a note that is previewed; as JSON it must fit into a request."""

router = APIRouter(responses=documented(400, 401, 404, 413, 422, 503))


class AskedOut(BaseModel):
    """A question as it was asked, and what became of it."""

    question_id: str
    asked_at: datetime
    question: str
    status: Status
    confidence: float
    helpful: bool | None
    comment: str | None


class AskedListOut(BaseModel):
    """The newest questions first."""

    questions: list[AskedOut]


class PreviewIn(BaseModel):
    """A note that isn't added yet."""

    model_config = ConfigDict(extra="forbid")

    name: str = Field("새-노트", pattern=r"^[^\W_][\w.-]{0,59}$", description="노트 id가 될 이름")
    text: str = Field(max_length=MAX_NOTE, description="Markdown")


class PreviewOut(BaseModel):
    """What the service would make of the note."""

    document: DocumentOut = Field(description="섹션과 사실")
    page: ReadOut = Field(description="읽기 화면에 보일 모습")
    facts: int
    questions: list[str] = Field(description="질문 은행에 아무것도 없을 때 쓸 질문")
    replaces: bool = Field(description="같은 id의 노트가 이미 있으면 true")


@router.get("/admin/questions", summary="최근 질문")
def recent_questions(
    store: Kept,
    who: KeyHolder,
    status: Annotated[Status | None, Query(description="이 상태의 질문만")] = None,
    rated: Annotated[bool, Query(description="의견이 있는 질문만")] = False,
    limit: Annotated[int, Query(ge=1, le=200)] = 50,
) -> AskedListOut:
    """사람들이 최근에 물은 질문과 남긴 의견을 돌려줍니다. 누가 물었는지는 돌려주지 않습니다."""
    listed = store.recent(limit, (status,) if status else (), rated=rated)
    return AskedListOut(questions=[_asked(each) for each in listed])


def _asked(asked: Asked) -> AskedOut:
    return AskedOut(
        question_id=asked.id,
        asked_at=asked.asked_at,
        question=asked.question,
        status=asked.status,
        confidence=round(asked.confidence, 4),
        helpful=asked.helpful,
        comment=asked.comment,
    )


@router.post("/admin/preview", summary="노트 미리 보기")
def preview(body: PreviewIn, serving: Current, who: KeyHolder) -> PreviewOut:
    """노트를 더하기 전에 어떤 사실로 나뉘고 어떻게 보일지 돌려줍니다. 아무것도 저장하지 않습니다."""
    try:
        document = parse_note(body.text, f"{body.name}.md")
    except NoteError as error:
        raise NoteRefused(line=error.fields["line"], reason=error.fields["reason"]) from error
    index = serving.tutor().index
    return PreviewOut(
        document=DocumentOut.of(document),
        page=read_out(document, index),
        facts=len(document.facts),
        questions=_derived(document),
        replaces=any(each.id == document.id for each in index.documents),
    )


def _derived(document: Document) -> list[str]:
    texts = (text for fact in document.facts for text in bank_file.derive(fact))
    return list(dict.fromkeys(texts))[:20]

"""Reading the notes: their tree, one note as safe HTML, its images, and questions they can answer."""

from __future__ import annotations

import mimetypes
import secrets
from collections.abc import Iterable
from typing import Annotated
from urllib.parse import quote

from fastapi import APIRouter, Query, Response
from fastapi.responses import FileResponse, RedirectResponse
from pydantic import BaseModel, Field

from service import links
from service.errors import UnknownImage
from service.index import Index
from service.interfaces.access.callers import CallerOf
from service.interfaces.asgi.problems import documented
from service.interfaces.deps import Current, Kept, State, document_of
from service.interfaces.http.desk import answer_for
from service.interfaces.http.schemas import AnswerOut, Lines
from service.notes.corpus import image_file
from service.notes.html import render
from service.types import Document, Fact, Section

QUESTIONS_A_SECTION = 4
SHORT_QUESTION = 34
"""Characters: a suggestion longer than this wraps on a phone."""
IMAGE_TYPES = frozenset({"image/png", "image/jpeg", "image/gif", "image/webp", "image/svg+xml"})
IMAGE_HEADERS = {
    "Content-Security-Policy": "default-src 'none'; style-src 'unsafe-inline'; sandbox",  # an SVG can't act
    "X-Content-Type-Options": "nosniff",
    "Cache-Control": "private, no-cache",
}

router = APIRouter(responses=documented(400, 401, 404, 413, 422, 503))


class OutlineSection(BaseModel):
    """A section of a note in the tree."""

    heading: str
    level: int = Field(description="제목 경로에서의 깊이(1이 가장 위)")
    line: int = Field(description="섹션이 시작하는 줄")


class OutlineNote(BaseModel):
    """A note in the tree."""

    id: str
    title: str
    path: str
    tags: list[str]
    sections: list[OutlineSection]


class OutlineOut(BaseModel):
    """Every note with its headings, without their text."""

    notes: list[OutlineNote]


class ReadSection(BaseModel):
    """A section of a note that is being read."""

    id: str = Field(description="html에서 이 제목의 id")
    heading_path: list[str]
    lines: Lines
    questions: list[str] = Field(description="이 섹션이 답하는 질문")


class ReadOut(BaseModel):
    """A note as HTML that is safe to show: raw HTML in it stands as text."""

    id: str
    title: str
    path: str
    tags: list[str]
    html: str = Field(description="블록마다 data-lines에 원문의 줄이 적힌 HTML")
    sections: list[ReadSection]


class SuggestionsOut(BaseModel):
    """Questions that the notes can answer."""

    questions: list[str]


class SharedOut(BaseModel):
    """A question with its answer."""

    question: str
    answer: AnswerOut


@router.get("/read", summary="노트의 차례")
def outline(serving: Current, caller: CallerOf) -> OutlineOut:
    """모든 노트의 제목과 섹션 제목을 돌려줍니다."""
    return OutlineOut(notes=[_outlined(document) for document in serving.tutor().index.documents])


def _outlined(document: Document) -> OutlineNote:
    sections = [
        OutlineSection(
            heading=section.heading_path[-1], level=len(section.heading_path), line=section.lines[0]
        )
        for section in document.sections
        if section.heading_path != (document.title,)
    ]
    return OutlineNote(
        id=document.id, title=document.title, path=document.path, tags=list(document.tags), sections=sections
    )


@router.get("/read/{document_id}", summary="노트 읽기")
def read(document_id: str, serving: Current, caller: CallerOf) -> ReadOut:
    """노트 하나를 안전한 HTML로, 섹션마다 답할 수 있는 질문과 함께 돌려줍니다."""
    index = serving.tutor().index
    return read_out(document_of(index, document_id), index)


def read_out(document: Document, index: Index | None) -> ReadOut:
    """The note as the page shows it; `index` knows the other notes and the bank."""
    paths = {each.path: each.id for each in index.documents} if index else {}
    rendered = render(document, paths)
    ids = {heading.line: heading.id for heading in rendered.headings}
    return ReadOut(
        id=document.id,
        title=document.title,
        path=document.path,
        tags=list(document.tags),
        html=rendered.html,
        sections=[
            ReadSection(
                id=ids.get(section.lines[0], ""),
                heading_path=list(section.heading_path),
                lines=section.lines,
                questions=_of_section(section, index) if index else [],
            )
            for section in document.sections
        ],
    )


def _awkward(text: str) -> tuple[bool, bool]:
    return not text.endswith("요?"), len(text) > SHORT_QUESTION


def _of_section(section: Section, index: Index) -> list[str]:
    return list(dict.fromkeys(_firsts(section.facts, index)))[:QUESTIONS_A_SECTION]


def _firsts(facts: Iterable[Fact], index: Index) -> list[str]:
    """One question a fact, the one that reads best; none for facts that nobody wrote questions for."""
    return [min(index.asked[fact.id], key=_awkward) for fact in facts if fact.id in index.asked]


@router.get("/read/{document_id}/images", summary="노트의 그림", response_class=FileResponse)
def image(
    document_id: str,
    state: State,
    caller: CallerOf,
    src: Annotated[str, Query(description="노트에 적힌 그림 주소", max_length=1000)],
) -> Response:
    """노트가 가리키는 그림 하나를 돌려줍니다."""
    document = document_of(state.serving.tutor().index, document_id)
    corpus = state.settings.corpus_dir
    path = image_file(src, (corpus / document.path).parent, corpus)
    media_type = mimetypes.guess_type(src)[0]
    if path is None or media_type not in IMAGE_TYPES:
        raise UnknownImage(image=src[:80], document=document.id)
    return FileResponse(path, media_type=media_type, headers=IMAGE_HEADERS)


@router.get("/suggestions", summary="물어볼 수 있는 것")
def suggestions(
    serving: Current,
    caller: CallerOf,
    count: Annotated[int, Query(ge=1, le=20, description="질문의 수")] = 6,
) -> SuggestionsOut:
    """노트가 답할 수 있는 질문 몇 개를, 노트마다 하나까지 골라 돌려줍니다."""
    index = serving.tutor().index
    notes = [questions for document in index.documents if (questions := _short(document, index))]
    chance = secrets.SystemRandom()
    chosen = chance.sample(notes, min(count, len(notes)))
    return SuggestionsOut(questions=[chance.choice(questions) for questions in chosen])


def _short(document: Document, index: Index) -> list[str]:
    """The questions of a note that look well on an empty page, or whatever it has."""
    firsts = _firsts(document.facts, index)
    return [first for first in firsts if _awkward(first) == (False, False)] or firsts


@router.get("/shared/{question_id}", summary="공유된 답 보기")
def shared(question_id: str, store: Kept, caller: CallerOf) -> SharedOut:
    """자기가 물었거나 물은 사람이 공유한 답을 질문과 함께 돌려줍니다."""
    asked = store.readable(question_id, caller.owner)
    return SharedOut(question=asked.question, answer=answer_for(caller.owner, asked))


def see_page(document_id: str, lines: str | None) -> RedirectResponse:
    """A browser that follows a citation's link gets the page, opened at the cited lines."""
    at = f"?lines={quote(lines)}" if lines else ""
    return RedirectResponse(f"/{links.page(document_id)}{at}", status_code=303)

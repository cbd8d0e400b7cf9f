"""`GET /gaps`: what people asked and the notes could not answer, for who holds a key."""

from __future__ import annotations

from datetime import datetime
from typing import Annotated

from fastapi import APIRouter, Query
from pydantic import BaseModel, Field

from service.curation import gaps
from service.index import Index
from service.interfaces.access.callers import KeyHolder
from service.interfaces.asgi.problems import documented
from service.interfaces.deps import State
from service.interfaces.http.schemas import Lines
from service.types import Section, Status

router = APIRouter()


class NearOut(BaseModel):
    """A section of the notes that comes near."""

    document: str = Field(description="노트 id")
    title: str
    heading_path: list[str] = Field(description="제목 경로. 가장 위 제목이 먼저")
    lines: Lines


class GapOut(BaseModel):
    """Questions with one meaning that found no answer."""

    question: str = Field(description="가장 최근에 물은 말", examples=["도커 로고의 고래 이름은 뭐예요?"])
    examples: list[str] = Field(description="같은 뜻으로 물은 말들. 최근 것부터 5개까지")
    count: int = Field(description="물은 횟수")
    first_asked: datetime
    last_asked: datetime
    statuses: dict[Status, int] = Field(
        description="상태별 횟수. answered는 답이 도움이 되지 않았다는 질문",
        examples=[{"not_found": 3}],
    )
    unhelpful: int = Field(description="도움이 되지 않았다는 의견의 수")
    nearest: list[NearOut] = Field(description="노트에서 가장 가까운 섹션. 답을 여기에 더하면 됨")


class GapsOut(BaseModel):
    """One page of the gaps, the newest first."""

    total: int = Field(description="묶음의 수")
    offset: int
    limit: int
    looked_at: int = Field(description="묶은 질문의 수. 최근 500개까지만 봄")
    gaps: list[GapOut]


@router.get("/gaps", summary="노트에 없어 답하지 못한 질문", responses=documented(401, 422, 503))
def list_gaps(
    state: State,
    who: KeyHolder,
    offset: Annotated[int, Query(ge=0, le=1_000_000)] = 0,
    limit: Annotated[int, Query(ge=1, le=100)] = 50,
) -> GapsOut:
    """답을 찾지 못했거나 도움이 되지 않은 질문을 뜻이 같은 것끼리 묶어 최근 것부터 돌려줍니다.

    누가 물었는지는 돌려주지 않습니다. 보관 기간이 지났거나 물은 사람이 지운 질문은 들어 있지 않습니다.
    """
    tutor = state.serving.tutor()
    asked = state.store.unanswered(gaps.MOST_QUESTIONS)
    found = gaps.find(asked, tutor.index, tutor.encoder, state.embeddings)
    return GapsOut(
        total=len(found),
        offset=offset,
        limit=limit,
        looked_at=len(asked),
        gaps=[_gap(gap, tutor.index) for gap in found[offset : offset + limit]],
    )


def _gap(gap: gaps.Gap, index: Index) -> GapOut:
    return GapOut(
        question=gap.asked[0].question,
        examples=list(gap.examples),
        count=len(gap.asked),
        first_asked=gap.asked[-1].asked_at,
        last_asked=gap.asked[0].asked_at,
        statuses=gap.statuses,
        unhelpful=gap.unhelpful,
        nearest=[_near(section, index) for section in gap.nearest],
    )


def _near(section: Section, index: Index) -> NearOut:
    document = section.facts[0].document
    return NearOut(
        document=document,
        title=index.titles[document],
        heading_path=list(section.heading_path),
        lines=section.lines,
    )

"""What the REST API takes and gives, as pydantic models with Korean descriptions and examples."""

from __future__ import annotations

from typing import Annotated, Literal

from pydantic import BaseModel, ConfigDict, Field, WithJsonSchema

from service import links
from service.asking.tutor import DEFAULT_TOP_K, MAX_TOP_K
from service.index import Index
from service.types import Answer, Citation, Document, Hit, Section, Status, WrittenBy

TopK = Annotated[int, Field(ge=1, le=MAX_TOP_K, description="순위를 매겨 살펴볼 사실의 수")]
Lines = Annotated[
    tuple[int, int],
    # A list of two, which every OpenAPI tool understands; pydantic's own words for a pair some don't.
    WithJsonSchema({"type": "array", "items": {"type": "integer"}, "minItems": 2, "maxItems": 2}),
    Field(description="저장된 노트에서의 첫 줄과 끝 줄(1부터, 양끝 포함)", examples=[[19, 20]]),
]


class AskIn(BaseModel):
    """A question, and the conversation it belongs to."""

    model_config = ConfigDict(extra="forbid")

    question: str = Field(
        description="한국어 질문. 4,000자까지",
        examples=["도커 컨테이너를 지우면 안에 있던 데이터는 어떻게 되나요?"],
    )
    conversation_id: str | None = Field(
        None,
        pattern=r"^[A-Za-z0-9_-]{1,64}$",
        description="이어서 물을 때 앞 답변의 conversation_id. 열쇠나 쿠키 없이도 이어짐. "
        "스스로 지은 id는 같은 열쇠나 쿠키로만 이어짐",
    )
    top_k: TopK = DEFAULT_TOP_K


class SentenceOut(BaseModel):
    """One sentence and what supports it."""

    text: str
    citations: list[int] = Field(description="citations 목록의 번호(0부터)")
    item: str = Field("", description="목록의 한 항목이면 그 앞에 붙는 표시", examples=["1. "])


class CitationOut(BaseModel):
    """Where a sentence comes from."""

    document: str = Field(description="노트 id", examples=["storage-basics"])
    title: str
    heading_path: list[str] = Field(description="제목 경로. 가장 위 제목이 먼저")
    lines: Lines
    text: str = Field(description="노트에 적힌 글")
    score: float
    url: str = Field(description="노트를 여는 주소")


class AnswerOut(BaseModel):
    """The reply to a question."""

    answer: str = Field(description="sentences를 이은 답변 전체")
    sentences: list[SentenceOut]
    status: Status = Field(
        description="answered: 답함, related: 관련된 내용만 있음, not_found: 노트에 없음, chat: 인사나 안내"
    )
    confidence: float = Field(ge=0, le=1, description="답이 맞을 확률의 추정")
    citations: list[CitationOut]
    suggestions: list[str] = Field(description="대신 물어볼 수 있는 것")
    written_by: WrittenBy = Field(
        "notes",
        description="notes: 노트의 글, llm: 언어 모델의 글, both: 언어 모델이 쓰다 만 것을 노트의 글로 마침",
    )
    question_id: str
    conversation_id: str

    @classmethod
    def of(cls, answer: Answer, question_id: str, conversation_id: str, base_url: str) -> AnswerOut:
        """The answer as the API gives it; `base_url` begins the citation links."""
        return cls(
            answer=answer.text,
            sentences=[
                SentenceOut(text=each.text, citations=list(each.citations), item=each.item)
                for each in answer.sentences
            ],
            status=answer.status,
            confidence=round(answer.confidence, 4),
            citations=[_citation(citation, base_url) for citation in answer.citations],
            suggestions=list(answer.suggestions),
            written_by=answer.written_by,
            question_id=question_id,
            conversation_id=conversation_id,
        )


def _citation(citation: Citation, base_url: str) -> CitationOut:
    return CitationOut(
        document=citation.document,
        title=citation.title,
        heading_path=list(citation.heading_path),
        lines=citation.lines,
        text=citation.text,
        score=round(citation.score, 4),
        url=links.note(base_url, citation.document, citation.lines),
    )


class FeedbackIn(BaseModel):
    """What the asker thought of an answer."""

    model_config = ConfigDict(extra="forbid")

    question_id: str = Field(pattern=r"^[A-Za-z0-9_-]{1,64}$", description="답변의 question_id")
    helpful: bool = Field(description="도움이 됐으면 true")
    comment: str | None = Field(None, max_length=1000)


class DeletedOut(BaseModel):
    """What was deleted."""

    deleted: int = Field(description="지운 기록의 수")


class HitOut(BaseModel):
    """A ranked fact."""

    document: str
    title: str
    heading_path: list[str]
    lines: Lines
    text: str
    score: float = Field(description="합친 점수, 0~1")
    dense: float = Field(description="의미 검색: 가장 가까운 열쇠와의 코사인")
    sparse: float = Field(description="낱말 검색: BM25를 질문이 얻을 수 있는 최댓값으로 나눈 값")

    @classmethod
    def of(cls, hit: Hit, index: Index) -> HitOut:
        """The hit as the API gives it."""
        fact = hit.fact
        return cls(
            document=fact.document,
            title=index.titles[fact.document],
            heading_path=list(fact.heading_path),
            lines=fact.lines,
            text=fact.text,
            score=round(hit.score, 4),
            dense=round(hit.dense, 4),
            sparse=round(hit.sparse, 4),
        )


class SearchOut(BaseModel):
    """Ranked facts, best first."""

    hits: list[HitOut]


class FactOut(BaseModel):
    """One fact of a note."""

    id: str = Field(description="고쳐도 바뀌지 않는 사실 id")
    text: str
    lines: Lines


class SectionOut(BaseModel):
    """The facts under one heading."""

    heading_path: list[str]
    lines: Lines
    facts: list[FactOut]

    @classmethod
    def of(cls, section: Section) -> SectionOut:
        """The section as the API gives it."""
        facts = [FactOut(id=fact.id, text=fact.text, lines=fact.lines) for fact in section.facts]
        return cls(heading_path=list(section.heading_path), lines=section.lines, facts=facts)


class DocumentOut(BaseModel):
    """A note with its sections and facts."""

    id: str
    title: str
    path: str = Field(description="노트 폴더에서의 경로")
    tags: list[str]
    sections: list[SectionOut]

    @classmethod
    def of(cls, document: Document) -> DocumentOut:
        """The document as the API gives it."""
        return cls(
            id=document.id,
            title=document.title,
            path=document.path,
            tags=list(document.tags),
            sections=[SectionOut.of(section) for section in document.sections],
        )


class DocumentsOut(BaseModel):
    """One page of the notes."""

    total: int
    offset: int
    limit: int
    documents: list[DocumentOut]


class WrittenOut(BaseModel):
    """A change of a note that is kept."""

    document: str
    indexed: bool = Field(description="답이 이미 바뀐 노트에서 나오면 true, 곧 그렇게 되면 false")


class HealthOut(BaseModel):
    """Whether the process lives."""

    status: str = Field(examples=["ok"])


class ReadyOut(BaseModel):
    """Whether questions can be answered, and from what."""

    status: str = Field(examples=["ready"])
    generation: str
    encoder: str
    documents: int
    facts: int
    questions: int
    ranking: Literal["fitted", "fused"] = Field(
        description="사실의 순서를 정하는 것. 필요의 지도와 거기 맞춘 모델이 있으면 fitted, 아니면 fused"
    )

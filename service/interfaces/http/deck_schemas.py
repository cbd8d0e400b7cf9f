"""What the card and deck routes take and give."""

from __future__ import annotations

from typing import Annotated, Self

from pydantic import BaseModel, ConfigDict, Field, model_validator
from pydantic_core import PydanticCustomError

from service import messages
from service.cards.shelf import Changes
from service.interfaces.http.schemas import Lines
from service.types import Card, CardKind

Tag = Annotated[str, Field(min_length=1, max_length=60)]


class CardIn(BaseModel):
    """A card to save: from an answer, or written by hand."""

    model_config = ConfigDict(extra="forbid")

    question_id: str | None = Field(
        None, pattern=r"^[A-Za-z0-9_-]{1,64}$", description="카드로 만들 답변의 question_id"
    )
    front: str | None = Field(None, max_length=40_000, examples=["도커 볼륨의 목록을 보는 명령은?"])
    back: str | None = Field(None, max_length=40_000, examples=["`docker volume ls`"])
    tags: list[Tag] = Field(default_factory=list, max_length=20)

    @model_validator(mode="after")
    def _one_way(self) -> Self:
        written = self.front is not None and self.back is not None
        if (self.question_id is not None) == (self.front is not None or self.back is not None) or (
            self.question_id is None and not written
        ):
            raise PydanticCustomError("card_source", "question_id or front and back")
        return self


class CardOut(BaseModel):
    """A card with where it comes from."""

    id: str
    kind: CardKind = Field(
        description="term 용어, question 문답, cloze 빈칸, list 목록, contrast 비교, command 명령"
    )
    front: str
    back: str
    cloze: str = Field(description="빈칸과 목록 카드의 글. {{c1::...}}이 빈칸")
    reverse: bool = Field(description="뜻에서 용어로도 묻는지")
    extra: str = Field(description="답 아래에 보이는 노트의 글")
    tags: list[str]
    document: str
    title: str
    heading_path: list[str]
    context: list[str] = Field(description="묻기 전에 보여도 되는 제목들: 답을 알려 주는 제목은 없음")
    lines: Lines
    url: str = Field(description="노트를 여는 주소")
    curated: bool = Field(description="사람이 쓴 카드면 true, 규칙으로 만든 카드면 false")
    saved: bool = Field(False, description="내가 저장한 카드면 true")
    reasons: list[str] = Field([], description="품질 관문을 지나지 못한 까닭(rejected=true일 때)")

    @classmethod
    def of(cls, card: Card, url: str, reasons: tuple[str, ...] = ()) -> CardOut:
        """The card as the API gives it."""
        return cls(
            id=card.id,
            kind=card.kind,
            front=card.front,
            back=card.back,
            cloze=card.cloze,
            reverse=card.reverse,
            extra=card.extra,
            tags=list(card.tags),
            document=card.document,
            title=card.title,
            heading_path=list(card.heading_path),
            context=list(card.context),
            lines=card.lines,
            url=url,
            curated=card.curated,
            saved=not card.document,
            reasons=[messages.reason(code) for code in reasons],
        )


class CardsOut(BaseModel):
    """One page of cards."""

    total: int
    offset: int
    limit: int
    cards: list[CardOut]


class ChangedCard(BaseModel):
    """A card by its Anki guid, with what it asks."""

    guid: str
    front: str


class ChangesOut(BaseModel):
    """What differs between an exported deck and the one of now."""

    new: list[ChangedCard]
    changed: list[ChangedCard]
    retired: list[ChangedCard] = Field(description="노트에서 사라진 카드. Anki에서 지우지는 않습니다")

    @classmethod
    def of(cls, changes: Changes) -> ChangesOut:
        """The changes as the API gives them."""
        return cls(
            new=[ChangedCard(guid=guid, front=front) for guid, front in changes.new],
            changed=[ChangedCard(guid=guid, front=front) for guid, front in changes.changed],
            retired=[ChangedCard(guid=guid, front=front) for guid, front in changes.retired],
        )

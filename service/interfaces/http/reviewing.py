"""Reviewing cards in the page: what is due today, a rating, how many cards each topic has."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING, Annotated

from fastapi import APIRouter, Depends, Query
from pydantic import BaseModel, ConfigDict, Field

from service.errors import UnknownCard
from service.interfaces.access.callers import Caller, CallerOf
from service.interfaces.asgi.problems import documented
from service.interfaces.deps import BaseUrl, Kept
from service.interfaces.http.decks import card_out, reviewed_cards
from service.store import Store
from service.types import Card, Progress

if TYPE_CHECKING:  # FSRS is imported when somebody first reviews
    from service.cards.scheduling import Rated

MOST_AT_ONCE = 50


router = APIRouter(responses=documented(400, 401, 404, 413, 422, 503))


class ReviewIn(BaseModel):
    """A rating of a card."""

    model_config = ConfigDict(extra="forbid")

    card: str = Field(min_length=1, max_length=64, description="카드 id")
    rating: int = Field(ge=1, le=4, description="1 다시, 2 어려움, 3 알맞음, 4 쉬움")


class ReviewedOut(BaseModel):
    """When the card comes again."""

    card: str
    due: datetime = Field(description="다시 볼 때(UTC)")
    seconds: int = Field(description="다시 볼 때까지 남은 초")


class DueCard(BaseModel):
    """A card to review, and what each rating would mean."""

    card: dict[str, object] = Field(description="GET /cards의 카드")
    new: bool
    seconds: dict[int, int] = Field(description="1~4로 답하면 몇 초 뒤에 다시 볼지")


class TodayOut(BaseModel):
    """What there is to review today."""

    due: int = Field(description="오늘 복습할 카드의 수")
    new: int = Field(description="오늘 새로 배울 카드의 수")
    done: int = Field(description="오늘 이미 본 카드의 수")
    cards: list[DueCard] = Field(description="앞에서부터 볼 카드. 50장까지")


class Topic(BaseModel):
    """A topic of the deck."""

    tag: str
    cards: int
    seen: int = Field(description="한 번이라도 복습한 카드의 수")
    due: int = Field(description="지금 복습할 카드의 수")


class TopicsOut(BaseModel):
    """The deck by topic."""

    total: int
    topics: list[Topic]


CardsOf = Annotated[Sequence[Card], Depends(reviewed_cards)]


@router.get("/reviews/topics", summary="주제별 카드")
def topics(cards: CardsOf, store: Kept, caller: CallerOf) -> TopicsOut:
    """카드를 주제별로 세고, 그 가운데 복습한 것과 복습할 것을 셉니다."""
    known = store.reviews(caller.owner)
    now = datetime.now(UTC)
    counted: dict[str, Topic] = {}
    for card in cards:
        progress = known.get(card.id)
        for tag in card.tags:
            topic = counted.setdefault(tag, Topic(tag=tag, cards=0, seen=0, due=0))
            topic.cards += 1
            topic.seen += progress is not None
            topic.due += progress is not None and progress.due <= now
    return TopicsOut(total=len(cards), topics=list(counted.values()))


@router.get("/reviews/today", summary="오늘 복습할 카드")
def today(
    cards: CardsOf,
    store: Kept,
    base_url: BaseUrl,
    caller: CallerOf,
    tag: Annotated[str | None, Query(max_length=200, description="이 주제만")] = None,
) -> TodayOut:
    """이 브라우저나 열쇠가 오늘 복습할 카드를 FSRS로 골라 돌려줍니다."""
    from service.cards import scheduling

    known = store.reviews(caller.owner)
    now = datetime.now(UTC)
    chosen = {card.id: card for card in cards if tag is None or tag in card.tags}
    plan = scheduling.today(list(chosen), known, now)
    return TodayOut(
        due=plan.due,
        new=plan.new,
        done=plan.done,
        cards=[_due(chosen[card], known.get(card), now, base_url) for card in plan.cards[:MOST_AT_ONCE]],
    )


def _due(card: Card, progress: Progress | None, now: datetime, base_url: str) -> DueCard:
    from service.cards.scheduling import intervals

    seconds = {int(rating): _seconds(wait) for rating, wait in intervals(progress, now).items()}
    return DueCard(card=card_out(card, base_url).model_dump(), new=progress is None, seconds=seconds)


def _seconds(wait: timedelta) -> int:
    return max(0, round(wait.total_seconds()))


@router.post("/reviews", summary="카드 복습하기")
def review(body: ReviewIn, cards: CardsOf, store: Kept, caller: CallerOf) -> ReviewedOut:
    """카드를 얼마나 잘 떠올렸는지 남기고, 언제 다시 볼지 돌려줍니다."""
    from service.cards import scheduling

    if all(card.id != body.card for card in cards):
        raise UnknownCard(card=body.card)
    now = datetime.now(UTC)
    progress = scheduling.review(body.card, _known(store, caller, body.card), _rated(body.rating), now)
    store.keep_review(caller.owner, progress)
    return ReviewedOut(card=progress.card, due=progress.due, seconds=_seconds(progress.due - now))


def _known(store: Store, caller: Caller, card: str) -> Progress | None:
    return store.reviews(caller.owner).get(card)


def _rated(rating: int) -> Rated:
    from service.cards.scheduling import RATINGS

    return RATINGS[rating - 1]

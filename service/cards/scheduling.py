"""When a card is due again: FSRS over a person's own ratings. Pure; imported when first used.

A card's memory is kept as the text that FSRS gives, so that nothing else needs to know its fields.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta, timezone
from functools import lru_cache
from typing import Literal

from fsrs import Card as Memory
from fsrs import Rating, Scheduler

from service.types import Progress

NEW_A_DAY = 20
"""New cards a day, as Anki has it: each brings its reviews of the days to come."""
SEOUL = timezone(timedelta(hours=9))
"""The day of a review is the Korean one."""

Rated = Literal[1, 2, 3, 4]
"""1 again, 2 hard, 3 good, 4 easy."""
RATINGS: tuple[Rated, ...] = (1, 2, 3, 4)


@dataclass(frozen=True, slots=True)
class Today:
    """The cards to review today in order, and how many of them are due and new; `done` were rated today."""

    cards: tuple[str, ...]
    due: int
    new: int
    done: int


def review(card: str, before: Progress | None, rating: Rated, now: datetime) -> Progress:
    """The progress after a rating."""
    memory, _ = _scheduler().review_card(_memory(before, now), Rating(rating), now)
    first, count = (before.first_at, before.count) if before else (now, 0)
    return Progress(card, memory.to_json(), memory.due, first, now, count + 1)


def intervals(before: Progress | None, now: datetime) -> dict[Rated, timedelta]:
    """How long until the card comes again, for each rating."""
    return {rating: review("", before, rating, now).due - now for rating in RATINGS}


def today(cards: Sequence[str], known: Mapping[str, Progress], now: datetime) -> Today:
    """What to review today of `cards`: what is due, then new ones, then what was just learnt."""
    seen = [known[card] for card in cards if card in known]
    end = datetime.combine(_day(now) + timedelta(days=1), datetime.min.time(), SEOUL)
    due = sorted((each for each in seen if each.due < end), key=lambda each: each.due)
    ripe = [each.card for each in due if each.due <= now]
    later = [each.card for each in due if each.due > now]
    begun = sum(_day(each.first_at) == _day(now) for each in known.values())
    new = [card for card in cards if card not in known][: max(0, NEW_A_DAY - begun)]
    done = sum(_day(each.last_at) == _day(now) for each in seen)
    return Today((*ripe, *new, *later), len(due), len(new), done)


def _day(moment: datetime) -> date:
    return moment.astimezone(SEOUL).date()


def _memory(progress: Progress | None, now: datetime) -> Memory:
    return Memory.from_json(progress.memory) if progress else Memory(card_id=0, due=now.astimezone(UTC))


@lru_cache(maxsize=1)
def _scheduler() -> Scheduler:
    # Without fuzz a rating does what its button says; a person's few cards a day need no spreading.
    return Scheduler(enable_fuzzing=False)

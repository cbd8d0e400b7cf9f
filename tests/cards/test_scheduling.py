from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest
from fsrs import Card, Rating, Scheduler

from service.cards.scheduling import NEW_A_DAY, RATINGS, Rated, intervals, review, today
from service.types import Progress

MORNING = datetime(2026, 11, 24, 0, 0, tzinfo=UTC)  # 09:00 in Korea


def learnt(card: str, now: datetime = MORNING) -> Progress:
    return review(card, None, 4, now)


def test_a_rating_is_what_fsrs_says_and_better_ones_wait_longer() -> None:
    expected, _ = Scheduler(enable_fuzzing=False).review_card(Card(due=MORNING), Rating.Good, MORNING)
    progress = review("a", None, 3, MORNING)
    assert (progress.due, progress.count, progress.first_at) == (expected.due, 1, MORNING)
    waits = list(intervals(progress, progress.due).values())
    assert waits == sorted(waits)
    assert waits[0] < waits[3]


@pytest.mark.parametrize("rating", RATINGS)
def test_a_button_says_what_its_rating_does(rating: Rated) -> None:
    before = learnt("a")
    promised = intervals(before, before.due)[rating]
    assert review("a", before, rating, before.due).due == before.due + promised


def test_intervals_grow_with_every_success() -> None:
    progress = learnt("a")
    waits = []
    for _ in range(4):
        now = progress.due
        progress = review("a", progress, 3, now)
        waits.append(progress.due - now)
    assert waits == sorted(waits)
    assert waits[-1] > timedelta(days=60)
    assert progress.count == 5


def test_today_begins_with_what_is_due_and_ends_with_what_was_just_learnt() -> None:
    known = {
        "late": review("late", None, 4, MORNING - timedelta(days=40)),
        "just": review("just", None, 1, MORNING),
        "later": learnt("later"),
    }
    plan = today(["new", "just", "later", "late"], known, MORNING)
    assert plan.cards == ("late", "new", "just")
    assert (plan.due, plan.new, plan.done) == (2, 1, 2)


def test_new_cards_are_rationed_by_the_korean_day() -> None:
    cards = [f"c{number}" for number in range(NEW_A_DAY * 2)]
    known = {card: learnt(card) for card in cards[:5]}
    assert today(cards, known, MORNING).new == NEW_A_DAY - 5
    assert today(cards, known, MORNING + timedelta(hours=14)).new == NEW_A_DAY - 5  # 23:00
    assert today(cards, known, MORNING + timedelta(hours=16)).new == NEW_A_DAY  # 01:00, tomorrow


def test_cards_that_are_gone_are_not_asked() -> None:
    assert today([], {"gone": review("gone", None, 1, MORNING)}, MORNING + timedelta(days=1)).cards == ()

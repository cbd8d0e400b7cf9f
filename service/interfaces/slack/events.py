"""Listeners for events: what people say, what they delete, and who opens the App Home."""

from __future__ import annotations

import logging
import re
from collections.abc import Callable
from typing import Any

from slack_bolt import App, BoltContext

from service.errors import EncoderError, IndexUnusable
from service.interfaces.slack import hearing, home
from service.interfaces.slack.desk import SlackDesk

log = logging.getLogger(__name__)

Next = Callable[[], Any]
Body = dict[str, Any]


def register(app: App, desk: SlackDesk) -> None:
    """Add the listeners.

    A question is taken in a listener's middleware, before the acknowledgement: when the store can't
    take it, Slack gets a 500 and delivers it again.
    """

    def said(body: Body, context: BoltContext, next: Next) -> None:
        hear(desk, body, context.bot_user_id or "")
        next()

    def opened(event: Body, context: BoltContext, next: Next) -> None:
        if event.get("tab") == "home":
            team, user = str(context.team_id), str(event["user"])
            desk.work.submit(f"home:{user}", lambda: publish(desk, team, user))
        next()

    app.event(re.compile("^(message|app_mention)$"), middleware=[said])(_acknowledged)
    app.event("app_home_opened", middleware=[opened])(_acknowledged)
    app.event(re.compile(""))(_acknowledged)  # others we may be subscribed to: 404 would disable us


def _acknowledged() -> None:
    """Bolt has acknowledged the event."""


def hear(desk: SlackDesk, body: Body, bot: str) -> None:
    """Take the question in an event, if it is one for us. Raises StoreError."""
    deleted = hearing.withdrawn(body["event"], str(body.get("team_id")))
    if deleted is not None:
        desk.inbox.withdraw(deleted)
        return
    heard = hearing.hear(body, bot)
    if heard is not None and desk.inbox.wanted(heard):
        desk.inbox.take(heard, hearing.keys(body))


def publish(desk: SlackDesk, team: str, user: str) -> None:
    """Draw the App Home of one person. Raises SlackError, StoreError."""
    try:
        questions = home.examples(desk.serving.tutor().index)
    except (IndexUnusable, EncoderError) as error:
        log.warning("no examples: %s", error)
        questions = []
    cards = desk.store.saved_cards(hearing.owner(team, user))
    desk.sender.call(desk.sender.client.views_publish, user_id=user, view=home.view(questions, cards))

"""What every Slack listener needs of the service."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from service.interfaces.runtime.exports import Exports
from service.interfaces.runtime.serving import Serving
from service.interfaces.slack.hearing import owner
from service.interfaces.slack.inbox import Inbox
from service.interfaces.slack.sending import Sender
from service.interfaces.slack.work import Work
from service.settings import Settings
from service.store import Store


@dataclass(frozen=True, slots=True)
class SlackDesk:
    """The service as listeners see it."""

    settings: Settings
    serving: Serving
    store: Store
    sender: Sender
    inbox: Inbox
    work: Work
    exports: Exports


@dataclass(frozen=True, slots=True)
class Person:
    """Who used a command, a shortcut or a button, and how to answer them alone.

    `channel` and `thread` are empty in the App Home, which has no `response_url` either.
    """

    team: str
    user: str
    channel: str = ""
    thread: str = ""
    response_url: str = ""

    @property
    def owner(self) -> str:
        """What the person's rows are kept under."""
        return owner(self.team, self.user)


def person(body: Mapping[str, Any]) -> Person:
    """Who sent an interactive payload."""
    message = body.get("message", {})
    return Person(
        team=str(body["user"].get("team_id") or body["team"]["id"]),
        user=str(body["user"]["id"]),
        channel=str(body.get("channel", {}).get("id", "")),
        thread=str(message.get("thread_ts") or message.get("ts", "")),
        response_url=str(body.get("response_url", "")),
    )

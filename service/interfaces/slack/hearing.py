"""What was said in Slack -> a question to answer, or silence. Pure: it calls nobody."""

from __future__ import annotations

import json
import re
import time
from collections.abc import Mapping
from dataclasses import asdict, dataclass, field
from html import unescape
from typing import Any

from service.store import new_id

Payload = Mapping[str, Any]

SLACKBOT = "USLACKBOT"
_SAID = {None, "file_share", "thread_broadcast", "me_message"}
"""Message subtypes that are a person speaking; the others are joins, topics, bots."""
_MARKUP = re.compile(r"<([^<>]+)>")
_TO_OTHERS = re.compile(r"<@[A-Z0-9]+(\|[^>]*)?>|<!(here|channel|everyone|subteam)[^>]*>")


@dataclass(frozen=True, slots=True)
class Heard:
    """A question, who asks it, and where the answer goes.

    `team` is the asker's, `channel` empty in the App Home, `ts` the message that asks (empty for a
    command), `thread` the thread of the answer (empty: none yet), `response_url` a way to reach the asker
    where we aren't a member; `quoted` when the question can't be seen beside its answer.
    """

    team: str
    channel: str
    user: str
    text: str
    thread: str = ""
    ts: str = ""
    response_url: str = ""
    quoted: bool = False
    addressed: bool = True
    stranger: bool = False
    id: str = field(default_factory=new_id)
    said_at: float = field(default_factory=time.time)

    @property
    def owner(self) -> str:
        """What the asker's rows are kept under."""
        return owner(self.team, self.user)

    @property
    def conversation(self) -> str:
        """The thread as a conversation id; a question outside any thread is its own conversation."""
        return f"slack-{self.channel}-{self.thread.replace('.', '_')}"[:64] if self.thread else self.id

    def dump(self) -> str:
        """As JSON, to be done after a restart."""
        return json.dumps(asdict(self), ensure_ascii=False)


def owner(team: str, user: str) -> str:
    """What a Slack user's rows are kept under."""
    return f"slack:{team}:{user}"


def load(work: str) -> Heard:
    """The question that `Heard.dump` wrote."""
    return Heard(**json.loads(work))


def hear(body: Payload, bot: str) -> Heard | None:
    """The question in an event, or None where we stay silent; `bot` is our own user id, if known."""
    event = _edited(body["event"])
    if event is None or event.get("subtype") not in _SAID or from_bot(event, bot):
        return None
    text = str(event.get("text") or "")
    ts, thread = str(event["ts"]), str(event.get("thread_ts") or event["ts"])
    addressed = _addressed(event, body, bot)
    if not addressed and (thread == ts or _TO_OTHERS.search(text)):
        return None
    stranger = _stranger(event, body)
    return Heard(
        team=str(event["user_team"] if stranger else body.get("team_id", "")),
        channel=str(event["channel"]),
        user=str(event["user"]),
        text=plain(text, bot),
        thread=thread,
        ts=ts,
        addressed=addressed,
        stranger=stranger,
    )


def keys(body: Payload) -> list[str]:
    """What an event is known by: the message, whatever event carries it, and the event's own id."""
    event = body["event"]
    message = event.get("message", event)
    said = f"message:{body.get('team_id')}:{event.get('channel')}:{message.get('ts')}"
    if event.get("subtype") == "message_changed":
        said += f":{message.get('edited', {}).get('ts')}"
    return [said, f"event:{body['event_id']}"] if body.get("event_id") else [said]


def withdrawn(event: Payload, team: str) -> str | None:
    """The key of a message that its writer has deleted."""
    if event.get("subtype") != "message_deleted":
        return None
    return f"message:{team}:{event.get('channel')}:{event.get('deleted_ts')}"


def from_bot(event: Payload, bot: str) -> bool:
    """Whether a program speaks: answering those makes loops."""
    user = event.get("user")
    return (
        not user
        or user in {SLACKBOT, bot}
        or bool(event.get("bot_id") or event.get("bot_profile"))
        or event.get("subtype") == "bot_message"
    )


def plain(text: str, bot: str = "") -> str:
    """What a person typed: mentions gone, links as written, Slack's escapes undone."""
    return unescape(_MARKUP.sub(_typed, text)).replace("\u00a0", " ").strip()


def _typed(found: re.Match[str]) -> str:
    target, _, label = found[1].partition("|")
    if target.startswith(("@", "!")):
        return " "
    if target.startswith("#"):
        return f"#{label}"
    return label or target.removeprefix("mailto:")


def _edited(event: Payload) -> Payload | None:
    """The message after an edit; None when nothing was said anew (a link was unfurled, a reply came)."""
    if event.get("subtype") != "message_changed":
        return event
    message, before = event.get("message", {}), event.get("previous_message", {})
    if not message.get("edited") or message.get("text") == before.get("text"):
        return None
    return {**message, "channel": event["channel"], "channel_type": event.get("channel_type")}


def _addressed(event: Payload, body: Payload, bot: str) -> bool:
    """Whether it is said to us: in a direct message, or by a mention."""
    if event.get("channel_type") == "im" or event.get("type") == "app_mention":
        return True
    ours = {bot, *(each.get("user_id", "") for each in body.get("authorizations", ()) if each.get("is_bot"))}
    text = str(event.get("text") or "")
    return any(f"<@{name}>" in text or f"<@{name}|" in text for name in ours if name)


def _stranger(event: Payload, body: Payload) -> bool:
    """Whether somebody of another organisation speaks, through Slack Connect."""
    ours = {body.get("team_id"), body.get("context_team_id"), body.get("enterprise_id")}
    return bool(body.get("is_ext_shared_channel") and event.get("user_team", body.get("team_id")) not in ours)

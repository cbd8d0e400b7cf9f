"""Calls to Slack's Web API that wait out limits and failures, and never post the same thing twice.

A call whose reply was lost may have been done. So a post carries a mark (the `block_id` of its first
block), and before it is tried again the thread is searched for that mark.
"""

from __future__ import annotations

import logging
import threading
import time
from collections.abc import Callable, Sequence
from http.client import HTTPException
from typing import Any
from urllib.request import Request, urlopen

from slack_sdk import WebClient
from slack_sdk.errors import SlackApiError
from slack_sdk.webhook import WebhookClient

from service.errors import SlackRefused, SlackUnreachable
from service.interfaces.slack.blocks import Block, marked

TRIES = 8
PATIENCE = 90.0
"""Seconds for one call with all its repetitions; less than the lease on the question it is for."""
FIRST_PAUSE = 0.1
LONGEST_PAUSE = 10.0
TIMEOUT = 15
"""Seconds until a call that doesn't answer counts as lost."""
SEARCHED = 200
"""Messages since the question that are searched for a mark."""
CLOCKS = 300
"""Seconds by which Slack's clock may differ from ours: signed requests are refused beyond that."""

ABSENT = frozenset({"not_in_channel", "channel_not_found", "is_archived"})
"""Errors that say we can't speak in a conversation."""
GONE = frozenset({"message_not_found", "thread_not_found"})
"""Errors that say that what we would answer was deleted."""
MENDED_BY_HAND = frozenset(
    "token_expired token_revoked invalid_auth not_authed account_inactive missing_scope no_permission".split()
)
"""Errors that a person has to mend; a question is kept for when they have."""

_LIMITED = {"ratelimited", "rate_limited"}
_PASSING = {"internal_error", "fatal_error", "service_unavailable", "request_timeout"}

log = logging.getLogger(__name__)

Call = Callable[..., Any]


class Sender:
    """Posts to Slack with one bot token."""

    def __init__(self, api_url: str, token: str) -> None:
        # The SDK repeats a call when the connection breaks, without looking whether it was done.
        self._client = WebClient(token, base_url=api_url, timeout=TIMEOUT, retry_handlers=[])
        self._closing = threading.Event()

    @property
    def client(self) -> WebClient:
        """The plain client, for calls that may simply fail."""
        return self._client

    def call(self, method: Call, done: Callable[[], str] = str, **arguments: object) -> Any:  # noqa: ANN401
        """Call until it is done. `done` says what a call with a lost reply has made ("" for nothing).

        Raises SlackRefused where trying again can't help, SlackUnreachable where it hasn't helped.
        """
        give_up = time.monotonic() + PATIENCE
        for attempt in range(TRIES):
            try:
                return method(**arguments)
            except SlackApiError as error:
                pause = _pause(error, method.__name__)
            except (OSError, HTTPException) as error:
                log.info("%s: reply lost: %r", method.__name__, error)
                pause = None
            wait = min(FIRST_PAUSE * 2**attempt, LONGEST_PAUSE) if pause is None else pause
            if time.monotonic() + wait > give_up:
                break
            self._sleep(wait, method.__name__)
            if pause is None and (made := done()):
                return {"ok": True, "ts": made}
        raise SlackUnreachable(method=method.__name__, error="retries")

    def post(
        self,
        channel: str,
        thread: str,
        blocks: Sequence[Block],
        text: str,
        mark: str,
        since: float,
        *,
        look: bool = False,
    ) -> str:
        """Post a message once; gives its timestamp. Raises SlackRefused, SlackUnreachable.

        It is for something said at `since`; with `look` it may have been posted by an earlier process.
        """
        if look and (ts := self.find(channel, thread, mark, since)):
            return ts
        sent = self.call(
            self._client.chat_postMessage,
            lambda: self.find(channel, thread, mark, since),
            channel=channel,
            thread_ts=thread or None,
            blocks=marked(blocks, mark),
            text=text,
            unfurl_links=False,
            unfurl_media=False,
        )
        return str(sent["ts"])

    def find(self, channel: str, thread: str, mark: str, since: float) -> str:
        """The timestamp of our message with that mark, "" for none. Raises SlackUnreachable."""
        where: dict[str, Any] = {"channel": channel, "limit": SEARCHED, "oldest": f"{since - CLOCKS:.6f}"}
        try:
            if thread:
                found = self.call(self._client.conversations_replies, ts=thread, **where)
            else:
                found = self.call(self._client.conversations_history, **where)
        except SlackRefused as error:  # no right to read here: better said twice than not at all
            log.warning("can't look whether a message arrived: %s", error)
            return ""
        return next((str(each["ts"]) for each in found["messages"] if _mark(each) == mark), "")

    def react(self, channel: str, ts: str, name: str) -> str:
        """Put a reaction on a message, once and without insisting; gives Slack's error, "" for none."""
        try:
            self._client.reactions_add(channel=channel, timestamp=ts, name=name)
        except SlackApiError as error:
            code = _code(error)
            if code != "already_reacted":
                log.info("no reaction: %s", code)
            return code
        except (OSError, HTTPException) as error:
            log.info("no reaction: %r", error)
        return ""

    def direct(self, user: str) -> str:
        """The channel of our direct messages with `user`."""
        return str(self.call(self._client.conversations_open, users=user)["channel"]["id"])

    def respond(self, url: str, blocks: Sequence[Block], text: str, replace: bool = False) -> None:
        """Answer by a `response_url`, which needs no token; for its user only, unless it replaces a message.

        Raises SlackRefused, SlackUnreachable.
        """
        hook = WebhookClient(url, timeout=TIMEOUT, retry_handlers=[])
        for attempt in range(TRIES):
            try:
                reply = hook.send(
                    text=text,
                    blocks=list(blocks),
                    response_type=None if replace else "ephemeral",
                    replace_original=replace,
                )
            except (OSError, HTTPException) as error:
                log.info("response_url: reply lost: %r", error)
            else:
                if reply.status_code == 200:
                    return
                if reply.status_code != 429 and reply.status_code < 500:
                    raise SlackRefused(method="response_url", error=reply.body[:80], needed="")
            self._sleep(min(FIRST_PAUSE * 2**attempt, LONGEST_PAUSE), "response_url")
        raise SlackUnreachable(method="response_url", error="retries")

    def upload(self, channel: str, name: str, data: bytes, comment: str) -> None:
        """Send a file into a conversation. Raises SlackRefused, SlackUnreachable."""
        slot = self.call(self._client.files_getUploadURLExternal, filename=name, length=len(data))

        def send_file() -> None:
            request = Request(str(slot["upload_url"]), data, method="POST")  # noqa: S310 - Slack's own address
            request.add_header("Content-Type", "application/octet-stream")
            with urlopen(request, timeout=TIMEOUT) as reply:  # noqa: S310
                reply.read()

        self.call(send_file)
        self.call(
            self._client.files_completeUploadExternal,
            files=[{"id": slot["file_id"], "title": name}],
            channel_id=channel,
            initial_comment=comment,
        )

    def close(self) -> None:
        """Try nothing again from now on: what isn't done is left for the next start."""
        self._closing.set()

    def _sleep(self, seconds: float, method: str) -> None:
        if self._closing.wait(seconds):
            raise SlackUnreachable(method=method, error="closing")


def _pause(error: SlackApiError, method: str) -> float | None:
    """How long Slack asks to wait, None if it failed and may have done it. Raises SlackRefused otherwise."""
    response: Any = error.response
    code = _code(error)
    if response.status_code == 429 or code in _LIMITED:
        return max(FIRST_PAUSE, float(response.headers.get("Retry-After", 1)))
    if response.status_code >= 500 or code in _PASSING:
        return None
    raise SlackRefused(method=method, error=code, needed=_needed(response)) from error


def _code(error: SlackApiError) -> str:
    response: Any = error.response
    return str(response.data.get("error", "")) if isinstance(response.data, dict) else ""


def _needed(response: Any) -> str:  # noqa: ANN401 - the SDK's response
    return str(response.data.get("needed", "")) if isinstance(response.data, dict) else ""


def _mark(message: dict[str, Any]) -> str:
    blocks = message.get("blocks") or [{}]
    return str(blocks[0].get("block_id", ""))

"""`POST /slack/events`: events, commands and interactivity over HTTP, authorised by their signature alone."""

from __future__ import annotations

import re

import anyio
import anyio.to_thread
from fastapi import FastAPI, Request, Response
from slack_bolt import BoltRequest
from slack_bolt.adapter.starlette.handler import to_bolt_request, to_starlette_response

from service import messages
from service.interfaces.asgi.problems import problem
from service.interfaces.slack.app import Slack

PATH = "/slack/events"
DISPATCHED = 16
"""Requests that are taken at the same time; each takes a few milliseconds."""
_SENT_AT, _SIGNED = "x-slack-request-timestamp", "x-slack-signature"
_TIMESTAMP = re.compile("[0-9]{1,15}")


def install(app: FastAPI, slack: Slack) -> None:
    """Add the route to `app`."""
    limiter = anyio.CapacityLimiter(DISPATCHED)

    async def slack_events(request: Request) -> Response:
        body = await request.body()
        try:
            asked = to_bolt_request(request, body)
        except UnicodeDecodeError:  # Slack signs UTF-8
            return problem(request, 401, messages.SLACK_BAD_SIGNATURE)
        if not _comparable(asked):
            return problem(request, 401, messages.SLACK_BAD_SIGNATURE)
        answered = await anyio.to_thread.run_sync(slack.dispatch, asked, limiter=limiter)
        if answered.status == 401:
            return problem(request, 401, messages.SLACK_BAD_SIGNATURE)
        return to_starlette_response(answered)

    app.post(PATH, include_in_schema=False)(slack_events)


def _comparable(asked: BoltRequest) -> bool:
    """Whether time and signature can be checked at all: Bolt's verifier raises on `abc` and on `é`."""
    timestamp, signature = (str(asked.headers.get(name, [""])[0]) for name in (_SENT_AT, _SIGNED))
    return bool(_TIMESTAMP.fullmatch(timestamp)) and signature.isascii()

"""The Bolt app: every request is verified, taken and acknowledged at once; the work comes after."""

from __future__ import annotations

import logging
import threading
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor

from slack_bolt import App, BoltRequest, BoltResponse
from slack_bolt.authorization import AuthorizeResult
from slack_sdk import WebClient

from service import messages
from service.errors import SettingsError, SlackError
from service.interfaces.asgi import metrics
from service.interfaces.runtime.exports import Exports
from service.interfaces.runtime.serving import Serving
from service.interfaces.slack import cards, events, interactions
from service.interfaces.slack.asking import Asker
from service.interfaces.slack.desk import SlackDesk
from service.interfaces.slack.inbox import Inbox
from service.interfaces.slack.sending import Sender
from service.interfaces.slack.work import Work
from service.settings import Settings
from service.store import Store

WORKERS = 8
"""Threads that answer; they mostly wait for Slack."""
WAITING = 1000
"""Questions that may wait; who asks beyond that is told so."""
SCOPES = frozenset(
    "app_mentions:read channels:history chat:write commands files:write im:history im:write"
    " reactions:write".split()
)
"""What is missed when it isn't granted; the manifest asks for private channels too."""

REASONS = frozenset(
    "http_timeout too_many_redirects connection_failed ssl_error http_error timeout unknown_error".split()
)
"""Why Slack says it sends something again; what else it may say is one label."""

log = logging.getLogger(__name__)
_bolt_log = logging.getLogger("slack_bolt.tutor")
_bolt_log.setLevel(logging.ERROR)  # its warnings are about choices made here, and print whole payloads


class Slack:
    """The Slack side of a running service."""

    def __init__(self, settings: Settings, serving: Serving, store: Store) -> None:
        if not settings.slack_bot_token:
            raise SettingsError(name="SLACK_BOT_TOKEN", reason="slack-no-bot-token")
        self._settings = settings
        self._sender = Sender(settings.slack_api_url, settings.slack_bot_token)
        self._work = Work(WORKERS, WAITING, "slack")
        self._busy = Work(1, WAITING, "slack-busy")
        asker = Asker(settings, serving, store, self._sender)
        self._inbox = Inbox(store, asker.answer, self._work, self._busy)
        self._desk = SlackDesk(settings, serving, store, self._sender, self._inbox, self._work, Exports())
        self._acks = ThreadPoolExecutor(4, thread_name_prefix="slack-ack")
        self._me = ""
        self._check = threading.Thread(target=self._who_am_i, name="slack-check", daemon=True)
        self.bolt = self._bolt()

    def start(self) -> None:
        """Check the token and begin to look for questions that were left; neither is waited for."""
        self._check.start()
        self._inbox.start()

    def close(self) -> None:
        """Finish what is in work; what waits is kept for the next start."""
        self._sender.close()
        self._inbox.close()
        self._work.close()
        self._busy.close()
        self._acks.shutdown()
        if self._check.is_alive():
            self._check.join(1)

    def dispatch(self, request: BoltRequest) -> BoltResponse:
        """Handle one request of Slack; quick, for all it does is to take it."""
        return self.bolt.dispatch(request)

    def _bolt(self) -> App:
        def authorize(enterprise_id: str | None, team_id: str | None) -> AuthorizeResult:
            return AuthorizeResult(
                enterprise_id=enterprise_id,
                team_id=team_id,
                bot_token=self._settings.slack_bot_token,
                bot_user_id=self._me or None,
            )

        app = App(
            name="docker-tutor",
            logger=_bolt_log,
            signing_secret=self._settings.slack_signing_secret,
            request_verification_enabled=True,
            client=WebClient(base_url=self._settings.slack_api_url, retry_handlers=[]),
            authorize=authorize,  # Bolt's own would call Slack before the first acknowledgement
            token_verification_enabled=False,
            listener_executor=self._acks,
            attaching_conversation_kwargs_enabled=False,
        )
        app.use(_count_repetition)  # after Bolt's own: only what is signed counts
        events.register(app, self._desk)
        interactions.register(app, self._desk)
        cards.register(app, self._desk)
        return app

    def _who_am_i(self) -> None:
        """Learn our own user id, and say early what is wrong with the token."""
        try:
            found = self._sender.call(self._sender.client.auth_test)
        except SlackError as error:
            log.error("%s", messages.explain(error))
            return
        self._me = found["user_id"]
        granted = {scope.strip() for scope in found.headers.get("x-oauth-scopes", "").split(",")} - {""}
        if granted and (missing := SCOPES - granted):
            log.error("%s", messages.SLACK_SCOPES.format(scopes=", ".join(sorted(missing))))


def _count_repetition(request: BoltRequest, next: Callable[[], BoltResponse]) -> BoltResponse:
    """Over HTTP and by Socket Mode alike: Bolt gives both the same headers."""
    if "x-slack-retry-num" in request.headers:
        reason = str(request.headers.get("x-slack-retry-reason", [""])[0])
        metrics.slack_retry(reason if reason in REASONS else "other")
    return next()

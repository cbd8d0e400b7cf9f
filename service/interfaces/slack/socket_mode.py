"""Socket Mode: we call Slack, so that no public address is needed."""

from __future__ import annotations

import logging
import threading

from slack_bolt.adapter.socket_mode import SocketModeHandler

from service.interfaces.slack.app import Slack
from service.settings import Settings

RETRY = 10.0
"""Seconds between two attempts to connect at first; a lost connection is mended by the SDK."""

log = logging.getLogger(__name__)


class SocketMode:
    """Keeps `slack` connected while it runs."""

    def __init__(self, settings: Settings, slack: Slack) -> None:
        self._handler = SocketModeHandler(slack.bolt, settings.slack_app_token)
        self._closing = threading.Event()
        self._thread = threading.Thread(target=self._connect, name="slack-connect", daemon=True)

    def start(self) -> None:
        """Connect in the background: the service starts whether Slack can be reached or not."""
        self._thread.start()

    def close(self) -> None:
        """Disconnect."""
        self._closing.set()
        self._handler.close()  # type: ignore[no-untyped-call]
        self._thread.join()

    def _connect(self) -> None:
        while not self._closing.is_set():
            try:
                self._handler.connect()  # type: ignore[no-untyped-call]
            except Exception as error:  # whatever keeps us from Slack now may be gone in a while
                log.error("no Socket Mode connection: %s", error)
                self._closing.wait(RETRY)
            else:
                if self._closing.is_set():  # closed while it connected
                    self._handler.close()  # type: ignore[no-untyped-call]
                return

"""How the service meets Slack: over HTTP, by Socket Mode, or both, as the settings say."""

from __future__ import annotations

from fastapi import FastAPI

from service.errors import SettingsError
from service.interfaces.runtime.serving import Serving
from service.interfaces.slack import route
from service.interfaces.slack.app import Slack
from service.settings import Settings
from service.store import Store


class Connection:
    """The Slack app with the ways to it. Raises SettingsError where a token is missing."""

    def __init__(self, settings: Settings, serving: Serving, store: Store) -> None:
        if not settings.slack:
            raise SettingsError(name="SLACK_APP_TOKEN", reason="slack-no-app-token")
        self._over_http = bool(settings.slack_signing_secret)
        self._slack = Slack(settings, serving, store)
        self._socket = None
        if settings.slack_app_token:
            from service.interfaces.slack.socket_mode import SocketMode

            self._socket = SocketMode(settings, self._slack)

    def install(self, app: FastAPI) -> None:
        """Add the route for Slack's requests, if they come over HTTP."""
        if self._over_http:
            route.install(app, self._slack)

    def start(self) -> None:
        """Begin; doesn't wait for Slack."""
        self._slack.start()
        if self._socket is not None:
            self._socket.start()

    def close(self) -> None:
        """Finish what is in work and disconnect."""
        if self._socket is not None:
            self._socket.close()
        self._slack.close()

"""The ways to Slack: only where configured, over HTTP, and by Socket Mode."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
import threading
from collections.abc import Iterator
from typing import Any

import pytest
from fastapi.testclient import TestClient
from websockets.sync.server import Server, ServerConnection, serve

from service.errors import SettingsError
from service.interfaces.app import create_app
from service.settings import Settings
from tests.interfaces.slack.conftest import Workspace, running, shown, wait
from tests.interfaces.slack.test_answers import ANSWER, QUESTION
from tests.interfaces.slack.web_api import Arguments, WebApi

pytestmark = pytest.mark.real


class Socket:
    """Slack's end of a Socket Mode connection."""

    def __init__(self) -> None:
        self.acknowledged: list[Arguments] = []
        self._connections: list[ServerConnection] = []
        self._server: Server = serve(self._talk, "127.0.0.1", 0, close_timeout=0.2)
        self._thread = threading.Thread(target=self._server.serve_forever)
        self._thread.start()

    @property
    def url(self) -> str:
        return f"ws://127.0.0.1:{self._server.socket.getsockname()[1]}/link"

    def send(self, kind: str, payload: Arguments) -> None:
        wait(lambda: self._connections)
        envelope = {"type": kind, "envelope_id": f"e{len(self.acknowledged)}", "payload": payload}
        self._connections[-1].send(json.dumps(envelope))

    def close(self) -> None:
        self._server.shutdown()
        self._thread.join()

    def _talk(self, connection: ServerConnection) -> None:
        connection.send(json.dumps({"type": "hello", "num_connections": 1}))
        self._connections.append(connection)
        for message in connection:
            self.acknowledged.append(json.loads(message))


@pytest.fixture
def socket(api: WebApi) -> Iterator[Socket]:
    socket = Socket()
    api.socket_url = socket.url
    yield socket
    socket.close()


def by_socket(settings: Settings) -> Settings:
    return settings.model_copy(update={"slack_signing_secret": "", "slack_app_token": "xapp-test"})


def test_nothing_of_slack_is_imported_where_it_is_not_configured(built: Settings) -> None:
    code = (
        "import sys; from service.interfaces.app import create_app; from service.settings import load_settings\n"
        f"app = create_app(load_settings(corpus_dir={str(built.corpus_dir)!r}, data_dir={str(built.data_dir)!r}))\n"
        "print([name for name in sys.modules if name.startswith(('slack', 'service.interfaces.slack'))])\n"
        "print([route.path for route in app.routes if 'slack' in getattr(route, 'path', '')])"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout.split() == ["[]", "[]"]


@pytest.mark.parametrize("name", ["slack_signing_secret", "slack_app_token"])
def test_a_missing_bot_token_is_said_at_the_start(built: Settings, name: str) -> None:
    with pytest.raises(SettingsError) as caught:
        create_app(built.model_copy(update={name: "x"}))
    assert caught.value.fields["name"] == "SLACK_BOT_TOKEN"


def test_without_signing_secret_there_is_no_route(settings: Settings, socket: Socket) -> None:
    with TestClient(create_app(by_socket(settings))) as client:
        assert client.post("/slack/events", content=b"{}").status_code == 404


def test_questions_by_socket_mode_are_acknowledged_and_answered(
    settings: Settings, api: WebApi, socket: Socket
) -> None:
    with running(by_socket(settings), api) as slack:
        asked = slack.mention(QUESTION)
        envelope = slack.envelope(asked)
        for _ in range(3):
            socket.send("events_api", envelope)
            wait(lambda: socket.acknowledged)
        wait(lambda: slack.replies(asked["ts"]))
        socket.send("slash_commands", _command(api))
        wait(lambda: len(api.messages) == 3)
        slack.settle()
        assert [ANSWER in shown(each) for each in api.messages] == [True, False, True]
        assert len(slack.replies(asked["ts"])) == 1


def _command(api: WebApi) -> dict[str, Any]:
    return {
        "command": "/docker",
        "text": QUESTION,
        "team_id": "T1",
        "user_id": "U1",
        "channel_id": "C1",
        "trigger_id": "t1",
        "response_url": f"{api.root}/response/1",
    }


def test_the_command_answers_by_socket_mode_until_it_is_stopped(
    settings: Settings, api: WebApi, socket: Socket
) -> None:
    environment = {
        **os.environ,
        "CORPUS_DIR": str(settings.corpus_dir),
        "DATA_DIR": str(settings.data_dir),
        "DATABASE_URL": settings.database_url,
        "SLACK_APP_TOKEN": "xapp-test",
        "SLACK_BOT_TOKEN": settings.slack_bot_token,
        "SLACK_API_URL": settings.slack_api_url,
    }
    command = [sys.executable, "-m", "service", "slack"]
    process = subprocess.Popen(command, env=environment, stderr=subprocess.PIPE, text=True)
    try:
        people = Workspace(None, api, None)  # type: ignore[arg-type]
        asked = people.mention(QUESTION)
        socket.send("events_api", people.envelope(asked))
        wait(lambda: people.replies(asked["ts"]), 20)
        assert ANSWER in shown(people.replies(asked["ts"])[0])
    finally:
        process.send_signal(signal.SIGTERM)
        _, errors = process.communicate(timeout=20)
    assert process.returncode == 0
    assert "Socket Mode" in errors
    assert "Traceback" not in errors


def test_the_command_without_app_token_says_what_to_do(settings: Settings) -> None:
    command = [sys.executable, "-m", "service", "slack", "--data", str(settings.data_dir)]
    environment = {name: value for name, value in os.environ.items() if not name.startswith("SLACK_")}
    done = subprocess.run(command, capture_output=True, text=True, env=environment)
    assert (done.returncode, done.stdout) == (1, "")
    assert "SLACK_APP_TOKEN" in done.stderr

from __future__ import annotations

import itertools
import json
import time
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from pathlib import Path
from textwrap import indent
from typing import Any
from urllib.parse import urlencode

import pytest
from fastapi.testclient import TestClient
from slack_sdk.signature import SignatureVerifier

from service.interfaces.app import create_app
from service.settings import Settings
from service.store import Store
from tests.conftest import MakeService
from tests.interfaces.slack.web_api import BOT, TEAM, TOKEN, Arguments, WebApi

SECRET = "signing-secret-for-tests"  # noqa: S105
PUBLIC = "https://tutor.example.com"
LOG = "\n".join(
    f'time=2026-01-01T00:00:{line % 60:02d} level=info msg="step {line} <none> & ready"'
    for line in range(260)
)
NOTES = {
    "storage.md": "# 저장\n\n## 볼륨\n\n- 볼륨은 컨테이너를 지워도 남음\n- 볼륨은 tar로 묶어 백업함\n",
    "network.md": "# 네트워크\n\n## 브리지\n\n- 기본 브리지에서는 컨테이너 이름으로 통신할 수 없음\n",
    "logs.md": "# 기동 로그\n\n## 데몬 기동 로그\n\n- 도커 데몬 기동 로그 전체는 다음과 같음\n\n"
    f"  ```text\n{indent(LOG, '  ')}\n  ```\n",
}


@pytest.fixture(scope="session")
def built(tmp_path_factory: pytest.TempPathFactory, make_service: MakeService) -> Settings:
    """A built service over tiny notes."""
    return make_service(tmp_path_factory.mktemp("slack"), NOTES, public_url=PUBLIC)


@pytest.fixture
def api() -> Iterator[WebApi]:
    """Slack's Web API; a test fails when it was sent anything that Slack refuses."""
    with WebApi() as api:
        yield api
    assert api.violations == []


@pytest.fixture
def settings(built: Settings, api: WebApi, tmp_path: Path) -> Settings:
    return built.model_copy(
        update={
            "slack_signing_secret": SECRET,
            "slack_bot_token": TOKEN,
            "slack_api_url": f"{api.root}/api/",
            "database_url": f"sqlite:///{tmp_path / 'store.db'}",
        }
    )


class Workspace:
    """People in a Slack workspace, whose requests reach the service signed."""

    def __init__(self, client: TestClient, api: WebApi, store: Store) -> None:
        self.client = client
        self.api = api
        self.store = store
        self._numbers = itertools.count(1)

    def event(self, event: Arguments, **envelope: object) -> Any:
        return self.deliver(self.envelope(event, **envelope))

    def envelope(self, event: Arguments, **envelope: object) -> Arguments:
        return {
            "type": "event_callback",
            "team_id": TEAM,
            "api_app_id": "A1",
            "event_id": f"Ev{next(self._numbers)}",
            "authorizations": [{"team_id": TEAM, "user_id": BOT, "is_bot": True}],
            "event": event,
            **envelope,
        }

    def said(self, text: str, **event: Any) -> Arguments:
        """A person's message in a channel."""
        ts = event.pop("ts", None) or self.api.ts()
        defaults = {"channel": "C1", "channel_type": "channel", "user": "U1", "team": TEAM}
        return {"type": "message", "text": text, "ts": ts, **defaults, **event}

    def mention(self, text: str, **event: Any) -> Arguments:
        """The app_mention event of a message that begins with a mention."""
        said = self.said(f"<@{BOT}> {text}", **event)
        del said["channel_type"]
        return {**said, "type": "app_mention"}

    def dm(self, text: str, **event: Any) -> Arguments:
        return self.said(text, **{"channel": "D1", "channel_type": "im", **event})

    def deliver(self, payload: Arguments, **headers: str) -> Any:
        named = {name.replace("_", "-"): value for name, value in headers.items()}
        return self.signed(json.dumps(payload), "application/json", headers=named)

    def command(self, text: str, **form: str) -> Any:
        fields = {
            "command": "/docker",
            "text": text,
            "team_id": TEAM,
            "user_id": "U1",
            "channel_id": "C1",
            "trigger_id": f"trigger{next(self._numbers)}",
            "response_url": f"{self.api.root}/response/1",
            **form,
        }
        return self.signed(urlencode(fields), "application/x-www-form-urlencoded")

    def interact(self, payload: Arguments) -> Any:
        filled = {
            "team": {"id": TEAM},
            "user": {"id": "U1", "team_id": TEAM},
            "trigger_id": f"trigger{next(self._numbers)}",
            "response_url": f"{self.api.root}/response/1",
            **payload,
        }
        body = urlencode({"payload": json.dumps(filled)})
        return self.signed(body, "application/x-www-form-urlencoded")

    def press(self, message: Arguments, action_id: str, user: str = "U1", **payload: object) -> Any:
        """Press a button of a message."""
        buttons = [
            each for block in message["blocks"] if block["type"] == "actions" for each in block["elements"]
        ]
        pressed = next(each for each in buttons if each["action_id"] == action_id)
        action = {**pressed, "action_ts": self.api.ts(), "block_id": "x"}
        shown = {key: message[key] for key in ("blocks", "ts", "thread_ts", "text") if key in message}
        place = {"channel": {"id": message["channel"]}, "message": shown} if "channel" in message else {}
        return self.interact(
            {
                "type": "block_actions",
                "actions": [action],
                "user": {"id": user, "team_id": TEAM},
                **place,
                **payload,
            }
        )

    def signed(
        self,
        body: str,
        kind: str,
        secret: str = SECRET,
        age: float = 0,
        headers: Mapping[str, str] | None = None,
    ) -> Any:
        timestamp = str(int(time.time() - age))
        signature = SignatureVerifier(secret).generate_signature(timestamp=timestamp, body=body)
        assert signature is not None
        return self.client.post(
            "/slack/events",
            content=body.encode(),
            headers={
                "Content-Type": kind,
                "X-Slack-Signature": signature,
                "X-Slack-Request-Timestamp": timestamp,
                **(headers or {}),
            },
        )

    def settle(self, seconds: float = 30) -> None:
        """Wait until every question that was taken is done."""
        late = datetime.now(UTC) + timedelta(days=1)
        wait(lambda: not self.store.unfinished(late), seconds)

    def replies(self, thread: str) -> list[Arguments]:
        """What we have said in a thread."""
        return [message for message in self.api.messages if message.get("thread_ts") == thread]


def wait(until: Callable[[], object], seconds: float = 10) -> None:
    """Wait for something that happens in another thread."""
    end = time.monotonic() + seconds
    while not until():
        assert time.monotonic() < end, "it did not happen"
        time.sleep(0.01)


def shown(message: Arguments) -> str:
    """All text of a message's blocks."""
    texts = []
    for block in message["blocks"]:
        nodes = [block["text"]] if "text" in block else block["elements"]
        texts += [node["text"]["text"] if node["type"] == "button" else node["text"] for node in nodes]
    return "\n".join(texts)


@contextmanager
def running(settings: Settings, api: WebApi) -> Iterator[Workspace]:
    """The service, and people who use it through Slack."""
    app = create_app(settings)
    with TestClient(app, raise_server_exceptions=False) as client:
        yield Workspace(client, api, app.state.store)


@pytest.fixture
def slack(settings: Settings, api: WebApi) -> Iterator[Workspace]:
    with running(settings, api) as workspace:
        yield workspace

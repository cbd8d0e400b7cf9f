from __future__ import annotations

import subprocess
import sys
import time
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from fastapi.testclient import TestClient
from starlette.types import ASGIApp
from uvicorn.middleware.proxy_headers import ProxyHeadersMiddleware

from service.errors import SettingsError
from service.interfaces.access import retention
from service.interfaces.app import create_app
from service.settings import Settings
from service.store import Asked, Store
from tests.conftest import ROOT
from tests.interfaces.conftest import problem

KEY = "correct-horse-battery"
QUESTION = "/search?q=볼륨"


def app(settings: Settings, address: str = "203.0.114.9", **changed: object) -> TestClient:
    application = create_app(settings.model_copy(update={"rate_limit": "3/hour", **changed}))
    return TestClient(application, client=(address, 50000), raise_server_exceptions=False)


def asked(client: TestClient, times: int, **headers: str) -> list[int]:
    return [client.get(QUESTION, headers=headers).status_code for _ in range(times)]


def test_who_asks_too_often_is_told_when_to_come_back(settings: Settings) -> None:
    with app(settings) as client:
        assert asked(client, 3) == [200, 200, 200]
        refused = client.get(QUESTION)
        assert problem(refused)["status"] == 429
        assert 1 <= int(refused.headers["retry-after"]) <= 3600
        assert client.get("/healthz").status_code == 200


def test_a_key_is_counted_for_itself_wherever_it_is_used(settings: Settings) -> None:
    keys = f"ci:{KEY},ops:{KEY}2"
    with app(settings, api_keys=keys) as client:
        assert asked(client, 4) == [200, 200, 200, 429]
        assert asked(client, 4, Authorization=f"Bearer {KEY}") == [200, 200, 200, 429]
        assert asked(client, 1, Authorization=f"Bearer {KEY}2") == [200]


def test_guessing_keys_is_counted(settings: Settings) -> None:
    with app(settings, api_keys=f"ci:{KEY}") as client:
        assert asked(client, 4, Authorization="Bearer guess") == [401, 401, 401, 429]


@pytest.mark.parametrize("address", ["127.0.0.1", "::1", "172.17.0.1", "192.168.0.7", "::ffff:127.0.0.1"])
def test_neighbours_are_not_counted(settings: Settings, address: str) -> None:
    with app(settings, address) as client:
        assert asked(client, 5) == [200] * 5


def test_addresses_of_one_ipv6_network_are_one_caller(settings: Settings) -> None:
    application = create_app(settings.model_copy(update={"rate_limit": "2/hour"}))
    statuses = []
    for address in ("2001:4860::1", "2001:4860::2", "2001:4860::3", "2001:4860:0:1::1"):
        statuses += asked(TestClient(application, client=(address, 1)), 1)
    assert statuses == [200, 200, 429, 200]


def test_a_header_is_believed_only_from_a_trusted_proxy(settings: Settings) -> None:
    def from_behind(application: ASGIApp, address: str) -> list[int]:
        client = TestClient(application, client=(address, 1))
        return [asked(client, 1, **{"X-Forwarded-For": f"8.8.8.{number}"})[0] for number in range(4)]

    application = create_app(settings.model_copy(update={"rate_limit": "3/hour"}))
    assert from_behind(application, "203.0.114.9") == [200, 200, 200, 429]
    proxied = ProxyHeadersMiddleware(application, trusted_hosts=["172.17.0.1"])  # type: ignore[arg-type]
    assert from_behind(proxied, "172.17.0.1") == [200] * 4  # type: ignore[arg-type]
    assert from_behind(proxied, "203.0.114.9") == [429] * 4  # type: ignore[arg-type]


def test_a_limit_can_be_off_but_not_nonsense(settings: Settings) -> None:
    with app(settings, rate_limit="") as client:
        assert asked(client, 5) == [200] * 5
    with pytest.raises(SettingsError):
        app(settings, rate_limit="often")


@pytest.mark.real
def test_a_local_server_starts_without_the_limit_library() -> None:
    code = "import sys, service.interfaces.app; assert not {'limits', 'openai', 'mcp'} & set(sys.modules)"
    done = subprocess.run([sys.executable, "-c", code], cwd=ROOT, capture_output=True, text=True)
    assert done.returncode == 0, done.stderr


def test_old_questions_go_when_the_server_starts_and_then_daily(
    settings: Settings, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(retention, "EVERY_SECONDS", 0.05)
    url = f"sqlite:///{tmp_path / 'store.db'}"
    store = Store(url)

    def keep(question_id: str, days: int) -> None:
        when = datetime.now(UTC) - timedelta(days=days)
        store.keep(Asked(question_id, "me", "c", when, "볼륨?", "볼륨?", "answered", 0.9, (), "{}"))

    keep("old", 8)
    keep("young", 6)
    with app(settings, database_url=url, retention_days=7):
        _gone(store, ["young"])
        keep("late", 9)
        _gone(store, ["young"])


def _gone(store: Store, left: list[str]) -> None:
    until = time.monotonic() + 5
    while [each.id for each in store.recent(9)] != left:
        assert time.monotonic() < until, store.recent(9)
        time.sleep(0.02)

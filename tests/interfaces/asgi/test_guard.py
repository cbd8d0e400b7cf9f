from __future__ import annotations

import pytest
from fastapi.testclient import TestClient

from service.interfaces.app import create_app
from service.interfaces.asgi.guard import allowed_hosts, host_name
from service.settings import Settings, load_settings
from tests.interfaces.conftest import problem


def app(settings: Settings, **changed: object) -> TestClient:
    return TestClient(create_app(settings.model_copy(update=changed)), raise_server_exceptions=False)


@pytest.mark.parametrize(
    ("header", "name"),
    [
        ("localhost", "localhost"),
        ("LOCALHOST:8000", "localhost"),
        ("127.0.0.1:8000", "127.0.0.1"),
        ("[::1]:8000", "::1"),
        ("", ""),
        ("[", ""),
        ("localhost@evil.example", "evil.example"),
        ("evil.example/localhost", "evil.example"),
    ],
)
def test_a_host_header_is_read_as_a_browser_reads_it(header: str, name: str) -> None:
    assert host_name(header) == name


def test_who_may_be_called_what() -> None:
    settings = load_settings(
        allowed_hosts="Docker.example, 192.168.0.7:8000", public_url="https://tutor.example/x", host="::"
    )
    assert allowed_hosts(settings) == {
        "localhost",
        "127.0.0.1",
        "::1",
        "docker.example",
        "192.168.0.7",
        "tutor.example",
    }


def test_a_name_that_is_not_ours_is_refused(settings: Settings) -> None:
    with app(settings, allowed_hosts="", public_url="https://tutor.example") as client:
        for host in ("evil.example", "testserver", "localhost.evil.example", "", "[", "evil.example:8000"):
            response = client.get("/search?q=볼륨", headers={"Host": host})
            assert problem(response)["status"] == 403, host
        for host in ("localhost:8000", "127.0.0.1", "[::1]:80", "tutor.example"):
            assert client.get("/search?q=볼륨", headers={"Host": host}).status_code == 200, host
        assert client.get("/healthz", headers={"Host": "10.1.2.3:8000"}).status_code == 200


def test_any_name_can_be_allowed_but_then_only_our_own_pages(settings: Settings) -> None:
    with app(settings, allowed_hosts="*") as client:
        host = {"Host": "anything.example"}
        assert client.get("/search?q=볼륨", headers=host).status_code == 200
        own = {**host, "Origin": "https://anything.example"}
        assert client.post("/ask", json={"question": "볼륨 남아?"}, headers=own).status_code == 200
        foreign = {**host, "Origin": "https://evil.example"}
        assert client.post("/ask", json={"question": "볼륨 남아?"}, headers=foreign).status_code == 403


@pytest.mark.parametrize(
    "origin", ["https://evil.example", "null", "file://", "http://localhost.evil.example"]
)
def test_a_foreign_page_cannot_ask_write_or_delete(client: TestClient, origin: str) -> None:
    headers = {"Origin": origin}
    for method, url in (
        ("POST", "/ask"),
        ("DELETE", "/me"),
        ("PUT", "/documents/a"),
        ("GET", "/search?q=볼륨"),
    ):
        assert problem(client.request(method, url, headers=headers))["status"] == 403


def test_our_own_page_and_a_local_one_can(client: TestClient) -> None:
    for origin in (
        "http://testserver",
        "http://localhost:3000",
        "http://127.0.0.1:8000",
        "http://[::1]:8000",
    ):
        asked = client.post("/ask", json={"question": "볼륨 남아?"}, headers={"Origin": origin})
        assert asked.status_code == 200, origin


def test_no_foreign_page_reads_an_answer(client: TestClient) -> None:
    preflight = client.options(
        "/ask", headers={"Origin": "http://localhost:3000", "Access-Control-Request-Method": "POST"}
    )
    plain = client.get("/search?q=볼륨", headers={"Origin": "http://localhost:3000"})
    for response in (preflight, plain):
        assert not [name for name in response.headers if name.startswith("access-control")]

from __future__ import annotations

import json
import socket
import time
from collections.abc import Iterator
from urllib.parse import urlsplit

import httpx
import pytest

from service.interfaces.asgi.wire import quoted
from service.settings import Settings
from tests.interfaces.running import serving

pytestmark = pytest.mark.real


@pytest.fixture(scope="module")
def address(settings: Settings, tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[str, int]]:
    """A server with the protocol that people get."""
    with serving(settings, tmp_path_factory.mktemp("wire") / "log") as running:
        split = urlsplit(str(running.client.base_url))
        assert split.hostname is not None
        assert split.port is not None
        yield split.hostname, split.port


def say(address: tuple[str, int], *parts: bytes) -> tuple[bytes, bytes]:
    """What is answered, head and body, to bytes that come in parts."""
    with socket.create_connection(address, timeout=20) as connection:
        for part in parts:
            connection.sendall(part)
            time.sleep(0.05)
        received = b"".join(iter(lambda: connection.recv(65_536), b""))
    head, _, body = received.partition(b"\r\n\r\n")
    return head, body


REST = b" HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n"


@pytest.mark.parametrize("parts", [1, 3])
def test_hangul_in_the_address_is_found_as_if_it_were_quoted(address: tuple[str, int], parts: int) -> None:
    request = "GET /search?q=볼륨 HTTP/1.1".encode() + REST.removeprefix(b" HTTP/1.1")
    pieces = [request] if parts == 1 else [request[:5], request[5:40], request[40:]]
    head, body = say(address, *pieces)
    assert head.startswith(b"HTTP/1.1 200"), head + body
    quoted_too = httpx.get(f"http://{address[0]}:{address[1]}/search", params={"q": "볼륨"})
    assert json.loads(body) == quoted_too.json()


def test_each_request_of_a_connection_may_have_it(address: tuple[str, int]) -> None:
    first = "GET /documents/없는노트 HTTP/1.1\r\nHost: localhost\r\n\r\n".encode()
    head, body = say(address, first, "GET /search?q=볼륨".encode() + REST)
    assert head.startswith(b"HTTP/1.1 404")
    assert "없는노트".encode() in body
    assert b"HTTP/1.1 200" in body


@pytest.mark.parametrize(
    "request_line",
    ["GET /search?q=볼륨".encode("cp949"), b"GET /a b", b"nonsense", b"GET /\x00", b"\xff" * 40],
)
def test_what_is_no_http_is_refused_in_korean(address: tuple[str, int], request_line: bytes) -> None:
    head, body = say(address, request_line + REST)
    assert head.startswith(b"HTTP/1.1 400")
    assert b"content-type: application/problem+json" in head.lower()
    problem = json.loads(body)
    assert problem["request_id"].encode() in head
    assert (problem["status"], "UTF-8" in problem["detail"]) == (400, True)


def test_nothing_but_what_is_not_ascii_changes() -> None:
    plain = bytes(range(128))
    assert quoted(plain) == plain
    assert quoted("GET /가?q=%EA 나".encode()) == b"GET /%EA%B0%80?q=%EA %EB%82%98"

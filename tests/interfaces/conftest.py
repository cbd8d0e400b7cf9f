from __future__ import annotations

import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest
import uvicorn
from fastapi.testclient import TestClient

from service.interfaces.app import create_app
from service.settings import Settings
from tests.conftest import MakeService

KEY = "correct-horse-battery"
NOTES = {
    "storage.md": "# 저장\n\n## 볼륨\n\n- 볼륨은 컨테이너를 지워도 남음\n- 볼륨은 tar로 묶어 백업함\n",
    "network.md": "# 네트워크\n\n## 브리지\n\n- 기본 브리지에서는 컨테이너 이름으로 통신할 수 없음\n",
}


@pytest.fixture(scope="session")
def settings(tmp_path_factory: pytest.TempPathFactory, make_service: MakeService) -> Settings:
    """A built service over two tiny notes."""
    return make_service(tmp_path_factory.mktemp("api"), NOTES)


@pytest.fixture(scope="session")
def client(settings: Settings) -> Iterator[TestClient]:
    with TestClient(create_app(settings), raise_server_exceptions=False) as client:
        yield client


@pytest.fixture
def own(tmp_path: Path, make_service: MakeService) -> Settings:
    """A service of one's own to write to."""
    return make_service(tmp_path, NOTES, api_keys=f"ci:{KEY}")


@contextmanager
def running(settings: Settings) -> Iterator[str]:
    """A real server on a loopback port; gives its address."""
    server = uvicorn.Server(uvicorn.Config(create_app(settings), port=0, log_level="error"))
    thread = threading.Thread(target=server.run)
    thread.start()
    try:
        while not server.started:
            time.sleep(0.02)
        yield f"http://127.0.0.1:{server.servers[0].sockets[0].getsockname()[1]}"
    finally:
        server.should_exit = True
        thread.join()


@pytest.fixture(scope="session")
def server(settings: Settings) -> Iterator[str]:
    """A real server over the two tiny notes, with one key."""
    with running(settings.model_copy(update={"api_keys": f"ci:{KEY}"})) as address:
        yield address


def problem(response: Any) -> dict[str, Any]:
    """The problem document of a response, checked for what every one must have."""
    assert response.headers["content-type"] == "application/problem+json"
    body: dict[str, Any] = response.json()
    assert body["status"] == response.status_code
    assert body["request_id"] == response.headers["x-request-id"]
    assert any("가" <= letter <= "힣" for letter in body["detail"])
    return body

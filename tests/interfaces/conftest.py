from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from fastapi.testclient import TestClient

from service import pipeline
from service.interfaces.api import create_app
from service.settings import Settings, load_settings

NOTES = {
    "storage.md": "# 저장\n\n## 볼륨\n\n- 볼륨은 컨테이너를 지워도 남음\n- 볼륨은 tar로 묶어 백업함\n",
    "network.md": "# 네트워크\n\n## 브리지\n\n- 기본 브리지에서는 컨테이너 이름으로 통신할 수 없음\n",
}


@pytest.fixture(scope="session")
def settings(tmp_path_factory: pytest.TempPathFactory, real_encoder_folder: Path) -> Settings:
    """A built service over two tiny notes, with the real encoder."""
    folder = tmp_path_factory.mktemp("api")
    (folder / "corpus").mkdir()
    (folder / "data").mkdir()
    for name, text in NOTES.items():
        (folder / "corpus" / name).write_text(text, encoding="utf-8")
    (folder / "data" / "encoder").symlink_to(real_encoder_folder)
    settings = load_settings(corpus_dir=folder / "corpus", data_dir=folder / "data")
    pipeline.build(settings)
    return settings


@pytest.fixture(scope="session")
def client(settings: Settings) -> Iterator[TestClient]:
    with TestClient(create_app(settings), raise_server_exceptions=False) as client:
        yield client


def problem(response: Any) -> dict[str, Any]:
    """The problem document of a response, checked for what every one must have."""
    assert response.headers["content-type"] == "application/problem+json"
    body: dict[str, Any] = response.json()
    assert body["status"] == response.status_code
    assert body["request_id"] == response.headers["x-request-id"]
    assert any("가" <= letter <= "힣" for letter in body["detail"])
    return body

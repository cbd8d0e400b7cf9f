from __future__ import annotations

import hashlib
import sqlite3
from contextlib import closing
from pathlib import Path

import pytest
from fastapi.testclient import TestClient

from service.errors import SettingsError
from service.interfaces.access.callers import parse_keys
from service.interfaces.app import create_app
from service.settings import Settings
from tests.interfaces.conftest import problem

KEY = "correct-horse-battery"
HASHED = "sha256:" + hashlib.sha256(b"another-long-secret").hexdigest()


def test_keys_are_held_as_hashes_and_found_by_their_text() -> None:
    keys = parse_keys(f"ci:{KEY}, ops:{HASHED}")
    assert KEY not in repr(keys)
    assert (keys.name(KEY), keys.name("another-long-secret"), keys.name("wrong")) == ("ci", "ops", None)


@pytest.mark.parametrize("configured", ["nocolon", "a:", ":b", "a:short", f"a:{KEY},a:{KEY}", "a:sha256:zz"])
def test_a_key_that_cannot_be_right_stops_the_start(configured: str) -> None:
    with pytest.raises(SettingsError):
        parse_keys(configured)


def app(settings: Settings, **changed: object) -> TestClient:
    return TestClient(create_app(settings.model_copy(update=changed)), raise_server_exceptions=False)


def bearer(key: str) -> dict[str, str]:
    return {"Authorization": f"Bearer {key}"}


def test_with_no_key_configured_a_bearer_header_is_ignored(settings: Settings) -> None:
    with app(settings) as client:
        assert (
            client.post(
                "/ask", json={"question": "볼륨은 컨테이너를 지워도 남아?"}, headers=bearer("anything")
            ).status_code
            == 200
        )


def test_a_wrong_key_is_refused_and_a_right_one_is_an_owner(settings: Settings) -> None:
    with app(settings, api_keys=f"ci:{KEY}") as client:
        refused = client.get("/search?q=볼륨", headers=bearer("wrong"))
        assert problem(refused)["status"] == 401
        assert refused.headers["www-authenticate"] == "Bearer"
        mine = client.post(
            "/ask", json={"question": "볼륨은 컨테이너를 지워도 남아?"}, headers=bearer(KEY)
        ).json()["question_id"]
        assert client.get(f"/answers/{mine}", headers=bearer(KEY)).status_code == 200
        assert client.get(f"/answers/{mine}").status_code == 404


def test_a_key_can_be_required_for_everything_but_health(settings: Settings) -> None:
    with app(settings, api_keys=f"ci:{KEY}", require_key=True) as client:
        for url in ("/search?q=볼륨", "/documents", "/documents/storage"):
            assert client.get(url).status_code == 401
            assert client.get(url, headers=bearer(KEY)).status_code == 200
        assert client.post("/ask", json={"question": "볼륨은 컨테이너를 지워도 남아?"}).status_code == 401
        assert client.get("/healthz").status_code == 200


def test_a_browser_profile_owns_what_it_asked(settings: Settings) -> None:
    with app(settings) as mine, app(settings) as other:
        asked = mine.post("/ask", json={"question": "볼륨은 컨테이너를 지워도 남아?"})
        assert "httponly" in asked.headers["set-cookie"].lower()
        question = asked.json()["question_id"]
        assert mine.get(f"/answers/{question}").json() == asked.json()
        assert problem(other.get(f"/answers/{question}"))["status"] == 404
        assert other.post("/feedback", json={"question_id": question, "helpful": True}).status_code == 404
        assert mine.post("/feedback", json={"question_id": question, "helpful": True}).status_code == 204
        assert other.post(f"/answers/{question}/share").status_code == 404
        assert mine.post(f"/answers/{question}/share").status_code == 204
        assert other.get(f"/answers/{question}").json()["question_id"] == question


def test_my_data_can_be_deleted(settings: Settings) -> None:
    with app(settings) as client:
        question = client.post("/ask", json={"question": "볼륨은 컨테이너를 지워도 남아?"}).json()[
            "question_id"
        ]
        assert client.delete("/me").json() == {"deleted": 1}
        assert client.get(f"/answers/{question}").status_code == 404


@pytest.mark.parametrize(
    "body",
    [
        {},
        {"question_id": "../x", "helpful": True},
        {"question_id": "x", "helpful": "maybe"},
        {"question_id": "x", "helpful": True, "comment": "가" * 1001},
    ],
)
def test_bad_feedback_is_refused(client: TestClient, body: dict[str, object]) -> None:
    assert problem(client.post("/feedback", json=body))["status"] == 422


def test_a_store_that_fails_costs_the_memory_not_the_answer(settings: Settings, tmp_path: Path) -> None:
    path = tmp_path / "store.db"
    with app(settings, database_url=f"sqlite:///{path}") as client:
        with closing(sqlite3.connect(path)) as database:
            database.execute("DROP TABLE questions")
        asked = client.post("/ask", json={"question": "볼륨은 컨테이너를 지워도 남아?"})
        assert (asked.status_code, asked.json()["status"]) == (200, "answered")
        assert problem(client.get(f"/answers/{asked.json()['question_id']}"))["status"] == 503

"""The routes behind the page: its files, the notes to read, reviews, the owner's corner."""

from __future__ import annotations

import re
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest
from fastapi import FastAPI
from fastapi.testclient import TestClient

from service.interfaces.app import create_app
from service.interfaces.http.decks import reviewed_cards
from service.interfaces.http.web import assets
from service.settings import Settings
from tests.cards.conftest import basic
from tests.interfaces.conftest import problem

KEY = {"Authorization": "Bearer owner-key-0123456789"}


@pytest.fixture
def app(settings: Settings, tmp_path: Path) -> FastAPI:
    given = {"api_keys": "me:owner-key-0123456789", "database_url": f"sqlite:///{tmp_path / 'store.db'}"}
    app = create_app(settings.model_copy(update=given))
    tags = {"a": "도커::저장소", "b": "도커::저장소", "c": "네트워크"}
    cards = [basic("앞", "뒤", id=name, tags=(tag,)) for name, tag in tags.items()]
    app.dependency_overrides[reviewed_cards] = lambda: cards
    return app


@pytest.fixture
def web(app: FastAPI) -> Iterator[TestClient]:
    with TestClient(app, raise_server_exceptions=False) as client:
        yield client


def test_the_page_forbids_what_it_does_not_need(web: TestClient) -> None:
    response = web.get("/")
    policy = response.headers["content-security-policy"]
    assert "default-src 'none'" in policy
    assert "unsafe" not in policy
    assert "http" not in policy
    assert response.headers["x-content-type-options"] == "nosniff"
    assert not re.search(r"<script(?![^>]*\ssrc=)|\son\w+=|\sstyle=", response.text)


def test_every_file_of_the_page_is_served_and_kept_until_it_changes(web: TestClient) -> None:
    for name, asset in assets().items():
        first = web.get(f"/static/{name}")
        assert (first.status_code, first.content) == (200, asset.data)
        assert web.get(f"/static/{name}", headers={"If-None-Match": first.headers["etag"]}).status_code == 304
    for name in ("nothing.js", "..%2fapp.py", "%2e%2e%2fserver.py"):
        assert problem(web.get(f"/static/{name}"))["status"] == 404


def test_modules_name_only_files_that_are_there() -> None:
    for asset in assets().values():
        for name in re.findall(rb'"/static/([\w.]+)"', asset.data):
            assert name.decode() in assets()


def test_modules_ask_nobody_else() -> None:
    for name, asset in assets().items():
        found = [
            each for each in re.findall(rb"https?://[^\s\"'`<>)]+", asset.data) if b"www.w3.org" not in each
        ]
        assert found == [], name


def test_the_outline_names_every_section(web: TestClient) -> None:
    notes = web.get("/read").json()["notes"]
    assert [note["id"] for note in notes] == ["network", "storage"]
    assert notes[1]["sections"] == [{"heading": "볼륨", "level": 2, "line": 3}]


def test_a_note_is_read_with_lines(web: TestClient) -> None:
    note = web.get("/read/storage").json()
    assert '<span data-lines="5-5">볼륨은 컨테이너를 지워도 남음</span>' in note["html"]
    assert note["sections"][-1]["id"] == "s-볼륨"
    assert problem(web.get("/read/nothing"))["status"] == 404


def test_images_come_from_the_corpus_only(web: TestClient, settings: Settings) -> None:
    (settings.corpus_dir / "그림.png").write_bytes(b"\x89PNG")
    response = web.get("/read/storage/images", params={"src": "그림.png"})
    assert (response.content, response.headers["content-type"]) == (b"\x89PNG", "image/png")
    assert "sandbox" in response.headers["content-security-policy"]
    for target in (
        "../data/store.db",
        "storage.md",
        "/etc/passwd",
        "없음.png",
        "https://example.com/1.png",
        "\0.png",
    ):
        assert problem(web.get("/read/storage/images", params={"src": target}))["status"] == 404


def test_a_browser_that_follows_a_citation_gets_the_page(web: TestClient) -> None:
    response = web.get(
        "/documents/storage?lines=5-5", headers={"Accept": "text/html,*/*"}, follow_redirects=False
    )
    assert (response.status_code, response.headers["location"]) == (303, "/#/read/storage?lines=5-5")
    assert web.get("/documents/storage").json()["id"] == "storage"


def test_only_a_shared_answer_is_shown_to_others(web: TestClient, app: FastAPI) -> None:
    question = {"question": "컨테이너를 지우면 볼륨은 어떻게 되나요?"}
    asked = web.post("/ask", json=question).json()
    address = f"/shared/{asked['question_id']}"
    assert web.get(address).json() == {**question, "answer": asked}
    stranger = TestClient(app)
    assert problem(stranger.get(address))["status"] == 404
    web.post(f"/answers/{asked['question_id']}/share")
    assert stranger.get(address).json()["question"] == question["question"]


def test_reviews_follow_the_ratings_of_each_profile(web: TestClient, app: FastAPI) -> None:
    first = web.get("/reviews/today").json()
    assert (first["due"], first["new"], first["done"]) == (0, 3, 0)
    card = first["cards"][0]["card"]
    assert (card["id"], card["front"], card["back"]) == ("a", "앞", "뒤")
    reviewed = web.post("/reviews", json={"card": "a", "rating": 4}).json()
    assert reviewed["seconds"] == first["cards"][0]["seconds"]["4"]
    second = web.get("/reviews/today").json()
    assert ([each["card"]["id"] for each in second["cards"]], second["done"]) == (["b", "c"], 1)
    assert TestClient(app).get("/reviews/today").json()["new"] == 3
    assert [
        each["card"]["id"] for each in web.get("/reviews/today", params={"tag": "네트워크"}).json()["cards"]
    ] == ["c"]


def test_topics_count_what_was_seen_and_records_can_be_deleted(web: TestClient) -> None:
    web.post("/reviews", json={"card": "a", "rating": 3})
    topics = web.get("/reviews/topics").json()
    assert topics["total"] == 3
    assert topics["topics"][0] == {"tag": "도커::저장소", "cards": 2, "seen": 1, "due": 0}
    assert web.delete("/me").json()["deleted"] == 1
    assert web.get("/reviews/topics").json()["topics"][0]["seen"] == 0


@pytest.mark.parametrize(
    ("body", "status"),
    [({"card": "none", "rating": 3}, 404), ({"card": "a", "rating": 5}, 422), ({"card": "a"}, 422)],
)
def test_a_rating_of_nothing_is_refused(web: TestClient, body: dict[str, object], status: int) -> None:
    assert problem(web.post("/reviews", json=body))["status"] == status


@pytest.mark.real
def test_fsrs_is_imported_by_the_first_review_only() -> None:
    code = "import sys, service.interfaces.app; print('fsrs' in sys.modules)"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "False"


def test_the_owner_sees_questions_but_not_who_asked(web: TestClient) -> None:
    asked = web.post("/ask", json={"question": "볼륨이 남아?"}).json()
    web.post("/ask", json={"question": "볼륨 백업은?"})
    web.post("/feedback", json={"question_id": asked["question_id"], "helpful": False, "comment": "짧음"})
    listed = web.get("/admin/questions", headers=KEY).json()["questions"]
    assert [each["question"] for each in listed] == ["볼륨 백업은?", "볼륨이 남아?"]
    assert "owner" not in listed[0]
    rated = web.get("/admin/questions", params={"rated": True}, headers=KEY).json()["questions"]
    assert [(each["helpful"], each["comment"]) for each in rated] == [(False, "짧음")]


@pytest.mark.parametrize("path", ["/admin/questions", "/admin/preview"])
def test_the_owners_corner_needs_the_key(web: TestClient, path: str) -> None:
    call = web.get if path.endswith("questions") else web.post
    assert problem(call(path))["status"] == 401
    assert problem(call(path, headers={"Authorization": "Bearer wrong-key-0123456789"}))["status"] == 403


def test_a_preview_keeps_nothing(web: TestClient) -> None:
    body = {"name": "storage", "text": "# 저장\n\n- 볼륨은 <b>남음</b>\n"}
    made = web.post("/admin/preview", json=body, headers=KEY).json()
    assert (made["facts"], made["replaces"]) == (1, True)
    assert "&lt;b&gt;남음&lt;/b&gt;" in made["page"]["html"]
    assert "tar" in web.get("/read/storage").json()["html"]


def test_a_note_that_cannot_be_read_is_refused_with_its_line(web: TestClient) -> None:
    body = {"name": "a", "text": "---\ntitle: [\n---\n# 제목\n"}
    assert "번째 줄" in problem(web.post("/admin/preview", json=body, headers=KEY))["detail"]
    assert problem(web.post("/admin/preview", json={"name": "a/b", "text": ""}, headers=KEY))["status"] == 422


def test_suggestions_are_questions_of_the_bank(web: TestClient) -> None:
    assert web.get("/suggestions").json() == {"questions": []}  # these notes have no bank

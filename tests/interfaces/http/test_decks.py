from __future__ import annotations

import io
import json
import shutil
import subprocess
import sys
import zipfile
from collections.abc import Iterator
from pathlib import Path
from urllib.parse import unquote

import pytest
from fastapi.testclient import TestClient

from service.build import build
from service.interfaces.app import create_app
from service.interfaces.runtime.exports import Export, Exports
from service.settings import Settings
from tests.conftest import ROOT, MakeService
from tests.interfaces.conftest import problem

NOTE = (
    "---\ntags: [저장소]\n---\n# 저장소\n\n## 볼륨\n\n- 볼륨: 도커가 관리하는 저장 공간\n"
    "- 바인드 마운트: 호스트의 폴더를 그대로 연결하는 방식\n- 볼륨은 컨테이너를 지워도 남음\n"
)


@pytest.fixture
def own(tmp_path: Path, make_service: MakeService) -> Settings:
    """A built service of this test alone, whose note may change."""
    return make_service(tmp_path, {"storage.md": NOTE})


@pytest.fixture
def client(own: Settings) -> Iterator[TestClient]:
    with TestClient(create_app(own), raise_server_exceptions=False) as client:
        yield client


def edit(settings: Settings, old: str, new: str) -> None:
    path = settings.corpus_dir / "storage.md"
    path.write_text(path.read_text(encoding="utf-8").replace(old, new), encoding="utf-8")
    build(settings)


def test_cards_come_in_pages_with_their_source(client: TestClient) -> None:
    body = client.get("/cards", params={"limit": 2}).json()
    assert (body["total"], len(body["cards"]), body["offset"]) == (3, 2, 0)
    card = body["cards"][0]
    assert (card["front"], card["document"], card["lines"]) == ("볼륨", "storage", [8, 8])
    assert card["url"] == "http://testserver/documents/storage?lines=8-8"
    assert card["tags"] == ["도커::저장소"]


@pytest.mark.parametrize(
    ("query", "total"),
    [
        ({"kind": "term"}, 2),
        ({"tag": "저장소"}, 3),
        ({"tag": "없음"}, 0),
        ({"document": "storage"}, 3),
        ({"document": "other"}, 0),
        ({"q": "호스트 폴더"}, 1),
        ({"saved": "true"}, 0),
        ({"offset": 3}, 3),
    ],
)
def test_filters(query: dict[str, str], total: int, client: TestClient) -> None:
    assert client.get("/cards", params=query).json()["total"] == total


def test_an_unknown_kind_is_a_problem(client: TestClient) -> None:
    assert problem(client.get("/cards", params={"kind": "x"}))["status"] == 422


def test_rejected_candidates_say_why(own: Settings) -> None:
    edit(own, "- 볼륨은", "- 앞에서 말한 것: 볼륨은 다음과 같이 `-v` 옵션으로 연결함\n- 볼륨은")
    with TestClient(create_app(own)) as client:
        rejected = client.get("/cards", params={"rejected": True}).json()["cards"]
    assert "원래 글을 봐야만" in rejected[0]["reasons"][0]


def test_a_written_card_is_saved_listed_exported_and_deleted_by_its_owner_alone(
    own: Settings, client: TestClient
) -> None:
    card = {"front": "도커 볼륨의 목록을 보는 명령은?", "back": "`docker volume ls`", "tags": ["내 것"]}
    saved = client.post("/cards", json=card)
    assert saved.status_code == 201
    assert saved.json()["tags"] == ["도커::내-것"]
    assert client.post("/cards", json=card).json()["id"] == saved.json()["id"]
    listed = client.get("/cards", params={"saved": True}).json()
    assert [each["front"] for each in listed["cards"]] == [card["front"]]
    deck = client.get("/decks/saved.json")
    assert [each["deck"] for each in deck.json()["cards"]] == ["도커::내 카드"]
    assert client.get("/decks/saved.apkg").content == client.get("/decks/saved.apkg").content
    with TestClient(create_app(own)) as stranger:
        assert stranger.get("/cards", params={"saved": True}).json()["total"] == 0
        assert problem(stranger.get("/decks/saved.apkg"))["status"] == 404
        assert problem(stranger.delete(f"/cards/{saved.json()['id']}"))["status"] == 404
    assert str(card["front"]) not in client.get("/decks/docker.json").text
    assert client.delete(f"/cards/{saved.json()['id']}").status_code == 204
    assert problem(client.delete(f"/cards/{saved.json()['id']}"))["status"] == 404


@pytest.mark.parametrize(
    ("card", "status", "words"),
    [
        ({"front": "볼륨은 남나요?", "back": "남습니다"}, 422, "예, 아니요로 답하는"),
        ({"front": "도커 볼륨이란?", "back": "가" * 30_000}, 422, "너무 깁니다"),
        ({"front": "\x00", "back": "답"}, 422, "제어 문자"),
        ({"front": "   ", "back": "답"}, 422, "비어 있습니다"),
        ({"front": "앞면만"}, 422, "question_id"),
        ({"question_id": "x", "front": "앞", "back": "뒤"}, 422, "question_id"),
        ({}, 422, "question_id"),
        ({"question_id": "unknown"}, 404, "질문"),
        ({"front": "앞", "back": "뒤", "extra": 1}, 422, "알 수 없는"),
    ],
)  # fmt: skip
def test_what_the_gate_refuses_is_explained(
    card: dict[str, object], status: int, words: str, client: TestClient
) -> None:
    found = problem(client.post("/cards", json=card))
    assert found["status"] == status
    assert words in found["detail"]


def test_the_same_question_with_another_answer_interferes(client: TestClient) -> None:
    front = "도커 볼륨의 목록을 보는 명령은?"
    assert client.post("/cards", json={"front": front, "back": "docker volume ls"}).status_code == 201
    found = problem(client.post("/cards", json={"front": front, "back": "다른 명령을 씁니다"}))
    assert "답이 다른 카드" in found["detail"]


def test_an_answer_becomes_a_card(client: TestClient) -> None:
    asked = client.post("/ask", json={"question": "도커가 관리하는 저장 공간, 볼륨이 무엇인가요?"}).json()
    assert asked["status"] == "answered"
    saved = client.post("/cards", json={"question_id": asked["question_id"]})
    assert saved.status_code == 201
    assert saved.json()["front"] == "도커가 관리하는 저장 공간, 볼륨이 무엇인가요?"
    assert "저장 공간" in saved.json()["back"]


def test_a_yes_no_question_is_saved_as_a_card_of_its_fact(client: TestClient) -> None:
    asked = client.post("/ask", json={"question": "볼륨은 도커가 관리하는 저장 공간인가요?"}).json()
    saved = client.post("/cards", json={"question_id": asked["question_id"]})
    assert saved.status_code == 201
    assert (saved.json()["front"], saved.json()["back"]) == ("볼륨", "도커가 관리하는 저장 공간")


def test_a_question_without_an_answer_is_no_card(client: TestClient) -> None:
    asked = client.post("/ask", json={"question": "오늘 점심으로 김치찌개를 먹을까요?"}).json()
    assert asked["status"] != "answered"
    assert (
        "답을 찾지 못한"
        in problem(client.post("/cards", json={"question_id": asked["question_id"]}))["detail"]
    )


@pytest.mark.parametrize("form", ["apkg", "tsv", "json"])
def test_a_deck_has_an_etag_a_korean_name_and_the_same_bytes(form: str, client: TestClient) -> None:
    deck = client.get(f"/decks/docker.{form}")
    assert deck.status_code == 200
    again = client.get(f"/decks/docker.{form}", headers={"If-None-Match": f'"x", {deck.headers["etag"]}'})
    assert (again.status_code, again.content, again.headers["etag"]) == (304, b"", deck.headers["etag"])
    assert client.get(f"/decks/docker.{form}").content == deck.content
    disposition = deck.headers["content-disposition"]
    assert unquote(disposition.partition("filename*=UTF-8''")[2]) == f"도커.{form}"
    assert "collection" not in disposition
    assert deck.headers["cache-control"] == "private, no-cache"


def test_a_filtered_deck_is_another_one(client: TestClient) -> None:
    whole, terms = client.get("/decks/docker.json"), client.get("/decks/docker.json", params={"kind": "term"})
    assert (len(whole.json()["cards"]), len(terms.json()["cards"])) == (3, 2)
    assert whole.headers["etag"] != terms.headers["etag"]
    assert problem(client.get("/decks/docker.json", params={"tag": "없음"}))["status"] == 404


@pytest.mark.parametrize("path", ["/decks/other.apkg", "/decks/docker.exe", "/decks/other/changes?since=x"])
def test_unknown_decks(path: str, client: TestClient) -> None:
    assert problem(client.get(path))["status"] == 404


@pytest.mark.real
def test_changes_since_an_etag(own: Settings, client: TestClient) -> None:
    deck = client.get("/decks/docker.apkg")
    none = client.get("/decks/docker/changes", params={"since": deck.headers["etag"]})
    assert none.json() == {"new": [], "changed": [], "retired": []}
    edit(own, "저장 공간", "저장 장소")
    edit(own, "- 볼륨은 컨테이너를 지워도 남음\n", "- 로그: 컨테이너가 남긴 기록\n")
    changes = client.get("/decks/docker/changes", params={"since": deck.headers["etag"]}).json()
    assert [each["front"] for each in changes["changed"]] == ["볼륨"]
    assert [each["front"] for each in changes["new"]] == ["로그"]
    assert len(changes["retired"]) == 1
    later = client.get("/decks/docker.apkg", headers={"If-None-Match": deck.headers["etag"]})
    assert later.status_code == 200
    retired = client.get("/decks/retired.tsv")
    assert "도커::삭제됨" in retired.text


@pytest.mark.parametrize("since", ["", "x", "../../secret", '"' + "0" * 64 + '"'])
def test_an_unknown_etag_is_said_so(since: str, client: TestClient) -> None:
    found = problem(client.get("/decks/docker/changes", params={"since": since}))
    assert found["status"] == 404
    assert "ETag" in found["detail"]


def test_a_stranger_cannot_use_the_etag_of_a_saved_deck(own: Settings, client: TestClient) -> None:
    client.post("/cards", json={"front": "도커 볼륨의 목록을 보는 명령은?", "back": "docker volume ls"})
    etag = client.get("/decks/saved.apkg").headers["etag"]
    assert client.get("/decks/saved/changes", params={"since": etag}).json()["retired"] == []
    with TestClient(create_app(own)) as stranger:
        assert problem(stranger.get("/decks/saved/changes", params={"since": etag}))["status"] == 404


def test_only_a_few_exports_are_kept() -> None:
    exports, made = Exports(), []

    def make(number: int) -> Export:
        made.append(number)
        return Export(b"", str(number))

    for number in [*range(20), 19, 0]:
        exports.get(number, lambda number=number: make(number))  # type: ignore[misc]
    assert made == [*range(20), 0]


def test_the_package_is_what_anki_calls_a_package(client: TestClient) -> None:
    with zipfile.ZipFile(io.BytesIO(client.get("/decks/docker.apkg").content)) as archive:
        assert archive.namelist() == ["collection.anki2", "media"]
        assert json.loads(archive.read("media")) == {}


@pytest.mark.real
def test_starting_reads_neither_genanki_nor_torch() -> None:
    code = (
        "import sys, service.interfaces.app, service.interfaces.cli.main; "
        "print(sorted({'genanki', 'torch', 'anki'} & set(sys.modules)))"
    )
    done = subprocess.run([sys.executable, "-c", code], cwd=ROOT, capture_output=True, text=True)
    assert done.stdout.strip() == "[]", done.stderr


def test_deleting_everything_deletes_what_saved_decks_held(own: Settings, client: TestClient) -> None:
    client.post("/cards", json={"front": "도커 볼륨의 목록을 보는 명령은?", "back": "docker volume ls"})
    client.get("/decks/saved.apkg")
    assert list(own.decks_dir.glob("saved-*/*.json"))
    client.delete("/me")
    assert not list(own.decks_dir.glob("saved-*"))
    assert client.get("/cards", params={"saved": True}).json()["total"] == 0


def test_pictures_that_are_gone_are_a_503(client: TestClient, own: Settings) -> None:
    (own.corpus_dir / "1.png").write_bytes(b"picture")
    edit(own, "저장 공간", "저장 공간 ![](1.png)")
    assert client.get("/decks/docker.apkg").status_code == 200
    for media in own.index_dir.glob("*/media"):
        shutil.rmtree(media)
    assert problem(client.get("/decks/docker.apkg", params={"kind": "term"}))["status"] == 503

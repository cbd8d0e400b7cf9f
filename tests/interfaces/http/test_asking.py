from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path

import pytest
from fastapi.testclient import TestClient

from service.build import build
from service.interfaces.app import create_app
from service.interfaces.asgi.middleware import MAX_BODY
from service.settings import Settings, load_settings
from tests.interfaces.conftest import NOTES, problem


def test_ask_answers_with_cited_sentences(client: TestClient) -> None:
    body = client.post("/ask", json={"question": "컨테이너를 지우면 볼륨은 어떻게 되나요?"}).json()
    assert body["status"] == "answered"
    assert body["sentences"][0] == {
        "text": "볼륨은 컨테이너를 지워도 남습니다.",
        "citations": [0],
        "item": "",
    }
    assert body["answer"].startswith(body["sentences"][0]["text"])
    citation = body["citations"][0]
    assert (citation["document"], citation["heading_path"], citation["lines"]) == (
        "storage",
        ["저장", "볼륨"],
        [5, 5],
    )
    assert citation["url"] == "http://testserver/documents/storage?lines=5-5"
    assert 0 <= body["confidence"] <= 1
    assert body["question_id"]


def test_a_conversation_id_is_kept(client: TestClient) -> None:
    first = client.post("/ask", json={"question": "볼륨이 남아?"}).json()
    second = client.post(
        "/ask", json={"question": "백업은?", "conversation_id": first["conversation_id"]}
    ).json()
    assert second["conversation_id"] == first["conversation_id"]
    assert second["question_id"] != first["question_id"]


def test_an_off_topic_question_is_not_found_and_cites_nothing(client: TestClient) -> None:
    body = client.post("/ask", json={"question": "오늘 저녁 김치찌개 맛있게 끓이는 법 알려줘"}).json()
    assert (body["status"], body["citations"]) == ("not_found", [])


def test_search_ranks_facts(client: TestClient) -> None:
    hits = client.get("/search", params={"q": "볼륨 백업", "top_k": 2}).json()["hits"]
    assert len(hits) == 2
    assert hits[0]["text"] == "볼륨은 tar로 묶어 백업함"
    assert hits[0]["score"] >= hits[1]["score"]


def test_documents_are_paged_and_given_whole_or_as_markdown(client: TestClient) -> None:
    page = client.get("/documents", params={"limit": 1, "offset": 1}).json()
    assert (page["total"], [document["id"] for document in page["documents"]]) == (2, ["storage"])
    document = client.get("/documents/storage").json()
    assert document["sections"][-1]["facts"][0]["text"] == "볼륨은 컨테이너를 지워도 남음"
    raw = client.get("/documents/storage", headers={"Accept": "text/markdown"})
    assert raw.headers["content-type"].startswith("text/markdown")
    assert raw.text == NOTES["storage.md"]


def test_health_and_readiness(client: TestClient) -> None:
    assert client.get("/healthz").json() == {"status": "ok"}
    ready = client.get("/readyz").json()
    assert (ready["status"], ready["documents"], ready["facts"]) == ("ready", 2, 3)


def test_the_request_id_is_taken_over_or_minted(client: TestClient) -> None:
    assert client.get("/healthz", headers={"X-Request-ID": "abc-1"}).headers["x-request-id"] == "abc-1"
    minted = client.get("/healthz", headers={"X-Request-ID": "evil value"}).headers["x-request-id"]
    assert minted.isalnum()


def test_an_error_that_nobody_foresaw_has_its_request_id_too(settings: Settings) -> None:
    app = create_app(settings)

    @app.get("/breaks")
    def breaks() -> None:
        raise RuntimeError("unforeseen")

    with TestClient(app, raise_server_exceptions=False) as client:
        response = client.get("/breaks", headers={"X-Request-ID": "abc-1"})
    assert (response.status_code, problem(response)["request_id"]) == (500, "abc-1")


@pytest.mark.parametrize(
    ("body", "status"),
    [
        (b"", 422),
        (b"{", 400),
        (b"not json", 400),
        (b"\xff\xfe", 400),
        (b"[" * 20_000, 400),
        (b"[]", 422),
        (b'"text"', 422),
        (b"null", 422),
        (b"{}", 422),
        (b'{"question": 1}', 422),
        (b'{"question": null}', 422),
        (b'{"question": ["\xeb\x8f\x84\xec\xbb\xa4"]}', 422),
        (b'{"question": ""}', 422),
        (b'{"question": "   "}', 422),
        (b'{"question": "docker", "unknown": 1}', 422),
        (b'{"question": "docker", "top_k": 0}', 422),
        (b'{"question": "docker", "top_k": 1e9}', 422),
        (b'{"question": "docker", "top_k": "many"}', 422),
        (b'{"question": "docker", "conversation_id": "../../etc"}', 422),
        (b'{"question": "a\\u0000b"}', 422),
        (b'{"question": "\\ud800"}', 422),
        (json.dumps({"question": "가" * 5000}).encode(), 413),
        (json.dumps({"question": "😀" * 10_000}).encode(), 413),
        (b'{"question": "' + b"a" * MAX_BODY + b'"}', 413),
    ],
)
def test_hostile_bodies_get_a_clear_error_and_the_server_lives(
    client: TestClient, body: bytes, status: int
) -> None:
    response = client.post("/ask", content=body, headers={"Content-Type": "application/json"})
    assert response.status_code == status, response.text
    problem(response)
    assert client.get("/readyz").status_code == 200


def test_a_body_without_a_length_is_cut_off_as_it_grows(client: TestClient) -> None:
    def endless() -> Iterator[bytes]:
        for _ in range(100):
            yield b"a" * 10_000

    response = client.post("/ask", content=endless(), headers={"Content-Type": "application/json"})
    assert problem(response)["status"] == 413


@pytest.mark.parametrize(
    ("method", "url", "status"),
    [
        ("GET", "/search", 422),
        ("GET", "/search?q=", 422),
        ("GET", "/search?q=%00", 422),
        ("GET", "/search?q=docker&top_k=x", 422),
        ("GET", "/documents?limit=0", 422),
        ("GET", "/documents?offset=-1", 422),
        ("GET", "/documents/none", 404),
        ("GET", "/documents/..%2F..%2Fetc%2Fpasswd", 404),
        ("GET", "/nowhere", 404),
        ("DELETE", "/ask", 405),
    ],
)
def test_bad_addresses_get_a_problem(client: TestClient, method: str, url: str, status: int) -> None:
    response = client.request(method, url)
    assert response.status_code == status
    problem(response)


@pytest.mark.real
def test_without_an_index_it_says_what_to_run_and_recovers_after_a_build(
    tmp_path: Path, settings: Settings, encoder_folder: Path
) -> None:
    (tmp_path / "encoder").symlink_to(encoder_folder)
    fresh = load_settings(corpus_dir=settings.corpus_dir, data_dir=tmp_path)
    with TestClient(create_app(fresh), raise_server_exceptions=False) as client:
        response = client.post("/ask", json={"question": "볼륨 남아?"})
        assert response.status_code == 503
        assert "python -m service build" in problem(response)["detail"]
        assert response.headers["retry-after"]
        assert client.get("/healthz").status_code == 200
        assert client.get("/readyz").status_code == 503
        build(fresh)
        assert client.post("/ask", json={"question": "볼륨 남아?"}).status_code == 200


@pytest.mark.real
def test_a_new_generation_is_served_without_a_restart_and_a_damaged_one_is_not(
    tmp_path: Path, encoder_folder: Path
) -> None:
    corpus = tmp_path / "corpus"
    corpus.mkdir()
    note = corpus / "a.md"
    note.write_text("# 볼륨\n\n- 볼륨은 컨테이너를 지워도 남음\n", encoding="utf-8")
    (tmp_path / "data").mkdir()
    (tmp_path / "data" / "encoder").symlink_to(encoder_folder)
    settings = load_settings(corpus_dir=corpus, data_dir=tmp_path / "data")
    build(settings)
    with TestClient(create_app(settings), raise_server_exceptions=False) as client:
        first = client.get("/readyz").json()["generation"]
        note.write_text(
            "# 볼륨\n\n- 볼륨은 컨테이너를 지워도 남음\n- 익명 볼륨은 이름이 없음\n", encoding="utf-8"
        )
        build(settings)
        second = client.get("/readyz").json()
        assert (second["facts"], second["generation"] != first) == (2, True)
        (settings.index_dir / "CURRENT").write_text("gone")
        assert client.get("/readyz").json()["generation"] == second["generation"]


def test_the_docs_page_loads_nothing_from_outside(client: TestClient) -> None:
    page = client.get("/docs").text
    assert "://" not in page.replace("http://www.w3.org", "")
    assert "질문에 답하기" in client.get("/openapi.json").text


def test_every_route_that_can_refuse_says_so_as_a_problem(client: TestClient) -> None:
    paths = client.get("/openapi.json").json()["paths"]
    described = {
        (path, status): answer["content"]
        for path, operations in paths.items()
        if not path.startswith("/v1/")
        for operation in operations.values()
        for status, answer in operation["responses"].items()
        if status >= "400"
    }
    assert [key for key, content in described.items() if "application/problem+json" not in content] == []
    assert all((path, "404") in described for path in paths if "{" in path and path != "/v1/models/{model}")


def test_public_url_is_where_citations_point(settings: Settings) -> None:
    public = settings.model_copy(update={"public_url": "https://docker.example.com/"})
    with TestClient(create_app(public)) as client:
        body = client.post("/ask", json={"question": "컨테이너를 지우면 볼륨은?"}).json()
    assert body["citations"][0]["url"].startswith("https://docker.example.com/documents/storage?")

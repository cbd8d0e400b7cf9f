from __future__ import annotations

from collections.abc import Iterator

import pytest
from fastapi.testclient import TestClient

from service.interfaces.app import create_app
from service.settings import Settings
from tests.interfaces.conftest import KEY, problem

OWNER = {"Authorization": f"Bearer {KEY}"}


@pytest.fixture
def asked(own: Settings) -> Iterator[TestClient]:
    with TestClient(create_app(own), raise_server_exceptions=False) as client:
        for question in (
            "김치찌개 끓이는 법",
            "내일 서울 날씨 어때?",
            "김치찌개 끓이는 법?",
            "안녕하세요",
        ):
            client.post("/ask", json={"question": question})
        yield client


def test_gaps_are_for_who_holds_a_key(asked: TestClient) -> None:
    assert problem(asked.get("/gaps"))["status"] == 401
    assert problem(asked.get("/gaps", headers={"Authorization": "Bearer wrong"}))["status"] == 403


def test_what_was_not_answered_is_grouped_newest_first(asked: TestClient) -> None:
    body = asked.get("/gaps", headers=OWNER).json()
    assert (body["total"], body["looked_at"]) == (2, 3)
    stew, weather = body["gaps"]
    assert (stew["question"], stew["count"]) == ("김치찌개 끓이는 법?", 2)
    assert stew["examples"] == ["김치찌개 끓이는 법?", "김치찌개 끓이는 법"]
    assert sum(stew["statuses"].values()) == 2
    assert stew["first_asked"] < weather["last_asked"] < stew["last_asked"]
    assert {near["document"] for near in stew["nearest"]} <= {"storage", "network"}
    assert weather["question"] == "내일 서울 날씨 어때?"
    assert "owner" not in str(body)


def test_pages(asked: TestClient) -> None:
    page = asked.get("/gaps?offset=1&limit=1", headers=OWNER).json()
    assert (page["total"], len(page["gaps"]), page["gaps"][0]["count"]) == (2, 1, 1)
    assert asked.get("/gaps?offset=9", headers=OWNER).json()["gaps"] == []
    assert problem(asked.get("/gaps?limit=0", headers=OWNER))["status"] == 422


def test_an_answer_that_was_no_help_is_a_gap_until_its_asker_deletes_it(asked: TestClient) -> None:
    answer = asked.post("/ask", json={"question": "컨테이너를 지우면 볼륨은 어떻게 되나요?"}).json()
    asked.post("/feedback", json={"question_id": answer["question_id"], "helpful": False})
    newest = asked.get("/gaps", headers=OWNER).json()["gaps"][0]
    assert newest["question"] == "컨테이너를 지우면 볼륨은 어떻게 되나요?"
    assert (newest["unhelpful"], newest["nearest"][0]["document"]) == (1, "storage")
    asked.delete("/me")
    assert asked.get("/gaps", headers=OWNER).json()["total"] == 0

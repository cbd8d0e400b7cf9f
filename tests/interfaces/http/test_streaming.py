from __future__ import annotations

import json
from collections.abc import AsyncIterator
from typing import Any

import pytest
from fastapi.testclient import TestClient

from service.interfaces.app import create_app
from service.interfaces.http import streaming
from service.interfaces.http.desk import Asking
from service.settings import Settings
from service.types import Sentence
from tests.interfaces.conftest import problem

STREAM = {"Accept": "text/event-stream"}


def events(text: str) -> list[tuple[str, Any]]:
    """The events of a stream with their data; comments left out."""
    blocks = [dict(line.split(": ", 1) for line in block.split("\n")) for block in text.strip().split("\n\n")]
    return [(block["event"], json.loads(block["data"])) for block in blocks if "event" in block]


@pytest.mark.parametrize(
    "question", ["컨테이너를 지우면 볼륨은 어떻게 되나요?", "오늘 저녁 김치찌개 맛있게 끓이는 법 알려줘"]
)
def test_a_stream_says_the_answer_piece_by_piece_and_ends_with_the_whole_body(
    client: TestClient, question: str
) -> None:
    response = client.post("/ask", json={"question": question}, headers=STREAM)
    assert response.headers["content-type"].startswith("text/event-stream")
    assert response.headers["cache-control"] == "no-store"
    (first, meta), *deltas, (last, done) = events(response.text)
    assert (first, last) == ("meta", "done")
    assert {name for name, _ in deltas} == {"delta"}
    assert "".join(data["text"] for _, data in deltas) == done["answer"]
    assert meta == {name: done[name] for name in ("question_id", "conversation_id", "status", "confidence")}
    assert client.get(f"/answers/{done['question_id']}").json() == done


def test_the_last_event_is_the_body_of_the_plain_answer(client: TestClient) -> None:
    asked = {"question": "볼륨은 어떻게 백업해?"}
    plain = client.post("/ask", json=asked).json()
    streamed = events(client.post("/ask", json=asked, headers=STREAM).text)[-1][1]
    own = {"question_id": "", "conversation_id": ""}
    assert streamed | own == plain | own


def test_a_browser_keeps_its_profile_over_a_stream(settings: Settings) -> None:
    with TestClient(create_app(settings)) as mine, TestClient(create_app(settings)) as other:
        done = events(mine.post("/ask", json={"question": "볼륨 남아?"}, headers=STREAM).text)[-1][1]
        assert mine.get(f"/answers/{done['question_id']}").status_code == 200
        assert other.get(f"/answers/{done['question_id']}").status_code == 404


@pytest.mark.parametrize(
    ("body", "status"), [({"question": " "}, 422), ({"question": "가" * 4001}, 413), ({}, 422)]
)
def test_what_is_refused_is_refused_before_the_stream_begins(
    client: TestClient, body: dict[str, str], status: int
) -> None:
    assert problem(client.post("/ask", json=body, headers=STREAM))["status"] == status


def test_trouble_in_the_middle_is_told_inside_the_stream(
    client: TestClient, monkeypatch: pytest.MonkeyPatch
) -> None:
    async def broken(self: Asking) -> AsyncIterator[tuple[str, Sentence]]:
        yield "", Sentence("볼륨은", (0,))
        raise RuntimeError("secret detail")

    monkeypatch.setattr(Asking, "said", broken)
    response = client.post("/ask", json={"question": "볼륨 남아?"}, headers=STREAM)
    name, data = events(response.text)[-1]
    assert (name, data["status"], data["request_id"]) == ("error", 500, response.headers["x-request-id"])
    assert "secret" not in response.text


def test_silence_is_filled_with_heartbeats(client: TestClient, monkeypatch: pytest.MonkeyPatch) -> None:
    import anyio

    async def slow(self: Asking) -> AsyncIterator[tuple[str, Sentence]]:
        await anyio.sleep(0.3)
        yield "", self.reply.notes.sentences[0]

    monkeypatch.setattr(Asking, "said", slow)
    monkeypatch.setattr(streaming, "HEARTBEAT_SECONDS", 0.1)
    text = client.post("/ask", json={"question": "볼륨 남아?"}, headers=STREAM).text
    assert text.count(": heartbeat") >= 2
    assert events(text)[-1][0] == "done"

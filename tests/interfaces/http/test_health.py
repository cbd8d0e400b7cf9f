"""What a probe asks, and what it costs."""

from __future__ import annotations

import threading
from typing import Any

import pytest
from fastapi.testclient import TestClient

from service.asking.tutor import Tutor
from service.build import build
from service.interfaces.app import create_app
from service.interfaces.http import health
from service.interfaces.runtime import proving
from service.settings import Settings
from tests.interfaces.asgi.test_observe import sample
from tests.interfaces.conftest import problem

pytestmark = pytest.mark.real


@pytest.fixture
def asked(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """The questions that reach a tutor."""
    questions: list[str] = []
    ask = Tutor.ask

    def noted(self: Tutor, question: str, *more: Any) -> object:
        questions.append(question)
        return ask(self, question, *more)

    monkeypatch.setattr(Tutor, "ask", noted)
    return questions


def test_a_probe_is_answered_from_the_notes_once_in_a_while(
    settings: Settings, asked: list[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    app = create_app(settings)
    with TestClient(app) as client:
        assert set(proving.REHEARSED) < set(asked), "before the first probe, and the first question"
        asked.clear()
        for _ in range(20):
            assert client.get("/readyz").json()["status"] == "ready"
        assert asked == []
        monkeypatch.setattr(proving, "FRESH_SECONDS", 0.0)
        client.get("/readyz").raise_for_status()
        (question,) = asked
        assert question in {key.text for key in app.state.serving.tutor().index.questions}


def test_a_probe_is_neither_counted_nor_kept(settings: Settings, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(proving, "FRESH_SECONDS", 0.0)
    app = create_app(settings)
    with TestClient(app) as client:
        kept, before = len(app.state.store.recent(100)), client.get("/metrics").text
        for _ in range(5):
            client.get("/readyz").raise_for_status()
        after = client.get("/metrics").text
        assert len(app.state.store.recent(100)) == kept
    for name in ("tutor_encoder_seconds_count", 'tutor_questions_total{outcome="answered"}'):
        assert sample(after, name) == sample(before, name)


def test_a_probe_that_gets_no_answer_says_so_soon(
    settings: Settings, monkeypatch: pytest.MonkeyPatch
) -> None:
    hung = threading.Event()
    with TestClient(create_app(settings)) as client:
        monkeypatch.setattr(proving, "FRESH_SECONDS", 0.0)
        monkeypatch.setattr(health, "READY_SECONDS", 0.2)
        monkeypatch.setattr(Tutor, "ask", lambda *_: hung.wait(30))
        for _ in range(2):
            refused = client.get("/readyz")
            assert problem(refused)["status"] == 503
            assert "retry-after" in refused.headers
        assert client.get("/healthz").status_code == 200
        hung.set()


def test_an_index_that_cannot_be_asked_is_not_served(own: Settings, monkeypatch: pytest.MonkeyPatch) -> None:
    with TestClient(create_app(own)) as client:
        (own.corpus_dir / "more.md").write_text("# 더\n\n- 더한 사실임\n", encoding="utf-8")
        build(own)

        def broken(*_: object) -> None:
            raise RuntimeError("no such thing")

        monkeypatch.setattr(Tutor, "ask", broken)
        assert client.get("/search", params={"q": "볼륨"}).status_code == 200, "from the former index"
    with TestClient(create_app(own)) as client:
        refused = client.get("/readyz")
        assert problem(refused)["status"] == 503
        assert "no such thing" in refused.json()["detail"]

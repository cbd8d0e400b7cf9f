"""A server that is told to end while a language model writes: its streams finish, or say that they don't."""

from __future__ import annotations

import json
import signal
import time
from pathlib import Path

import pytest

from service.settings import Settings
from tests.interfaces.http.test_streaming import STREAM, events
from tests.interfaces.running import serving

pytestmark = pytest.mark.real

QUESTION = "컨테이너를 지우면 볼륨은 어떻게 되나요?"
ASKED = {"question": QUESTION}
CHAT = {"model": "docker-tutor", "stream": True, "messages": [{"role": "user", "content": QUESTION}]}


def streamed(settings: Settings, log: Path, path: str, body: object, **environment: str) -> tuple[str, float]:
    """What a stream says though the server is told to end at its beginning, and for how long it goes on."""
    with serving(settings, log, **environment) as running:
        with running.client.stream("POST", path, json=body, headers=STREAM) as response:
            pieces = response.iter_text()
            text = next(pieces)
            running.process.send_signal(signal.SIGTERM)
            begun = time.monotonic()
            text += "".join(pieces)
        seconds = time.monotonic() - begun
        assert running.process.wait(timeout=60) == 0
    return text, seconds


def test_a_stream_finishes_in_the_time_that_is_left(settings: Settings, llm: str, tmp_path: Path) -> None:
    asked = {"LLM_BASE_URL": llm, "LLM_MODEL": "unhurried"}
    text, _ = streamed(settings, tmp_path / "log", "/ask", ASKED, **asked)
    (first, _), *_, (last, body) = events(text)
    assert (first, last) == ("meta", "done")
    assert body["written_by"] == "llm"


def test_a_stream_that_takes_longer_ends_with_an_error(settings: Settings, llm: str, tmp_path: Path) -> None:
    asked = {"LLM_BASE_URL": llm, "LLM_MODEL": "drip", "LLM_SECONDS": "60", "SHUTDOWN_SECONDS": "4"}
    text, seconds = streamed(settings, tmp_path / "log", "/ask", ASKED, **asked)
    name, problem = events(text)[-1]
    assert (name, problem["status"]) == ("error", 503)
    assert "끝나는 중" in problem["detail"]
    assert 2 < seconds < 5


def test_openai_s_clients_are_told_in_their_own_shape(settings: Settings, llm: str, tmp_path: Path) -> None:
    asked = {"LLM_BASE_URL": llm, "LLM_MODEL": "drip", "LLM_SECONDS": "60", "SHUTDOWN_SECONDS": "4"}
    text, _ = streamed(settings, tmp_path / "log", "/v1/chat/completions", CHAT, **asked)
    last = json.loads(text.strip().split("\n\n")[-1].removeprefix("data: "))
    assert "끝나는 중" in last["error"]["message"]

from __future__ import annotations

import json
import logging

import pytest
from fastapi.testclient import TestClient

from service.interfaces.app import create_app
from service.interfaces.asgi import observe
from service.interfaces.process import JsonLines
from service.settings import Settings

QUESTION = "볼륨은 컨테이너를 지우면 남나요?"


def formatted(message: str, **data: object) -> str:
    record = logging.LogRecord("service.requests", logging.INFO, "", 1, message, (), None)
    record.data = data
    return JsonLines().format(record)


def lines(caplog: pytest.LogCaptureFixture) -> list[dict[str, object]]:
    chosen = [record for record in caplog.records if record.name == "service.requests"]
    return [json.loads(JsonLines().format(record)) for record in chosen]


def test_one_line_a_request_with_its_outcome_and_without_its_words(
    client: TestClient, caplog: pytest.LogCaptureFixture
) -> None:
    with caplog.at_level(logging.INFO, "service.requests"):
        response = client.post("/ask", json={"question": QUESTION}, headers={"X-Request-ID": "mine-1"})
    (line,) = lines(caplog)
    assert line["request_id"] == "mine-1"
    assert (line["method"], line["route"], line["status"]) == ("POST", "/ask", 200)
    assert line["outcome"] == response.json()["status"]
    assert line["confidence"] == response.json()["confidence"]
    assert float(str(line["ms"])) > 0
    assert QUESTION not in json.dumps(line, ensure_ascii=False)


def test_the_question_is_logged_where_the_setting_says_so(
    settings: Settings, caplog: pytest.LogCaptureFixture
) -> None:
    app = create_app(settings.model_copy(update={"log_questions": True}))
    with TestClient(app) as client, caplog.at_level(logging.INFO, "service.requests"):
        client.post("/ask", json={"question": QUESTION})
    assert lines(caplog)[-1]["question"] == QUESTION


@pytest.mark.parametrize(
    ("path", "status", "route"),
    [
        ("/documents/storage", 200, "/documents/{document_id}"),
        ("/documents/none", 404, "/documents/{document_id}"),
        ("/nowhere/%0A{forged}", 404, observe.UNMATCHED),
    ],
)
def test_a_line_names_the_route_and_never_the_path(
    client: TestClient, caplog: pytest.LogCaptureFixture, path: str, status: int, route: str
) -> None:
    with caplog.at_level(logging.INFO, "service.requests"):
        client.get(path)
    assert (lines(caplog)[-1]["status"], lines(caplog)[-1]["route"]) == (status, route)


@pytest.mark.parametrize(
    "text",
    [
        "a\nlevel=error forged",
        "a\r\nb",
        "\x1b[2J",
        "\x85\x9b",
        "\u2028\u2029",
        "\u202eabc",
        "\ud800",
        '"}\n{"',
        "도커",
    ],
)
def test_nothing_in_a_record_can_start_a_line_or_steer_a_terminal(text: str) -> None:
    line = formatted(text, question=text)
    assert len(line.splitlines()) == 1
    assert line.isprintable()
    line.encode()
    assert json.loads(line)["question"] == text


def sample(exposition: str, name: str) -> float:
    found = [line for line in exposition.splitlines() if line.startswith(name)]
    assert len(found) <= 1
    return float(found[0].split()[-1]) if found else 0.0


def test_metrics_count_questions_by_outcome_with_time_and_generation(client: TestClient) -> None:
    before = client.get("/metrics").text
    status = client.post("/ask", json={"question": QUESTION}).json()["status"]
    client.get("/nowhere/1")
    client.get("/nowhere/2")
    response = client.get("/metrics")
    assert response.headers["content-type"].startswith("text/plain")
    for name, more in {
        f'tutor_questions_total{{outcome="{status}"}}': 1,
        'tutor_requests_total{method="POST",route="/ask",status="200"}': 1,
        'tutor_request_seconds_count{route="/ask"}': 1,
        "tutor_encoder_seconds_count": 1,
        'tutor_questions_kept_total{kept="yes"}': 1,
        'tutor_requests_total{method="",route="(none)",status="404"}': 2,
    }.items():
        assert sample(response.text, name) - sample(before, name) == more, name
    generation = client.get("/readyz").json()["generation"]
    assert sample(response.text, f'tutor_index_workers{{generation="{generation}"}}') == 1
    assert QUESTION not in response.text


def test_metrics_need_a_key_where_asking_does(settings: Settings) -> None:
    update = {"require_key": True, "api_keys": "me:0123456789abcdef"}
    with TestClient(create_app(settings.model_copy(update=update))) as client:
        assert client.get("/metrics").status_code == 401
        allowed = client.get("/metrics", headers={"Authorization": "Bearer 0123456789abcdef"})
    assert allowed.status_code == 200

"""The built image under a real engine: `docker build -t docker-tutor-ko .`, then `pytest -m long tests/container`."""

from __future__ import annotations

import json
import shutil
import subprocess
import time
import uuid
from collections.abc import Iterator
from typing import Any

import pytest

IMAGE = "docker-tutor-ko"
PROBE = """
import json, sys, urllib.request as r
body = json.dumps({"question": sys.argv[1]}).encode()
asked = r.Request("http://127.0.0.1:8000/ask", body, {"Content-Type": "application/json"})
print(r.urlopen(asked).read().decode())
"""

pytestmark = pytest.mark.long


def docker(*arguments: str, check: bool = True) -> str:
    return subprocess.run(["docker", *arguments], capture_output=True, text=True, check=check).stdout


@pytest.fixture(scope="module")
def image() -> dict[str, Any]:
    if shutil.which("docker") is None or not docker("images", "-q", IMAGE, check=False):
        pytest.skip(f"no docker, or no image {IMAGE}")
    inspected: dict[str, Any] = json.loads(docker("image", "inspect", IMAGE))[0]
    return inspected


@pytest.fixture(scope="module")
def container(image: dict[str, Any]) -> Iterator[str]:
    """The image as compose runs it, without any network."""
    name = f"tutor-{uuid.uuid4().hex[:8]}"
    hardened = [
        "--read-only",
        "--tmpfs",
        "/tmp",  # noqa: S108 - in the container
        "--cap-drop",
        "ALL",
        "--memory",
        "768m",
        "--network",
        "none",
    ]
    docker("run", "-d", "--name", name, *hardened, "-v", f"{name}:/data", IMAGE)
    try:
        for _ in range(300):
            if '"' in ask(name, "볼륨이 뭐예요?"):
                break
            time.sleep(0.1)
        yield name
    finally:
        docker("rm", "-f", name)
        docker("volume", "rm", name)


def ask(name: str, question: str) -> str:
    return docker("exec", name, "python", "-c", PROBE, question, check=False)


def test_it_is_small_and_says_what_it_is(image: dict[str, Any]) -> None:
    assert image["Size"] <= 450_000_000
    config = image["Config"]
    assert (config["User"], config["StopSignal"], list(config["Volumes"])) == (
        "10001:10001",
        "SIGTERM",
        ["/data"],
    )
    assert {
        f"org.opencontainers.image.{name}" for name in ("title", "licenses", "version", "revision")
    } <= set(config["Labels"])
    assert "KEY" not in str(config["Env"])


def test_it_answers_without_a_network_as_nobody_on_a_read_only_root(container: str) -> None:
    answer = json.loads(ask(container, "컨테이너를 지우면 볼륨 데이터도 사라지나요?"))
    assert answer["status"] == "answered"
    assert answer["citations"]
    script = "import os; print(os.getuid(), os.access('/app', os.W_OK), os.access('/data', os.W_OK))"
    assert docker("exec", container, "python", "-c", script).split() == ["10001", "False", "True"]


def test_what_only_a_build_needs_is_not_in_it(container: str) -> None:
    script = (
        "import importlib.util as u, shutil;"
        "print([n for n in ('torch', 'sentence_transformers', 'transformers', 'onnx', 'pip') if u.find_spec(n)],"
        " shutil.which('apt'), shutil.which('perl'))"
    )
    assert docker("exec", container, "python", "-c", script).strip() == "[] None None"


def test_it_reports_healthy_and_ends_cleanly_with_its_memory_kept(container: str) -> None:
    for _ in range(60):
        if docker("inspect", "-f", "{{.State.Health.Status}}", container).strip() == "healthy":
            break
        time.sleep(0.5)
    else:
        pytest.fail(docker("inspect", "-f", "{{json .State.Health}}", container))
    question_id = json.loads(ask(container, "이미지가 뭐예요?"))["question_id"]
    docker("stop", "-t", "25", container)
    assert docker("inspect", "-f", "{{.State.ExitCode}}", container).strip() == "0"
    docker("start", container)
    for _ in range(100):
        if ask(container, "볼륨이 뭐예요?"):
            break
        time.sleep(0.1)
    script = "import sqlite3, sys; print(sqlite3.connect('/data/store.db').execute('select count(*) from questions where id = ?', sys.argv[1:]).fetchone())"
    assert docker("exec", container, "python", "-c", script, question_id).strip() == "(1,)"

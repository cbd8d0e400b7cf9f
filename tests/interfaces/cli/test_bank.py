from __future__ import annotations

import json
from pathlib import Path

import pytest

from tests.conftest import WriteCorpus, read_notes
from tests.interfaces.cli.test_main import run

pytestmark = pytest.mark.real

NOTES = {
    "storage.md": "# 저장\n\n## 볼륨\n\n- 볼륨은 컨테이너를 지워도 남음\n- 볼륨은 tar로 묶어 백업함\n",
}


def test_check_says_what_is_thin_as_text_and_as_json(write_corpus: WriteCorpus, tmp_path: Path) -> None:
    folder = write_corpus(NOTES)
    assert run("bank", "new", "storage", "--corpus", folder).returncode == 0
    path = folder / "storage.questions.yaml"
    path.write_text(path.read_text(encoding="utf-8").replace("[]", "[볼륨 남아?]", 1), encoding="utf-8")
    where = ("--corpus", folder, "--data", tmp_path / "data")
    as_text = run("bank", "check", *where)
    assert as_text.stdout.startswith("사실 2개, 질문 1개.")
    found = json.loads(run("bank", "check", *where, "--json").stdout)
    assert (found["facts"], found["registers"]["plain"]) == (2, 1)
    assert [count for _, count in found["thin"]] == [1, 0]


@pytest.mark.parametrize("command", ["check", "suggest"])
@pytest.mark.parametrize(
    "kept", [False, True], ids=["ledgers in the data folder", "ledgers beside the notes"]
)
def test_a_look_writes_nothing(write_corpus: WriteCorpus, tmp_path: Path, command: str, kept: bool) -> None:
    folder = write_corpus(NOTES)
    if kept:
        read_notes(folder, folder)
        (folder / "storage.md").rename(folder / "moved.md")  # a build would give it the ledger
        (folder / "more.md").write_text("# 더\n\n- 더한 사실임\n", encoding="utf-8")
    before = files(tmp_path)
    assert run("bank", command, "--corpus", folder, "--data", tmp_path / "data").returncode == 0
    assert files(tmp_path) == before


def files(folder: Path) -> dict[str, bytes]:
    return {str(path): path.read_bytes() for path in folder.rglob("*") if path.is_file()}

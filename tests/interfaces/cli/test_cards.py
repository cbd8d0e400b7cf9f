from __future__ import annotations

import json
from pathlib import Path

import pytest

from tests.conftest import WriteCorpus
from tests.interfaces.cli.test_main import data, run

pytestmark = pytest.mark.real

__all__ = ["data"]

NOTE = "# 저장소\n\n## 볼륨\n\n- 볼륨: 도커가 관리하는 저장 공간\n- 로그: 컨테이너가 남긴 기록\n"


def test_cards_export_and_dry_run(write_corpus: WriteCorpus, data: Path, tmp_path: Path) -> None:
    folder = write_corpus({"a.md": NOTE})
    where = ("--corpus", folder, "--data", data)
    assert run("build", *where).returncode == 0
    listed = json.loads(run("cards", *where, "--json").stdout)
    assert [card["front"] for card in listed] == ["볼륨", "로그"]
    assert "새 카드 2장" in run("export", *where, "--dry-run").stdout
    target = tmp_path / "도커.apkg"
    done = run("export", *where, "--format", "apkg", "-o", target, "--json")
    assert done.returncode == 0, done.stderr
    assert json.loads(done.stdout)["cards"] == 2
    first = target.read_bytes()
    run("export", *where, "-o", target)
    assert target.read_bytes() == first
    write_corpus(
        {"a.md": NOTE.replace("저장 공간", "저장 장소").replace("- 로그: 컨테이너가 남긴 기록\n", "")}
    )
    run("build", *where)
    changes = json.loads(run("export", *where, "--dry-run", "--json").stdout)
    assert [each["front"] for each in changes["changed"]] == ["볼륨"]
    assert [each["front"] for each in changes["retired"]] == ["로그"]
    assert changes["new"] == []
    assert "로그" in run("cards", *where, "--retired").stdout
    tags = tmp_path / "tags.tsv"
    assert run("export", *where, "--retired", "-o", tags).returncode == 0
    assert "도커::삭제됨" in tags.read_text(encoding="utf-8")
    assert run("export", *where, "--format", "exe").returncode == 2
    empty = run("export", *where, "--tag", "없음", "-o", target)
    assert (empty.returncode, "내보낼 카드가 없습니다" in empty.stderr) == (1, True)

"""Drafts of questions, from a model over the wire to the review file: never into the bank."""

from __future__ import annotations

import json
from pathlib import Path

import httpx
import pytest

from service.curation.drafts import load_drafts, review_path
from tests.conftest import WriteCorpus
from tests.interfaces.cli.test_main import run

pytestmark = pytest.mark.real

NOTES = {"storage.md": "# 저장\n\n## 볼륨\n\n- 볼륨은 컨테이너를 지워도 남음\n- 볼륨은 tar로 묶어 백업함\n"}


@pytest.fixture
def built(write_corpus: WriteCorpus, tmp_path: Path, real_encoder_folder: Path) -> tuple[str, ...]:
    data = tmp_path / "data"
    data.mkdir()
    (data / "encoder").symlink_to(real_encoder_folder)
    where = ("--corpus", str(write_corpus(NOTES)), "--data", str(data))
    assert run("build", *where).returncode == 0
    return where


@pytest.fixture
def model(llm: str, monkeypatch: pytest.MonkeyPatch) -> pytest.MonkeyPatch:
    monkeypatch.setenv("LLM_BASE_URL", llm)
    monkeypatch.setenv("LLM_MODEL", "drafts")
    return monkeypatch


def test_without_a_model_the_derived_keys_are_shown_and_nothing_is_written(
    built: tuple[str, ...], tmp_path: Path
) -> None:
    done = run("bank", "suggest", *built)
    assert done.returncode == 0
    assert "LLM_BASE_URL" in done.stderr
    lines = done.stdout.splitlines()
    assert lines[0].startswith("질문이 없는 사실 2개.")
    assert "  = 볼륨" in lines
    assert "  = 볼륨은 tar로 묶어 백업함" in lines
    assert not review_path(tmp_path / "data").exists()
    assert run("bank", "suggest", *built, "--document", "nothing").returncode == 1


def test_a_model_s_drafts_go_to_the_review_file_and_the_bad_ones_are_named(
    built: tuple[str, ...], tmp_path: Path, model: pytest.MonkeyPatch, llm: str
) -> None:
    before = {path.name: path.read_bytes() for path in (tmp_path / "corpus").iterdir()}
    done = run("bank", "suggest", *built, "--document", "storage", "--json")
    assert done.returncode == 0, done.stderr
    survives, packed = json.loads(done.stdout)
    assert survives["drafts"] == [
        "컨테이너 지우면 볼륨도 날아가?",
        "컨테이너를 없애도 볼륨 데이터가 남나요?",
    ]
    assert [(each["question"], each["reason"]) for each in survives["dropped"]] == [
        ("컨테이너 지우면 볼륨도 날아가??", "near"),
        ("Do volumes survive?", "not-korean"),
        ("卷会保留吗 볼륨", "not-korean"),
        ("볼륨을 tar로 백업하려면?", "other-fact"),
    ]
    assert packed["drafts"] == ["볼륨을 tar로 백업하려면?"]
    kept = load_drafts(review_path(tmp_path / "data"))
    assert [(each.fact, each.question) for each in kept] == [
        (entry["fact"], question) for entry in (survives, packed) for question in entry["drafts"]
    ]
    assert {each.origin for each in kept} == {"llm"}
    assert {path.name: path.read_bytes() for path in (tmp_path / "corpus").iterdir()} == before
    asked = len(httpx.get(llm).json())
    assert run("bank", "suggest", *built).returncode == 0
    assert len(httpx.get(llm).json()) == asked  # what has drafts isn't asked for again


@pytest.mark.parametrize("failing", ["500", "half"])
def test_a_model_that_fails_is_one_korean_line(
    built: tuple[str, ...], tmp_path: Path, model: pytest.MonkeyPatch, failing: str
) -> None:
    model.setenv("LLM_MODEL", failing)
    done = run("bank", "suggest", *built, "-o", tmp_path / "mine.yaml")
    assert done.returncode == 1
    assert "언어 모델이 쓸 만한 답을 주지 못했습니다" in done.stderr
    assert "  = 볼륨" in done.stdout.splitlines()
    assert not (tmp_path / "mine.yaml").exists()


def test_o_names_the_file(built: tuple[str, ...], tmp_path: Path, model: pytest.MonkeyPatch) -> None:
    assert run("bank", "suggest", *built, "-o", tmp_path / "mine.yaml").returncode == 0
    assert len(load_drafts(tmp_path / "mine.yaml")) == 3
    assert not review_path(tmp_path / "data").exists()

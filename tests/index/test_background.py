from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest

from service.index import load_background
from service.types import Fact
from tests.conftest import FakeEncoder

DOCKER = Fact(
    id="a",
    document="volumes",
    heading_path=("볼륨",),
    parents=(),
    text="볼륨은 남습니다.",
    lines=(3, 3),
    kind="bullet",
)
GIT = replace(DOCKER, heading_path=("git 정리",), text="`git rebase`는 커밋을 옮겨 놓습니다.")


def test_it_has_real_questions_and_a_vector_for_each(fake_encoder: FakeEncoder, tmp_path: Path) -> None:
    background = load_background(fake_encoder, tmp_path, [DOCKER])
    assert len(background.questions) > 3000
    assert background.vectors.shape == (len(background.questions), fake_encoder.dimension)
    assert len(set(background.questions)) == len(background.questions)


def test_notes_about_a_subject_leave_its_questions_out(fake_encoder: FakeEncoder, tmp_path: Path) -> None:
    ours = load_background(fake_encoder, tmp_path, [DOCKER])
    theirs = load_background(fake_encoder, tmp_path, [DOCKER, GIT])
    left_out = set(ours.questions) - set(theirs.questions)
    assert len(left_out) > 100
    assert all(question not in theirs.questions for question in left_out)
    assert sum("git" in question.lower() or "커밋" in question for question in left_out) > 50


def test_one_mention_among_many_facts_leaves_all_of_them_in(
    fake_encoder: FakeEncoder, tmp_path: Path
) -> None:
    ours = load_background(fake_encoder, tmp_path, [DOCKER])
    assert load_background(fake_encoder, tmp_path, [DOCKER] * 9 + [GIT]).questions == ours.questions


def test_the_vectors_are_made_once(
    fake_encoder: FakeEncoder, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    first = load_background(fake_encoder, tmp_path, [DOCKER])
    monkeypatch.setattr(type(fake_encoder), "encode", None)
    assert (load_background(fake_encoder, tmp_path, [DOCKER]).vectors == first.vectors).all()

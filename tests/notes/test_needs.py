from __future__ import annotations

from pathlib import Path

import pytest

from service.notes.needs import read_needs

TEXTS = {"f1": "컨테이너를 다시 시작하려면 `docker restart`를 실행합니다.", "f2": "멈추고 다시 켭니다."}
GOOD = """area: containers
needs:
- id: container-restart
  kind: task
  level: core
  want: 컨테이너를 다시 시작하기
  answer:
  - f1 컨테이너를 다시 시작하려면
  also:
  - f2 멈추고
  questions:
  - 도커 컨테이너 재시작
  - 컨테이너 껐다 켜기
"""


def write(folder: Path, text: str, name: str = "needs/containers.needs.yaml") -> Path:
    path = folder / name
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(text, encoding="utf-8")
    return folder


def test_a_need_is_read_with_its_wordings_and_its_answer(tmp_path: Path) -> None:
    needs, broken, warnings = read_needs(write(tmp_path, GOOD), TEXTS)
    (need,) = needs
    assert (need.id, need.kind, need.level, need.want) == (
        "container-restart",
        "task",
        "core",
        "컨테이너를 다시 시작하기",
    )
    assert (need.answer, need.also) == (("f1",), ("f2",))
    assert need.questions == ("도커 컨테이너 재시작", "컨테이너 껐다 켜기")
    assert (broken, warnings) == ([], [])


def test_a_folder_without_needs_has_none(tmp_path: Path) -> None:
    assert read_needs(tmp_path, TEXTS) == ((), [], [])


@pytest.mark.parametrize(
    ("answer", "reason"),
    [
        ("f9 컨테이너를", "need-orphan:container-restart:f9"),
        ("f1 이미지를 지우려면", "need-changed:container-restart:f1"),
    ],
)
def test_what_no_longer_fits_the_notes_is_said(tmp_path: Path, answer: str, reason: str) -> None:
    _, _, warnings = read_needs(write(tmp_path, GOOD.replace("f1 컨테이너를 다시 시작하려면", answer)), TEXTS)
    assert [warning.reason for warning in warnings] == [reason]


def test_a_need_goes_with_its_direct_answer_and_stays_without_the_rest(tmp_path: Path) -> None:
    folder = write(tmp_path, GOOD)
    assert read_needs(folder, {"f2": TEXTS["f2"]})[0] == ()
    (need,) = read_needs(folder, {"f1": TEXTS["f1"]})[0]
    assert (need.answer, need.also) == (("f1",), ())


def test_the_first_of_two_needs_with_one_id_stays(tmp_path: Path) -> None:
    write(tmp_path, GOOD)
    write(tmp_path, GOOD.replace("level: core", "level: special"), "other.needs.yaml")
    needs, _, warnings = read_needs(tmp_path, TEXTS)
    assert [need.level for need in needs] == ["core"]
    assert [warning.reason for warning in warnings] == ["need-twice:container-restart"]


@pytest.mark.parametrize(
    ("text", "line"),
    [
        (GOOD.replace("kind: task", "kind: wish"), 4),
        (GOOD.replace("level: core", "level: top"), 5),
        (GOOD.replace("container-restart", "Container Restart"), 3),
        ("area: [", 2),
    ],
)
def test_a_broken_file_is_named_with_its_line_and_the_others_are_read(
    tmp_path: Path, text: str, line: int
) -> None:
    write(tmp_path, GOOD)
    write(tmp_path, text, "broken.needs.yaml")
    needs, (error,), _ = read_needs(tmp_path, TEXTS)
    assert len(needs) == 1
    assert (error.fields["path"], error.fields["line"]) == ("broken.needs.yaml", line)

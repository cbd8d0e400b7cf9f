from __future__ import annotations

from pathlib import Path

import pytest

from service import bank
from service.notes import read_notes
from service.questions import load_entries
from tests.conftest import ROOT, WriteCorpus

NOTE = "# 볼륨\n\n- 볼륨은 컨테이너를 지워도 남습니다.\n- 익명 볼륨은 이름이 없습니다.\n"


def test_a_skeleton_names_every_fact_and_keeps_what_was_written(
    write_corpus: WriteCorpus, tmp_path: Path
) -> None:
    folder = write_corpus({"volumes.md": NOTE})
    (document,) = read_notes(folder, tmp_path / "ledgers").documents
    path = bank.new(document, folder)
    path.write_text(
        path.read_text(encoding="utf-8").replace("questions: []", "questions: [남아?]", 1), encoding="utf-8"
    )
    bank.new(document, folder)
    assert [entry.questions for entry in load_entries(path, "volumes")] == [("남아?",), ()]


def test_the_check_counts_what_is_wrong_and_what_is_thin(write_corpus: WriteCorpus, tmp_path: Path) -> None:
    folder = write_corpus({"volumes.md": NOTE})
    first, second = read_notes(folder, tmp_path / "ledgers").documents[0].facts
    questions = "[볼륨 지워져?, 컨테이너를 지우면 볼륨은 남나요?, 컨테이너 지우면 볼륨은 남나요?]"
    (folder / "volumes.questions.yaml").write_text(
        f"document: volumes\nfacts:\n- id: {first.id}\n  text: 옛 글입니다.\n  questions: {questions}\n"
        f"- id: {second.id}\n  text: {second.text}\n  questions: [볼륨 지워져?]\n- id: gone\n  text: 없음\n",
        encoding="utf-8",
    )
    found = bank.check(read_notes(folder, tmp_path / "ledgers"), None)
    assert (len(found.orphans), len(found.changed), len(found.shared)) == (1, 1, 1)
    assert found.errors == 3
    assert [count for _, count in found.thin] == [3, 1]
    assert [(one, other) for _, one, other in found.near_duplicates] == [
        ("컨테이너를 지우면 볼륨은 남나요?", "컨테이너 지우면 볼륨은 남나요?")
    ]
    assert found.without_card == 2


@pytest.mark.parametrize(
    ("question", "register"),
    [
        ("볼륨은 어디에 저장되나요?", "formal"),
        ("볼륨 어디 저장돼?", "plain"),
        ("볼륨 저장 위치", "keywords"),
        ("지워지는 게 맞나요?", "confirm"),
        ("docker volume 위치", "latin"),
    ],
)
def test_registers(question: str, register: str) -> None:
    assert register in bank.registers(question)


def test_the_shipped_bank_has_no_error_and_no_thin_fact(tmp_path: Path) -> None:
    found = bank.check(read_notes(ROOT / "corpus", tmp_path / "ledgers"), None)
    assert (found.orphans, found.changed, found.broken, found.shared, found.thin) == ([], [], [], [], [])
    assert found.facts >= 500
    assert found.questions >= 3000
    assert len(found.near_duplicates) <= 0.01 * found.questions

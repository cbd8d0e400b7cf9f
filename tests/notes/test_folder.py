from __future__ import annotations

import shutil
from pathlib import Path

import pytest

from service.errors import CorpusEmpty, LedgerError
from service.notes.folder import NotesFolder
from tests.conftest import WriteCorpus, read_notes

NOTE = "# 볼륨\n\n- 볼륨은 컨테이너를 지워도 남습니다.\n- 익명 볼륨은 이름이 없습니다.\n"


def ids(folder: Path, ledgers: Path) -> list[str]:
    return [fact.id for document in read_notes(folder, ledgers).documents for fact in document.facts]


def test_a_folder_that_is_not_ours_is_only_read(write_corpus: WriteCorpus, tmp_path: Path) -> None:
    folder = write_corpus({"volumes.md": NOTE})
    read_notes(folder, tmp_path / "ledgers")
    assert [path.name for path in folder.iterdir()] == ["volumes.md"]
    assert [path.name for path in (tmp_path / "ledgers").iterdir()] == ["volumes.ledger.json"]


def test_reading_writes_nothing(write_corpus: WriteCorpus, tmp_path: Path) -> None:
    folder = write_corpus({"volumes.md": NOTE, "volumes.questions.yaml": "document: volumes\nfacts: []\n"})
    first = ids(folder, tmp_path / "ledgers")
    shutil.move(folder / "volumes.md", folder / "storage.md")
    before = {path: path.read_bytes() for path in tmp_path.rglob("*") if path.is_file()}
    notes = NotesFolder(folder, tmp_path / "ledgers").read()
    assert [fact.id for document in notes.documents for fact in document.facts] == first
    assert {path: path.read_bytes() for path in tmp_path.rglob("*") if path.is_file()} == before


def test_our_own_folder_keeps_its_ledgers_beside_the_notes(write_corpus: WriteCorpus, tmp_path: Path) -> None:
    folder = write_corpus({"volumes.md": NOTE, "volumes.questions.yaml": "document: volumes\nfacts: []\n"})
    read_notes(folder, tmp_path / "ledgers")
    assert (folder / "volumes.ledger.json").exists()
    assert not (tmp_path / "ledgers").exists()


def test_a_renamed_note_keeps_its_ids(write_corpus: WriteCorpus, tmp_path: Path) -> None:
    folder = write_corpus({"volumes.md": NOTE, "other.md": "- 네트워크는 다른 노트입니다.\n"})
    before = ids(folder, tmp_path / "ledgers")
    shutil.move(folder / "volumes.md", folder / "storage.md")
    assert sorted(ids(folder, tmp_path / "ledgers")) == sorted(before)
    assert not (tmp_path / "ledgers" / "volumes.ledger.json").exists()


def test_entries_that_no_longer_fit_are_reported_not_dropped(
    write_corpus: WriteCorpus, tmp_path: Path
) -> None:
    folder = write_corpus({"volumes.md": NOTE})
    first, second = ids(folder, tmp_path / "ledgers")
    bank = (
        f"document: volumes\nfacts:\n- id: {first}\n  text: 옛 글입니다.\n  questions: [볼륨 남아?]\n"
        "- id: gone\n  text: 없는 사실입니다.\n  questions: [뭐였지?]\n"
    )
    document = read_notes(folder, tmp_path / "ledgers").documents[0]
    NotesFolder(folder, tmp_path).bank(document).write_text(bank, encoding="utf-8")
    notes = read_notes(folder, tmp_path / "ledgers")
    assert [warning.reason for warning in notes.warnings] == [f"changed-fact:{first}", "orphan-entry:gone"]
    asked = {key.fact: key.text for key in reversed(notes.keys())}
    assert asked[first] == "볼륨 남아?"
    assert "gone" not in asked
    assert asked[second] == "볼륨"  # derived


def test_a_broken_bank_leaves_the_note_answerable(write_corpus: WriteCorpus, tmp_path: Path) -> None:
    folder = write_corpus({"volumes.md": NOTE, "volumes.questions.yaml": "document: [\n"})
    notes = read_notes(folder, tmp_path / "ledgers")
    assert [error.fields["path"] for error in notes.broken] == ["volumes.questions.yaml"]
    assert len(notes.documents[0].facts) == 2


def test_a_damaged_ledger_stops_the_build(write_corpus: WriteCorpus, tmp_path: Path) -> None:
    folder = write_corpus({"volumes.md": NOTE})
    read_notes(folder, tmp_path / "ledgers")
    (tmp_path / "ledgers" / "volumes.ledger.json").write_text("{")
    with pytest.raises(LedgerError):
        read_notes(folder, tmp_path / "ledgers")


def test_the_fingerprint_follows_notes_and_banks(write_corpus: WriteCorpus) -> None:
    folder = write_corpus({"volumes.md": NOTE})
    place = NotesFolder(folder, folder)
    one = place.fingerprint()
    (folder / "ignored.txt").write_text("x")
    assert place.fingerprint() == one
    (folder / "volumes.questions.yaml").write_text("document: volumes\n")
    assert place.fingerprint() != one


@pytest.mark.parametrize("files", [{"a.md": ""}, {"a.md": "# 제목만\n"}, {"a.txt": "- 사실입니다.\n"}])
def test_nothing_to_answer_from_is_an_error(
    write_corpus: WriteCorpus, tmp_path: Path, files: dict[str, str]
) -> None:
    with pytest.raises(CorpusEmpty):
        read_notes(write_corpus(files), tmp_path / "ledgers")

from __future__ import annotations

import json
import threading
from pathlib import Path

import pytest

from service.errors import (
    BadDocumentId,
    DocumentChanged,
    IdCollision,
    LastDocument,
    NoteRefused,
    TooManyDocuments,
    TutorError,
    UnknownDocument,
)
from service.notes import ledger
from service.notes.corpus import read_corpus
from service.notes.folder import Notes, NotesFolder
from service.notes.overlay import Overlay
from service.types import Document
from tests.conftest import WriteCorpus, read_notes

NOTE = "# 볼륨\n\n- 볼륨은 컨테이너를 지워도 남음\n- 볼륨은 tar로 묶어 백업함\n"
OTHER = "# 네트워크\n\n- 브리지는 기본 네트워크임\n"


@pytest.fixture
def corpus(write_corpus: WriteCorpus) -> Path:
    return write_corpus({"storage.md": NOTE, "network.md": OTHER, "docs/1.png": "png"})


@pytest.fixture
def overlay(tmp_path: Path) -> Overlay:
    return Overlay(tmp_path / "overlay")


def served(corpus: Path, overlay: Overlay) -> dict[str, Document]:
    return {document.id: document for document in overlay.merge(read_corpus(corpus)).documents}


def put(overlay: Overlay, corpus: Path, name: str, text: str, expected: str | None = None) -> str:
    return overlay.put(name, text.encode(), corpus, served(corpus, overlay).get(name), expected)


def remove(overlay: Overlay, corpus: Path, name: str, expected: str | None = None) -> None:
    overlay.remove(name, served(corpus, overlay).values(), expected)


def test_notes_are_added_replaced_and_removed_over_the_corpus(corpus: Path, overlay: Overlay) -> None:
    put(overlay, corpus, "새-노트", "# 새 노트\n\n- 새 사실임\n")
    put(overlay, corpus, "storage", "# 볼륨\n\n- 익명 볼륨은 이름이 없음\n")
    remove(overlay, corpus, "network")
    documents = served(corpus, overlay)
    assert set(documents) == {"새-노트", "storage"}
    assert [fact.text for fact in documents["storage"].facts] == ["익명 볼륨은 이름이 없음"]
    assert (documents["storage"].path, documents["새-노트"].path) == ("storage.md", "overlay/새-노트.md")
    assert (corpus / "network.md").read_text(encoding="utf-8") == OTHER


def test_what_was_removed_can_come_back_and_go_again(corpus: Path, overlay: Overlay) -> None:
    for _ in range(2):
        remove(overlay, corpus, "network")
        assert "network" not in served(corpus, overlay)
        with pytest.raises(UnknownDocument):
            remove(overlay, corpus, "network")
        put(overlay, corpus, "network", OTHER)
        assert "network" in served(corpus, overlay)


def test_a_note_removed_before_it_was_indexed_uncovers_nothing(corpus: Path, overlay: Overlay) -> None:
    remove(overlay, corpus, "network")
    put(overlay, corpus, "network", OTHER)
    overlay.remove("network", [served(corpus, overlay)["storage"]], None)  # no build has seen it yet
    assert "network" not in served(corpus, overlay)


def test_an_added_note_leaves_nothing_behind(corpus: Path, overlay: Overlay) -> None:
    before = NotesFolder(corpus, corpus, overlay).fingerprint()
    put(overlay, corpus, "new", NOTE)
    assert NotesFolder(corpus, corpus, overlay).fingerprint() != before
    remove(overlay, corpus, "new")
    assert (overlay.inputs(), NotesFolder(corpus, corpus, overlay).fingerprint()) == ([], before)
    assert NotesFolder(corpus, corpus).fingerprint() == before


@pytest.mark.parametrize(
    "leftovers",
    [
        {
            "storage.md": "# 새것\n\n- 새 글임\n",
            "storage.removed": "",
        },  # put or remove, cut off in the middle
        {".storage.md.ab12.tmp": "# 반\n"},
        {"storage.removed": ""},
    ],
)
def test_a_crash_leaves_the_old_state_or_the_new(
    corpus: Path, overlay: Overlay, leftovers: dict[str, str]
) -> None:
    overlay.folder.mkdir()
    for name, text in leftovers.items():
        (overlay.folder / name).write_text(text, encoding="utf-8")
    assert ("storage" in served(corpus, overlay)) == ("storage.removed" not in leftovers)
    put(overlay, corpus, "storage", NOTE)
    assert served(corpus, overlay)["storage"].source == NOTE


@pytest.mark.parametrize("name", ["", ".", "..", ".hidden", "a/b", "a\\b", "a b", "가" * 61, "\x00", "-a"])
def test_an_id_that_is_no_file_name_everywhere_is_refused(corpus: Path, overlay: Overlay, name: str) -> None:
    with pytest.raises(BadDocumentId):
        overlay.put(name, NOTE.encode(), corpus, None, None)
    with pytest.raises(UnknownDocument):
        overlay.remove(name, (), None)


@pytest.mark.parametrize(
    ("data", "line", "reason"),
    [
        (b"", 1, "no-facts"),
        ("# 제목만\n".encode(), 1, "no-facts"),
        (b"# a\n\n- b\n\xff\xfe", 4, "not-utf8"),
        ("# 제목\n\n- 글\x00자\n".encode(), 3, "control-characters"),
        ("---\nid: [\n---\n# 글\n\n- 글임\n".encode(), 2, "front-matter"),
        ("# 글\n\n- 글임\n\n![그림](docs/2.png)\n".encode(), 5, "image-not-here:docs/2.png"),
        ("# 글\n\n- 글임\n\n![그림](../../secret.png)\n".encode(), 5, "image-not-here:../../secret.png"),
    ],
)
def test_a_note_that_cannot_be_served_is_refused_with_its_line(
    corpus: Path, overlay: Overlay, data: bytes, line: int, reason: str
) -> None:
    with pytest.raises(NoteRefused) as caught:
        overlay.put("new", data, corpus, None, None)
    assert caught.value.fields == {"line": line, "reason": reason}
    assert overlay.inputs() == []


def test_images_of_the_corpus_and_the_web_may_be_shown(corpus: Path, overlay: Overlay) -> None:
    put(overlay, corpus, "new", "# 글\n\n- 글임\n\n![a](docs/1.png) ![b](https://example.com/a.png)\n")


def test_a_note_that_calls_itself_something_else_is_a_collision(corpus: Path, overlay: Overlay) -> None:
    with pytest.raises(IdCollision):
        put(overlay, corpus, "new", f"---\nid: storage\n---\n{NOTE}")
    put(overlay, corpus, "new", f"---\nid: new\n---\n{NOTE}")


def test_there_is_an_end_to_adding_but_not_to_replacing(
    corpus: Path, overlay: Overlay, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("service.notes.overlay.MOST_NOTES", 2)
    put(overlay, corpus, "a", NOTE)
    put(overlay, corpus, "b", NOTE)
    put(overlay, corpus, "b", OTHER)
    with pytest.raises(TooManyDocuments):
        put(overlay, corpus, "c", NOTE)


def test_a_writer_who_names_the_version_seen_overwrites_no_other(corpus: Path, overlay: Overlay) -> None:
    first = put(overlay, corpus, "a", NOTE)
    second = put(overlay, corpus, "a", OTHER, first)
    with pytest.raises(DocumentChanged):
        put(overlay, corpus, "a", NOTE, first)
    with pytest.raises(DocumentChanged):
        remove(overlay, corpus, "a", first)
    with pytest.raises(DocumentChanged):
        put(overlay, corpus, "nowhere", NOTE, "*")
    remove(overlay, corpus, "a", second)


def test_the_last_note_stays_however_fast_they_are_removed(corpus: Path, overlay: Overlay) -> None:
    before = served(corpus, overlay).values()  # no build follows in between
    overlay.remove("network", before, None)
    with pytest.raises(LastDocument):
        overlay.remove("storage", before, None)
    overlay.put("new", NOTE.encode(), corpus, None, None)
    overlay.remove("storage", before, None)
    with pytest.raises(LastDocument):
        overlay.remove("new", before, None)


def test_writers_at_once_lose_nothing_and_one_version_wins(corpus: Path, overlay: Overlay) -> None:
    seen = put(overlay, corpus, "shared", NOTE)
    won: list[int] = []

    def write(number: int) -> None:
        text = f"# 노트 {number}\n\n- 사실 {number}임\n"
        overlay.put(f"note-{number}", text.encode(), corpus, None, None)
        try:
            overlay.put("shared", text.encode(), corpus, None, seen)
        except TutorError:
            return
        won.append(number)

    threads = [threading.Thread(target=write, args=(number,)) for number in range(20)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    documents = served(corpus, overlay)
    assert len(documents) == 2 + 20 + 1
    assert len(won) == 1
    assert documents["shared"].title == f"노트 {won[0]}"


def ids(notes: Notes, document: str) -> dict[str, str]:
    return {fact.text: fact.id for each in notes.documents if each.id == document for fact in each.facts}


@pytest.mark.parametrize("keeps", [True, False])
def test_a_replaced_note_keeps_its_fact_ids_and_the_corpus_its_ledgers(
    corpus: Path, overlay: Overlay, tmp_path: Path, keeps: bool
) -> None:
    if keeps:
        (corpus / f"storage{ledger.SUFFIX}").write_text(
            json.dumps({"format": 1, "document": "storage", "facts": {}, "retired": {}}), encoding="utf-8"
        )
    before = ids(read_notes(corpus, tmp_path / "ledgers", overlay), "storage")
    stored = {path: path.read_bytes() for path in tmp_path.rglob(f"*{ledger.SUFFIX}")}
    put(
        overlay,
        corpus,
        "storage",
        NOTE.replace("tar로 묶어", "tar 파일로 묶어") + "- 익명 볼륨은 이름이 없음\n",
    )
    remove(overlay, corpus, "network")
    put(
        overlay, corpus, "renamed", OTHER
    )  # the same facts: but the ledger of the removed note isn't an orphan
    for _ in range(2):
        after = ids(read_notes(corpus, tmp_path / "ledgers", overlay, untouched=True), "storage")
    assert after["볼륨은 컨테이너를 지워도 남음"] == before["볼륨은 컨테이너를 지워도 남음"]
    assert after["볼륨은 tar 파일로 묶어 백업함"] == before["볼륨은 tar로 묶어 백업함"]
    assert len(after) == 3
    assert {path: path.read_bytes() for path in stored} == stored


def test_a_folder_that_is_not_to_be_touched_is_not(corpus: Path, overlay: Overlay, tmp_path: Path) -> None:
    empty = json.dumps({"format": 1, "document": "storage", "facts": {}, "retired": {}})
    (corpus / f"storage{ledger.SUFFIX}").write_text(empty, encoding="utf-8")
    files = {path: path.read_bytes() for path in corpus.rglob("*") if path.is_file()}
    first = ids(read_notes(corpus, tmp_path / "ledgers", overlay, untouched=True), "storage")
    assert {path: path.read_bytes() for path in corpus.rglob("*") if path.is_file()} == files
    assert ids(read_notes(corpus, tmp_path / "ledgers", overlay), "storage") == first


def test_a_damaged_note_of_the_overlay_is_named_and_the_rest_builds(corpus: Path, overlay: Overlay) -> None:
    overlay.folder.mkdir()
    (overlay.folder / "bad.md").write_bytes(b"\xff\xff")
    merged = overlay.merge(read_corpus(corpus))
    assert [error.fields["path"] for error in merged.broken] == ["overlay/bad.md"]
    assert len(merged.documents) == 2

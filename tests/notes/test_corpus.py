from __future__ import annotations

import unicodedata
from pathlib import Path

import pytest

from service.errors import CorpusMissing
from service.notes.corpus import MAX_NOTE_BYTES, read_corpus
from tests.conftest import WriteCorpus


def test_reads_documents_in_order_of_path_with_front_matter(write_corpus: WriteCorpus) -> None:
    folder = write_corpus(
        {
            "b.md": "# 둘\n\n- 컨테이너는 프로세스입니다.\n",
            "a.md": "---\nid: first\ntitle: 첫 노트\ntags: [이미지, 기초]\n---\n\n# 하나\n\n- 이미지는 읽기 전용입니다.\n",
        }
    )
    first, second = read_corpus(folder).documents
    assert (first.id, first.title, first.tags) == ("first", "첫 노트", ("이미지", "기초"))
    assert (second.id, second.title) == ("b", "둘")
    assert first.facts[0].lines == (9, 9)


def test_folders_become_part_of_the_id_and_hidden_ones_are_left_out(write_corpus: WriteCorpus) -> None:
    folder = write_corpus({"도커/저장 공간.md": "- 볼륨은 남습니다.\n", ".obsidian/x.md": "- 숨김입니다.\n"})
    assert [document.id for document in read_corpus(folder).documents] == ["도커--저장 공간"]


def test_colliding_ids_are_an_error_that_names_both(write_corpus: WriteCorpus) -> None:
    folder = write_corpus(
        {"a.md": "---\nid: same\n---\n- 하나입니다.\n", "b.md": "---\nid: same\n---\n- 둘입니다.\n"}
    )
    corpus = read_corpus(folder)
    assert [document.path for document in corpus.documents] == ["a.md"]
    assert corpus.broken[0].fields == {"path": "b.md", "line": 1, "reason": "id-collision:a.md"}


@pytest.mark.parametrize(
    ("data", "encoding"),
    [
        ("- 볼륨은 남습니다.\n".encode("cp949"), "cp949"),
        ("- 볼륨은 남습니다.\n".encode("utf-16"), "utf-16"),
    ],
)
def test_other_encodings_are_converted_and_said(tmp_path: Path, data: bytes, encoding: str) -> None:
    (tmp_path / "a.md").write_bytes(data)
    corpus = read_corpus(tmp_path)
    assert corpus.documents[0].facts[0].text == "볼륨은 남습니다."
    assert [warning.reason for warning in corpus.warnings] == [f"converted:{encoding}"]


def test_bom_crlf_and_decomposed_hangul_are_read_as_if_they_were_not_there(tmp_path: Path) -> None:
    text = "# 볼륨\r\n\r\n- 볼륨은 남습니다.\r\n"
    (tmp_path / "a.md").write_bytes(b"\xef\xbb\xbf" + unicodedata.normalize("NFD", text).encode())
    (fact,) = read_corpus(tmp_path).documents[0].facts
    assert (fact.text, fact.lines, fact.heading_path) == ("볼륨은 남습니다.", (3, 3), ("볼륨",))


@pytest.mark.parametrize(
    ("data", "reason"),
    [
        (b"\x89PNG\r\n\x1a\n\x00\x00\x00\rIHDR", "not-text"),
        (b"# ok\n\n\xff\xfe\xfa\x81", "not-text"),
        (b"---\ntitle: [\n---\n- x", "front-matter"),
        (b"---\n- just a list\n---\n- x", "front-matter"),
        (b"---\nid: a/b\n---\n- x", "bad-id"),
        (b"x" * (MAX_NOTE_BYTES + 1), "too-large"),
    ],
)
def test_a_broken_note_is_reported_and_the_rest_is_read(tmp_path: Path, data: bytes, reason: str) -> None:
    (tmp_path / "broken.md").write_bytes(data)
    (tmp_path / "good.md").write_text("- 볼륨은 남습니다.\n", encoding="utf-8")
    corpus = read_corpus(tmp_path)
    assert [document.id for document in corpus.documents] == ["good"]
    (error,) = corpus.broken
    assert (error.fields["path"], error.fields["reason"]) == ("broken.md", reason)


def test_a_missing_image_is_one_warning(write_corpus: WriteCorpus) -> None:
    folder = write_corpus({"a.md": "- 그림입니다.\n\n![](docs/36.png)\n\n![](https://example.com/x.png)\n"})
    warnings = read_corpus(folder).warnings
    assert [(warning.line, warning.reason) for warning in warnings] == [(3, "missing-image:docs/36.png")]


def test_an_image_outside_the_folder_counts_as_missing(write_corpus: WriteCorpus, tmp_path: Path) -> None:
    (tmp_path / "secret.png").write_bytes(b"x")
    folder = write_corpus({"a.md": "- 그림입니다. ![](../secret.png)\n"})
    assert [warning.reason for warning in read_corpus(folder).warnings] == ["missing-image:../secret.png"]


def test_an_image_is_found_under_its_decomposed_and_encoded_name(write_corpus: WriteCorpus) -> None:
    folder = write_corpus({"a.md": "- 그림입니다. ![](docs/%EA%B7%B8%EB%A6%BC%201.png)\n"})
    (folder / "docs").mkdir()
    (folder / "docs" / unicodedata.normalize("NFD", "그림 1.png")).write_bytes(b"x")
    assert read_corpus(folder).warnings == ()


def test_a_folder_that_is_none_is_an_error(tmp_path: Path) -> None:
    with pytest.raises(CorpusMissing):
        read_corpus(tmp_path / "nothing")

from __future__ import annotations

from pathlib import Path

import pytest

from service.errors import BankError
from service.notes.bank_file import Bank, derive, load_entries, skeleton
from service.notes.corpus import parse_note
from service.notes.ledger import Ledger, assign
from service.types import Document, Fact

GOOD = """document: volumes
facts:
- id: abc
  text: 볼륨은 남습니다.
  questions:
  - 볼륨도 같이 지워져?
  - 컨테이너 지우면 볼륨은요
  aliases: [볼륨 보존]
  cards:
  - {id: a, kind: term, front: 볼륨(volume), back: 도커가 관리하는 저장 공간}
"""


def load(tmp_path: Path, text: str) -> object:
    path = tmp_path / "volumes.questions.yaml"
    path.write_text(text, encoding="utf-8")
    return load_entries(path, "volumes")


def test_entries_are_read_with_their_questions_aliases_and_cards(tmp_path: Path) -> None:
    path = tmp_path / "volumes.questions.yaml"
    path.write_text(GOOD, encoding="utf-8")
    (entry,) = load_entries(path, "volumes")
    bank = Bank({entry.id: entry})
    assert bank.questions("abc") == ("볼륨도 같이 지워져?", "컨테이너 지우면 볼륨은요")
    assert bank.aliases("abc") == ("볼륨 보존",)
    assert entry.cards[0].back == "도커가 관리하는 저장 공간"
    assert bank.questions("unknown") == ()


def test_no_file_is_an_empty_bank(tmp_path: Path) -> None:
    assert load_entries(tmp_path / "none.yaml", "volumes") == ()


@pytest.mark.parametrize(
    ("text", "line"),
    [
        ("document: [", 2),
        ("document: other\nfacts: []\n", 1),
        (GOOD.replace("questions:", "qestions:"), 5),
        (GOOD.replace("kind: term", "kind: poem"), 10),
        (GOOD.replace("- 볼륨도 같이 지워져?", "- ''"), 6),
        (GOOD + "- id: abc\n  text: 두 번\n", 11),
        ("just text", 1),
        ("document: volumes\nfacts: &a [*a]\n", 2),
    ],
)
def test_a_broken_bank_names_its_line(tmp_path: Path, text: str, line: int) -> None:
    with pytest.raises(BankError) as caught:
        load(tmp_path, text)
    assert (caught.value.fields["path"], caught.value.fields["line"]) == ("volumes.questions.yaml", line)


def numbered(text: str) -> Document:
    return assign(parse_note(text, "volumes.md"), Ledger("volumes"))[0]


def test_a_skeleton_lists_the_facts_keeps_what_was_written_and_loads_again(tmp_path: Path) -> None:
    document = numbered("# 볼륨\n\n- 볼륨은 남습니다.\n- 익명 볼륨도 있습니다.\n")
    path = tmp_path / "volumes.questions.yaml"
    path.write_text(skeleton(document), encoding="utf-8")
    entries = load_entries(path, "volumes")
    assert [entry.text for entry in entries] == ["볼륨은 남습니다.", "익명 볼륨도 있습니다."]
    written = (entries[0].model_copy(update={"questions": ("남아?",)}), entries[1])
    shorter = numbered("# 볼륨\n\n- 익명 볼륨도 있습니다.\n")
    path.write_text(skeleton(shorter, written), encoding="utf-8")
    assert [(entry.text, entry.questions) for entry in load_entries(path, "volumes")] == [
        ("익명 볼륨도 있습니다.", ()),
        ("볼륨은 남습니다.", ("남아?",)),
    ]


def fact(text: str, *, heading: str = "볼륨", parents: tuple[str, ...] = ()) -> Fact:
    return Fact("x", "volumes", (heading,), text, "bullet", (1, 1), parents)


def test_keys_are_derived_from_heading_label_subject_and_text() -> None:
    labelled = fact("가상의 물리 서버를 생성", heading="도커와 비교", parents=("가상화 기술",))
    assert derive(labelled) == ("도커와 비교", "도커와 비교 가상화 기술", "가상의 물리 서버를 생성")
    definition = fact("마운트 : 디스크를 연결한 상태", heading="데이터 저장")
    assert derive(definition) == ("데이터 저장", "데이터 저장 마운트", "마운트 : 디스크를 연결한 상태")
    assert derive(fact("볼륨은 남습니다.")) == ("볼륨", "볼륨은 남습니다.")

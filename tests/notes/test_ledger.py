from __future__ import annotations

from pathlib import Path

import pytest

from service.errors import LedgerError
from service.notes import ledger
from service.notes.corpus import parse_note
from service.notes.ledger import Ledger
from service.types import Document

NOTE = """# 볼륨

## 수명

- 볼륨은 컨테이너를 지워도 남습니다.
- 익명 볼륨은 이름이 없는 볼륨입니다.

## 백업

- 볼륨은 tar로 묶어 백업합니다.
"""


def numbered(text: str, memory: Ledger | None = None) -> tuple[Document, Ledger]:
    return ledger.assign(parse_note(text, "volumes.md"), memory or Ledger("volumes"))


def ids(document: Document) -> dict[str, str]:
    return {fact.text: fact.id for fact in document.facts}


def test_the_same_note_gets_the_same_ids_without_any_memory() -> None:
    assert ids(numbered(NOTE)[0]) == ids(numbered(NOTE)[0])


def test_rewording_keeps_the_id() -> None:
    before, memory = numbered(NOTE)
    after, _ = numbered(NOTE.replace("지워도 남습니다", "삭제해도 그대로 남습니다"), memory)
    assert after.facts[0].text == "볼륨은 컨테이너를 삭제해도 그대로 남습니다."
    assert [fact.id for fact in after.facts] == [fact.id for fact in before.facts]


def test_moving_to_another_section_keeps_the_id() -> None:
    before, memory = numbered(NOTE)
    moved = (
        NOTE.replace("- 볼륨은 컨테이너를 지워도 남습니다.\n", "") + "- 볼륨은 컨테이너를 지워도 남습니다.\n"
    )
    after, _ = numbered(moved, memory)
    assert ids(after) == ids(before)


def test_a_new_fact_gets_a_new_id_and_leaves_the_others_alone() -> None:
    before, memory = numbered(NOTE)
    after, _ = numbered(
        NOTE.replace("## 백업", "- 빈 볼륨에는 이미지의 파일이 복사됩니다.\n\n## 백업"), memory
    )
    new = set(ids(after).values()) - set(ids(before).values())
    assert len(new) == 1
    assert set(ids(before).values()) < set(ids(after).values())


def test_a_removed_fact_is_retired_and_comes_back_under_its_old_id() -> None:
    before, memory = numbered(NOTE)
    _, memory = numbered(NOTE.replace("- 익명 볼륨은 이름이 없는 볼륨입니다.\n", ""), memory)
    assert [entry.content for entry in memory.retired] == ["익명 볼륨은 이름이 없는 볼륨입니다."]
    back, memory = numbered(NOTE, memory)
    assert ids(back) == ids(before)
    assert memory.retired == ()


def test_a_retired_id_is_never_given_to_another_fact() -> None:
    _, memory = numbered(NOTE)
    _, memory = numbered("# 볼륨\n\n- 전혀 다른 이야기입니다.\n", memory)
    retired = {entry.id for entry in memory.retired}
    later, _ = numbered("# 볼륨\n\n- 또 다른 사실이 하나 적혀 있습니다.\n", memory)
    assert not retired & set(ids(later).values())


def test_two_facts_with_the_same_text_are_two() -> None:
    document, memory = numbered("# A\n\n## 하나\n\n- 같은 글입니다.\n\n## 둘\n\n- 같은 글입니다.\n")
    first, second = (fact.id for fact in document.facts)
    assert first != second
    again, _ = numbered("# A\n\n## 둘\n\n- 같은 글입니다.\n\n## 하나\n\n- 같은 글입니다.\n", memory)
    assert [fact.id for fact in again.facts] == [second, first]


def test_saved_and_loaded_it_is_the_same_and_unchanged_it_is_not_written(tmp_path: Path) -> None:
    _, memory = numbered(NOTE)
    path = tmp_path / "volumes.ledger.json"
    assert ledger.save(memory, path)
    assert ledger.load(path, "volumes") == memory
    assert not ledger.save(memory, path)


def test_an_edit_of_code_alone_keeps_the_id() -> None:
    note = "# A\n\n- 볼륨을 만듭니다.\n\n  ```bash\n  docker volume create a\n  ```\n"
    before, memory = numbered(note)
    after, _ = numbered(note.replace("create a", "create b"), memory)
    assert ids(after) == ids(before)


@pytest.mark.parametrize(
    "text", ["{", "[]", '{"format": 99}', '{"format": 1, "facts": {"a": {}}, "retired": {}}']
)
def test_a_damaged_ledger_is_an_error_and_never_an_empty_one(tmp_path: Path, text: str) -> None:
    path = tmp_path / "volumes.ledger.json"
    path.write_text(text)
    with pytest.raises(LedgerError):
        ledger.load(path, "volumes")
    assert path.read_text() == text

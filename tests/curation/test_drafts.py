from __future__ import annotations

from pathlib import Path

import pytest

from service.curation.drafts import QuestionDraft, add_drafts, draft, load_drafts, review_path
from service.errors import BankError
from service.types import Fact

FACT = Fact("f1", "volumes", ("볼륨",), "볼륨은 컨테이너를 지워도 남습니다.", "bullet", (3, 3))


def test_a_review_file_is_read_as_it_was_written_and_grows_by_what_is_new(tmp_path: Path) -> None:
    path = review_path(tmp_path)
    assert load_drafts(path) == ()
    first = draft(FACT, "볼륨도 날아가?", "llm")
    second = draft(FACT, '"볼륨": 남나요? #1', "feedback")
    assert (add_drafts([first], path), add_drafts([first, second], path)) == (1, 1)
    assert load_drafts(path) == (first, second)
    assert first.id != second.id


def test_a_person_can_read_and_edit_it(tmp_path: Path) -> None:
    path = review_path(tmp_path)
    add_drafts([draft(FACT, "볼륨도 날아가?", "llm")], path)
    text = path.read_text(encoding="utf-8")
    assert path == tmp_path / "review" / "questions.yaml"
    assert "  question: 볼륨도 날아가?\n  from: llm\n" in text
    path.write_text(text.replace("날아가?", "사라지나요?"), encoding="utf-8")
    assert [each.question for each in load_drafts(path)] == ["볼륨도 사라지나요?"]
    path.write_text("# 모두 지움\n", encoding="utf-8")
    assert load_drafts(path) == ()


@pytest.mark.parametrize(
    ("text", "reason"),
    [("- [", "expected"), ("- {id: x}\n", "fact"), ("just text\n", "tuple"), ("- {id: a, from: me}\n", "")],
)
def test_what_is_no_review_file_is_named(tmp_path: Path, text: str, reason: str) -> None:
    path = tmp_path / "questions.yaml"
    path.write_text(text, encoding="utf-8")
    with pytest.raises(BankError) as caught:
        load_drafts(path)
    assert reason in str(caught.value.fields["reason"])
    with pytest.raises(BankError):
        add_drafts([draft(FACT, "볼륨?", "llm")], path)
    assert path.read_text(encoding="utf-8") == text


def test_the_alias_is_the_file_s_word() -> None:
    given = {"id": "a", "fact": "f", "document": "d", "text": "t", "question": "q", "from": "feedback"}
    assert QuestionDraft.model_validate(given).model_dump(by_alias=True) == given

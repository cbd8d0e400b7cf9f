"""Questions that wait for a person: `DATA_DIR/review/questions.yaml`, never the bank itself.

Whoever proposes a question (readers' feedback, a language model) adds it here; `bank accept` moves it on.
A person may edit the file: it is a YAML list, one entry a question.
"""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from pathlib import Path
from typing import Annotated, Literal

import yaml
from pydantic import BaseModel, ConfigDict, Field, TypeAdapter

from service.files import stored_under, write_atomically
from service.notes.bank_file import MAX_QUESTION, NOTHING_IS_EMPTY, read_yaml
from service.types import Fact

HEADER = "# 사람이 보기를 기다리는 질문입니다. 고치거나 지운 뒤 질문 은행에 받아들입니다.\n"


class QuestionDraft(BaseModel):
    """One proposed question; `text` is the fact's, so that a person can judge it."""

    model_config = ConfigDict(extra="forbid", frozen=True, populate_by_name=True)

    id: str
    fact: str
    document: str
    text: str
    question: Annotated[str, Field(min_length=1, max_length=MAX_QUESTION)]
    origin: Annotated[Literal["feedback", "llm"], Field(alias="from")]


_DRAFTS: TypeAdapter[tuple[QuestionDraft, ...]] = TypeAdapter(
    Annotated[tuple[QuestionDraft, ...], NOTHING_IS_EMPTY]
)


def review_path(data: Path) -> Path:
    """Where the proposed questions lie in the data folder."""
    return data / "review" / "questions.yaml"


def draft(fact: Fact, question: str, origin: Literal["feedback", "llm"]) -> QuestionDraft:
    """A proposed question; the same one for the same fact has the same id."""
    digest = hashlib.blake2b(f"{fact.id}\n{question}".encode(), digest_size=5).hexdigest()
    return QuestionDraft(
        id=digest, fact=fact.id, document=fact.document, text=fact.text, question=question, origin=origin
    )


def load_drafts(path: Path) -> tuple[QuestionDraft, ...]:
    """Read a review file; none is an empty one. Raises BankError."""
    try:
        return read_yaml(path, _DRAFTS, str(path))[0]
    except FileNotFoundError:
        return ()


def save_drafts(drafts: Sequence[QuestionDraft], path: Path) -> None:
    """Write a review file in one step."""
    listed = [each.model_dump(by_alias=True) for each in drafts]
    body = yaml.safe_dump(listed, allow_unicode=True, sort_keys=False, width=1000)
    with stored_under(path.parent):
        write_atomically(path, f"{HEADER}{body}".encode())


def add_drafts(drafts: Sequence[QuestionDraft], path: Path) -> int:
    """Add to a review file what it doesn't have yet; gives how many there were. Raises BankError."""
    known = load_drafts(path)
    ids = {each.id for each in known}
    new = [each for each in drafts if each.id not in ids]
    if new:
        save_drafts([*known, *new], path)
    return len(new)

"""Helpful questions -> drafts in the review file -> the bank, once a person has accepted them.

The drafts from feedback are found anew each time from what the store keeps, so that a question whose
asker has deleted it, or that is too old to be kept, waits no longer. Nothing enters the bank by itself.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from pathlib import Path
from typing import Annotated

import yaml
from pydantic import Field, TypeAdapter

from service.asking import compound, follow_up
from service.curation.check import folded, repeats
from service.curation.drafts import QuestionDraft, draft, load_drafts, review_path, save_drafts
from service.files import stored_under, write_atomically
from service.notes.bank_file import NOTHING_IS_EMPTY, BankEntry, load_entries, read_yaml, skeleton
from service.notes.folder import Notes, NotesFolder
from service.store import Asked
from service.types import Document

MOST_HELPFUL = 2000
"""The newest questions marked as helpful that are looked at."""
LONGEST = 120
"""Characters: a key is one question, not the story around it."""

_Id = Annotated[str, Field(coerce_numbers_to_str=True)]  # ten digits, unquoted by hand, are a number to YAML
_IDS: TypeAdapter[set[str]] = TypeAdapter(Annotated[set[_Id], NOTHING_IS_EMPTY])
_GOES_ON = re.compile(r"[?？]\W*\w")


def refresh(data: Path, helpful: Sequence[Asked], notes: Notes) -> list[QuestionDraft]:
    """Bring the review file up to date with what was marked as helpful, and give it. Raises BankError."""
    waiting = load_drafts(review_path(data))
    written = [each for each in waiting if each.origin == "llm"]
    found = _wanted([*written, *_from_feedback(helpful, notes)], notes, rejected(data))
    if found != list(waiting):
        _save(found, data)
    return found


def accept(drafts: Sequence[QuestionDraft], notes: Notes, folder: NotesFolder, data: Path) -> list[Path]:
    """Move drafts from the review file into the banks of their notes; gives the banks. Raises BankError.

    Every bank is read before the first is written: a broken one leaves all as they were.
    """
    documents = {fact.id: document for document in notes.documents for fact in document.facts}
    mine: dict[str, list[QuestionDraft]] = {}
    for each in drafts:
        mine.setdefault(documents[each.fact].id, []).append(each)
    banks = {}
    for added in mine.values():
        document = documents[added[0].fact]
        path = folder.bank(document)
        banks[path] = _with(document, added, path)
    with stored_under(folder.folder):
        for path, text in banks.items():
            write_atomically(path, text.encode())
    if banks:
        folder.commit(notes)
    _remove(drafts, data)
    return list(banks)


def reject(drafts: Sequence[QuestionDraft], data: Path) -> None:
    """Take drafts out of the review file for good; only their ids are remembered. Raises BankError."""
    ids = sorted(rejected(data) | {each.id for each in drafts})
    with stored_under(data):
        write_atomically(_rejected_path(data), yaml.safe_dump(ids).encode())
    _remove(drafts, data)


def rejected(data: Path) -> set[str]:
    """The ids of what a person didn't want: never proposed again. Raises BankError."""
    path = _rejected_path(data)
    try:
        return read_yaml(path, _IDS, str(path))[0]
    except FileNotFoundError:
        return set()


def forget_feedback(data: Path) -> None:
    """Take what people asked out of the review file: the next refresh finds what is still kept."""
    _remove([each for each in load_drafts(review_path(data)) if each.origin == "feedback"], data)


def _rejected_path(data: Path) -> Path:
    return review_path(data).with_name("rejected.yaml")


def _remove(drafts: Sequence[QuestionDraft], data: Path) -> None:
    if drafts:
        gone = {each.id for each in drafts}
        _save([each for each in load_drafts(review_path(data)) if each.id not in gone], data)


def _save(drafts: Sequence[QuestionDraft], data: Path) -> None:
    if drafts:
        save_drafts(drafts, review_path(data))
    else:
        review_path(data).unlink(missing_ok=True)


def _from_feedback(helpful: Iterable[Asked], notes: Notes) -> list[QuestionDraft]:
    """Each helpful question as a draft for the fact that answered it first."""
    facts = {fact.id: fact for document in notes.documents for fact in document.facts}
    asked = (each for each in helpful if each.facts and each.facts[0] in facts and _is_key(each.meant))
    return [draft(facts[each.facts[0]], " ".join(each.meant.split()), "feedback") for each in asked]


def _is_key(meant: str) -> bool:
    """Whether a question can be a key: short, about one thing, and understood without the turn before."""
    single = compound.asked(meant) is None and not _GOES_ON.search(meant)
    return len(meant.strip()) <= LONGEST and single and not follow_up.points_back(meant)


def _wanted(drafts: Iterable[QuestionDraft], notes: Notes, refused: set[str]) -> list[QuestionDraft]:
    """Those of facts that exist, not rejected, no key of any fact, and new to their own."""
    keys = {folded(question) for entry in notes.bank.entries.values() for question in entry.questions}
    facts = (fact.id for document in notes.documents for fact in document.facts)
    known = {fact: list(notes.bank.questions(fact)) for fact in facts}
    found = []
    for each in drafts:
        if each.fact not in known or each.id in refused or folded(each.question) in keys:
            continue
        if not repeats(each.question, known[each.fact]):
            keys.add(folded(each.question))
            known[each.fact].append(each.question)
            found.append(each)
    return found


def _with(document: Document, added: Sequence[QuestionDraft], bank: Path) -> str:
    """The bank file of a document with more questions; what else stands in it stays."""
    entries = {entry.id: entry for entry in load_entries(bank, document.id)}
    texts = {fact.id: fact.text for fact in document.facts}
    for each in added:
        entry = entries.get(each.fact) or BankEntry(id=each.fact, text=texts[each.fact])
        entries[each.fact] = entry.model_copy(update={"questions": (*entry.questions, each.question)})
    return skeleton(document, entries.values())

"""Looking after the question bank: skeletons for new notes, and a check that says where it is thin."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from pathlib import Path

from service.asking.retrieve import retrieve
from service.asking.tutor import Tutor
from service.files import write_atomically
from service.korean.text.similarity import dice, grams
from service.notes.bank_file import load_entries, skeleton
from service.notes.folder import Notes
from service.types import Document, Fact, Question

FEW = 4
"""A fact should be asked for in at least this many ways: by its own questions and the needs it answers."""
NEAR_DUPLICATE = 0.85
"""Dice similarity of character bigrams above which two questions of one fact are one question."""

REGISTERS = {
    "formal": re.compile(r"(나요|습니까|까요|은가요|인가요|ㄴ가요|세요|주세요|요)[?.!~ㅠㅜㅋ]*$"),
    "plain": re.compile(r"(야|어|아|봐|와|해|지|냐|나|돼|까|니|줘|음|됨|함|임|데|걸|래)[?.!~ㅠㅜㅋ]*$"),
    "keywords": re.compile(r"^(?!.*(요|까|야|어|아|봐|와|해|지|냐|나|돼|니|줘)[?.!~ㅠㅜㅋ]*$).+$"),
    "confirm": re.compile(r"맞(나|아|죠|지|는)|아닌가|인 ?거지|는 ?거죠|는 ?거지|거 ?맞"),
    "latin": re.compile(r"[A-Za-z]{3}"),
}
"""How to tell the registers of people's questions apart; a question may belong to several."""


@dataclass(frozen=True, slots=True)
class Confusion:
    """A key whose own fact doesn't come first when it is asked."""

    question: Question
    first: Fact
    rank: int


@dataclass(slots=True)
class Check:
    """What is wrong with a bank, and where it is thin."""

    facts: int = 0
    questions: int = 0
    orphans: list[str] = field(default_factory=list)
    changed: list[str] = field(default_factory=list)
    broken: list[str] = field(default_factory=list)
    shared: list[tuple[str, list[str]]] = field(default_factory=list)
    thin: list[tuple[str, int]] = field(default_factory=list)
    near_duplicates: list[tuple[str, str, str]] = field(default_factory=list)
    confusions: list[Confusion] = field(default_factory=list)
    without_card: int = 0
    registers: dict[str, int] = field(default_factory=dict)

    @property
    def errors(self) -> int:
        """Findings that must be mended; the others are advice."""
        return len(self.orphans) + len(self.changed) + len(self.broken) + len(self.shared)


def new(document: Document, path: Path) -> Path:
    """Write the bank of `document` at `path`: a skeleton, with the questions it has. Raises BankError."""
    write_atomically(path, skeleton(document, load_entries(path, document.id)).encode())
    return path


def check(notes: Notes, tutor: Tutor | None) -> Check:
    """Look the bank of `notes` over; confusions need a loaded `tutor` and are left out without one."""
    facts = [fact for document in notes.documents for fact in document.facts]
    known = {fact.id: fact for fact in facts}
    entries = notes.bank.entries
    found = Check(facts=len(facts), questions=sum(len(entry.questions) for entry in entries.values()))
    found.orphans = [f"{entry.id}: {entry.text}" for entry in entries.values() if entry.id not in known]
    found.changed = [
        f"{entry.id}: {entry.text}"
        for entry in entries.values()
        if entry.id in known and known[entry.id].text != entry.text
    ]
    found.broken = [str(error) for error in notes.broken]
    found.shared = _shared(notes)
    wished = Counter(fact for need in notes.needs for fact in need.answer for _ in need.questions)
    asked = {fact.id: len(notes.bank.questions(fact.id)) + wished[fact.id] for fact in facts}
    found.thin = [(fact, count) for fact, count in asked.items() if count < FEW]
    for entry in entries.values():
        found.near_duplicates += [(entry.id, *pair) for pair in near_duplicates(entry.questions)]
    said = (name for entry in entries.values() for each in entry.questions for name in registers(each))
    found.registers = dict(Counter(said).most_common())
    found.without_card = sum(1 for fact in facts if fact.id not in entries or not entries[fact.id].cards)
    if tutor is not None:
        found.confusions = confusions(tutor)
    return found


def registers(question: str) -> list[str]:
    """The registers that a question belongs to."""
    return [name for name, pattern in REGISTERS.items() if pattern.search(question)]


def _shared(notes: Notes) -> list[tuple[str, list[str]]]:
    owners: dict[str, list[str]] = {}
    for entry in notes.bank.entries.values():
        for question in entry.questions:
            owners.setdefault(folded(question), []).append(entry.id)
    return [(question, ids) for question, ids in owners.items() if len(ids) > 1]


def near_duplicates(questions: Sequence[str]) -> list[tuple[str, str]]:
    """Pairs of questions that differ by little more than a particle."""
    found = [_bigrams(question) for question in questions]
    return [
        (questions[left], questions[right])
        for right in range(len(questions))
        for left in range(right)
        if _near(found[left], found[right])
    ]


def repeats(question: str, known: Iterable[str]) -> bool:
    """Whether a question differs from one of the `known` by little more than a particle."""
    asked = _bigrams(question)
    return any(_near(asked, _bigrams(each)) for each in known)


def folded(question: str) -> str:
    """The letters of a question alone: what is equal then is one question."""
    return re.sub(r"\W", "", question).lower()


def _near(one: Counter[str], other: Counter[str]) -> bool:
    return dice(one, other) >= NEAR_DUPLICATE


def _bigrams(text: str) -> Counter[str]:
    return grams(folded(text), 2)


def confusions(tutor: Tutor) -> list[Confusion]:
    """Ask every key of the bank, and list those that another fact answers first.

    A key that loses although it is in the index itself is one that fits another fact better.
    """
    found = []
    for question in tutor.index.questions:
        hits = retrieve(question.text, tutor.index, tutor.encoder, 10).hits
        rank = next(
            (place for place, hit in enumerate(hits, 1) if hit.fact.id == question.fact), len(hits) + 1
        )
        if rank > 1:
            found.append(Confusion(question, hits[0].fact, rank))
    return found

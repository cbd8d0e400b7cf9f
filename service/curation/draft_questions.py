"""Keys for facts that nobody wrote questions for: those derived, and drafts by a language model.

A draft is only proposed (`drafts`) once it is Korean, says something new and its own fact is what the
search finds first for it; what isn't is kept with the reason.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

from service import korean
from service.asking.retrieve import retrieve
from service.asking.tutor import Tutor
from service.curation.check import repeats
from service.curation.drafts import QuestionDraft, add_drafts, draft, load_drafts
from service.llm import prompts
from service.notes.bank_file import MAX_QUESTION, derive
from service.notes.folder import Notes
from service.types import Fact

Say = Callable[[str, str], str]
"""A language model: what it is told, what it is asked -> what it says. Raises GenerationFailed."""

_MARK = re.compile(r"^\s*(?:[-*•]|\d{1,2}[.)])\s+")
_HANGUL = re.compile("[가-힣]")


@dataclass(frozen=True, slots=True)
class Dropped:
    """A question that a model wrote and nobody need see: `not-korean`, `too-long`, `near` or `other-fact`."""

    question: str
    reason: str


@dataclass(frozen=True, slots=True)
class Suggestion:
    """A fact without questions, the keys it is found by meanwhile, and what a model proposed."""

    fact: Fact
    keys: tuple[str, ...]
    drafts: tuple[QuestionDraft, ...] = ()
    dropped: tuple[Dropped, ...] = ()


def without_questions(notes: Notes, document: str | None = None) -> list[Fact]:
    """The facts that nobody wrote questions for, in all notes or in one."""
    return [
        fact
        for each in notes.documents
        if document in (None, each.id)
        for fact in each.facts
        if not notes.bank.questions(fact.id)
    ]


def drafting(facts: Sequence[Fact], say: Say, tutor: Tutor, path: Path) -> Iterator[Suggestion]:
    """Propose questions fact by fact, each kept in the review file at `path` before the next is begun.

    Facts that have a model's drafts there, or aren't in the tutor's index, are passed over: what was broken
    off goes on from there. Raises GenerationFailed, BankError.
    """
    waiting: dict[str, list[str]] = {}
    done: set[str] = set()
    for each in load_drafts(path):
        waiting.setdefault(each.fact, []).append(each.question)
        done |= {each.fact} if each.origin == "llm" else set()
    for fact in facts:
        if fact.id not in done and fact.id in tutor.index.numbers:
            made = propose(fact, say, tutor, waiting.get(fact.id, ()))
            add_drafts(made.drafts, path)
            yield made


def propose(fact: Fact, say: Say, tutor: Tutor, waiting: Sequence[str] = ()) -> Suggestion:
    """Let a model draft questions for a fact of the tutor's index; some may be `waiting` already.

    Raises GenerationFailed.
    """
    drafts: list[QuestionDraft] = []
    dropped: list[Dropped] = []
    said = say(prompts.DRAFTS, prompts.fact(fact))
    for question in _questions(said):
        known = [*waiting, *derive(fact), *(each.question for each in drafts)]
        reason = _wrong(question, fact, known, tutor)
        if reason is None:
            drafts.append(draft(fact, question, "llm"))
        else:
            dropped.append(Dropped(question, reason))
    return Suggestion(fact, derive(fact), tuple(drafts), tuple(dropped))


def _questions(said: str) -> list[str]:
    """The lines of a reply without numbers, marks and quotation marks; each once."""
    lines = (
        _MARK.sub("", korean.normalise(line)).strip().strip("\"'“”‘’").strip() for line in said.split("\n")
    )
    return list(dict.fromkeys(line for line in lines if re.search(r"\w", line) and line != prompts.NONE))


def _wrong(question: str, fact: Fact, known: Sequence[str], tutor: Tutor) -> str | None:
    if len(question) > MAX_QUESTION:
        return "too-long"
    if not _HANGUL.search(question) or korean.has_other_script(question):
        return "not-korean"
    if repeats(question, known):
        return "near"
    hits = retrieve(question, tutor.index, tutor.encoder, 1).hits
    return None if hits and hits[0].fact.id == fact.id else "other-fact"

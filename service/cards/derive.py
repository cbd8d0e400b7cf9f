"""Notes -> candidate cards: the bank's curated ones, and cards by rule for facts that have none."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from dataclasses import replace

from service import korean, messages
from service.cards import rules
from service.cards.cloze import shown
from service.cards.kinds import answered
from service.cards.render import plain
from service.notes.bank_file import BankEntry, CuratedCard
from service.notes.folder import Notes
from service.types import Card, Document, Fact

CONTEXT_HEADINGS = 2
MAX_EXTRA = 1200


def candidates(notes: Notes) -> tuple[Card, ...]:
    """Every card that the notes suggest, in reading order; ids are those of facts and rules."""
    known = frozenset(entry.id for ledger in notes.ledgers.values() for entry in ledger.cards)
    found: dict[str, Card] = {}
    for document in notes.documents:
        if document.id in notes.unread_banks:
            continue
        for card in _of_document(document, notes, known):
            found.setdefault(card.id, card)
    return tuple(found.values())


def _of_document(document: Document, notes: Notes, known: frozenset[str]) -> Iterator[Card]:
    entries = notes.bank.entries
    by_rule: dict[str, list[rules.CardDraft]] = {}
    for section in document.sections:
        # A fact that somebody wrote questions for but no card is one they found no card in.
        open_facts = [fact for fact in section.facts if fact.id not in entries]
        for draft in rules.drafts(open_facts, known):
            by_rule.setdefault(draft.fact.id, []).append(draft)
    for fact in document.facts:
        yield from (_curated(card, fact, document) for card in _cards_of(entries.get(fact.id)))
        yield from (_derived(draft, document) for draft in by_rule.get(fact.id, ()))


def _cards_of(entry: BankEntry | None) -> tuple[CuratedCard, ...]:
    return entry.cards if entry else ()


def _curated(card: CuratedCard, fact: Fact, document: Document) -> Card:
    made = Card(
        id=f"{fact.id}-{card.id}",
        kind=card.kind,
        document=document.id,
        title=document.title,
        heading_path=fact.heading_path,
        lines=fact.lines,
        fact=fact.id,
        tags=tags(document.tags),
        front=card.front or "",
        back=card.back or "",
        cloze=card.cloze or "",
        reverse=card.reverse,
        images=fact.images,
        curated=True,
    )
    return replace(made, extra=_extra(made, fact))


def _derived(draft: rules.CardDraft, document: Document) -> Card:
    fact = draft.fact
    made = Card(
        id=f"{fact.id}-{draft.rule}",
        kind=draft.kind,
        document=document.id,
        title=document.title,
        heading_path=fact.heading_path,
        lines=fact.lines,
        fact=fact.id,
        tags=tags(document.tags),
        front=draft.front,
        back=draft.back,
        cloze=draft.cloze,
        reverse=draft.reverse,
        images=fact.images,
    )
    return replace(made, context=_context(made), extra=_extra(made, fact))


def tags(given: Iterable[str]) -> tuple[str, ...]:
    """Anki tags under one root, without what Anki splits or drops."""
    cleaned = (
        "::".join(filter(None, re.split(r":{2,}", re.sub(r"[\s\"]+", "-", tag).strip(":-")))) for tag in given
    )
    return tuple(dict.fromkeys(f"{messages.DECK_ROOT}::{tag}" for tag in cleaned if tag))


def _extra(card: Card, fact: Fact) -> str:
    """The fact's own words and code, where the card doesn't say them already."""
    said = _letters(" ".join([shown(card.cloze), card.front, card.back]))
    parts = [] if _letters(fact.text) in said else [fact.text]
    for code in fact.code:
        if _letters(code.text) not in said and "```" not in code.text:
            language = re.sub(r"[^\w+.#-]", "", code.language)
            parts.append(f"```{language}\n{code.text}\n```")
    extra = "\n".join(parts)
    return extra if len(extra) <= MAX_EXTRA else parts[0][:MAX_EXTRA] if fact.text in parts[:1] else ""


def _letters(text: str) -> str:
    return re.sub(r"[\W_]", "", plain(text)).lower()


def _context(card: Card) -> tuple[str, ...]:
    """The headings to show above a question: the nearest, without one that gives the answer away."""
    answer = {word for word in korean.tokens(answered(card)) if len(word) > 1}
    asked = _letters(card.front + shown(card.cloze))
    return tuple(
        heading
        for heading in (card.heading_path[1:] or card.heading_path)[-CONTEXT_HEADINGS:]
        if _letters(heading) not in asked and answer.isdisjoint(korean.tokens(heading))
    )

"""Stable fact ids: a changed note is matched to its old facts, so that an edit keeps their history.

A ledger is the memory of one document: the facts it had and the ids they got. It is as precious
as the note: losing it loses the link to the cards in people's Anki collections. An id is minted
from the fact's first content and never given to another fact again.
"""

from __future__ import annotations

import hashlib
import json
from collections import Counter
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any

from service.errors import LedgerError
from service.files import write_atomically
from service.korean.text.similarity import dice, grams
from service.types import Document, Fact

FORMAT = 1
SUFFIX = ".ledger.json"
SIMILAR_IN_SECTION = 0.5
SIMILAR_IN_DOCUMENT = 0.6
"""Dice similarity of character trigrams above which a fact counts as the old one, reworded.
A fact that also left its section must resemble its old self more."""
_ALPHABET = "0123456789abcdefghjkmnpqrstvwxyz"  # Crockford's base 32: no i, l, o, u to misread


@dataclass(frozen=True, slots=True)
class LedgerEntry:
    """A fact as the ledger remembers it: its id, its place and its content."""

    id: str
    heading_path: tuple[str, ...]
    content: str


@dataclass(frozen=True, slots=True)
class CardEntry:
    """A card as the ledger remembers it; `id` is that of its Anki note, without our prefix.

    `changed_at` (seconds) is when `hash` last changed, `ordinals` the cloze numbers ever given and
    what they hide, `front` what a person recognises it by once it is `retired`.
    """

    id: str
    hash: str
    changed_at: int
    note_id: int
    front: str
    ordinals: tuple[tuple[int, str], ...] = ()
    retired: bool = False


@dataclass(frozen=True, slots=True)
class Ledger:
    """The facts and cards a document has and had; retired ids are kept so that none is used twice."""

    document: str
    facts: tuple[LedgerEntry, ...] = ()
    retired: tuple[LedgerEntry, ...] = ()
    cards: tuple[CardEntry, ...] = ()


def content(fact: Fact) -> str:
    """What makes a fact itself: its text and its code, not its place."""
    return "\n".join([fact.text, *(code.text for code in fact.code)])


def assign(document: Document, ledger: Ledger) -> tuple[Document, Ledger]:
    """Give every fact of `document` its id and return the ledger that remembers it."""
    matching = _Matching(document.facts, ledger)
    ids = matching.ids()
    numbered = iter(ids)
    sections = tuple(
        replace(section, facts=tuple(replace(fact, id=next(numbered)) for fact in section.facts))
        for section in document.sections
    )
    document = replace(document, sections=sections)
    current = tuple(LedgerEntry(fact.id, fact.heading_path, content(fact)) for fact in document.facts)
    kept = set(ids)
    gone = tuple(entry for entry in (*ledger.retired, *ledger.facts) if entry.id not in kept)
    return document, Ledger(document.id, current, gone, ledger.cards)


@dataclass(slots=True)
class _Matching:
    """One pass over a document: exact content first, then the most similar, then new ids."""

    facts: Sequence[Fact]
    ledger: Ledger
    found: dict[int, str] = field(default_factory=dict)

    def ids(self) -> list[str]:
        live = list(self.ledger.facts)
        self._exact(live, lambda fact, entry: fact.heading_path == entry.heading_path)
        self._exact(live, lambda fact, entry: True)
        self._similar(live, SIMILAR_IN_SECTION, same_section=True)
        self._similar(live, SIMILAR_IN_DOCUMENT, same_section=False)
        self._exact(list(self.ledger.retired), lambda fact, entry: True)
        taken = {entry.id for entry in (*self.ledger.facts, *self.ledger.retired)}
        for number, fact in enumerate(self.facts):
            if number not in self.found:
                self.found[number] = _mint(fact, taken)
                taken.add(self.found[number])
        return [self.found[number] for number in range(len(self.facts))]

    def _open(self) -> list[tuple[int, Fact]]:
        return [(number, fact) for number, fact in enumerate(self.facts) if number not in self.found]

    def _exact(self, entries: list[LedgerEntry], fits: Callable[[Fact, LedgerEntry], bool]) -> None:
        by_content: dict[str, list[LedgerEntry]] = {}
        taken = set(self.found.values())
        for entry in entries:
            if entry.id not in taken:
                by_content.setdefault(entry.content, []).append(entry)
        for number, fact in self._open():
            same = by_content.get(content(fact), [])
            match = next((entry for entry in same if fits(fact, entry)), None)
            if match is not None:
                same.remove(match)
                self.found[number] = match.id

    def _similar(self, entries: Iterable[LedgerEntry], threshold: float, *, same_section: bool) -> None:
        taken = set(self.found.values())
        open_facts = [(number, fact, _trigrams(content(fact))) for number, fact in self._open()]
        left = [(entry, _trigrams(entry.content)) for entry in entries if entry.id not in taken]
        pairs = [
            (similarity, -number, entry.id)
            for number, fact, new in open_facts
            for entry, old in left
            if (not same_section or entry.heading_path == fact.heading_path)
            and (similarity := dice(new, old)) >= threshold
        ]
        for _, negative, fact_id in sorted(pairs, reverse=True):
            if -negative not in self.found and fact_id not in taken:
                self.found[-negative] = fact_id
                taken.add(fact_id)


def _trigrams(text: str) -> Counter[str]:
    return grams("".join(text.split()), 3)


def _mint(fact: Fact, taken: set[str]) -> str:
    """An id from the fact's first content: the same note built twice gets the same ids."""
    seed = "\n".join([fact.document, *fact.heading_path, *fact.parents, content(fact)])
    attempt = 0
    while True:
        digest = hashlib.blake2b(f"{attempt}\n{seed}".encode(), digest_size=8).digest()
        number = int.from_bytes(digest)
        minted = "".join(_ALPHABET[number >> shift & 31] for shift in range(0, 50, 5))
        if minted not in taken:
            return minted
        attempt += 1


def load(path: Path, document: str) -> Ledger:
    """Read the ledger at `path`; a document that has none yet gets an empty one. Raises LedgerError."""
    try:
        data = json.loads(path.read_text(encoding="utf-8"))
    except FileNotFoundError:
        return Ledger(document)
    except (OSError, ValueError) as error:
        raise LedgerError(path=str(path), reason=str(error)) from error
    try:
        if data["format"] != FORMAT:
            raise LedgerError(path=str(path), reason=f"format {data['format']}")
        cards = tuple(_card(card_id, card) for card_id, card in data.get("cards", {}).items())
        return Ledger(document, _entries(data["facts"]), _entries(data["retired"]), cards)
    except (KeyError, TypeError, AttributeError, ValueError) as error:
        raise LedgerError(path=str(path), reason=f"missing {error}") from error


def _entries(listed: dict[str, dict[str, object]]) -> tuple[LedgerEntry, ...]:
    return tuple(
        LedgerEntry(
            fact_id, tuple(str(heading) for heading in _list(entry["section"])), str(entry["content"])
        )
        for fact_id, entry in listed.items()
    )


def _card(card_id: str, card: dict[str, Any]) -> CardEntry:
    return CardEntry(
        id=card_id,
        hash=str(card["hash"]),
        changed_at=int(card["changed_at"]),
        note_id=int(card["note_id"]),
        front=str(card["front"]),
        ordinals=tuple((int(number), str(text)) for number, text in card.get("ordinals", {}).items()),
        retired=bool(card.get("retired", False)),
    )


def _plain_card(card: CardEntry) -> dict[str, object]:
    plain: dict[str, object] = {
        "hash": card.hash,
        "changed_at": card.changed_at,
        "note_id": card.note_id,
        "front": card.front,
    }
    if card.ordinals:
        plain["ordinals"] = {str(number): text for number, text in card.ordinals}
    if card.retired:
        plain["retired"] = True
    return plain


def _list(value: object) -> list[object]:
    if not isinstance(value, list):
        raise TypeError("section")
    return value


def save(ledger: Ledger, path: Path) -> bool:
    """Write the ledger atomically; nothing is written when nothing changed. Returns whether it was."""
    text = json.dumps(
        {
            "format": FORMAT,
            "document": ledger.document,
            "facts": {
                entry.id: {"section": entry.heading_path, "content": entry.content} for entry in ledger.facts
            },
            "retired": {
                entry.id: {"section": entry.heading_path, "content": entry.content}
                for entry in ledger.retired
            },
            "cards": {card.id: _plain_card(card) for card in ledger.cards},
        },
        ensure_ascii=False,
        indent=1,
    )
    if path.exists() and path.read_text(encoding="utf-8") == text + "\n":
        return False
    write_atomically(path, (text + "\n").encode())
    return True

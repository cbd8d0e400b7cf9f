"""What a card is to Anki, whatever its wording: guid, note id, content hash, when it last changed.

Anki takes a note over when its guid is known and its time is newer, and then replaces fields and tags.
So an unchanged card must keep its time, a changed one must get a later one, and what moves by itself
(links, lines, headings, tags, deck) is no change: it travels with the next real one.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace

from service.cards import cloze, kinds
from service.notes.ledger import CardEntry, Ledger
from service.types import Card

RENDERING = 1
"""Raise it when a mended renderer must reach cards that people already have: every card then changes."""
NAMESPACE = "dkt-"
_FIRST_NOTE_ID = 1_577_836_800_000  # 2020-01-01, as Anki's note ids are milliseconds
_NOTE_IDS = 3_000_000_000
_STEP = 64
"""Note ids are this far apart: the ids of a note's cards lie between."""


def key(card: Card) -> str:
    """The card's id in ledgers; with the note type in it, for Anki can't turn one into another."""
    return f"{card.id}.{kinds.KINDS[card.kind].note_type}"


def guid(key: str) -> str:
    """The Anki guid of a card by its key."""
    return NAMESPACE + key


def content_hash(card: Card) -> str:
    """A hash over what is asked and answered, and over nothing else."""
    content = [RENDERING, card.kind, card.front, card.back, card.cloze, card.reverse, card.extra, card.images]
    text = json.dumps(content, ensure_ascii=False)
    return hashlib.blake2b(text.encode("utf-8", "replace"), digest_size=10).hexdigest()


def mint_note_id(key: str, taken: set[int]) -> int:
    """A note id made from the key: the same on every machine, and free."""
    number = int.from_bytes(hashlib.blake2b(key.encode(), digest_size=8).digest()) % _NOTE_IDS
    while _FIRST_NOTE_ID + number * _STEP in taken:
        number = (number + 1) % _NOTE_IDS
    return _FIRST_NOTE_ID + number * _STEP


@dataclass(frozen=True, slots=True)
class Stamped:
    """Cards with their identity, and the ledgers that remember it."""

    cards: tuple[Card, ...]
    ledgers: dict[str, Ledger]


def stamp(
    cards: Iterable[Card], ledgers: Mapping[str, Ledger], now: int, untouched: frozenset[str] = frozenset()
) -> Stamped:
    """Give cards their identity from `ledgers`; cards that are gone are marked as retired there.

    The ledgers of `untouched` documents stay as they are: their cards couldn't be made this time.
    """
    stamping = _Stamping(ledgers, now)
    stamped = tuple(stamping.stamp(card) for card in cards)
    grown = {
        document: replace(ledger, cards=stamping.entries(document))
        for document, ledger in ledgers.items()
        if document not in untouched
    }
    return Stamped(stamped, grown)


@dataclass(slots=True)
class _Stamping:
    ledgers: Mapping[str, Ledger]
    now: int
    current: dict[str, dict[str, CardEntry]] = field(default_factory=dict)
    known: dict[str, dict[str, CardEntry]] = field(init=False)
    taken: set[int] = field(init=False)

    def __post_init__(self) -> None:
        self.known = {
            document: {entry.id: entry for entry in ledger.cards} for document, ledger in self.ledgers.items()
        }
        self.taken = {entry.note_id for ledger in self.ledgers.values() for entry in ledger.cards}

    def stamp(self, card: Card) -> Card:
        card_key = key(card)
        old = self.known.get(card.document, {}).get(card_key)
        ordinals: cloze.Ordinals = ()
        if card.cloze:
            text, ordinals = cloze.renumber(card.cloze, old.ordinals if old else ())
            card = replace(card, cloze=text)
        hashed = content_hash(card)
        if old is None:
            note_id, changed_at = mint_note_id(card_key, self.taken), self.now
            self.taken.add(note_id)
        else:
            note_id = old.note_id
            changed_at = old.changed_at if old.hash == hashed else max(self.now, old.changed_at + 1)
        entry = CardEntry(card_key, hashed, changed_at, note_id, card.front or card.cloze, ordinals)
        self.current.setdefault(card.document, {})[card_key] = entry
        return replace(card, guid=guid(card_key), hash=hashed, changed_at=changed_at, note_id=note_id)

    def entries(self, document: str) -> tuple[CardEntry, ...]:
        current = self.current.get(document, {})
        gone = [entry for entry in self.known[document].values() if entry.id not in current]
        return (*current.values(), *(replace(entry, retired=True) for entry in gone))

"""The shelf: every card of one generation of the notes, those kept aside, and those that are gone.

Made by a build, kept with the index, read by the server, which only selects and exports.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path

from pydantic import TypeAdapter

from service.cards import kinds
from service.cards.derive import candidates
from service.cards.gate import Rejected, judge
from service.cards.identity import guid, stamp
from service.cards.media import collect
from service.errors import IndexDamaged
from service.notes.folder import Notes
from service.notes.ledger import Ledger
from service.types import Card, CardKind, Encoder

FILE = "cards.json"
MEDIA = "media"


@dataclass(frozen=True, slots=True)
class Retired:
    """A card that the notes no longer give: never deleted in Anki, only listed."""

    guid: str
    document: str
    front: str
    note_type: str


@dataclass(frozen=True, slots=True)
class Shelf:
    """The cards in reading order, the candidates kept aside, the retired ones; `folder` holds the media."""

    cards: tuple[Card, ...] = ()
    rejected: tuple[Rejected, ...] = ()
    retired: tuple[Retired, ...] = ()
    folder: Path = field(default=Path(), compare=False)

    def media(self, cards: Iterable[Card]) -> dict[str, bytes]:
        """The media files of `cards` by name. Raises IndexDamaged when they are gone."""
        names = sorted({name for card in cards for name in card.images})
        try:
            return {name: (self.folder / MEDIA / name).read_bytes() for name in names}
        except OSError as error:
            raise IndexDamaged(path=str(self.folder), reason=MEDIA) from error


@dataclass(frozen=True, slots=True)
class Made:
    """What a build made: the shelf, the files of its generation, and the ledgers that have grown."""

    shelf: Shelf
    files: dict[str, bytes]
    ledgers: dict[str, Ledger]


_SHELF = TypeAdapter(Shelf)


def make(notes: Notes, folder: Path, encoder: Encoder, now: int) -> Made:
    """Make the cards of `notes`, whose files lie in `folder`; what has changed, changed `now` (seconds)."""
    pictured, media = collect(candidates(notes), notes.documents, folder)
    verdict = judge(pictured, encoder)
    stamped = stamp(verdict.cards, notes.ledgers, now, notes.unread_banks)
    retired = tuple(
        Retired(guid(entry.id), document, entry.front, entry.id.rpartition(".")[2])
        for document, ledger in stamped.ledgers.items()
        for entry in ledger.cards
        if entry.retired
    )
    used = {name for card in stamped.cards for name in card.images}
    shelf = Shelf(stamped.cards, verdict.rejected, retired)
    files = {FILE: _SHELF.dump_json(shelf, exclude={"folder"})}
    files |= {f"{MEDIA}/{name}": data for name, data in media.items() if name in used}
    return Made(shelf, files, stamped.ledgers)


def load(folder: Path) -> Shelf:
    """The shelf of the generation in `folder`. Raises IndexDamaged."""
    try:
        shelf = _SHELF.validate_json((folder / FILE).read_bytes())
    except (OSError, ValueError) as error:
        raise IndexDamaged(path=str(folder), reason=FILE) from error
    return Shelf(shelf.cards, shelf.rejected, shelf.retired, folder)


@dataclass(frozen=True, slots=True)
class Filter:
    """Which cards are wanted; None or empty wants all."""

    document: str | None = None
    tag: str | None = None
    kind: CardKind | None = None
    q: str = ""

    def __call__(self, card: Card) -> bool:
        """Whether `card` is wanted."""
        return (
            self.document in (None, card.document)
            and self.kind in (None, card.kind)
            and (self.tag is None or any(_under(tag, self.tag) for tag in card.tags))
            and all(word in _searched(card) for word in self.q.lower().split())
        )


def _under(tag: str, wanted: str) -> bool:
    """Whether `tag` is the wanted one or below it; the root may be left out (저장소 for 도커::저장소)."""
    forms = (tag, tag.partition("::")[2])
    return any(form == wanted or form.startswith(f"{wanted}::") for form in forms)


def _searched(card: Card) -> str:
    return " ".join(
        [kinds.asked(card), kinds.answered(card), card.cloze, card.title, *card.heading_path]
    ).lower()


def select(cards: Sequence[Card], wanted: Callable[[Card], bool]) -> tuple[Card, ...]:
    """The wanted cards, in order."""
    return tuple(card for card in cards if wanted(card))


Contents = Mapping[str, tuple[str, str]]
"""What a deck held: content hash and front by guid."""


def contents(cards: Iterable[Card]) -> dict[str, tuple[str, str]]:
    """What a deck of `cards` holds."""
    return {card.guid: (card.hash, kinds.asked(card)) for card in cards}


@dataclass(frozen=True, slots=True)
class Changes:
    """What differs between a deck as it was and as it is: guid and front of each card."""

    new: tuple[tuple[str, str], ...]
    changed: tuple[tuple[str, str], ...]
    retired: tuple[tuple[str, str], ...]


def compare(before: Contents, after: Contents) -> Changes:
    """New, changed and retired cards between two states of a deck."""
    return Changes(
        new=tuple((guid, front) for guid, (_, front) in after.items() if guid not in before),
        changed=tuple(
            (guid, front)
            for guid, (content, front) in after.items()
            if guid in before and before[guid][0] != content
        ),
        retired=tuple((guid, front) for guid, (_, front) in before.items() if guid not in after),
    )

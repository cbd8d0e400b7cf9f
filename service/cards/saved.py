"""Cards that a person saves for themselves: the same card, the same checks, another namespace."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime

from service.cards.identity import NAMESPACE, content_hash, mint_note_id
from service.types import Card


def saved_card(card_id: str, front: str, back: str, tags: Sequence[str], changed_at: datetime) -> Card:
    """A saved card as a card; its identity comes from the id it was saved under."""
    card = Card(
        id=card_id,
        kind="question",
        document="",
        title="",
        heading_path=(),
        lines=(0, 0),
        fact="",
        tags=tuple(tags),
        front=front,
        back=back,
        guid=f"{NAMESPACE}saved-{card_id}",
        changed_at=int(changed_at.timestamp()),
        note_id=mint_note_id(card_id, set()),
    )
    return replace(card, hash=content_hash(card))

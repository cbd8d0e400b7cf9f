"""The card of an encoder's folder, `encoder.json`: which files belong to it, and how to use them."""

from __future__ import annotations

import hashlib
import json
from pathlib import Path
from typing import Any

from service.errors import EncoderDamaged, EncoderMissing
from service.files import checksum

FORMAT = 1
CARD, MODEL, TOKENIZER = "encoder.json", "model.onnx", "tokenizer.json"

Card = dict[str, Any]


def card_id(card: Card) -> str:
    """The id that a card must have: the model's name and a hash of all that decides its vectors."""
    decisive = [card[name] for name in ("format", "dimension", "prompts", "max_tokens", "files")]
    digest = hashlib.blake2b(json.dumps(decisive, sort_keys=True).encode(), digest_size=6)
    return f"{card['model']}-{digest.hexdigest()}"


def read_card(folder: Path) -> Card:
    """The card, if it is one of ours and agrees with its own id. Raises EncoderMissing, EncoderDamaged."""
    path = folder / CARD
    if not path.is_file():
        raise EncoderMissing(path=str(folder))
    try:
        card: Card = json.loads(path.read_bytes())
        if card["format"] != FORMAT:
            raise ValueError(f"format {card['format']!r}, not {FORMAT}")
        if card["id"] != card_id(card):
            raise ValueError("it was changed after it was written")
        card["probe"] = float(card["probe"])
    except (ValueError, KeyError, TypeError) as error:
        raise EncoderDamaged(path=str(path), reason=str(error)) from error
    return card


def check_files(folder: Path, card: Card) -> None:
    """Compare every file with the card; always in full, for it costs milliseconds (40 MB: 50 ms)."""
    for name, expected in card["files"].items():
        path = folder / name
        if not path.is_file():
            raise EncoderDamaged(path=str(path), reason="the file is missing")
        if checksum(path) != expected:
            raise EncoderDamaged(path=str(path), reason="its checksum isn't the card's")

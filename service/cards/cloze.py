"""Cloze texts: `{{c1::볼륨}}은 ...` as pieces, and ordinals that are never given to another text.

A deletion ends at the braces that balance its own, so `{{c1::{{.State.Status}}}}` hides a Go template
whole, and all of `fe80::1` is hidden: our texts have no hints. Anki ties a card's history to its
ordinal, so a deletion keeps its ordinal while it hides the same thing, and a new one gets a new one.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from itertools import count

from service.korean.text.similarity import dice, grams

_OPEN = re.compile(r"\{\{c(\d{1,3})::")
SIMILAR = 0.4
"""Dice similarity of character bigrams above which a deletion with the same written number is the
old one, reworded."""


@dataclass(frozen=True, slots=True)
class Piece:
    """A stretch of text; `ordinal` is 0 where it's visible."""

    text: str
    ordinal: int = 0


def parse(text: str) -> tuple[Piece, ...]:
    """The pieces of a cloze text; a deletion that is never closed is visible text."""
    pieces: list[Piece] = []
    at = 0
    while match := _OPEN.search(text, at):
        end = _closing(text, match.end())
        if end is None:
            break
        if match.start() > at:
            pieces.append(Piece(text[at : match.start()]))
        pieces.append(Piece(text[match.end() : end], int(match[1])))
        at = end + 2
    if at < len(text):
        pieces.append(Piece(text[at:]))
    return tuple(pieces)


def _closing(text: str, at: int) -> int | None:
    """Where the `}}` stands that closes a deletion whose content begins at `at`."""
    depth = 0
    while at < len(text) - 1:
        pair = text[at : at + 2]
        if pair == "{{":
            depth += 1
            at += 2
        elif pair == "}}":
            if depth == 0:
                return at + (text.startswith("}}}", at) and not text.startswith("}}}}", at))
            depth -= 1
            at += 2
        else:
            at += 1
    return None


def unparse(pieces: tuple[Piece, ...]) -> str:
    """The text that `parse` reads back to the same pieces."""
    return "".join(
        f"{{{{c{piece.ordinal}::{piece.text}}}}}" if piece.ordinal else piece.text for piece in pieces
    )


def shown(text: str, hidden: str = "") -> str:
    """The text as it reads on the back; with `hidden`, on a front where everything asked is hidden."""
    return "".join(hidden if piece.ordinal and hidden else piece.text for piece in parse(text))


def hidden(text: str) -> dict[int, str]:
    """What each ordinal hides; several deletions under one ordinal are joined."""
    found: dict[int, list[str]] = {}
    for piece in parse(text):
        if piece.ordinal:
            found.setdefault(piece.ordinal, []).append(piece.text)
    return {ordinal: " / ".join(texts) for ordinal, texts in found.items()}


Ordinals = tuple[tuple[int, str], ...]


def renumber(text: str, given: Ordinals) -> tuple[str, Ordinals]:
    """`text` with ordinals that honour those `given` before, and all that have been given by now.

    The same hidden text keeps its ordinal; so does a reworded one under the same written number, and
    the only deletion of a card. Everything else gets a number that was never used.
    """
    written = hidden(text)
    known = dict(given)
    chosen: dict[int, int] = {}
    for number, content in written.items():
        same = next(
            (old for old, was in known.items() if was == content and old not in chosen.values()), None
        )
        if same is not None:
            chosen[number] = same
    for number, content in written.items():
        free = number in known and number not in chosen.values() and number not in chosen
        alone = len(written) == len(known) == 1
        if free and (alone or _similarity(content, known[number]) >= SIMILAR):
            chosen[number] = number
    unused = count(max(known, default=0) + 1)
    chosen |= {number: next(unused) for number in written if number not in chosen}
    pieces = tuple(Piece(piece.text, chosen.get(piece.ordinal, 0)) for piece in parse(text))
    grown = known | {chosen[number]: content for number, content in written.items()}
    return unparse(pieces), tuple(sorted(grown.items()))


def _similarity(left: str, right: str) -> float:
    return dice(grams(left, 2), grams(right, 2))

"""mecab-ko behind one function: text -> morphemes with their places."""

from __future__ import annotations

import re
import threading
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache
from typing import TYPE_CHECKING

from service.korean.text.characters import printable

if TYPE_CHECKING:
    import mecab_ko

_CHUNK = 400
"""mecab's time grows with the square of an unbroken Latin run; pieces keep it linear."""

_MENDED = {
    "쓰": (("쓰", "VV"),),
    "끄": (("끄", "VV"),),
    "지워": (("지우", "VV"), ("어", "EC")),
    "꺼요": (("끄", "VV"), ("어요", "EF")),
}
"""Forms that the dictionary derives from the wrong verb: 쓸다, 끌다, 짓다, 꺾다."""

_reading = threading.Lock()


@dataclass(frozen=True, slots=True)
class Morpheme:
    """A piece of text: `surface` at `start`, its `tag` (`VV+EP` where fused), its `parts`.

    `parts` are (form, tag) pairs: of a compound, of an inflected form, else the one itself.
    """

    surface: str
    tag: str
    start: int
    parts: tuple[tuple[str, str], ...]

    @property
    def end(self) -> int:
        """Where it ends in the text."""
        return self.start + len(self.surface)


def morphemes(text: str) -> list[Morpheme]:
    """The morphemes of `text`, in order; whitespace belongs to none."""
    found = []
    for offset, piece in _pieces(printable(text)):
        at = 0
        for line in _read(piece).removesuffix("EOS\n").split("\n")[:-1]:
            surface, _, features = line.partition("\t")
            at = piece.index(surface, at)
            found.append(_morpheme(surface, features.split(","), offset + at))
            at += len(surface)
    return found


def _read(piece: str) -> str:
    """What mecab says of `piece`: one tagger for all threads; it keeps the interpreter's lock anyway."""
    with _reading:
        said: str = _tagger().parse(piece)
        return said


@cache
def _tagger() -> mecab_ko.Tagger:
    """The tagger with its dictionary, opened on first use: importing the service loads nothing.

    Only under `_reading`: `cache` is no lock, and of two dictionaries one would be freed in use.
    """
    import mecab_ko

    return mecab_ko.Tagger()


def _pieces(text: str) -> Iterator[tuple[int, str]]:
    """Pieces of at most `_CHUNK` characters with their offsets, cut at spaces where possible."""
    for match in re.finditer(rf"\S.{{0,{_CHUNK - 1}}}(?!\S)|\S.{{0,{_CHUNK - 1}}}", text):
        yield match.start(), match.group()


def _morpheme(surface: str, features: list[str], start: int) -> Morpheme:
    tag, expression = features[0], features[7] if len(features) > 7 else "*"
    parts = _MENDED.get(surface) or _parts(expression)
    return Morpheme(surface, tag, start, parts or ((surface, tag),))


def _parts(expression: str) -> tuple[tuple[str, str], ...]:
    """`날아가/VV/*+았/EP/*` -> (("날아가", "VV"), ("았", "EP"))."""
    pieces = (part.split("/") for part in expression.split("+"))
    return tuple((piece[0], piece[1]) for piece in pieces if len(piece) >= 2)

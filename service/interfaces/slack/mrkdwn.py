"""Markdown-lite -> Slack's mrkdwn, in pieces that fit, never cut inside a fence."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator

SECTION = 3000
"""Characters of one section; 3,001 are `invalid_blocks`."""
WHOLE = 9000
"""Characters of one answer: with sources and buttons it stays under Slack's 13,200 for a message."""

_FENCE = re.compile(r"^(`{3,})[^\n`]*\n(.*?)\n?^\1[ \t]*$", re.MULTILINE | re.DOTALL)
_BREAKS = ("\n", ". ", " ")
_OPEN, _CLOSE = "```\n", "\n```"


def size(text: str) -> int:
    """How long Slack takes `text` to be: UTF-16 units, so that an emoji counts twice."""
    return len(text.encode("utf-16-le", "surrogatepass")) // 2


def escape(text: str) -> str:
    """`text` without Slack's control characters: no mention or link can come out of a note."""
    return text.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;")


def clip(text: str, limit: int) -> str:
    """The beginning of plain `text` that fits into `limit`, with an ellipsis when it was cut."""
    if size(text) <= limit:
        return text
    return text[: _fitting(text, limit - 1, str)].rstrip() + "…"


def fit(markdown: str, whole: int = WHOLE) -> tuple[list[str], bool]:
    """Section texts of mrkdwn that say `markdown`, and whether the end had to be left out."""
    sections: list[str] = []
    used = 0
    for piece in _pieces(markdown):
        used += size(piece) + 1
        if used > whole:
            return sections, True
        if sections and size(sections[-1]) + size(piece) < SECTION:
            sections[-1] += f"\n{piece}"
        else:
            sections.append(piece)
    return sections, False


def _pieces(markdown: str) -> Iterator[str]:
    """Lines and whole code blocks as mrkdwn, each short enough for a section of its own."""
    at = 0
    for fence in _FENCE.finditer(markdown):
        yield from _prose(markdown[at : fence.start()])
        yield from _code(fence[2])
        at = fence.end()
    yield from _prose(markdown[at:])


def _prose(text: str) -> Iterator[str]:
    for line in text.split("\n"):
        rest = line.strip()
        while rest:
            piece, rest = _cut(rest.replace("```", "'''"), SECTION)  # marks within a line open no fence
            yield escape(piece)


def _code(text: str) -> Iterator[str]:
    rest = text.strip("\n").replace("```", "`\u200b``")  # three marks would end the block
    while rest:
        piece, rest = _cut(rest, SECTION - len(_OPEN + _CLOSE), code=True)
        yield f"{_OPEN}{escape(piece)}{_CLOSE}"


def _cut(text: str, limit: int, code: bool = False) -> tuple[str, str]:
    """The longest beginning that fits when escaped, cut at the best place, and the rest."""
    end = _fitting(text, limit)
    if end == len(text):
        return text, ""
    place = _break(text, end, ("\n",) if code else _BREAKS)
    if not code and text.count("`", 0, place) % 2:  # not within a code span
        place = text.rfind("`", 0, place) or place
    return text[:place].rstrip(), text[place:].lstrip("\n" if code else None)


def _fitting(text: str, limit: int, written: Callable[[str], str] = escape) -> int:
    """How many letters of `text` fit into `limit` as they are written."""
    used = 0
    for place, letter in enumerate(text):
        used += size(written(letter))
        if used > limit:
            return place
    return len(text)


def _break(text: str, end: int, breaks: tuple[str, ...]) -> int:
    """The last good place to break in the second half before `end`; `end` itself where there is none."""
    for mark in breaks:
        place = text.rfind(mark, end // 2, end)
        if place > 0:
            return place + len(mark)
    return end

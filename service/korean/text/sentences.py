"""Prose -> sentences, where a full stop is not always one."""

from __future__ import annotations

import re

from service.korean.text.spans import Span, masked, protected_spans

_STOP = re.compile(
    r"(?<![.!?。！？…])(?P<mark>[.!?。！？…]+)(?P<close>[\"'”’»)\]*_]*)(?=\s|$)"  # then a space
    r"|(?<=[다요죠까음함됨임])(?P<tight>[.!?]+)(?=[가-힣])"  # 합니다.그리고
)
_ABBREVIATION = re.compile(
    r"(?:^|[\s(\[])(?:e\.g|i\.e|etc|vs|cf|ex|no|fig|mr|mrs|ms|dr|st|approx|inc|ltd|corp)\.$", re.IGNORECASE
)
_INITIAL = re.compile(r"(?:^|[\s(\[])[A-Z]\.$")
_NUMBERING = re.compile(r"(?:^|[.!?]\s)\s*(?:[-*+>]\s+)*(?:\d{1,3}|[가-하A-Za-z])\.$")
_FINISHED = re.compile("[가-힣][다요죠까음함됨임]$")
_LOOK_BACK = 24
"""Characters before a full stop that tell an abbreviation or a list number."""


def sentences(text: str) -> list[str]:
    """The sentences of `text`; a newline always ends one, so join soft-wrapped lines first."""
    return [text[start:end] for start, end in sentence_spans(text)]


def sentence_spans(text: str) -> list[Span]:
    """(start, end) of each sentence, without the space around it; a code fence is one."""
    shown = masked(text, protected_spans(text))
    cuts = sorted({*_stops(shown), *(match.end() for match in re.finditer("\n+", shown)), len(shown)})
    spans, start = [], 0
    for cut in cuts:
        piece = text[start:cut]
        if stripped := piece.strip():
            lead = len(piece) - len(piece.lstrip())
            spans.append((start + lead, start + lead + len(stripped)))
        start = cut
    return spans


def _stops(shown: str) -> list[int]:
    """Where sentences end inside lines; never within brackets that close on the same line."""
    closed = _bracketed(shown)
    return [match.end() for match in _STOP.finditer(shown) if _ends(shown, match, closed)]


def _ends(shown: str, match: re.Match[str], closed: bytearray) -> bool:
    if closed[match.start()]:
        return False
    if match["tight"]:
        return True
    before = shown[max(0, match.start() - _LOOK_BACK) : match.start()]
    mark = match["mark"]
    if mark.startswith(("..", "…")) and set(mark) <= {".", "…"}:
        return _FINISHED.search(before) is not None
    return mark != "." or not _abbreviates(before + ".", shown[match.end() : match.end() + 3].lstrip())


def _abbreviates(before: str, after: str) -> bool:
    """Whether the full stop that ends `before` belongs to an abbreviation, a number or a date."""
    line = before.rpartition("\n")[2]
    if len(line) > _LOOK_BACK:
        line = line[1:].partition(" ")[2]  # a word cut in half is not one
    if _ABBREVIATION.search(line) or _NUMBERING.search(line):
        return True
    if _INITIAL.search(line) and after[:1].isascii():
        return True
    return before[-2:-1].isdigit() and after[:1].isdigit()  # 2026. 9. 24.


def _bracketed(shown: str) -> bytearray:
    """1 for each character inside brackets; an unclosed bracket counts for nothing."""
    inside = bytearray(len(shown) + 1)
    opened: list[int] = []
    for at, char in enumerate(shown):
        if char in "([":
            opened.append(at)
        elif char in ")]" and opened:
            start = opened.pop()
            if not opened:
                inside[start:at] = b"\1" * (at - start)
        elif char == "\n":
            opened.clear()
    return inside

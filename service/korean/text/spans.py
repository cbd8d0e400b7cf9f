"""The stretches of a text that language must not touch: inline code and URLs."""

from __future__ import annotations

import re
from bisect import bisect_right

Span = tuple[int, int]

_TICKS = re.compile("`+")
_URL = re.compile(r"\b(?:https?|ftp)://[^\s<>\"'`)\]]+|\bwww\.[^\s<>\"'`)\]]+")


def code_spans(text: str) -> list[Span]:
    """Inline code with its backticks, as CommonMark pairs them; only fences cross lines."""
    runs = [match.span() for match in _TICKS.finditer(text)]
    starts: dict[int, list[int]] = {}
    for start, end in runs:
        starts.setdefault(end - start, []).append(start)
    spans: list[Span] = []
    for start, end in runs:
        if spans and start < spans[-1][1]:
            continue
        size = end - start
        later = bisect_right(starts[size], start)
        if later < len(starts[size]):
            close = starts[size][later]
            if size >= 3 or "\n" not in text[end:close]:
                spans.append((start, close + size))
    return spans


def protected_spans(text: str) -> list[Span]:
    """Inline code and URLs, in order; a URL's closing full stop is not part of it."""
    code = code_spans(text)
    begins = [start for start, _ in code]
    spans = list(code)
    for match in _URL.finditer(text):
        inside = bisect_right(begins, match.start())
        if not inside or code[inside - 1][1] <= match.start():
            spans.append((match.start(), match.start() + len(match.group().rstrip(".,;:!?"))))
    return sorted(spans)


def masked(text: str, spans: list[Span], filler: str = "x") -> str:
    """`text` with each span filled, so that patterns see its length but not its content."""
    parts, at = [], 0
    for start, end in spans:
        parts += [text[at:start], filler * (end - start)]
        at = end
    return "".join([*parts, text[at:]])

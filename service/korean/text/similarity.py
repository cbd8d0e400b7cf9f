"""How alike two texts are: Dice's share of the letters in a row that both have."""

from __future__ import annotations

from collections import Counter


def grams(text: str, size: int) -> Counter[str]:
    """Every `size` letters in a row; a shorter text is one piece."""
    return Counter(text[at : at + size] for at in range(max(1, len(text) - size + 1)))


def dice(left: Counter[str], right: Counter[str]) -> float:
    """The share that two bags of pieces have in common, 0..1."""
    total = left.total() + right.total()
    return 2 * (left & right).total() / total if total else 1.0

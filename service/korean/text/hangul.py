"""Hangul syllables as numbers: finals, and putting a final on or off."""

from __future__ import annotations

BASE = 0xAC00
FINALS = 28
NONE, N, L, LM, M, B, S = 0, 4, 8, 10, 16, 17, 19
"""Indexes of the finals that grammar asks for: none, ㄴ, ㄹ, ㄻ, ㅁ, ㅂ, ㅅ."""


def is_syllable(char: str) -> bool:
    """Whether `char` is one whole Hangul syllable (가..힣)."""
    return len(char) == 1 and "가" <= char <= "힣"


def final(char: str) -> int:
    """The index of the final consonant of a syllable; 0 where it has none."""
    return (ord(char) - BASE) % FINALS


def with_final(char: str, index: int) -> str:
    """The syllable with its final consonant replaced."""
    return chr(ord(char) - final(char) + index)

"""Josa: the particle that fits the word before it, however that word is spelt.

A Korean word shows its final consonant; a Latin word or a number has one only when read
aloud. Where we can't know how people read it, both are written: `은(는)`, `(으)로`.
"""

from __future__ import annotations

import re
import unicodedata
from functools import cache

from service.korean.style.readings import READINGS
from service.korean.text.hangul import NONE, L, final, is_syllable

_PAIRS = ("은/는", "이/가", "을/를", "과/와", "으로/로", "이랑/랑", "이나/나", "아/야", "이란/란", "이라/라")
_REVERSED = {"/".join(reversed(pair.split("/"))): pair for pair in _PAIRS}

_LETTERS = {"l": "엘", "m": "엠", "n": "엔", "r": "알"}
"""The letters whose names have a final."""

_DIGITS = "영일이삼사오육칠팔구"
_ENGLISH_DIGITS = ("제로", "원", "투", "쓰리", "포", "파이브", "식스", "세븐", "에잇", "나인")
_TENS = ("", "십", "백", "천", *["만"] * 4, *["억"] * 4, *["조"] * 4)
_SYMBOLS = {"%": "퍼센트", "+": "플러스", "#": "샵", "&": "앤드", "℃": "도"}
_JAMO_NAMES = {"ㄱ": "기역", "ㄷ": "디귿", "ㅅ": "시옷", "ㄹ": "리을"}

_TRAILING = re.compile(r"[\s`'\"*_~.,:;!?…·/’”』」》〉\]})>=\-]+$")
_BRACKET = re.compile(r"(?<=[^\s(])\s?(?:\([^()]*\)|\[[^\[\]]*\])[`'\"*_.,:;!?’”]*$")
_LAST_WORD = re.compile(r"[^\s/:=@,()\[\]{}<>\"'`|]+$")
_LAST_PART = re.compile(r"[A-Za-z]+$|\d+$")
_LAST_HUMP = re.compile(r"[A-Z][a-z]+$|(?<=[a-z])[A-Z]{2,}$")

_SPELLINGS = (
    (r"[^aeiou][aiou]$|y$|w$|[aeiou]{2}$", ""),
    (r"[aeiou]r$|re$", "어"),
    (r"le$|[aeiou]l$|ll$", "을"),
    (r"[aeiou]n[eg]?$|[aeiou]me?$|rm$|lm$", "은"),
    (r"[aeiou]p$", "읍"),
    (r"[^aeiou]t$|oot$", "트"),
    (r"et$|out$|put$", "읏"),
    (r"ic$", "익"),
    (r"[^aeiou]k$|eak$|[^aeioup]p$|oop$", "크"),
    (r"(?:d|g|s|v|z|c|u|ch|sh|b)e$|[eou]te$", "드"),
    (r"x$|s$|z$|sh$|ch$|th$|ph$|f$|v$|d$|g$", "스"),
)
"""(how a Latin word ends, a syllable with the final its reading has); the last that fits wins."""


def josa(word: str, pair: str) -> str:
    """The particle of `pair` ("은/는", "으로/로") after `word`; both, `은(는)`, where it can't be known."""
    after_final, after_vowel = _REVERSED.get(pair, pair).split("/")
    chosen = {_choose(reading, after_final, after_vowel) for reading in _readings(word)}
    if len(chosen) == 1:
        return chosen.pop()
    if after_final.endswith(after_vowel):
        return f"({after_final.removesuffix(after_vowel)}){after_vowel}"
    return f"{after_final}({after_vowel})"


def with_josa(word: str, pair: str) -> str:
    """`word` with the particle of `pair` that fits it."""
    return word + josa(word, pair)


def _choose(reading: str, after_final: str, after_vowel: str) -> str:
    last = final(reading[-1])
    closed = last != NONE and not (last == L and after_final.startswith("으로"))
    return after_final if closed else after_vowel


def _readings(word: str) -> tuple[str, ...]:
    """Hangul readings of the end of `word`; only their last syllable counts; none if unknown."""
    word = _spoken(word)
    last = word[-1:]
    if is_syllable(last):
        return (last,)
    if last in _SYMBOLS:
        return (_SYMBOLS[last],)
    if "ㄱ" <= last <= "ㅎ":
        return (_JAMO_NAMES.get(last, "은"),)
    if "ㅏ" <= last <= "ㅣ":
        return ("아",)
    if not (last.isascii() and last.isalnum()):
        return ()
    return _latin(word)


def _spoken(word: str) -> str:
    """`word` without what isn't read aloud: markup, quotes, and a bracketed addition."""
    word = unicodedata.normalize("NFC", word)[-200:]
    for _ in range(4):
        shorter = _TRAILING.sub("", _BRACKET.sub("", word))
        if shorter == word:
            break
        word = shorter
    return word


def _latin(word: str) -> tuple[str, ...]:
    known = _dictionary()
    match = _LAST_WORD.search(word)
    whole = match.group().lstrip("-.$~#&%") if match else word
    part = _LAST_PART.search(whole)
    if part is None:
        return ()
    for candidate in (whole, whole.rpartition(".")[2], whole.rpartition("-")[2], part.group()):
        if reading := known.get(candidate.lower()):
            return reading
    if part.group().isdigit():
        return _number(whole, part.group())
    hump = _LAST_HUMP.search(part.group())
    return _spelt(hump.group() if hump else part.group())


def _spelt(word: str) -> tuple[str, ...]:
    """The reading of a Latin word that isn't in the dictionary."""
    lower = word.lower()
    if lower in _dictionary():
        return _dictionary()[lower]
    if len(word) <= 1 or not re.search("[aeiouy]", lower) or (word.isupper() and len(word) <= 4):
        return (_LETTERS.get(lower[-1], "이"),)
    fitting = [syllable for ending, syllable in _SPELLINGS if re.search(ending, lower)]
    return (fitting[-1] or "아",) if fitting else ()


def _number(whole: str, digits: str) -> tuple[str, ...]:
    """The reading of the last digits of `whole`: v2 is English, 1.5 goes digit by digit."""
    if re.fullmatch(r"[vV]\d", whole):
        return (_ENGLISH_DIGITS[int(digits)],)
    zeros = len(digits) - len(digits.rstrip("0"))
    if not zeros or zeros == len(digits) or re.search(r"\d\.\d+$", whole):
        return (_DIGITS[int(digits[-1])],)
    return (_TENS[zeros],) if zeros < len(_TENS) else ()


@cache
def _dictionary() -> dict[str, tuple[str, ...]]:
    lines = (line.split(" ", 1) for line in READINGS.strip().splitlines())
    return {word: tuple(reading.split("|")) for word, reading in lines}

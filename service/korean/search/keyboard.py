"""Words typed with the keyboard in the other language: ehzj is 도커, 애찯ㄱ is docker.

The layout is dubeolsik (KS X 5002), the one that Korean keyboards have.
"""

from __future__ import annotations

import re
from collections.abc import Callable

_KEYS = dict(
    zip(
        "rRseEfaqQtTdwWczxvgkoiOjpuPhynbml",
        "ㄱㄲㄴㄷㄸㄹㅁㅂㅃㅅㅆㅇㅈㅉㅊㅋㅌㅍㅎㅏㅐㅑㅒㅓㅔㅕㅖㅗㅛㅜㅠㅡㅣ",
        strict=True,
    )
)
_LEADS = "ㄱㄲㄴㄷㄸㄹㅁㅂㅃㅅㅆㅇㅈㅉㅊㅋㅌㅍㅎ"
_VOWELS = "ㅏㅐㅑㅒㅓㅔㅕㅖㅗㅘㅙㅚㅛㅜㅝㅞㅟㅠㅡㅢㅣ"
_FINALS = " ㄱㄲㄳㄴㄵㄶㄷㄹㄺㄻㄼㄽㄾㄿㅀㅁㅂㅄㅅㅆㅇㅈㅊㅋㅌㅍㅎ"
_PAIRS = {
    "ㅗㅏ": "ㅘ", "ㅗㅐ": "ㅙ", "ㅗㅣ": "ㅚ", "ㅜㅓ": "ㅝ", "ㅜㅔ": "ㅞ", "ㅜㅣ": "ㅟ", "ㅡㅣ": "ㅢ",
    "ㄱㅅ": "ㄳ", "ㄴㅈ": "ㄵ", "ㄴㅎ": "ㄶ", "ㄹㄱ": "ㄺ", "ㄹㅁ": "ㄻ", "ㄹㅂ": "ㄼ", "ㄹㅅ": "ㄽ",
    "ㄹㅌ": "ㄾ", "ㄹㅍ": "ㄿ", "ㄹㅎ": "ㅀ", "ㅂㅅ": "ㅄ",
}  # fmt: skip
_SYLLABLE = re.compile(
    # A final is one only where no vowel follows it.
    f"(?P<lead>[{_LEADS}])(?P<vowel>ㅗ[ㅏㅐㅣ]|ㅜ[ㅓㅔㅣ]|ㅡㅣ|[{_VOWELS}])"
    f"(?P<final>(?:ㄱㅅ|ㄴ[ㅈㅎ]|ㄹ[ㄱㅁㅂㅅㅌㅍㅎ]|ㅂㅅ|[{_FINALS[1:]}])(?![{_VOWELS}]))?"
)
_LETTERS = {jamo: key for key, jamo in _KEYS.items()} | {
    whole: "".join(key for jamo in pair for key, each in _KEYS.items() if each == jamo)
    for pair, whole in _PAIRS.items()
}
_LATIN = re.compile("[A-Za-z]{4,}")
_HANGUL = re.compile("[가-힣ㄱ-ㅣ]{2,}")
_JAMO = re.compile("[ㄱ-ㅣ]")
_SHORTEST = 4
"""Letters of an English word that a Korean one may be: shorter ones come up by chance."""
_LONGEST = 40


def as_hangul(word: str) -> str:
    """What these Latin keys give in Korean, or "" where it isn't whole syllables."""
    keys = (key if key in _KEYS else key.lower() for key in word)
    rest = "".join(_KEYS.get(key, "?") for key in keys)
    syllables = []
    while rest:
        match = _SYLLABLE.match(rest)
        if match is None:
            return ""
        syllables.append(_syllable(match["lead"], match["vowel"], match["final"] or " "))
        rest = rest[match.end() :]
    return "".join(syllables)


def as_latin(word: str) -> str:
    """What the keys of this Korean word give in English."""
    return "".join(_LETTERS.get(jamo, jamo) for char in word for jamo in _jamo(char))


def retyped(text: str, knows: Callable[[str], bool]) -> str:
    """`text` with the words that are only known when read in the other layout put right."""

    def hangul(match: re.Match[str]) -> str:
        word = match.group()
        meant = "" if len(word) > _LONGEST or knows(word) else as_hangul(word)
        return meant if meant and knows(meant) else word

    def latin(match: re.Match[str]) -> str:
        word = match.group()
        # English in Korean keys all but always leaves a jamo over; looking at every word would cost time.
        if len(word) > _LONGEST or not _JAMO.search(word) or knows(word):
            return word
        for end in range(len(word), 1, -1):  # what follows may be a particle
            meant = as_latin(word[:end])
            if len(meant) >= _SHORTEST and knows(meant):
                return meant + word[end:]
        return word

    return _HANGUL.sub(latin, _LATIN.sub(hangul, text))


def _syllable(lead: str, vowel: str, final: str) -> str:
    middle, last = _VOWELS.index(_PAIRS.get(vowel, vowel)), _FINALS.index(_PAIRS.get(final, final))
    return chr(0xAC00 + (_LEADS.index(lead) * len(_VOWELS) + middle) * len(_FINALS) + last)


def _jamo(char: str) -> str:
    """A syllable as the jamo that people type; anything else as it is."""
    if not "가" <= char <= "힣":
        return char
    number = ord(char) - 0xAC00
    lead, rest = divmod(number, len(_VOWELS) * len(_FINALS))
    vowel, final = divmod(rest, len(_FINALS))
    return (_LEADS[lead] + _VOWELS[vowel] + _FINALS[final]).strip()

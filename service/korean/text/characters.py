"""Characters as they should be: one spelling for what looks the same.

Notes and questions arrive as NFD (macOS), with full-width letters, no-break spaces and
invisible joiners; unmended, the same question has another embedding and other morphemes.
"""

from __future__ import annotations

import re
import unicodedata

_INVISIBLE = (
    *(0xAD, 0x34F, 0x61C, 0x115F, 0x1160, 0x17B4, 0x17B5, 0x180E, 0xFEFF),
    *range(0x200B, 0x2010), *range(0x202A, 0x202F), *range(0x2060, 0x2065), *range(0x2066, 0x2070),
)  # fmt: skip
_SPACES = (0xA0, 0x1680, *range(0x2000, 0x200B), 0x202F, 0x205F, 0x3000, 0x3164, 0xFFA0)
_NEWLINES = (0x0A, 0x0B, 0x0C, 0x0D, 0x85, 0x2028, 0x2029)
_OTHER_SCRIPT = re.compile("[\u0400-\u04ff\u0600-\u06ff\u0e00-\u0e7f\u3040-\u30ff\u3400-\u4dbf\u4e00-\u9fff]")
"""Cyrillic, Arabic, Thai, kana, Han: what a model drifts into. Korean about Docker has Hangul and Latin."""
_LEADS = "ㄱㄲㄴㄷㄸㄹㅁㅂㅃㅅㅆㅇㅈㅉㅊㅋㅌㅍㅎ"
_TAILS = "ㄱㄲㄳㄴㄵㄶㄷㄹㄺㄻㄼㄽㄾㄿㅀㅁㅂㅄㅅㅆㅇㅈㅊㅋㅌㅍㅎ"


def _table() -> dict[int, str]:
    """Code point -> what stands for it ("" drops it)."""
    table = dict.fromkeys((*range(0x01, 0x20), *range(0x7F, 0xA0), *_INVISIBLE), "")
    table |= dict.fromkeys(_SPACES, " ") | dict.fromkeys(_NEWLINES, "\n") | {0x09: "\t"}
    table |= {0xFF01 + i: chr(0x21 + i) for i in range(94)}  # full-width ASCII
    for code in range(0xFFA1, 0xFFDD):  # half-width jamo
        if name := unicodedata.decomposition(chr(code)):
            table[code] = chr(int(name.split()[1], 16))
    return table


def _lone_jamo() -> dict[int, str]:
    """Conjoining jamo that no syllable took -> the jamo people type."""
    table = {0x1100 + i: jamo for i, jamo in enumerate(_LEADS)}
    table |= {0x1161 + i: chr(0x314F + i) for i in range(21)}
    return table | {0x11A8 + i: jamo for i, jamo in enumerate(_TAILS)}


_TABLE = _table()
_LONE_JAMO = _lone_jamo()


def normalise(text: str) -> str:
    """NFC, plain spaces and newlines, no invisible characters, no full-width ASCII.

    NUL and lone surrogates stay: refusing them is the caller's, before or after.
    Newlines and tabs stay too, so line numbers hold (CR LF becomes LF).
    """
    text = text.replace("\r\n", "\n").translate(_TABLE)
    return unicodedata.normalize("NFC", text).translate(_LONE_JAMO)


def has_other_script(text: str) -> bool:
    """Whether `text` has letters that Korean text about Docker doesn't: Han, kana, Cyrillic, Arabic, Thai."""
    return bool(_OTHER_SCRIPT.search(text))


def printable(text: str) -> str:
    """`text` without what can't be given to a C library: NUL and lone surrogates become spaces."""
    return re.sub("[\0\ud800-\udfff]", " ", text)

"""Verbs and adjectives at the end of a sentence: note style or plain style -> 합니다.

Spelling does most of it: where the last syllable ends in ㅁ (함) or is followed by 다 (한다),
that ㅁ or ㄴ becomes ㅂ (합니다), and a stem with a final takes 습니다. mecab says whether it is
a verb at all (프로그램 is not) and gives the stem where spelling hides it (가벼움 -> 가볍).
"""

from __future__ import annotations

from collections.abc import Sequence

from service.korean.search.morphemes import Morpheme
from service.korean.style import noun_classes as nouns
from service.korean.text.hangul import LM, NONE, B, L, M, N, S, final, is_syllable, with_final

_FORMAL = ("니다", "니까", "시오")
_PLAIN = ("다", "는다", "ᆫ다", "ㄴ다")
_STEMS = ("V", "XSV", "XSA", "EP")
_ADNOMINAL = ("ETM", "JKG")
_AFTER_ADJECTIVE = ("JKS", "JX", "ETN", "MAG", "EC")
_AFTER_VERB = ("JKS", "JX", "JKO", "JKB", "MAG", "EC", "NNB")


def is_polite(core: str, found: Sequence[Morpheme]) -> bool:
    """Whether `core` already ends in 합니다 or 해요 style."""
    if core.endswith(_FORMAL) and is_syllable(core[-3:-2]) and final(core[-3]) == B:  # not 아니다
        return True
    return core.endswith(("요", "죠")) and tag(found[-1]) in ("EF", "EC", "JX", "IC")


def tag(morpheme: Morpheme | None) -> str:
    """The tag of a morpheme's last part, "" for none."""
    return morpheme.parts[-1][1] if morpheme else ""


def formal_verb(core: str, found: Sequence[Morpheme]) -> str | None:
    """`core` with its last verb in 합니다 style; None where it ends in no verb that we trust."""
    if tag(found[-1]) in ("EF", "EC") and found[-1].parts[-1][0] in _PLAIN:
        return _from_plain(core, found)
    if not is_syllable(core[-1]) or final(core[-1]) not in (M, LM):
        return None
    word = core.rpartition(" ")[2]
    before = _before_word(core, word, found)
    stem = _hidden_verb(word, before)
    if stem is not None:
        return core.removesuffix(word) + attach(stem)
    fused = len(found[-1].parts) > 1
    if tag(found[-1]) == "ETN" and (fused or len(found) > 1):
        alone = found[-1 if fused else -2].start == len(core) - len(word)
        if (alone and before in _ADNOMINAL) or (word in nouns.REAL and before not in _AFTER_VERB):
            return None  # 빠른 흐름: a noun
        return _from_noun_form(core, found)
    if final(core[-1]) == LM and found[-1].tag == "UNKNOWN":  # 만듦, which mecab doesn't know
        return core[:-1] + attach(with_final(core[-1], L))
    return None


def attach(stem: str) -> str:
    """A stem with its 합니다 ending: 크 -> 큽니다, 만들 -> 만듭니다, 좋 -> 좋습니다."""
    if final(stem[-1]) in (NONE, L):
        return stem[:-1] + with_final(stem[-1], B) + "니다"
    return stem + "습니다"


def hides_verb(word: str) -> bool:
    """Whether `word` looks like a noun to mecab but isn't one (남음, 켬): no copula after it."""
    return (word in nouns.HIDDEN_VERBS or word in nouns.HIDDEN_ADJECTIVES) and word not in nouns.REAL


def _hidden_verb(word: str, before: str) -> str | None:
    """The stem of a noun that is a verb where it stands: 사용하기 어려움, 화면이 보임."""
    if word in nouns.HIDDEN_ADJECTIVES and (
        before in _AFTER_ADJECTIVE or (before in ("", "XSN") and word not in nouns.REAL)
    ):
        return nouns.HIDDEN_ADJECTIVES[word]
    return nouns.HIDDEN_VERBS.get(word) if before in _AFTER_VERB else None


def _before_word(core: str, word: str, found: Sequence[Morpheme]) -> str:
    begin = len(core) - len(word)
    return next((tag(one) for one in reversed(found) if one.end <= begin), "")


def _from_noun_form(core: str, found: Sequence[Morpheme]) -> str:
    """가벼움 -> 가볍습니다, 있음 -> 있습니다, 사용함 -> 사용합니다, 줄어듦 -> 줄어듭니다."""
    last = found[-1]
    if len(last.parts) == 1:  # 있 + 음, 듣 + 음 (written 들음), 만들 + 음 (for 만듦)
        stem = found[-2].parts[-1][0] if final(core[-2]) == L else core[found[-2].start : -1]
        return core[: found[-2].start] + attach(stem)
    stem = last.parts[-2][0]
    if is_syllable(stem[-1]) and final(stem[-1]) in (B, S):  # ㅂ and ㅅ hide: 쉽 + ㅁ = 쉬움
        return core[: last.start] + attach(stem)
    return core[:-1] + with_final(core[-1], B) + "니다"


def _from_plain(core: str, found: Sequence[Morpheme]) -> str | None:
    """한다 -> 합니다, 받는다 -> 받습니다, 크다 -> 큽니다, 이미지다 -> 이미지입니다."""
    last = found[-1]
    if last.tag.startswith("VCP") and last.surface == "다":
        return core[:-1] + "입니다"
    if last.tag == "EF" and last.surface == "는다":
        return core[:-2] + "습니다"
    if len(core) < 2 or not is_syllable(core[-2]):
        return None
    if len(last.parts) == 1 and not (len(found) > 1 and tag(found[-2]).startswith(_STEMS)):
        return None
    stem = core[:-1]
    if final(stem[-1]) == N:
        return stem[:-1] + with_final(stem[-1], B) + "니다"
    return attach(stem)

"""Note style -> 합니다 style, a sentence at a time.

    컨테이너를 생성함          -> 컨테이너를 생성합니다.
    이미지 필요 (반대도 가능)  -> 이미지가 필요합니다 (반대도 가능).
    볼륨 : 데이터를 두는 곳    -> 볼륨은 데이터를 두는 곳입니다.

Only the end of a sentence changes. Where its morphology can't be trusted it stays as it is.
"""

from __future__ import annotations

import re
from dataclasses import dataclass

from service.korean.search.morphemes import Morpheme, morphemes
from service.korean.search.vocabulary import RESPELLINGS
from service.korean.style.endings import formal_verb, is_polite, tag
from service.korean.style.nominals import formal_noun, mark_subject
from service.korean.style.particles import josa
from service.korean.text.characters import normalise
from service.korean.text.sentences import sentence_spans
from service.korean.text.spans import masked, protected_spans

_HANGUL = re.compile("[가-힣]")
_LEAD = re.compile(r"\s*(?:(?:[-*+>•]|\d{1,3}[.)])\s+|#{1,6}\s.*|\|.*)*")
_DEFINITION = re.compile(r"([^:：]{1,40}?)\s{0,3}[:：]\s+(?=\S)")
_UNKNOWN_TO_MECAB = re.compile(
    "|".join(["도커", *sorted(RESPELLINGS, key=len, reverse=True)])
    + "|(?<![가-힣])(?:레이어|저장소|레지스트리|속도|빈도)"
)
_LABELS = frozenset(
    """
    예 예시 주의 참고 팁 비고 장점 단점 특징 결과 이유 원인 해결 방법 사용법 명령어 용도 목적 문제 증상 정의
    요약 결론 질문 답 전제 조건 효과 기준 순서 단계
    """.split()
)
"""Left sides of "A : B" that name what B is for, not what B is."""


@dataclass(frozen=True, slots=True)
class _Parts:
    """A sentence taken apart: list marker, what is said, what is added in brackets, full stop."""

    lead: str
    core: str
    aside: str
    mark: str


def polite(text: str) -> str:
    """`text` in 합니다 style where its endings can be trusted; code and polite sentences stay."""
    text = normalise(text)
    parts, at = [], 0
    for start, end in sentence_spans(text):
        parts += [text[at:start], _sentence(text[start:end])]
        at = end
    return "".join([*parts, text[at:]])


def _sentence(sentence: str) -> str:
    parts = _take_apart(sentence)
    if parts is None:
        return sentence
    match = _DEFINITION.match(_shown(parts.core))
    core = _definition(parts, match) if match else _formal(parts.core, parts.aside)
    if core is None:
        return sentence
    return parts.lead + core + (parts.mark or ".")


def _take_apart(sentence: str) -> _Parts | None:
    """None for what is no statement: no Hangul, code, a question, an open end."""
    shown = masked(sentence, protected_spans(sentence), "`")
    lead = _LEAD.match(shown)
    begin = lead.end() if lead else 0
    end = len(shown.rstrip(".!"))
    mark = shown[end:]
    if len(mark) > 1 or not _HANGUL.search(shown, begin, end):
        return None
    core_end = _before_brackets(shown, begin, end)
    if core_end <= begin or not _HANGUL.search(shown, begin, core_end):
        return None
    return _Parts(sentence[:begin], sentence[begin:core_end], sentence[core_end:end], mark)


def _before_brackets(shown: str, begin: int, end: int) -> int:
    """Where the text ends that comes before closing brackets: 창고 | (데이터나 프로그램)."""
    if not shown.endswith(")", begin, end):
        return end
    depth = 0
    for at in range(end - 1, begin - 1, -1):
        depth += {")": 1, "(": -1}.get(shown[at], 0)
        if depth == 0:
            return begin + len(shown[begin:at].rstrip())
    return end


def _definition(parts: _Parts, match: re.Match[str]) -> str | None:
    """`A : B` as one sentence, A는 B입니다, or with its colon kept where that doesn't fit."""
    left, right = parts.core[: match.end(1)], parts.core[match.end() :]
    said = _formal(right, parts.aside, defining=True)
    particle = josa(left, "은/는")
    if said is None:
        return None
    if left not in _LABELS and "(" not in particle and not _has_topic(right) and _is_name(left):
        return f"{left}{particle} {said}"
    return parts.core[: match.end()] + said if _HANGUL.search(right) else None


def _formal(core: str, aside: str, *, defining: bool = False) -> str | None:
    """The end of `core` in 합니다 style, its `aside` after it; None to leave both alone."""
    found = _analysed(core)
    if not found or found[-1].end != len(core):
        return None
    if is_polite(core, found):
        return core + aside if core.endswith("다") else None
    verb = formal_verb(core, found)
    if verb is not None:
        return mark_subject(core, verb, _shown(core), found) + aside
    attached = aside and not aside[0].isspace()
    noun = None if _ends_in_url(core) else formal_noun(core, _shown(core), found, defining=defining)
    if noun is None or not attached:
        return None if noun is None else noun + aside
    return core + aside + "입니다" if noun == core + "입니다" else None  # 데몬(dockerd)입니다


def _ends_in_url(core: str) -> bool:
    spans = protected_spans(core)
    return bool(spans) and spans[-1][1] == len(core) and core[-1] != "`"


def _analysed(core: str) -> list[Morpheme]:
    """Morphemes of `core` as of a whole sentence: the full stop tells mecab that it ends."""
    return [morpheme for morpheme in morphemes(_shown(core) + ".") if morpheme.end <= len(core)]


def _shown(text: str) -> str:
    """`text` with a Latin word for code, URLs and the words that mecab doesn't know."""
    shown = masked(text, protected_spans(text), "x")
    return _UNKNOWN_TO_MECAB.sub(lambda match: "x" * len(match.group()), shown)


def _has_topic(text: str) -> bool:
    return any(tag(one) == "JX" and one.surface in ("은", "는") for one in _analysed(text))


def _is_name(text: str) -> bool:
    """Whether `text` is a noun with what describes it, no clause: 쓰기 레이어, not 파일로 저장."""
    tags = [tag(one) for one in morphemes(_shown(text))]
    clause = {"JKO", "JKB", "JKS", "JX", "EC", "EF"}
    return bool(tags) and tags[-1][:2] in ("NN", "SL", "SN", "XS", "SS") and clause.isdisjoint(tags)

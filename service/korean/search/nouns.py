"""The nouns of a text as they are written: what a question is about."""

from __future__ import annotations

from service.korean.search.morphemes import morphemes
from service.korean.text.characters import normalise

_NOUN = ("NNG", "NNP", "SL", "SN", "XR", "UNKNOWN")
_JOINS = ("NNG", "NNP", "SL", "SN", "XR", "XSN", "XPN", "UNKNOWN", "SY", "NNB")
_EMPTY = frozenset(
    """
    거 것 그것 이것 그거 이거 저거 거기 여기 뭐 무엇 왜 이유 방법 예시 예제 예 경우 때 수 둘 중 하나
    질문 설명 다음 차이 말 명령 명령어 옵션 기본값 값 사용 확인 이용 추천 궁금 필요 가능 도움 정확 실제
    보통 혹시 나중 처음 다른 각각 어디 어느 누구
    """.split()
)
"""Nouns that point or ask rather than name a subject."""


def nouns(text: str) -> list[str]:
    """Noun phrases in order, without repeats: 볼륨 백업, docker compose, --mount."""
    text = normalise(text)
    phrases: list[str] = []
    start = end = -1
    for morpheme in [*morphemes(text), None]:
        joins = morpheme is not None and morpheme.tag.split("+")[0] in _JOINS and morpheme.start == end
        opens = morpheme is not None and morpheme.tag.split("+")[0] in _NOUN
        if joins and morpheme is not None:
            end = morpheme.end
            continue
        if start >= 0:
            phrases.append(text[start:end])
        start, end = (morpheme.start, morpheme.end) if opens and morpheme is not None else (-1, -1)
    return [phrase for phrase in dict.fromkeys(phrases) if phrase not in _EMPTY]

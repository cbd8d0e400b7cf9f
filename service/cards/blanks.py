"""What to blank in a statement: the word that says most."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from service.cards.checks import GENERIC
from service.korean.search.morphemes import Morpheme, morphemes
from service.types import Fact

CODE_SPAN = re.compile(r"(?<!`)`([^`\n]+)`(?!`)")
_NUMBER = re.compile(
    r"(?<![\w.:/-])\d[\d,.]*(?:\s?(?:%|개|대|번|초|분|시간|일|년|MB|GB|KB|MiB|GiB|배|자|비트|종류|가지))(?![\w])"
)
_LATIN = re.compile(r"(?<![\w./:@-])[A-Za-z][\w.+-]*[A-Za-z\d](?![\w/:@-])")


def blanks(fact: Fact, rare: Rarity) -> Iterator[tuple[int, int]]:
    """Where there is something to blank, the most telling first; never in what the heading says."""
    headings = " ".join(fact.heading_path).lower()
    code = [match.span() for match in CODE_SPAN.finditer(fact.text)]
    for pattern in (_NUMBER, CODE_SPAN, _LATIN):
        for match in pattern.finditer(fact.text):
            inside = pattern is not CODE_SPAN and any(a <= match.start() < b for a, b in code)
            span = match.span(1) if pattern is CODE_SPAN else match.span()
            if not inside and fact.text[slice(*span)].lower() not in headings and len(match.group()) > 2:
                yield span
    yield from rare.nouns(fact, headings, code)


@dataclass(slots=True)
class Rarity:
    """How often nouns come in a section: the rarest tells most about a fact."""

    facts: Iterable[Fact]
    counts: Counter[str] | None = None

    def nouns(self, fact: Fact, headings: str, code: list[tuple[int, int]]) -> list[tuple[int, int]]:
        """The spans of nouns outside code and headings, rarest and longest first."""
        if self.counts is None:
            self.counts = Counter(
                word for each in self.facts for word in {text for text, _ in compounds(each.text)}
            )
        counts = self.counts
        found = [
            (counts[text], -len(text), span)
            for text, span in compounds(fact.text)
            if len(text) > 1
            and text not in headings
            and text not in GENERIC
            and text not in _DULL
            and not any(a <= span[0] < b for a, b in code)
        ]
        return [span for _, _, span in sorted(found)]


_DULL = frozenset(
    """
    환경 실제 별도 전체 반대 사이 내부 외부 방식 생성 구현 실행 설치 무한 종속
    동일 기능 측면 원칙 부품 경우 때문 정도 부분 사용 이용 필요 가능 포함 존재
    제공 수행 발생 처리 위해 역할 형태 상태 것 수 점 등 때 이상 이하 하나 모두
    다시 자체 자신 여러 다른 그대로 정보 내용
    """.split()
)
"""Nouns that tell nothing when they are asked for."""


def compounds(text: str) -> list[tuple[str, tuple[int, int]]]:
    """Runs of nouns written without a space, with their places: 운영체제, 가상화 기술 as two."""
    found: list[tuple[str, tuple[int, int]]] = []
    run: list[Morpheme] = []
    for morpheme in [*morphemes(text), None]:
        joins = (
            morpheme is not None
            and morpheme.tag in ("NNG", "NNP")
            and (not run or run[-1].end == morpheme.start)
        )
        if not joins and run:
            span = (run[0].start, run[-1].end)
            following = morpheme.tag if morpheme is not None and morpheme.start == span[1] else ""
            if not following.startswith(("XSV", "XSA", "VCP", "XSN", "NN")):  # 생성하다 is a verb
                found.append((text[slice(*span)], span))
            run = []
        if morpheme is not None and morpheme.tag in ("NNG", "NNP"):
            run.append(morpheme)
    return found

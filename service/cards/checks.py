"""The rules of a good card, each a small check that names what is wrong (a reason code) or says nothing.

From Wozniak's twenty rules, Matuschak and Nielsen: one fact asked, understood without its page, not
answered by its own question, no list to recite, nothing to nod at.
"""

from __future__ import annotations

import re
from collections.abc import Callable

from service import korean
from service.cards import cloze
from service.cards.kinds import answered, asked, sides
from service.cards.render import plain
from service.korean.search.morphemes import morphemes
from service.types import Card

MAX_FRONT = 160
MAX_BACK = 120
MAX_CODE = 400
MAX_CODE_LINES = 6
MAX_CLOZE = 240
MAX_HIDDEN = 60
LIST_ITEMS = (2, 7)
MAX_DELETIONS = 3
"""A cloze that isn't a list blanks at most this many things."""

Check = Callable[[Card], str | None]

_INTERROGATIVE = re.compile(
    r"무엇|무얼|뭐|뭘|뭔|무슨|어떤|어떻|어떠|어땠|어느|어디|어째|언제|누구|누가|왜|몇|얼마|차이|다른가|다릅|까닭|이유"
)
_ASKING = re.compile(r"무엇|무얼|뭐|뭘|어떻|어디|언제|누가|누구|왜")
_TWO_ASKED = re.compile(r"각각|(와|과) 그 (이유|까닭|방법)")
_CLOSED_ENDING = re.compile(r"(나요|까|까요|가요|을까|ㄹ까|니|냐|지요|죠|맞아|맞나)\s*[?？]?$")
_YES_NO_ANSWER = re.compile(r"^(예|네|아니요|아니오|맞습니다|그렇습니다|맞음|아님|O|X)([,.! ]|$)")
_POINTING = re.compile(
    r"^(위|아래|앞|다음|이|그|저|이런|그런)(의|와|에|처럼)?\s|다음과 같|아래와 같|"
    r"위와 같|위 그림|아래 그림|위에서 말|앞서 (말|본|설명|나온|언급)|"
    r"이것|그것|저것|이때|(^|\s)이 (명령|옵션|경우|방법|파일|기능|설정|값)"
)
GENERIC = frozenset(
    """
    장점 단점 특징 특성 사용 사용법 방법 종류 이유 원인 해결 정의 개념 예 예시 구조 구성 용도 목적
    명령 명령어 설치 순서 단계
    주의 주의점 참고 비고 결과 효과 요약 정리 소개 개요 차이 차이점 비교 조건 문제 증상 뜻 의미 역할 기능
    """.split()
)
_CLAUSE = re.compile(r"(다|고|며|서|면|해|나|지만|때문|음|함|됨)\.?$")
_HANGUL = re.compile("[가-힣]")
_PARTICLES = {"JX", "JKS", "JKO", "JKB", "JKG", "JC"}


def empty(card: Card) -> str | None:
    """Something must be asked and something answered."""
    if card.kind in ("cloze", "list"):
        return None if _words(card.cloze) else "card-empty"
    return None if _words(asked(card)) and answered(card).strip() else "card-empty"


def too_long(card: Card) -> str | None:
    """A question to take in at a glance, an answer of one breath or a few lines of code."""
    if card.cloze:
        longest = max(map(len, cloze.hidden(card.cloze).values()), default=0)
        fits = len(plain(cloze.shown(card.cloze))) <= MAX_CLOZE * (2 if card.kind == "list" else 1)
        return None if fits and longest <= MAX_HIDDEN else "card-too-long"
    if len(asked(card)) > MAX_FRONT:
        return "card-too-long"
    back = answered(card)
    if card.kind == "command" or "```" in card.back:
        return None if len(back) <= MAX_CODE and back.count("\n") < MAX_CODE_LINES else "card-too-long"
    return None if len(back) <= MAX_BACK else "card-too-long"


def not_atomic(card: Card) -> str | None:
    """One thing asked: no two questions in one, no "각각"."""
    if card.cloze or card.kind == "contrast":
        return None
    front = re.sub(r"`[^`]*`", "x", card.front)
    asks = len(set(_ASKING.findall(front)))
    return "card-not-atomic" if asks > 1 or front.count("?") > 1 or _TWO_ASKED.search(front) else None


def bare_heading(card: Card) -> str | None:
    """A front that is only a heading ("장점", "사용법") asks nothing."""
    words = [word for word in _words(asked(card)) if len(word) > 1 or not word.isascii()]
    said = set(words) - GENERIC
    return "card-bare-heading" if words and not said and not card.context else None


def pointing(card: Card) -> str | None:
    """Nothing that is only clear on the page it was taken from."""
    text = asked(card) if not card.cloze else plain(cloze.shown(card.cloze))
    return "card-pointing" if _POINTING.search(text) else None


def yes_no(card: Card) -> str | None:
    """No question that a coin could answer."""
    if card.cloze:
        return None
    front = asked(card).strip()
    closed = bool(_CLOSED_ENDING.search(front)) and not _INTERROGATIVE.search(front)
    return "card-yes-no" if closed or _YES_NO_ANSWER.match(card.back.strip()) else None


def enumeration(card: Card) -> str | None:
    """Three things to recite belong on a list card, where the others stay visible."""
    if card.kind != "question" or "```" in card.back:
        return None
    back = re.sub(r"\([^()]*\)|`[^`]*`", "x", card.back)
    items = [item.strip() for item in re.split(r",\s|\n", back) if item.strip()]
    named = all(len(item) <= 25 and not _CLAUSE.search(item) for item in items)
    return "card-enumeration" if len(items) > 2 and named else None


def leak(card: Card) -> str | None:
    """The question must not hold its own answer."""
    if card.cloze:
        return _cloze_leak(card)
    front, back = asked(card), answered(card).strip()
    if card.kind == "contrast":
        return "card-leak" if any(_within(text, front) for _, text in sides(card.back)) else None
    if card.kind == "term":  # naming the term is only unfair on the way back (see gate)
        return None
    if re.search(r" 중 |중에|어느 ", front):  # a choice names what is chosen from
        return None
    said = set(korean.tokens(back)) if _HANGUL.search(back) and card.kind != "command" else set()
    return "card-leak" if _within(back, front) or (said and said <= set(korean.tokens(front))) else None


def _cloze_leak(card: Card) -> str | None:
    visible = plain(cloze.shown(card.cloze, "\n"))
    return "card-leak" if any(_within(text, visible) for text in cloze.hidden(card.cloze).values()) else None


def names_term(card: Card) -> bool:
    """Whether the meaning of a term card says the term itself."""
    return _within(_name(card.front), plain(card.back))


def _within(part: str, text: str) -> bool:
    """Whether `text` says `part`: as a whole Latin word, or as Hangul that a particle may follow."""
    part = plain(part).strip()
    after = r"(?![A-Za-z0-9_-])" if part[-1:].isascii() else ""
    return len(part) > 1 and bool(re.search(rf"(?<![\w-]){re.escape(part)}{after}", text, re.IGNORECASE))


def deletions(card: Card) -> str | None:
    """A cloze blanks something, but not everything; a list has two to seven items."""
    if card.kind not in ("cloze", "list"):
        return None
    hidden = cloze.hidden(card.cloze)
    if not hidden or "{{c" in cloze.shown(card.cloze) or any(not text.strip() for text in hidden.values()):
        return "card-no-deletion"
    least, most = LIST_ITEMS if card.kind == "list" else (1, MAX_DELETIONS)
    if not least <= len(hidden) <= most:
        return "card-list-size"
    return None if _words(plain(cloze.shown(card.cloze, " "))) else "card-all-hidden"


def particle(card: Card) -> str | None:
    """Blank the word, not its particle: {{c1::볼륨}}은."""
    for piece in cloze.parse(card.cloze):
        text = plain(piece.text)
        if piece.ordinal and card.kind == "cloze" and len(text) > 1:
            last = morphemes(text)[-1:]
            if last and last[0].tag in _PARTICLES and len(morphemes(text)) == 2:
                return "card-particle"
    return None


def contrast(card: Card) -> str | None:
    """A contrast has two named sides or more, each with its own words."""
    if card.kind != "contrast":
        return None
    named = sides(card.back)
    return None if len({text for _, text in named}) > 1 else "card-no-contrast"


CHECKS: tuple[Check, ...] = (
    empty,
    too_long,
    deletions,
    not_atomic,
    bare_heading,
    pointing,
    yes_no,
    enumeration,
    leak,
    particle,
    contrast,
)


def reasons(card: Card) -> tuple[str, ...]:
    """What is wrong with a card by itself; a card with nothing on one side is not looked at further."""
    if found := empty(card):
        return (found,)
    return tuple(code for check in CHECKS if (code := check(card)))


def _words(text: str) -> list[str]:
    return re.findall(r"\w+", text.replace("…", ""))


def _name(front: str) -> str:
    """A term without what is added to it in brackets."""
    return re.sub(r"\s*\([^()]*\)\s*$", "", plain(front)).strip()

"""Follow-up questions made self-contained, by what was asked and cited before; no LLM needed.

"그럼 그건 어떻게 지워?" names no subject: it is lent the subject of the turn before. Whether a
question needs that is told by its words where they say so, and by which reading the notes answer
better where they don't.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal

from service import korean
from service.types import Fact

Kind = Literal["alone", "open", "joined"]
"""How a question stands to the turn before: by itself, undecided, or only together with it."""

MOST_TOPIC_NOUNS = 5

_POINTS = re.compile(
    r"(?:^|[ ,.])(?:그거|그것|그건|그걸|그게|이거|이건|이걸|저거|거기|여기|그렇게|이렇게|"
    r"그 ?(?:값|명령|옵션|시간|이미지|파일|때|중|둘)|둘 ?중|두 ?개 ?중|각각|각자)"
)
_WHY = re.compile(r"^(?:(?:근데|그럼|그런데|아니) ?)?(?:원래 ?)?(?:왜|이유|어째서)")
_EXAMPLE = re.compile(r"예시|예제|예를 ?들|샘플|example|실제 ?명령|보여 ?(?:줘|주세요|주실)", re.IGNORECASE)
_WHICH = re.compile(
    r"둘 ?중|어느 ?(?:게|것|걸|쪽)|뭐가 ?(?:더 ?)?(?:나|좋|맞|안전|쉬)|뭘 ?(?:골라|써야|쓰)|언제 ?골라"
)
_SWITCHES = re.compile(r"됐고|다른 ?(?:질문|얘기|이야기)|주제 ?바꿔|그건 ?알겠|고마워|감사합니다|화제 ?바꿔")
_CORRECTS = re.compile(r"^(?P<old>.{1,40}?)(?: ?(?:이|가))? ?말고 ?(?P<new>.{1,200})")
_LEFT_OUT = re.compile(
    r"^(?:(?:그럼|그러면|근데|그런데) ?)?(?:\S{1,20}(?:은|는|도)(?:요)?[?？!. ]*$|\S{1,20}까지 \S{1,10}$|"
    r"(?:\S{1,20} )?\S{1,20}(?:랑|와|과|하고)(?:은|는) \S|"
    r"\S{1,20}(?:랑|와|과|하고) (?:뭐|무엇|무슨|어떻게|차이|비교))"
)
"""What leaves the rest to the turn before: "compose에서는?", "볼륨까지 지우려면?", "host랑은 뭐가 달라?"."""
_GENERIC = frozenset(
    """
    명령 명령어 방법 법 예시 예제 옵션 이유 장점 단점 차이 차이점 위험 문제 순서 절차 설정 설정법 종류 목록 뜻
    의미 정의 기본값 경로 위치 이름 크기 확인 삭제 생성 사용 사용법 실행 수정 변경 추가 주의 주의점 해결
    해결법 해결책 조건 권장 필요
    """.split()
)
"""Nouns that say what is asked of a thing, and not of which."""
_SHORT = 25
"""Characters; a longer question with such nouns alone tells its subject in other words."""
_INTERJECTION = re.compile(r"^(?:아니요?|아|앗|죄송(?:한데|해요)?|잠깐)[ ,.]+")
_TAILS = (
    "이요",
    "은요",
    "는요",
    "만요",
    "으로요",
    "로요",
    "요",
    "ㅋ",
    "ㅎ",
    "ㅠ",
    "ㅜ",
    ".",
    "!",
    "?",
    "~",
    " ",
)


@dataclass(frozen=True, slots=True)
class Turn:
    """A question of the conversation so far, as it was understood, and the facts that answered it."""

    meant: str
    facts: tuple[Fact, ...]


@dataclass(frozen=True, slots=True)
class Reading:
    """How a question is to be read after the turns before it.

    `joined` is the question with what it leaves out; `near` are the facts that were cited last, and
    `example` says that a command or a file is wanted.
    """

    kind: Kind
    joined: str
    near: tuple[Fact, ...] = ()
    example: bool = False


def read(question: str, turns: Sequence[Turn]) -> Reading:
    """Read `question` after `turns`, oldest first."""
    last = next((turn for turn in reversed(turns) if turn.facts), turns[-1] if turns else None)
    if last is None:
        return Reading("alone", question)
    plain = " ".join(question.split()).lstrip(",. ")
    corrected = _CORRECTS.match(_INTERJECTION.sub("", plain))
    if corrected:
        return Reading("joined", _replaced(last.meant, corrected["old"], corrected["new"]), last.facts)
    example = bool(_EXAMPLE.search(question))
    own = korean.nouns(_POINTS.sub(" ", question))
    joined = " ".join([*topic(last, own), question])
    why = bool(_WHY.search(plain))
    if why or (example and not own) or _WHICH.search(question):
        joined = f"{last.meant} {question}"
    return Reading(_kind(question, own, why), joined, last.facts, example)


def _kind(question: str, own: Sequence[str], why: bool) -> Kind:
    if _SWITCHES.search(question):
        return "alone"
    return "joined" if why or _is_half(question, own) else "open"


def points_back(question: str) -> bool:
    """Whether a question can't be understood without the turn before it."""
    return _is_half(question, korean.nouns(_POINTS.sub(" ", question)))


def _is_half(question: str, own: Sequence[str]) -> bool:
    """Whether a question points at what was said, leaves it out, or has no noun that names a thing."""
    if _POINTS.search(question) or _LEFT_OUT.search(question.strip()):
        return True
    return not own or (len(question) <= _SHORT and _GENERIC.issuperset(own))


def topic(turn: Turn, own: Sequence[str] = ()) -> list[str]:
    """What a turn was about: the nouns of its question that its facts speak of, but for `own` ones."""
    nouns = korean.nouns(turn.meant)
    said = " ".join([*(" ".join((*fact.heading_path, fact.text)) for fact in turn.facts)]).lower()
    spoken = [noun for noun in nouns if noun.lower() in said] or nouns
    if not spoken and turn.facts:
        spoken = korean.nouns(turn.facts[0].heading_path[-1])
    return [noun for noun in spoken if noun not in own][:MOST_TOPIC_NOUNS]


def _replaced(meant: str, old: str, new: str) -> str:
    """The question before with one thing in the place of another ("이미지 말고 컨테이너")."""
    while new.endswith(_TAILS):
        new = new.removesuffix(next(tail for tail in _TAILS if new.endswith(tail)))
    olds = [old, *korean.nouns(old)]
    for candidate in olds:
        if candidate and candidate.lower() in meant.lower():
            at = meant.lower().index(candidate.lower())
            return meant[:at] + new + meant[at + len(candidate) :]
    return f"{' '.join(korean.nouns(meant))} {new}"

"""Nouns at the end of a sentence: 필요 -> 필요합니다, 서버를 생성 -> 생성합니다, 본체 -> 본체입니다.

What may follow a noun depends on what stands before it. Where that doesn't say, the fragment
stays as it is: a fragment is good Korean in notes, a wrong particle nowhere.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass, replace

from service.korean.search.morphemes import Morpheme
from service.korean.style import noun_classes as nouns
from service.korean.style.endings import hides_verb, tag
from service.korean.style.particles import josa

_NOUNISH = ("NNG", "NNP", "NNB", "NNBC", "NR", "NP", "SL", "SN", "XSN", "XPN", "XR", "SH")
_BARE = (*_NOUNISH, "SSC")
_ADNOMINAL = ("ETM", "JKG", "MM")
_MARK = re.compile("[→←⇒➜=+|<>]|->|=>")
_CLOSING = ("면", "므로", "니까", "지만", "는데", "도록", "도", "서", "는지", "인지")
"""Endings after which another subject may come."""
_JOINTS = frozenset("-/.·_")
_YES_NO = frozenset({"x", "o", "n/a", "△", "ok"})


@dataclass(frozen=True, slots=True)
class Clause:
    """What the end of a clause hangs on.

    `word` is its last word, `head` the text before it, `before` the tag at the end of `head`;
    the rest says what is still waiting for a verb (an object, a subject, a place or manner),
    whether a topic or a condition came before, and whether it is a formula (A + B), not prose.
    """

    head: str
    word: str
    before: str
    object: bool
    subject: bool
    adverbial: bool
    topic: bool
    condition: bool
    formula: bool

    @property
    def neighbour(self) -> str:
        """The word before the last."""
        return self.head.split()[-1] if self.head.strip() else ""


def clause(core: str, shown: str, found: Sequence[Morpheme]) -> Clause:
    """Read `core`; `shown` is the same with its code masked."""
    begin = shown.rfind(" ") + 1
    waiting = dict.fromkeys(("object", "subject", "adverbial", "topic", "condition"), False)
    before = ""
    for morpheme in found:
        if morpheme.end > begin:
            break
        before = tag(morpheme)
        if before in ("ETM", "EC", "ETN"):
            waiting |= {"object": False, "adverbial": False}
            waiting["condition"] |= morpheme.surface.endswith("면") and not morpheme.surface.endswith("려면")
            waiting["subject"] &= before == "EC" and not morpheme.surface.endswith(_CLOSING)
        elif before == "JX":
            waiting |= {"topic": True, "adverbial": False}
        elif before == "SC":
            waiting["adverbial"] = False
        else:
            key = {"JKO": "object", "JKS": "subject", "JKB": "adverbial"}.get(before)
            waiting |= {key: True} if key else {}
    read = Clause(core[:begin], core[begin:], before, formula=bool(_MARK.search(shown, 0, begin)), **waiting)
    return replace(read, before="MAG") if read.neighbour in nouns.TIMES else read


def formal_noun(core: str, shown: str, found: Sequence[Morpheme], *, defining: bool) -> str | None:
    """`core` closed as a sentence by 합니다 or 입니다; None where it can't be told how.

    `defining`: it says what something is (the right side of "A : B").
    """
    read = clause(core, shown, found)
    if read.word in nouns.STATES:
        return _state(read)
    if read.word in nouns.ACTIONS | nouns.OTHER_ACTIONS | nouns.SUBJECT_BEFORE or (
        read.object and read.word.endswith("화")
    ):
        return _action(read)
    if _hides_copula(read.word):
        core = core[:-1]
    elif not _is_noun(found, len(read.head)):
        return None
    return core + "입니다" if _may_be(read, defining=defining) else None


def mark_subject(core: str, verb: str, shown: str, found: Sequence[Morpheme]) -> str:
    """`verb`, the polite form of `core`, with the particle that notes leave out: 제한이 없습니다."""
    read = clause(core, shown, found)
    bare = read.before in _BARE and read.before not in ("NNB", "NNBC")
    if read.word not in nouns.SUBJECTLESS or not bare or read.subject or read.object:
        return verb
    if read.neighbour in nouns.MANNERS or read.neighbour.endswith("적"):
        return verb
    head = read.head.rstrip()
    particle = josa(head, "이/가")
    return verb if "(" in particle else f"{head}{particle} {verb[len(read.head) :]}"


def _is_noun(found: Sequence[Morpheme], begin: int) -> bool:
    last = [morpheme for morpheme in found if morpheme.start >= begin]
    if not last or tag(last[-1]) not in _NOUNISH:
        return False
    return all(tag(one) in (*_NOUNISH, "MM") or one.surface in _JOINTS for one in last)  # 저장소: 저 + 장소


def _hides_copula(word: str) -> bool:
    """Whether mecab took 일임 for one noun where it is 일 + 임."""
    return len(word) > 1 and word.endswith("임") and not word.endswith(nouns.IN_IM)


def _state(read: Clause) -> str | None:
    """이미지 필요 -> 이미지가 필요합니다; 다루기 편리 -> 다루기 편리합니다."""
    plain = read.head + _closed(read.word)
    if read.before in _ADNOMINAL or read.before == "JKO":
        return None
    if read.before not in _BARE:
        return plain
    if read.neighbour in nouns.MANNERS or read.neighbour.endswith("적"):
        return plain
    if read.subject or read.object:
        return _ability(read)
    if read.word not in nouns.STATES_OF_A_NOUN:
        return None
    return _marked(read, "이/가")


def _ability(read: Clause) -> str | None:
    """볼륨을 공유 가능 -> 볼륨을 공유할 수 있습니다."""
    endings = {"가능": "할 수 있습니다", "불가능": "할 수 없습니다", "불가": "할 수 없습니다"}
    if read.word not in endings or read.neighbour not in nouns.ACTIONS | nouns.OTHER_ACTIONS:
        return None
    return read.head.rstrip() + endings[read.word]


def _action(read: Clause) -> str | None:
    """서버를 생성 -> 생성합니다; 개발 환경 제공 -> 개발 환경을 제공합니다."""
    plain = read.head + _closed(read.word)
    if not read.before or (read.object and read.word in nouns.SUBJECT_BEFORE):
        return None
    if read.before in _ADNOMINAL:
        return read.head + read.word + "입니다"
    if read.before in _BARE:
        return _action_after_noun(read, plain)
    if read.before not in ("JKO", "JKB", "JC", "JKS", "JX", "EC", "MAG"):
        return None
    if read.object or read.word in nouns.HAPPENINGS:
        return plain
    if read.before == "JKS":  # 요청은 커널이 처리
        return plain if read.topic else None
    if read.word in nouns.MIDDLES and read.before == "JKB" and (read.topic or read.subject):
        return read.head + read.word + "됩니다"
    return None if read.subject or read.condition else plain  # 파일이 자동으로 삭제: who deletes?


def _action_after_noun(read: Clause, plain: str) -> str | None:
    if read.neighbour in nouns.MANNERS or read.neighbour.endswith("적"):
        return plain if read.object else None
    if read.object:
        return None
    if read.word in nouns.SUBJECT_BEFORE:
        return None if read.subject else _marked(read, "이/가")
    return _marked(read, "을/를") if read.word in nouns.ACTIONS else None


def _closed(word: str) -> str:
    """The noun as a verb: 필요합니다, 소요됩니다."""
    return word + nouns.ENDINGS.get(word, "합니다")


def _marked(read: Clause, pair: str) -> str | None:
    """The head with a particle on its last noun, then the verb."""
    head = read.head.rstrip()
    particle = josa(head, pair)
    return None if "(" in particle else f"{head}{particle} {_closed(read.word)}"


def _may_be(read: Clause, *, defining: bool) -> bool:
    """Whether 입니다 may follow the last word."""
    if read.word in nouns.OPEN or read.word.lower() in _YES_NO or hides_verb(read.word):
        return False
    if read.object or read.adverbial or (read.formula and not defining):
        return False
    if read.before == "JKS":
        return read.word in nouns.PREDICATES or read.word[-1:].isdigit() or read.word.endswith("적")
    if read.before == "ETM" and read.word == "것":
        return not read.head.rstrip().endswith(("할", "될", "을", "를", "일", "말", "볼", "쓸", "둘"))
    if read.before in ("ETN", "EC"):
        return read.word in ("때문", "전용") if read.before == "ETN" else read.word.endswith("적")
    return read.before in ("", *_BARE, *_ADNOMINAL, "JC", "JX", "MAJ", "SC", "SY", "SF")

"""A question that asks two things -> the two, each self-contained; also the two sides of a comparison.

"볼륨이 뭐고 어떻게 백업해?" asks twice: two clauses, each with a word that asks. What the second
leaves out is the subject of the first: "볼륨 어떻게 백업해?". Whether the two are worth answering
apart is for the notes to say.
"""

from __future__ import annotations

import re

from service import korean

Two = tuple[str, str]

LONGEST = 200
"""Characters; longer questions tell a story, and their clauses don't stand by themselves."""

_ASKS = re.compile(r"뭐|뭔|뭘|무엇|무슨|어떻게|어케|어떤|어디|언제|왜|얼마|몇 |어느|누가|알려|려면요?\W*$")
_ENDS = re.compile(
    r"(?<=[가-힣])(?:(?<![라다냐자려말리])고|며)(?:요)?,?\s+(?!싶|있|나서|나면|보니)"
    r"|[?？]+\s+(?:그리고|또)\s+|[?？]+\s+(?=\S+(?: \S+)?[은는]\s)"
    r"|(?<=[야요]),\s+"
    r"|(?<=뭔지)(?:랑|하고|와|,)?\s+"
)
"""Where a clause ends that another may follow; 'X라고', 'X려고', '말고', '그리고' end none.

A further sentence that names no topic of its own (은, 는) goes on about the first.
"""
_DEFINED = re.compile(r"(?:뭐|뭔지|무엇이|무엇인지)(?:\s*(?:좀\s*)?알려\s?\S{0,5})?$")
_LEANS = re.compile(r"대신|아니면|그|이[ 거건게걸때]|거기|여기|둘 ?중")
"""How a clause begins that points back to the one before."""
_DOES = re.compile(r"\s?(?:하|해|했|할|한|되|돼|됐|시키|시켜)")
_SIDES = re.compile(
    r"^(?P<left>\S.{0,40}?)(?:이랑|랑|하고|과|와|,|\s+vs\.?|\s+대)\s+(?P<right>\S.{0,40}?)"
    r"(?:의|은|는|이|가|을|를|끼리)?\s*(?:차이|비교|다른\s*점|(?:뭐가|어떻게|무엇이)\s*(?:다른|다르|달|다름)|구분)",
    re.IGNORECASE,
)


def asked(question: str) -> Two | None:
    """The two questions in one, or None where it asks one thing."""
    if len(question) > LONGEST:
        return None
    for found in _ENDS.finditer(question):
        first, second = question[: found.start()].strip(), question[found.end() :].strip()
        if _ASKS.search(first) and _ASKS.search(second):
            return _DEFINED.sub("뭐야?", first), _with_subject(_DEFINED.sub("뭐야?", second), first)
    return None


def sides(question: str) -> Two | None:
    """The two things that a question compares, or None where it compares none by name."""
    found = _SIDES.match(question) if len(question) <= LONGEST else None
    if found is None:
        return None
    left, right = (found[side].strip() for side in ("left", "right"))
    return (left, right) if _is_name(left) and _is_name(right) else None


def meaning(thing: str) -> str:
    """The question what something is."""
    return f"{korean.with_josa(thing, '이/가')} 뭐야?"


def _with_subject(second: str, first: str) -> str:
    """The second question, with the subject of the first where it has none of its own."""
    if not _LEANS.match(second) and any(not _does(noun, second) for noun in korean.nouns(second)):
        return second
    return " ".join([*korean.nouns(first), second])


def _is_name(side: str) -> bool:
    """Whether it is nouns alone: what a thing does, or is like, is no name to ask the meaning of."""
    left = side
    for noun in sorted(korean.nouns(side), key=len, reverse=True):
        left = left.replace(noun, "")
    return not left.strip()


def _does(noun: str, text: str) -> bool:
    """Whether the noun is only the stem of a verb: 백업해, 실행하려면."""
    return bool(_DOES.match(text, text.index(noun) + len(noun)))

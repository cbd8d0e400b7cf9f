"""Is this sentence said by the facts? What a language model writes is believed only as far as it is.

Words can't prove meaning, so every rule errs on the side of rejecting: what is rejected costs a
sentence of the model's, and the notes' own words take its place.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass

from service import korean
from service.types import Fact

SUPPORTED = 0.6
"""Share of a sentence's content words, those of the question left out, that its facts must have."""
KOREAN = 0.5
"""Share of Hangul among the letters outside code."""

_MARKS = re.compile(r"\s{0,3}\[(\d{1,2}(?:\s*,\s*\d{1,2})*)\]")
_CODE = re.compile(r"```.*?```|`[^`\n]+`", re.DOTALL)
_LETTER = re.compile(r"[^\W\d_]")
_HANGUL = re.compile("[가-힣]")
_NUMBER = re.compile(r"\d+(?:[.:]\d+)*")
_STRICT = re.compile(r"(?<![a-z])[a-z]{1,20}://\S+|(?<!\w)--?[A-Za-z][\w-]*|(?<![\w.-])[\w.-]{1,64}@[\w.-]+")
_NEGATION = re.compile(r"않|없|못\s?[하한할합해]|안\s[가-힣]|아니|아닙|불가|금지")
_LEAD = re.compile(r"^\s*(?:[-*•]\s+|\d{1,2}[.)]\s+|#+\s+)")


@dataclass(frozen=True, slots=True)
class Support:
    """A sentence without its marks, and the numbers (from 0) of the facts that say it; or why none does."""

    text: str
    facts: tuple[int, ...]
    reason: str = ""


def judge(written: str, question: str, facts: Sequence[Fact]) -> Support:
    """Resolve the marks of a sentence and hold it against its facts."""
    text = _MARKS.sub("", _LEAD.sub("", written)).replace("**", "").strip()
    if not _is_korean(text):
        return Support(text, (), "language")
    marked = [int(number) - 1 for marks in _MARKS.findall(written) for number in marks.split(",")]
    cited = tuple(dict.fromkeys(number for number in marked if 0 <= number < len(facts)))
    if not cited:
        cited = _best(text, question, facts)
        if not cited:
            return Support(text, (), "no-mark")
    reason = _objection(text, question, [facts[number] for number in cited])
    return Support(text, () if reason else cited, reason)


def _is_korean(text: str) -> bool:
    prose = _CODE.sub("", text)
    letters = len(_LETTER.findall(prose))
    hangul = len(_HANGUL.findall(prose))
    return hangul > 0 and hangul >= KOREAN * letters and not korean.has_other_script(prose)


def _best(text: str, question: str, facts: Sequence[Fact]) -> tuple[int, ...]:
    """The fact that says a sentence which names none."""
    fits = [number for number, fact in enumerate(facts) if not _objection(text, question, [fact])]
    return tuple(fits[:1])


def _objection(text: str, question: str, facts: Sequence[Fact]) -> str:
    said = "\n".join(_whole(fact) for fact in facts)
    if not _copied(text, f"{said}\n{question}"):
        return "foreign-code"
    if _support(text, question, said) < SUPPORTED:
        return "unsupported"
    return "" if _same_polarity(text, facts) else "polarity"


def _whole(fact: Fact) -> str:
    """Everything a fact says, also as an answer says it: 남음 is another word to the tagger than 남습니다."""
    own = [*fact.heading_path, *fact.parents, fact.text, *(code.text for code in fact.code)]
    return "\n".join([*own, korean.polite(fact.text)])


def _copied(text: str, source: str) -> bool:
    """Whether code, options, addresses and numbers stand in the source as they are."""
    plain = _squeeze(source)
    exact = [line for code in _CODE.findall(text) for line in _lines(code)] + _STRICT.findall(text)
    numbers = set(_NUMBER.findall(source))
    return all(_squeeze(each) in plain for each in exact) and numbers.issuperset(_NUMBER.findall(text))


def _lines(code: str) -> list[str]:
    """The lines of a block of code, without the language after its fence; inline code is one."""
    return code.strip("`").splitlines()[1:] if code.startswith("```") else [code]


def _squeeze(text: str) -> str:
    return re.sub(r"[\s`]+", "", text)


def _support(text: str, question: str, said: str) -> float:
    words = set(korean.content(text))
    new = words - set(korean.content(question)) or words
    return len(new & set(korean.content(said))) / len(new) if new else 0.0


def _same_polarity(text: str, facts: Sequence[Fact]) -> bool:
    """A sentence that denies needs a fact that does; one that doesn't needs a fact that doesn't."""
    denies = bool(_NEGATION.search(text))
    return any(bool(_NEGATION.search("\n".join([*fact.parents, fact.text]))) == denies for fact in facts)

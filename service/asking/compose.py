"""Ranked facts -> an answer in polite Korean, every sentence cited."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from functools import lru_cache
from itertools import groupby

from service import korean, messages
from service.asking import harm
from service.asking.retrieve import Retrieval
from service.index import Index
from service.notes.danger import danger_of
from service.notes.markdown import is_label
from service.notes.warning import warning
from service.types import Answer, Citation, Code, Fact, Hit, Need, Sentence, Status

MOST_FACTS = 3
"""Facts in an answer that isn't a list: the best one and at most two that add to it."""
MOST_LISTED = 12
"""A longer section is not read out whole."""
NEAR_BEST = 0.77
"""A further fact of the same section is said too when its score is within this share of the best."""
FAR_BEST = 0.85
"""... of another section: it must be nearly as good."""
BELONGS = 0.5
"""A further fact is said when this probable to belong, where that was fitted for the notes."""
SUGGESTIONS = 3

_CORRECTION = re.compile(r"^바로잡기\s*[:：]?\s*")
"""How a note marks a fact that corrects a common saying; in an answer it is simply what holds."""
_COMPARISON = re.compile(
    r"차이|다른\s*(점|가요|건가|거)|뭐가\s*달|어떻게\s*달|구분|비교|\bvs\b|둘\s*중", re.IGNORECASE
)
_LIST = re.compile(
    r"(장점|단점|용도|종류|특징|주의(할)?\s*점|명령(어)?들?|구성\s*요소|목록|이점|한계|상태)(이|가|은|는|을|를|에는|들)?\s*"
    r"(뭐|뭔|무엇|어떤|알려|설명|정리|말해|있|나열|다|전부|모두|궁금|$|\?)|"
    r"(뭐가|무엇이|어떤\s*\S+가?)\s*있|전부|모두\s*알려|나열|몇\s*가지"
)
_STEPS = re.compile(r"어떻게|방법|순서|절차|단계|하려면|하는\s*법")


def compose(
    question: str,
    hits: Sequence[Hit],
    status: Status,
    confidence: float,
    index: Index,
    need: Need | None = None,
    wished: str | None = None,
) -> Answer:
    """Say the facts that answer `question`; `hits` are ranked and `status` says what may be claimed.

    Where the best fact answers a `need`, the need says what belongs to its answer, and in which order.
    Only what `wished`, the question itself unless given, allows to be destroyed is told how to destroy.
    """
    suggestions = suggest(hits, index) if status != "answered" else ()
    if status == "not_found" or not hits:
        text = messages.NOT_FOUND_NEAR if suggestions else messages.NOT_FOUND
        return Answer("not_found", confidence, (Sentence(text, ()),), (), suggestions)
    facts = _chosen(question, hits, index, need) if status == "answered" else _best_few(question, hits)
    facts = [fact for fact in facts if harm.within(wished or question, fact)]
    return _cited(facts, hits, status, confidence, index, suggestions)


def compose_two(asked: Sequence[tuple[str, Retrieval]], confidence: float, index: Index) -> Answer:
    """Say the facts that answer each of two questions, one after the other."""
    facts = [
        fact
        for question, found in asked
        for fact in _chosen(question, found.hits, index, found.need)
        if harm.within(question, fact)
    ]
    hits = [hit for _, found in asked for hit in found.hits]
    return _cited(list(dict.fromkeys(facts)), hits, "answered", confidence, index)


def _cited(
    facts: Sequence[Fact],
    hits: Sequence[Hit],
    status: Status,
    confidence: float,
    index: Index,
    suggestions: tuple[str, ...] = (),
) -> Answer:
    scores = {hit.fact.id: hit.score for hit in reversed(hits)}
    citations = tuple(cite(fact, index, scores.get(fact.id, 0.0)) for fact in facts)
    marks = _marks(facts)
    sentences = [sentence for number in range(len(facts)) for sentence in _say(number, facts, marks[number])]
    if status == "related":
        sentences.insert(0, Sentence(messages.RELATED_LEAD, (0,)))
    return Answer(status, confidence, tuple(sentences), citations, suggestions)


def speaks_of(fact: Fact, thing: str) -> bool:
    """Whether a fact names something: all the words of it."""
    said = set(korean.tokens(" ".join((fact.text, *fact.parents))))
    return set(korean.tokens(thing)) <= said


def suggest(hits: Sequence[Hit], index: Index) -> tuple[str, ...]:
    """Questions that the notes can answer, near to what was asked: one a section."""
    sections: dict[tuple[str, ...], str] = {}
    for hit in hits:
        heading = hit.fact.heading_path
        sections.setdefault(heading, index.asked.get(hit.fact.id, heading[-1:])[0])
    return tuple(dict.fromkeys(sections.values()))[:SUGGESTIONS]


def _chosen(question: str, hits: Sequence[Hit], index: Index, need: Need | None) -> list[Fact]:
    """The facts to say, the best first; a list or a procedure is said whole and in its own order."""
    best = hits[0].fact
    section = index.section(best.id).facts
    if need is not None and best.id in need.answer:
        wanted = [index.facts[index.numbers[fact]] for fact in need.answer]
        led = [_procedure(fact, index.section(fact.id).facts) or [fact] for fact in wanted]
        return list(dict.fromkeys(fact for facts in led for fact in facts))
    if steps := _procedure(best, section):
        return steps
    if _LIST.search(question) and _names_section(question, best) and len(section) <= MOST_LISTED:
        return [best, *(fact for fact in section if fact != best)] if best.kind != "bullet" else list(section)
    few = _best_few(question, hits)
    led = [_procedure(fact, index.section(fact.id).facts) or [fact] for fact in few]
    return _with_parents([fact for facts in led for fact in facts], section)


def _procedure(fact: Fact, section: Sequence[Fact]) -> list[Fact]:
    """The steps that a fact announces or is one of, in order, behind what announces them; [] without any."""
    lead = fact.parents[-1:] if fact.kind == "step" else (fact.text,)
    steps = [each for each in section if each.kind == "step" and each.parents[-1:] == lead]
    stated = [each for each in section if each.kind != "step" and (each.text,) == lead]
    return [*stated, *steps[:MOST_LISTED]] if steps else []


def _best_few(question: str, hits: Sequence[Hit]) -> list[Fact]:
    best = hits[0]
    if best.belongs:
        others = [hit.fact for hit in hits[1:] if hit.belongs >= BELONGS and hit.fact.kind != "step"]
        return [best.fact, *others[: MOST_FACTS - 1]]
    far = NEAR_BEST if _COMPARISON.search(question) else FAR_BEST
    chosen = [best.fact]
    for hit in hits[1:]:
        threshold = NEAR_BEST if hit.fact.heading_path == best.fact.heading_path else far
        if hit.score >= threshold * best.score and len(chosen) < MOST_FACTS and hit.fact.kind != "step":
            chosen.append(hit.fact)
    return chosen


def _with_parents(chosen: Iterable[Fact], section: Sequence[Fact]) -> list[Fact]:
    """A bullet under a statement makes sense only after that statement."""
    stated = {fact.text: fact for fact in section}
    said: list[Fact] = []
    for fact in chosen:
        parents = [stated[parent] for parent in fact.parents if parent in stated]
        said += [each for each in (*parents, fact) if each not in said]
    return said


def _names_section(question: str, fact: Fact) -> bool:
    """Whether the question speaks of the section as a whole: its heading's words are in it."""
    asked = set(korean.tokens(question))
    heading = set(korean.tokens(fact.heading_path[-1]))
    terms = {word for word in heading if word.isascii()}  # one of "FROM·RUN·SHELL" is a part of the section
    return bool(heading) and terms <= asked and len(heading & asked) >= 0.6 * len(heading)


def _marks(facts: Sequence[Fact]) -> list[str]:
    """The number of each step that follows or precedes another; nothing stands before what is no step."""
    marks = [""] * len(facts)
    for _, run in groupby(
        range(len(facts)), key=lambda number: (_is_step(facts[number]), facts[number].parents)
    ):
        steps = list(run)
        if _is_step(facts[steps[0]]) and len(steps) > 1:
            marks[steps[0] : steps[-1] + 1] = [f"{place}. " for place in range(1, len(steps) + 1)]
    return marks


def _is_step(fact: Fact) -> bool:
    return fact.kind == "step"


def _say(number: int, facts: Sequence[Fact], item: str) -> list[Sentence]:
    """A fact in polite sentences, behind a warning where it destroys or opens something."""
    fact = facts[number]
    labels = [parent.rstrip(":： ") for parent in fact.parents if is_label(parent)]
    shown_before = number > 0 and facts[number - 1].parents == fact.parents
    prefix = "" if not labels or shown_before else f"{', '.join(labels)}: "
    texts = list(_spoken(fact.text)) if fact.kind != "code" else [fact.text]
    texts[0] = prefix + texts[0]
    texts[-1] += "".join(_fence(code) for code in fact.code)
    danger = danger_of(fact)
    warnings = [Sentence(warning(danger), (number,))] if danger else []
    said = [" ".join(texts)] if item else texts
    return [*warnings, *(Sentence(text, (number,), item) for text in said)]


@lru_cache(4096)
def _spoken(text: str) -> tuple[str, ...]:
    """Polite sentences; cached, for the same facts are said again and again."""
    return tuple(korean.sentences(korean.polite(_CORRECTION.sub("", text))))


def _fence(code: Code) -> str:
    marks = "````" if "```" in code.text else "```"
    return f"\n{marks}{code.language}\n{code.text}\n{marks}"


def cite(fact: Fact, index: Index, score: float) -> Citation:
    """The fact as a citation."""
    return Citation(
        document=fact.document,
        title=index.titles[fact.document],
        heading_path=fact.heading_path,
        lines=fact.lines,
        text=fact.text,
        score=score,
        fact=fact.id,
    )

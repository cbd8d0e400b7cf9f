"""What is no question: greetings, thanks, goodbyes, and "뭘 물어볼 수 있어?".

What people say is compared with phrases (`talk.txt`) by the runs of letters in it: a small linear model,
fitted by `scripts/fit_talk.py` against the questions of our own notes. "안녕하세요 도커 볼륨이 뭔가요?" is
a question: the greeting is taken off it, and only where nothing is left is a greeting all that was said.
"""

from __future__ import annotations

import json
import math
import re
from collections.abc import Collection, Iterator
from dataclasses import dataclass
from functools import cache
from importlib.resources import files
from typing import Literal

from service import messages
from service.index import Index
from service.types import Answer, Sentence

Talk = Literal["goodbye", "thanks", "greeting", "about"]

SUGGESTIONS = 3
LONGEST_SUGGESTION = 40
LONGEST = 40
"""Characters; who says more than that says more than hello."""
LONGEST_GREETING = 3
"""Words of a greeting that a question can lose."""
GRAMS = (1, 2, 3, 4)
QUESTION, ABOUT_FIRST = "question", "about first"
"""Two more kinds: a question, and what is about us as long as nothing else was asked before."""
SURE = 0.7
"""From this probability of being talk on it is: 2 false alarms in 23,220 questions not fitted on."""

_RUN_ON = re.compile(r"(안녕하세요|안녕하십니까|감사합니다|고맙습니다)(?=[^\W_])(?!라|를|가|는|란|이라|만)")
"""Where a space was left out."""
_MARKS = re.compile(r"[^\w\s]+|_+")
_LAUGHTER = re.compile(r"[ㅋㅎㅠㅜ]+$")
_WORD = re.compile(r"\S+")


@dataclass(frozen=True, slots=True)
class Remark:
    """What was said: `talk` when it was no question, and the `question` without greeting or thanks."""

    talk: Talk | None
    question: str


def hear(said: str, *, first: bool) -> Remark:
    """Tell talk from a question; `first` says that nothing was asked before in the conversation."""
    text = _RUN_ON.sub(r"\g<0> ", said)
    question = _without_greeting(text)
    for part in dict.fromkeys((text, question)):
        if talk := _talk(kind(part), first=first):
            return Remark(talk, said)
    return Remark(None, said if question == text.strip() else question)


def kind(said: str) -> str:
    """What the model takes it for: a talk, `QUESTION` or `ABOUT_FIRST`."""
    text = plain(said)
    if not text or len(text) > LONGEST:
        return QUESTION
    model = _fitted()
    logits = [model.biases[name] for name in model.kinds]
    for gram in grams(text):
        for at, weight in enumerate(model.weights.get(gram, ())):
            logits[at] += weight
    return _surest(dict(zip(model.kinds, logits, strict=True)))


def plain(said: str) -> str:
    """Its words in lower case, without punctuation and laughter; of laughter alone a letter is left."""
    words = _MARKS.sub(" ", said.lower()).split()
    return " ".join(filter(None, (_LAUGHTER.sub("", word) for word in words))) or "".join(words)[:1]


def grams(text: str) -> set[str]:
    """Every run of letters in a text, its beginning and end marked."""
    marked = f"^{text}$"
    return {marked[at : at + size] for size in GRAMS for at in range(len(marked) - size + 1)}


def phrases() -> Iterator[tuple[str, str, bool]]:
    """The phrases to learn from: kind, phrase, and whether a question loses it at its ends."""
    kind = QUESTION
    for line in (files("service.asking") / "talk.txt").read_text(encoding="utf-8").splitlines():
        if line.startswith("# "):
            kind = line.removeprefix("# ")
        elif line:
            yield kind, line.removesuffix(" +"), line.endswith(" +")


def answer(talk: Talk, said: str, index: Index) -> Answer:
    """A short reply, with a few things that the notes can be asked; which, differs by what was said."""
    sentences = tuple(Sentence(text, ()) for text in messages.CHAT[talk])
    return Answer("chat", 1.0, sentences, (), () if talk == "goodbye" else examples(index, len(said)))


def examples(index: Index, start: int = 0) -> tuple[str, ...]:
    """Questions of people, each answered in another note; headings where the notes have no bank."""
    notes = index.documents
    step = max(1, len(notes) // SUGGESTIONS)
    order = sorted(range(len(notes)), key=lambda number: ((number - start) % step, number))
    chosen = (_example(index, number) for number in order)
    return tuple(dict.fromkeys(filter(None, chosen)))[:SUGGESTIONS]


def _example(index: Index, number: int) -> str:
    facts = index.documents[number].facts
    asked = (text for fact in facts for text in index.asked.get(fact.id, ()))
    good = (text for text in asked if len(text) <= LONGEST_SUGGESTION and text.endswith("?"))
    return next(good, facts[0].heading_path[-1] if facts else "")


@dataclass(frozen=True, slots=True)
class _Model:
    """A multinomial logistic model: for each kind a bias, and a weight for each run of letters."""

    kinds: tuple[str, ...]
    biases: dict[str, float]
    weights: dict[str, tuple[float, ...]]


@cache
def _fitted() -> _Model:
    read = json.loads((files("service.asking") / "talk.json").read_text(encoding="utf-8"))
    weights = {gram: tuple(row) for gram, row in read["weights"].items()}
    return _Model(tuple(read["biases"]), read["biases"], weights)


def _surest(logits: dict[str, float]) -> str:
    """The likeliest talk, if something like talk is likely enough at all."""
    top = max(logits.values())
    likely = {name: math.exp(logit - top) for name, logit in logits.items()}
    if likely[QUESTION] > (1 - SURE) * sum(likely.values()):
        return QUESTION
    return max((name for name in likely if name != QUESTION), key=lambda name: likely[name])


def _talk(kind: str, *, first: bool) -> Talk | None:
    known: dict[str, Talk] = {
        "goodbye": "goodbye",
        "thanks": "thanks",
        "greeting": "greeting",
        "about": "about",
    }
    if kind == ABOUT_FIRST:
        return "about" if first else None
    return known.get(kind)


@cache
def _greetings() -> Collection[str]:
    return frozenset(plain(phrase) for _, phrase, lost in phrases() if lost)


def _without_greeting(text: str) -> str:
    """What stands between the greetings at the beginning and those at the end; all, where nothing does."""
    words = list(_WORD.finditer(text))
    begin, end = 0, len(words)
    while size := _greeting_at(words[begin:end][:LONGEST_GREETING]):
        begin += size
    while size := _greeting_at(words[begin:end][-LONGEST_GREETING:], from_end=True):
        end -= size
    return text[words[begin].start() : words[end - 1].end()] if begin < end else text.strip()


def _greeting_at(words: list[re.Match[str]], *, from_end: bool = False) -> int:
    """How many words at this end are a greeting."""
    for size in range(len(words), 0, -1):
        part = words[-size:] if from_end else words[:size]
        if plain(" ".join(word.group() for word in part)) in _greetings():
            return size
    return 0

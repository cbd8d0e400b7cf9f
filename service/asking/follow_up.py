"""Follow-up questions made self-contained, by what was asked and cited before; no LLM needed.

"그럼 그건 어떻게 지워?" names no subject: it is lent the subject of the turn before. Whether a question
needs that is told by evidence about the question itself (`leans`), never by what the joined one finds:
with the old subject's words in it that always looks like an answer. What it then stands for is told by
what the notes have for each way to read it (`readings`).
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass

from service import korean
from service.asking.confidence import Calibration
from service.asking.leans import Evidence, fitted, shape
from service.asking.readings import Whole, wholes
from service.asking.retrieve import Retrieval
from service.index import Index
from service.types import Fact

MOST_TOPIC_NOUNS = 5

_EXAMPLE = re.compile(r"예시|예제|예를 ?들|샘플|example|실제 ?명령|보여 ?(?:줘|주세요|주실)", re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class Turn:
    """A question of the conversation so far, as it was understood, and the facts that answered it."""

    meant: str
    facts: tuple[Fact, ...]


def leant_on(question: str, turns: Sequence[Turn], alone: Retrieval, calibration: Calibration) -> Turn | None:
    """The turn without which `question` can't be understood; `alone` is what the notes have for it.

    `turns` are oldest first. A turn that found nothing is passed over.
    """
    if not turns:
        return None
    last = latest(turns)
    return last if fitted().leans(question, evidence(question, last, alone, calibration)) else None


def latest(turns: Sequence[Turn]) -> Turn:
    """The last of some turns that found anything, or else the last."""
    return next((turn for turn in reversed(turns) if turn.facts), turns[-1])


def evidence(question: str, last: Turn, alone: Retrieval, calibration: Calibration) -> Evidence:
    """What tells whether `question` leans on the `last` turn."""
    tokens = set(korean.tokens(question))
    cited = {fact.heading_path for fact in last.facts}
    scope = calibration.scope.log_odds(alone.features)
    return Evidence(
        scope=scope,
        plain=scope * scope,
        right=calibration.right.log_odds(alone.features),
        words=alone.features.words,
        unknown=alone.features.unknown,
        near=float(any(hit.fact.heading_path in cited for hit in alone.hits[:1])),
        shared=len(tokens & set(korean.tokens(last.meant))) / max(1, len(tokens)),
        **shape(question),
    )


def may_mean(question: str, last: Turn, index: Index) -> list[Whole]:
    """The whole questions that `question` may stand for after the `last` turn."""
    subject = topic(last, korean.nouns(question))
    return wholes(question, last.meant, subject, lambda text: _likeness(text, index))


def wants_example(question: str) -> bool:
    """Whether a command or a file is asked for."""
    return bool(_EXAMPLE.search(question))


def _likeness(text: str, index: Index) -> float:
    """How near the nearest question or fact of the notes is, in words."""
    words = list(dict.fromkeys(korean.wording(text)))
    return float(index.keys.likeness(words).dice.max(initial=0.0))


def topic(turn: Turn, own: Sequence[str] = ()) -> list[str]:
    """What a turn was about: the nouns of its question but for `own` ones, or else its answer's heading."""
    nouns = korean.nouns(turn.meant)
    if not nouns and turn.facts:
        nouns = korean.nouns(turn.facts[0].heading_path[-1])
    return [noun for noun in nouns if noun not in own][:MOST_TOPIC_NOUNS]

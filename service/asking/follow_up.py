"""Follow-up questions made self-contained, by what was asked and cited before; no LLM needed.

"그럼 그건 어떻게 지워?" names no subject: it is lent the subject of the turn before. Whether a question
needs that is told by evidence about the question itself (`leans`), never by what the joined one finds:
with the old subject's words in it that always looks like an answer.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass

from service import korean
from service.asking.confidence import Calibration
from service.asking.leans import Evidence, fitted, shape
from service.asking.retrieve import Leaning, Retrieval
from service.types import Fact

MOST_TOPIC_NOUNS = 5

_EXAMPLE = re.compile(r"예시|예제|예를 ?들|샘플|example|실제 ?명령|보여 ?(?:줘|주세요|주실)", re.IGNORECASE)
_CORRECTS = re.compile(r"^(?P<old>.{1,40}?) ?(?:말고|(?:이|가)? ?아니라) ?(?P<new>.{1,200})")


@dataclass(frozen=True, slots=True)
class Turn:
    """A question of the conversation so far, as it was understood, and the facts that answered it."""

    meant: str
    facts: tuple[Fact, ...]


@dataclass(frozen=True, slots=True)
class Reading:
    """How a question is to be read: what it means, and what is near where it leans on the turn before."""

    meant: str
    leaning: Leaning | None = None


def read(question: str, turns: Sequence[Turn], alone: Retrieval, calibration: Calibration) -> Reading:
    """Read `question` after `turns`, oldest first; `alone` is what the notes have for it by itself."""
    last = next((turn for turn in reversed(turns) if turn.facts), turns[-1] if turns else None)
    if last is None or not fitted().leans(question, evidence(question, last, alone, calibration)):
        return Reading(question)
    corrected = _CORRECTS.match(question)
    if corrected:
        return Reading(_replaced(last.meant, corrected["old"], corrected["new"]), Leaning(last.facts))
    leaning = Leaning(last.facts, example=bool(_EXAMPLE.search(question)))
    return Reading(" ".join([*topic(last, korean.nouns(question)), question]), leaning)


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


def topic(turn: Turn, own: Sequence[str] = ()) -> list[str]:
    """What a turn was about: the nouns of its question that its facts speak of, but for `own` ones."""
    nouns = korean.nouns(turn.meant)
    said = " ".join(" ".join((*fact.heading_path, fact.text)) for fact in turn.facts).lower()
    spoken = [noun for noun in nouns if noun.lower() in said] or nouns
    if not spoken and turn.facts:
        spoken = korean.nouns(turn.facts[0].heading_path[-1])
    return [noun for noun in spoken if noun not in own][:MOST_TOPIC_NOUNS]


def _replaced(meant: str, old: str, new: str) -> str:
    """The question before with one thing in the place of another ("이미지 말고 컨테이너")."""
    new = " ".join(korean.nouns(new)) or new
    for noun in korean.nouns(old):
        if (at := meant.lower().find(noun.lower())) >= 0:
            return meant[:at] + new + meant[at + len(noun) :]
    return f"{' '.join(korean.nouns(meant))} {new}"

"""What a turn may stand for after the question before it: whole questions, and which of them is meant.

"컨테이너는?" after "이미지 전부 지우려면?" is the question before with one thing in the place of another;
"한꺼번에는?" is said in front of it; "어떻게 지워?" is asked of its subject. Each is looked up, and a small
fitted model (`readings.json`, `scripts/fit_readings.py`) weighs what the notes have for them. It also says
whether what was just said is the answer once more ("왜?", "예시 좀") or stands in its way.
"""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from importlib.resources import files
from typing import Literal

from service import korean
from service.asking.confidence import Calibration
from service.asking.retrieve import Retrieval

Kind = Literal["alone", "subject", "after", "front", "swap"]

_POINTS = ("NP", "MAJ", "IC")
"""Tags of what points back or only joins: 그거, 그럼, 아. A whole question has no use for it."""
_ACTS = ("VV", "VA", "XSV")
_TAIL = re.compile(r"(?:이?요|은|는|도|이면|여|만|[?？!.~ㅋㅎㅠㅜ ]){1,20}$")
"""What ends a turn and is in the way when it is put in front of the question before."""
_MOST_BEFORE = 200
"""Characters of the question before that are taken: in a long conversation it holds all that it leant on."""
_CORRECTS = re.compile(r"^(?P<old>.{1,40}?) ?(?:말고|(?:이|가)? ?아니(?:라|고)) ?(?P<new>.{1,200})")


@dataclass(frozen=True, slots=True)
class Whole:
    """A whole question that a turn may stand for, and how it was made."""

    kind: Kind
    text: str


def wholes(turn: str, before: str, subject: Sequence[str], like: Callable[[str], float]) -> list[Whole]:
    """At most three questions that `turn` may stand for after `before`, which was about `subject`.

    `like` says how near to a question of the notes one is, in words: of all that could be put in the
    place of something, what makes a question that people ask is tried.
    """
    before = before[:_MOST_BEFORE]
    if corrected := _CORRECTS.match(turn):
        return [Whole("swap", _corrected(before, corrected["old"], corrected["new"]))]
    said = _bare(turn) or turn
    swaps = swapped(said, before)
    found = [
        Whole("subject", " ".join([*subject, said])),
        Whole("after", f"{before} {turn}"),
        Whole("swap", max(swaps, key=like)) if swaps else Whole("front", f"{_TAIL.sub('', said)} {before}"),
    ]
    return list({whole.text: whole for whole in found}.values())


def _bare(turn: str) -> str:
    """A turn without the words that only point back or join."""
    kept, at = [], 0
    for morpheme in korean.morphemes(turn):
        if morpheme.tag.split("+")[0] in _POINTS:
            kept.append(turn[at : morpheme.start])
            at = morpheme.end
    return " ".join("".join([*kept, turn[at:]]).split())


def swapped(turn: str, before: str) -> list[str]:
    """`before` with each of its nouns in turn replaced by the thing that `turn` names last."""
    turn = _TAIL.sub("", turn)
    olds, own = _things(before), _things(turn)
    new = [thing for thing in own if thing not in olds]
    return [before.replace(old, new[-1], 1) for old in olds] if new else []


def _things(text: str) -> list[str]:
    """The nouns of a text, from the beginning of their words: mecab splits what it doesn't know (센토스)."""
    found = (re.search(rf"[^\W_]*{re.escape(noun)}", text) for noun in korean.nouns(text))
    return [match.group() for match in found if match]


def _corrected(before: str, old: str, new: str) -> str:
    """The question before with one thing in the place of another ("이미지 말고 컨테이너")."""
    new = " ".join(korean.nouns(_TAIL.sub("", new))) or new
    for noun in korean.nouns(old):
        if (at := before.lower().find(noun.lower())) >= 0:
            return before[:at] + new + before[at + len(noun) :]
    return f"{' '.join(korean.nouns(before))} {new}"


@dataclass(frozen=True, slots=True)
class Option:
    """A whole question with what the notes have for it; `fresh`: but for what was just said."""

    whole: Whole
    found: Retrieval
    fresh: bool = False


Features = Mapping[str, float]


def features(
    turn: str, options: Sequence[Option], said: frozenset[str], calibration: Calibration
) -> list[Features]:
    """What tells of each way to read `turn` whether it is meant; `said` are the facts just said."""
    shape = _shape(turn)
    return [_features(option, options, said, shape, calibration) for option in options]


def _features(
    option: Option,
    options: Sequence[Option],
    said: frozenset[str],
    shape: Features,
    calibration: Calibration,
) -> Features:
    """Nothing where nothing was found."""
    if not option.found.hits:
        return {}
    hit, known = option.found.hits[0], option.found.features
    others = [each.found for each in options if not each.fresh and each.whole is not option.whole]
    flags = {"seen": float(hit.fact.id in said), "fresh": float(option.fresh), option.whole.kind: 1.0}
    return {
        "right": calibration.right.log_odds(known),
        "belongs": known.belongs,
        "votes": sum(_share(other, hit.fact.id) for other in others) / max(1, len(others)),
        **flags,
        **{
            f"{flag} {name}": flags[flag] * value
            for flag in ("seen", "fresh")
            for name, value in shape.items()
        },
    }


def _shape(turn: str) -> Features:
    """What kind of turn it is: whether it names a thing, an act, a reason."""
    tags = {tag for morpheme in korean.morphemes(turn) for _, tag in morpheme.parts}
    return {
        "noun": float(bool(korean.nouns(turn))),
        "act": float(bool(tags.intersection(_ACTS))),
        "why": float("왜" in turn or "이유" in turn),
    }


def _share(found: Retrieval, fact: str) -> float:
    return next((hit.score for hit in found.hits if hit.fact.id == fact), 0.0)


@dataclass(frozen=True, slots=True)
class Preference:
    """The fitted model: a weight for each feature."""

    weights: Mapping[str, float]

    def best(self, options: Sequence[Option], known: Sequence[Features]) -> Option:
        """The option that is most probably meant, by what is `known` of each; the first of equals."""
        worths = [sum(self.weights.get(name, 0.0) * value for name, value in each.items()) for each in known]
        return options[max(range(len(options)), key=worths.__getitem__)]


@cache
def fitted() -> Preference:
    """The shipped weights."""
    return Preference(json.loads((files("service.asking") / "readings.json").read_text(encoding="utf-8")))

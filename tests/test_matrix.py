"""What is asked in many wordings is one question: first facts of concepts, commands of tasks.

The wordings cross things, acts, spellings, endings and spacing (tests/evaluation/matrix.yaml); none of
them was written into the bank. `pytest -m long tests/test_matrix.py -s` prints what misses.
"""

from __future__ import annotations

import re
import sys
from collections import Counter
from collections.abc import Iterator
from typing import NamedTuple

import pytest
import yaml

from service.asking.tutor import Tutor
from service.loading import load_tutor
from service.settings import load_settings
from tests.conftest import ROOT

pytestmark = [pytest.mark.real, pytest.mark.long]

MATRIX = ROOT / "tests" / "evaluation" / "matrix.yaml"
CONCEPT = (
    "{}가 뭐야?", "{}이 뭐예요", "{}이란", "{} 뜻", "{} 설명해줘", "{}는 무엇인가요?", "{} 개념",
    "{} 뭔지 알려주세요", "{}가 뭔가요", "{}란 무엇인가", "{} 정의", "{}에 대해 설명해 주세요",
)  # fmt: skip
NOUN = (
    "{thing} {act}", "{thing} {act} 명령어", "{thing} {act} 방법", "{thing} {act}하려면?", "{thing} {act}하는 법",
    "{latin} {act}", "{latin} {act} 어떻게 해?", "{thing} {act} 하고 싶어요", "{thing} {act} 어떻게 하나요?",
)  # fmt: skip
VERB = (
    "{thing} {verb} 법", "{thing} {verb} 명령어 알려줘", "{latin} {verb} 방법", "{thing} {wish}?",
    "{latin} {wish} 어떻게 해요", "{thing} {verb} 방법이 궁금합니다",
)  # fmt: skip


class Task(NamedTuple):
    """Who wants what of which thing, and what the answer must name."""

    thing: str
    latin: str
    act: str
    verb: str
    wish: str
    command: str

    def wordings(self) -> Iterator[str]:
        """How people ask for it, without spaces too."""
        named = self._asdict()
        yield from (each.format(**named) for each in (*NOUN, *VERB))
        yield f"{self.thing}{self.act}방법".replace(" ", "")


@pytest.fixture(scope="module")
def tutor() -> Tutor:
    return load_tutor(load_settings(corpus_dir=ROOT / "corpus", data_dir=ROOT / "data"))


def test_a_concept_has_one_first_fact_however_it_is_asked_for(tutor: Tutor) -> None:
    concepts = yaml.safe_load(MATRIX.read_text(encoding="utf-8"))["concepts"]
    same = asked = 0
    for spellings in concepts:
        wordings = [each.format(name) for name in spellings for each in CONCEPT]
        firsts = [first(tutor, wording) for wording in wordings]
        common, count = Counter(firsts).most_common(1)[0]
        same, asked = same + count, asked + len(firsts)
        others = [
            f"{wording} -> {fact}" for wording, fact in zip(wordings, firsts, strict=True) if fact != common
        ]
        if others:
            say(f"{spellings[0]}: {common}", *others)
    say(f"concepts: {same / asked:.3f} of {asked} wordings get the commonest first fact")
    assert same / asked >= 0.85


def test_a_task_gets_its_command_however_it_is_asked_for(tutor: Tutor) -> None:
    tasks = [Task(*row) for row in yaml.safe_load(MATRIX.read_text(encoding="utf-8"))["tasks"]]
    right = asked = 0
    for task in tasks:
        wordings = list(task.wordings())
        answers = [tutor.ask(wording) for wording in wordings]
        missed = [
            f"{wording} -> [{answer.status}] {answer.text[:90]!r}"
            for wording, answer in zip(wordings, answers, strict=True)
            if not re.search(task.command, answer.text)
        ]
        right, asked = right + len(wordings) - len(missed), asked + len(wordings)
        if missed:
            say(f"{task.thing} {task.act} ({task.command}):", *missed)
    say(f"tasks: {right / asked:.3f} of {asked} wordings name the command")
    assert right / asked >= 0.9


def first(tutor: Tutor, question: str) -> str:
    """The fact that an answer begins with, or what it says instead."""
    answer = tutor.ask(question)
    return answer.citations[0].text[:60] if answer.citations else answer.status


def say(*lines: str) -> None:
    """Show what was found to who runs it with -s."""
    sys.stdout.write("\n" + "\n   ".join(lines) + "\n")

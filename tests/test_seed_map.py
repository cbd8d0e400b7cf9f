"""docs/seed-map.md: every line of the lesson that the knowledge grew from, and the facts that answer it."""

from __future__ import annotations

import re
from dataclasses import dataclass

import pytest

from service.loading import load_tutor
from service.settings import load_settings
from service.types import Fact
from tests.conftest import ROOT, read_notes

MAP = ROOT / "docs" / "seed-map.md"
SECTIONS = 15
DEPTH = 3
"""An answer says the best few facts; the one that answers a line must be among so many."""


@dataclass(frozen=True)
class Line:
    section: str
    text: str
    answers: tuple[str, ...]
    corrections: tuple[str, ...]


def lines() -> list[Line]:
    found: list[Line] = []
    section = ""
    for row in MAP.read_text(encoding="utf-8").splitlines():
        if row.startswith("## "):
            section = row[3:]
        elif row.startswith("| ") and "`" in row:
            text, *ids = (cell.strip() for cell in row.strip("|").split("|"))
            answers, corrections = (tuple(re.findall(r"`(\w+)`", cell)) for cell in ids)
            found.append(Line(section, text, answers, corrections))
    return found


@pytest.fixture(scope="module")
def facts(tmp_path_factory: pytest.TempPathFactory) -> dict[str, Fact]:
    notes = read_notes(ROOT / "corpus", tmp_path_factory.mktemp("ledgers"))
    return {fact.id: fact for document in notes.documents for fact in document.facts}


def test_every_line_names_facts_that_are_there(facts: dict[str, Fact]) -> None:
    mapped = lines()
    rows = [row for row in MAP.read_text(encoding="utf-8").splitlines() if row.startswith("| ")]
    assert len(mapped) == len(rows) - SECTIONS  # a head each
    assert len({line.section for line in mapped}) == SECTIONS
    assert [line.text for line in mapped if not line.answers] == []
    assert [fact for line in mapped for fact in line.answers + line.corrections if fact not in facts] == []


def test_a_correction_is_a_correction(facts: dict[str, Fact]) -> None:
    corrections = {fact for line in lines() for fact in line.corrections}
    assert [facts[fact].text for fact in corrections if not facts[fact].text.startswith("바로잡기")] == []


@pytest.mark.real
def test_every_line_is_answered_by_its_facts() -> None:
    tutor = load_tutor(load_settings(corpus_dir=ROOT / "corpus", data_dir=ROOT / "data"))
    missed = []
    for line in lines():
        hits = tutor.search(line.text, DEPTH)
        if not {hit.fact.id for hit in hits} & {*line.answers, *line.corrections}:
            missed.append(f"{line.section}: {line.text} -> {hits[0].fact.text}")
    assert missed == []

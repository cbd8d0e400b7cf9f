"""The deck that we ship, whole, in a real Anki."""

from __future__ import annotations

import shutil
from pathlib import Path

import pytest

from service.cards import export, shelf
from service.cards.shelf import Made
from service.encoder.serve import OnnxEncoder
from tests.cards.conftest import Anki, media_of
from tests.conftest import ROOT, read_notes

pytestmark = [pytest.mark.real, pytest.mark.long]


@pytest.fixture(scope="module")
def made(tmp_path_factory: pytest.TempPathFactory, real_encoder: OnnxEncoder) -> Made:
    folder = tmp_path_factory.mktemp("shipped")
    shutil.copytree(ROOT / "corpus", folder / "corpus")
    notes = read_notes(folder / "corpus", folder / "ledgers")
    return shelf.make(notes, folder / "corpus", real_encoder, 1_000)


def test_the_shipped_deck_is_whole(made: Made, anki: Anki) -> None:
    cards = made.shelf.cards
    assert len(cards) >= 400
    data = export.export(cards, "apkg", media_of(made), "https://tutor.example")
    assert anki.take(data) == {"new": len(cards)}
    assert anki.problems() == []
    for question, answer in anki.sides():
        assert "…</" not in question
        assert len(answer) > len(question)
    assert anki.take(data) == {"duplicate": len(cards)}


def test_nearly_every_curated_card_passes_the_gate(made: Made) -> None:
    curated = [each for each in made.shelf.rejected if each.card.curated]
    assert len(curated) <= 0.03 * len(made.shelf.cards), [(each.card.id, each.reasons) for each in curated]


def test_every_card_names_its_source(made: Made, tmp_path: Path) -> None:
    for card in made.shelf.cards:
        assert card.document
        assert card.heading_path
        assert card.lines[0] <= card.lines[1]

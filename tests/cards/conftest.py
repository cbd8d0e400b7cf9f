"""A real Anki to import into, and cards made of tiny notes."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest
from anki import import_export_pb2
from anki.collection import Collection, ImportAnkiPackageOptions, ImportAnkiPackageRequest

from service.cards import shelf
from service.cards.saved import saved_card
from service.cards.shelf import Made
from service.notes.folder import NotesFolder
from service.types import Card
from tests.conftest import FakeEncoder

BROKEN = re.compile(r"\{\{(?:c\d+::|cloze:|#|/|\^|FrontSide)|has a problem|template-?error", re.IGNORECASE)
"""What Anki writes on a card whose template it can't follow, and marks that it left standing."""
LOG = "new updated duplicate conflicting missing_notetype missing_deck empty_first_field first_field_match"


@dataclass
class Anki:
    """A collection of the real Anki."""

    collection: Collection
    folder: Path

    def take(self, data: bytes) -> dict[str, int]:
        """Import a package with Anki's default options; what its log counts, zeros left out."""
        path = self.folder / "deck.apkg"
        path.write_bytes(data)
        request = ImportAnkiPackageRequest(package_path=str(path), options=ImportAnkiPackageOptions())
        counted = _counts(self.collection.import_anki_package(request).log)
        self.collection.models._clear_cache()
        return counted

    def take_tsv(self, data: bytes) -> dict[str, int]:
        path = self.folder / "deck.tsv"
        path.write_bytes(data)
        metadata = self.collection.get_csv_metadata(path=str(path), delimiter=None)
        request = import_export_pb2.ImportCsvRequest(path=str(path), metadata=metadata)
        return _counts(self.collection.import_csv(request).log)

    @property
    def database(self) -> Any:
        return self.collection.db

    def note(self, guid: str) -> Any:
        note_id = self.database.scalar("select id from notes where guid = ?", guid)
        return self.collection.get_note(note_id)

    def sides(self) -> list[tuple[str, str]]:
        """Question and answer of every card, as rendered."""
        outputs = [self.collection.get_card(each).render_output() for each in self.collection.find_cards("")]
        return [(output.question_text, output.answer_text) for output in outputs]

    def problems(self) -> list[str]:
        """What is wrong with the collection: missing media, empty cards, a damaged database, templates."""
        found = [f"missing {name}" for name in self.collection.media.check().missing]
        found += [f"empty {each.note_id}" for each in self.collection.get_empty_cards().notes]
        found += [] if self.collection.fix_integrity()[1] else ["database"]
        found += [side for pair in self.sides() for side in pair if BROKEN.search(side)]
        return found


def _counts(log: Any) -> dict[str, int]:
    return {name: count for name in LOG.split() if (count := len(getattr(log, name)))}


@pytest.fixture
def anki(tmp_path: Path) -> Iterator[Anki]:
    folder = tmp_path / "anki"
    folder.mkdir()
    collection = Collection(str(folder / "collection.anki2"))
    yield Anki(collection, folder)
    collection.close()


MakeCards = Callable[..., Made]


@pytest.fixture
def make_cards(tmp_path: Path) -> MakeCards:
    """Builds the cards of {path: text} in one corpus folder, ledgers and all, as the build command does."""

    def make(files: dict[str, str | bytes | None], now: int = 1_000, encoder: Any = None) -> Made:
        folder = tmp_path / "corpus"
        for name, content in files.items():
            path = folder / name
            path.parent.mkdir(parents=True, exist_ok=True)
            if content is None:
                path.unlink()
            else:
                path.write_bytes(content.encode() if isinstance(content, str) else content)
        place = NotesFolder(folder, tmp_path / "ledgers")
        notes = place.read()
        place.commit(notes)
        made = shelf.make(notes, folder, encoder or FakeEncoder(), now)
        place.commit(notes, made.ledgers)
        return made

    return make


def media_of(made: Made) -> dict[str, bytes]:
    """The media files of a build by name."""
    return {
        name.removeprefix("media/"): data for name, data in made.files.items() if name.startswith("media/")
    }


def basic(front: str, back: str, number: int = 1, **values: Any) -> Card:
    """A card with an identity, outside any note."""
    from dataclasses import replace
    from datetime import UTC, datetime

    card = saved_card(f"card-{number}", front, back, (), datetime.fromtimestamp(1_000, UTC))
    return replace(card, **values)

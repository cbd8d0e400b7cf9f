"""10,000 notes: our exporter beside genanki's own writer, in the same run.

    python scripts/bench_deck.py [--notes 10000] [--rounds 5]

Ours renders its fields too; genanki's clock runs for `write_to_file` alone. The bars: at most 1.5 x its
time, at most 0.25 x its size, the same bytes every time, no file left behind.
"""

from __future__ import annotations

import argparse
import json
import tempfile
import time
from datetime import UTC, datetime
from pathlib import Path

import genanki

from service.cards import export
from service.cards.notetypes import NOTE_TYPES
from service.cards.saved import saved_card
from service.types import Card

TIMES = 1.5
SIZE = 0.25


def make_cards(count: int) -> list[Card]:
    """Cards of the size of ours."""
    now = datetime.fromtimestamp(1_700_000_000, UTC)
    return [
        saved_card(
            f"bench-{number}",
            f"컨테이너 web-{number}의 로그를 마지막 {number}줄만 보는 명령은 무엇인가요?",
            f"`docker logs --tail {number} web-{number}`",
            ["도커::로그"],
            now,
        )
        for number in range(count)
    ]


def for_genanki(cards: list[Card]) -> genanki.Package:
    """The same notes, rendered and ready, as genanki's own types."""
    kept = NOTE_TYPES["basic"]
    model = genanki.Model(
        kept.id,
        kept.name,
        fields=[{"name": name} for name, _ in kept.fields],
        templates=[
            {"name": each.name, "qfmt": each.question, "afmt": each.answer} for each in kept.templates
        ],
        css="",
    )
    deck = genanki.Deck(2_000_000_001, "도커")
    for card in cards:
        fields = [*export.note_fields(card, "https://tutor.example"), ""]
        deck.add_note(genanki.Note(model, fields, tags=list(card.tags), guid=card.guid))
    return genanki.Package(deck)


def main() -> None:
    """Run both and print what was measured; exit 1 when a bar is missed."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--notes", type=int, default=10_000)
    parser.add_argument("--rounds", type=int, default=5)
    given = parser.parse_args()
    cards = make_cards(given.notes)
    export.package(cards[:10], {})
    ours: list[float] = []
    theirs: list[float] = []
    packed: set[bytes] = set()
    left: set[Path] = set()
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "genanki.apkg"
        for _ in range(given.rounds):
            before = set(Path(tempfile.gettempdir()).iterdir())
            started = time.perf_counter()
            packed.add(export.package(cards, {}, "https://tutor.example"))
            ours.append(time.perf_counter() - started)
            left |= set(Path(tempfile.gettempdir()).iterdir()) - before
            package = for_genanki(cards)
            started = time.perf_counter()
            package.write_to_file(str(path))
            theirs.append(time.perf_counter() - started)
        size = path.stat().st_size
    measured = {
        "notes": given.notes,
        "ours_s": round(min(ours), 3),
        "genanki_s": round(min(theirs), 3),
        "times": round(min(ours) / min(theirs), 2),
        "ours_bytes": len(next(iter(packed))),
        "genanki_bytes": size,
        "size": round(len(next(iter(packed))) / size, 3),
        "same_bytes": len(packed) == 1,
        "files_left": len(left),
    }
    print(json.dumps(measured, indent=1))
    good = measured["times"] <= TIMES and measured["size"] <= SIZE and len(packed) == 1 and not left
    raise SystemExit(0 if good else 1)


if __name__ == "__main__":
    main()

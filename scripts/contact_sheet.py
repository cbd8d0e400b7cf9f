"""Pictures of a deck as people see it: a sample of its cards, light, dark and on a phone.

    python scripts/contact_sheet.py DECK.apkg FOLDER [--count 60]

The real Anki imports and renders; the real Chromium draws. Both are for development only.
"""

from __future__ import annotations

import argparse
import random
import re
import tempfile
from collections import defaultdict
from pathlib import Path
from typing import TYPE_CHECKING

from anki.collection import Collection, ImportAnkiPackageOptions, ImportAnkiPackageRequest
from playwright.sync_api import sync_playwright

from service.messages import CARD_KINDS

if TYPE_CHECKING:  # importing it first breaks the anki package
    from anki.cards import Card

CHROMIUM = "/usr/bin/chromium"
LOOKS = {"light": ("", 2, 620), "dark": ("nightMode", 2, 620), "phone": ("mobile nightMode", 4, 360)}
"""Name -> (Anki's classes, columns, width of a card)."""
A_SHEET = 10
KINDS = frozenset(CARD_KINDS.values())


def sample(collection: Collection, count: int) -> list[Card]:
    """Cards of every kind in turn, the same ones each time."""
    by_kind: dict[str, list[Card]] = defaultdict(list)
    for card_id in collection.find_cards("", order="c.id"):
        card = collection.get_card(card_id)
        kind = next((tag for tag in card.note().tags if tag.rpartition("::")[2] in KINDS), "")
        by_kind[f"{kind} {card.template()['name']}"].append(card)
    chosen: list[Card] = []
    shuffled = random.Random(7)  # noqa: S311 - a sample
    for cards in by_kind.values():
        shuffled.shuffle(cards)
    while len(chosen) < count and any(by_kind.values()):
        chosen += [cards.pop() for cards in by_kind.values() if cards]
    return chosen[:count]


def page(cards: list[Card], classes: str, columns: int, width: int, media: Path) -> str:
    """One sheet: the answer side of each card, which holds the question too; clozes show both sides."""
    css = cards[0].note_type()["css"]
    night = "nightMode" if "nightMode" in classes else ""
    boxes = "".join(
        f'<div class="box"><div class="card {classes}">{side}</div></div>'
        for card in cards
        for side in _sides(card)
    )
    boxes = re.sub(r'src="(?!\w+:)', f'src="{media.as_uri()}/', boxes)
    return (
        f"<!doctype html><meta charset=utf-8><style>{css}"
        f".sheet{{columns:{columns};column-gap:12px;padding:12px;background:#888}}"
        f".box{{break-inside:avoid;margin-bottom:12px;width:{width}px}}</style>"
        f'<body class="{night}" style="margin:0"><div class="sheet">{boxes}</div>'
    )


def _sides(card: Card) -> list[str]:
    output = card.render_output()
    return [output.question_text, output.answer_text]


def main() -> None:
    """Import the deck into a throw-away collection and draw it."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("deck", type=Path)
    parser.add_argument("folder", type=Path)
    parser.add_argument("--count", type=int, default=60)
    given = parser.parse_args()
    given.folder.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory() as place, sync_playwright() as playwright:
        collection = Collection(str(Path(place) / "collection.anki2"))
        request = ImportAnkiPackageRequest(
            package_path=str(given.deck.resolve()), options=ImportAnkiPackageOptions()
        )
        collection.import_anki_package(request)
        cards = sample(collection, given.count)
        browser = playwright.chromium.launch(executable_path=CHROMIUM, args=["--no-sandbox"])
        for look, (classes, columns, width) in LOOKS.items():
            window = browser.new_page(viewport={"width": columns * (width + 12) + 24, "height": 900})
            for number in range(0, len(cards), A_SHEET):
                sheet = page(
                    cards[number : number + A_SHEET], classes, columns, width, Path(collection.media.dir())
                )
                html = Path(place) / "sheet.html"
                html.write_text(sheet, encoding="utf-8")
                window.goto(html.as_uri())
                window.screenshot(
                    path=str(given.folder / f"{look}-{number // A_SHEET + 1}.png"), full_page=True
                )
        browser.close()
        collection.close()
    print(f"{len(cards)} cards -> {given.folder}")


if __name__ == "__main__":
    main()

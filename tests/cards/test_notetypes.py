"""What was shipped and lies in people's collections. If this test fails, change the code, not the test."""

from __future__ import annotations

from service.cards import notetypes
from service.cards.notetypes import NOTE_TYPES

SHARED = ["Context", "Extra", "Source", "SourceUrl", "CardId", "Memo"]


def test_note_types_are_frozen() -> None:
    frozen = {
        name: (kept.id, kept.name, kept.cloze, list(kept.fields), [(each.id, each.name) for each in kept.templates])
        for name, kept in NOTE_TYPES.items()
    }  # fmt: skip
    assert frozen == {
        "basic": (
            1_794_300_101,
            "도커 기본",
            False,
            [(name, 17_943_001_010 + at) for at, name in enumerate(["Front", "Back", "Spare", *SHARED])],
            [(17_943_001_100, "앞 → 뒤")],
        ),
        "term": (
            1_794_300_102,
            "도커 용어",
            False,
            [(name, 17_943_002_010 + at) for at, name in enumerate(["Front", "Back", "Reverse", *SHARED])],
            [(17_943_002_100, "용어 → 뜻"), (17_943_002_101, "뜻 → 용어")],
        ),
        "cloze": (
            1_794_300_103,
            "도커 빈칸",
            True,
            [(name, 17_943_003_010 + at) for at, name in enumerate(["Text", "Back", "Spare", *SHARED])],
            [(17_943_003_100, "빈칸")],
        ),
    }


def test_every_id_is_used_once() -> None:
    ids = [kept.id for kept in NOTE_TYPES.values()]
    ids += [field_id for kept in NOTE_TYPES.values() for _, field_id in kept.fields]
    ids += [template.id for kept in NOTE_TYPES.values() for template in kept.templates]
    assert len(ids) == len(set(ids))


def test_the_css_knows_korean_night_and_phones() -> None:
    css = notetypes.css()
    for needed in (
        "word-break: keep-all",
        ".nightMode",
        ".night_mode",
        ".mobile",
        "Noto Sans KR",
        "max-width: 100%",
    ):
        assert needed in css

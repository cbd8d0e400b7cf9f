from __future__ import annotations

import unicodedata

import pytest

from service.korean import has_other_script, normalise
from tests.korean.edges import EDGES, LONG


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        (unicodedata.normalize("NFD", "도커 컨테이너"), "도커 컨테이너"),
        ("도\u200b커\ufeff", "도커"),
        ("도커\u00a0볼륨\u3000관리\u2003끝", "도커 볼륨 관리 끝"),
        ("ｄｏｃｋｅｒ　ｒｕｎ", "docker run"),
        ("한 줄\r\n두 줄\r세 줄\u2028네 줄", "한 줄\n두 줄\n세 줄\n네 줄"),
        ("탭\t은 그대로\x07", "탭\t은 그대로"),
        ("\u110b\u110b", "ㅇㅇ"),
        ("ﾡ", "ㄱ"),
        ("가\0\ud800", "가\0\ud800"),
        ("  들여쓴  코드", "  들여쓴  코드"),
    ],
)
def test_what_looks_the_same_is_spelt_the_same(text: str, expected: str) -> None:
    assert normalise(text) == expected


@pytest.mark.parametrize("text", [*EDGES, *LONG])
def test_normalising_twice_changes_nothing(text: str) -> None:
    assert normalise(normalise(text)) == normalise(text)


def test_normalising_twice_changes_nothing_for_any_character_of_the_basic_plane() -> None:
    text = "".join(f"가{chr(code)}\u11a8 " for code in range(0x10000))
    assert normalise(normalise(text)) == normalise(text)


@pytest.mark.parametrize(
    ("text", "other"),
    [
        ("도커 볼륨은 docker volume ls로 봅니다 — 3개, 100 %, ㅋㅋ", False),
        ("使用 볼륨", True),
        ("ボリューム", True),
        ("том 볼륨", True),
        ("حجم", True),
        ("ไฟล์", True),
    ],
)
def test_scripts_that_korean_does_not_use_are_seen(text: str, other: bool) -> None:
    assert has_other_script(text) is other

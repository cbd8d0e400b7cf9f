from __future__ import annotations

import pytest

from service.korean import retyped
from service.korean.search.keyboard import as_hangul, as_latin

KNOWN = {"도커", "컨테이너", "지우는", "docker", "compose", "볼륨"}

PAIRS = [
    ("ehzj", "도커"),
    ("zjsxpdlsj", "컨테이너"),
    ("dlalwl", "이미지"),
    ("qhffba", "볼륨"),
    ("wldnsms", "지우는"),
    ("anjdi", "뭐야"),
    ("rhoscksgdk", "괜찮아"),
    ("Rnpfqek", "꿻다"),
    ("dlfrdj", "읽어"),
    ("dlfrrh", "읽고"),
    ("ekfrdl", "닭이"),
    ("Tkwl", "싸지"),
    ("dmlwk", "의자"),
]


@pytest.mark.parametrize(("keys", "word"), PAIRS)
def test_latin_keys_give_the_word_and_back(keys: str, word: str) -> None:
    assert as_hangul(keys) == word
    assert as_latin(word) == keys


@pytest.mark.parametrize("keys", ["docker", "rsync", "kubectl", "x", "ehzl2", "쓰다"])
def test_what_is_no_whole_syllables_is_no_korean(keys: str) -> None:
    assert as_hangul(keys) == ""


@pytest.mark.parametrize(
    ("typed", "meant"),
    [
        ("ehzj zjsxpdlsj wldnsms 법", "도커 컨테이너 지우는 법"),
        ("애찯ㄱ 설치", "docker 설치"),
        ("애찯ㄱ를 설치", "docker를 설치"),
        ("채ㅡㅔㄴㄷ", "채ㅡㅔㄴㄷ"),
        ("채ㅡㅔㅐㄴㄷ가 뭐야", "compose가 뭐야"),
        ("docker 볼륨 ㅋㅋ ㅠㅠ", "docker 볼륨 ㅋㅋ ㅠㅠ"),
        ("rsync dkssud", "rsync dkssud"),
        ("", ""),
    ],
)
def test_only_words_known_in_the_other_layout_change(typed: str, meant: str) -> None:
    assert retyped(typed, KNOWN.__contains__) == meant


def test_hostile_text_takes_no_time() -> None:
    for text in ("ㅋ" * 4000, "r" * 4000, "가ㄱ" * 2000, "rk" * 2000):
        assert retyped(text, KNOWN.__contains__) == text

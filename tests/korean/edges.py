"""Strings that every function of the package must survive."""

from __future__ import annotations

import unicodedata

EDGES = (
    "",
    " ",
    "\n\t \n",
    unicodedata.normalize("NFD", "도커 볼륨을 만듦"),
    "`docker run -p 80:80`",
    "`",
    "🐳",
    "👩\u200d💻 도커 🐳",
    "\0",
    "가\0나",
    "\ud800 도커",
    "ㅋㅋ ㅠㅠ",
    "ᆷ",
    "함",
    "음",
    "다",
    "().",
    "((((",
    "→ → →",
    "コンテナ 漢字 Ünïcode",
)

LONG = tuple(
    (unit * 10_000)[:10_000]
    for unit in ("가", "a", "(", "`", " ", ".", "\n", "함 ", "하다. ", "가 : ", "나(가)", "e.g. ", "a-", "**")
)
"""10,000 characters each, of the kinds that trip regular expressions up."""

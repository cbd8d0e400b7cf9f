"""What was typed -> a question that can be searched, or the reason why it is none."""

from __future__ import annotations

import re

from service import korean
from service.errors import BadText, EmptyQuestion, TextTooLong

MAX_QUESTION = 4000
"""People paste logs; the encoder looks at its window's head and tail, sparse search at all of it."""

_WORD = re.compile(r"\w")
_CONTROL = re.compile(r"[\x00-\x08\x0b\x0c\x0e-\x1f\x7f]")
_SURROGATE = re.compile(r"[\ud800-\udfff]")


def clean_question(question: str) -> str:
    """The question as it is searched: NFC, without surrounding space. Raises for what can't be a question."""
    if len(question) > MAX_QUESTION:
        raise TextTooLong(size=len(question), limit=MAX_QUESTION)
    if _SURROGATE.search(question):
        raise BadText(reason="surrogate")
    if _CONTROL.search(question):
        raise BadText(reason="control-characters")
    cleaned = korean.normalise(question).strip()
    if not _WORD.search(cleaned):
        raise EmptyQuestion()
    return cleaned

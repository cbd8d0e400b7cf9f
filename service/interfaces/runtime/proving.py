"""Whether questions are answered: one of the notes' own, asked like any other, neither counted nor kept."""

from __future__ import annotations

import math
import time
from contextlib import suppress
from dataclasses import replace

from service.asking.clean import clean_question
from service.asking.tutor import Tutor
from service.errors import InputError

FRESH_SECONDS = 5.0
"""How long an answer proves that others would come, however often somebody looks."""
REHEARSED = (
    "볼륨이 뭐예요?",
    "이미지와 컨테이너의 차이는 뭐예요?",
    "`docker run --restart=always`를 쓰려면? 그리고 -p 8080:80은 뭔가요?",
    "zjsxpdlsj rk dks ej dy",
    "안녕하세요",
)
"""The different roads that a question may take."""


class Proof:
    """Shows that a tutor answers."""

    def __init__(self, tutor: Tutor) -> None:
        self._tutor = replace(tutor, write=None)
        self._question = _own_question(tutor)
        self._answered_at = -math.inf

    @property
    def is_fresh(self) -> bool:
        """Whether it has answered a moment ago."""
        return time.monotonic() < self._answered_at + FRESH_SECONDS

    def rehearse(self) -> None:
        """Take every road once: what is made on first use is made now, by one thread."""
        for question in REHEARSED:
            self._tutor.ask(question)
        self.ask()

    def ask(self) -> None:
        """Come back when it has answered, which is at once if it has a moment ago."""
        if not self.is_fresh:
            self._tutor.ask(self._question)
            self._answered_at = time.monotonic()


def _own_question(tutor: Tutor) -> str:
    """One that people ask of these notes, or one that was derived; the first that can be asked."""
    for key in sorted(tutor.index.questions, key=lambda key: key.derived):
        with suppress(InputError):
            return clean_question(key.text)
    return REHEARSED[0]

"""The sentence that stands before a command which destroys or opens something."""

from __future__ import annotations

import re

from service import korean, messages
from service.notes.danger import Danger, Loss

_WARNING = re.compile(rf"^(?:{messages.WARNING}[^\n]*?니다\.\s*)+")


def warning(danger: Danger) -> str:
    """What is lost or opened, in one or two sentences."""
    lost = korean.with_josa(", ".join(_lost(danger)), "이/가") if _lost(danger) else ""
    things = {loss.thing for loss in danger}
    said = [messages.WARNING_LOST.format(lost=lost)] if lost else []
    said += [messages.WARNING_ENGINE] if "engine" in things else []
    said += [messages.WARNING_HOST] if "host" in things else []
    return " ".join(said)


def is_warning(text: str) -> bool:
    """Whether a sentence of an answer is such a one."""
    return text.startswith(messages.WARNING)


def unwarned(text: str) -> str:
    """A text without the warning that it begins with."""
    return _WARNING.sub("", text)


def _lost(danger: Danger) -> list[str]:
    """The words for each thing that is lost, for the most that is lost of it."""
    most: dict[str, Loss] = {loss.thing: loss for loss in sorted(danger)}
    return list(dict.fromkeys(_words(most[thing]) for thing in messages.LOST if thing in most))


def _words(loss: Loss) -> str:
    known = messages.LOST[loss.thing]
    return known[max(reach for reach in known if reach <= loss.reach)]

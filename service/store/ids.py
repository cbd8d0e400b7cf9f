"""Ids that nobody guesses, and how to tell them from those that somebody made up."""

from __future__ import annotations

import re
import secrets

BYTES = 16
_OURS = re.compile(r"[A-Za-z0-9_-]{21}[AQgw]")
"""16 bytes as `token_urlsafe` writes them: the last letter has two bits to say."""


def new_id() -> str:
    """An unguessable id: 128 bits."""
    return secrets.token_urlsafe(BYTES)


def is_ours(given: str) -> bool:
    """Whether `new_id` can have made it; what a client thought of ("chat-1") may be thought of twice."""
    return _OURS.fullmatch(given) is not None

"""The id of a request: in `X-Request-ID` both ways, in its log line and in every problem."""

from __future__ import annotations

import re
import secrets
from functools import partial

from asgi_correlation_id import CorrelationIdMiddleware, correlation_id

HEADER = "X-Request-ID"
_PLAIN = re.compile(r"[A-Za-z0-9._-]{1,64}")


def minted() -> str:
    """A new id."""
    return secrets.token_hex(8)


def request_id() -> str:
    """The id of the request that is being answered, "" outside of one."""
    return correlation_id.get() or ""


def _plain(given: str) -> str:
    return given if _PLAIN.fullmatch(given) else minted()


# No validator: for each id that fails one, the library logs a warning, as often as a client likes.
RequestId = partial(
    CorrelationIdMiddleware,
    header_name=HEADER,
    update_request_header=False,
    generator=minted,
    validator=None,
    transformer=_plain,
)
"""Takes over an id that is a plain token, mints one otherwise, and sends it back."""

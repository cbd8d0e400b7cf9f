"""How often one caller may ask: counted per key, or per address for who has none.

Neighbours (loopback, container bridges, the local network) aren't counted: they are the person's own
programs, or a reverse proxy that stands for everybody. Which proxy's word is taken for the caller's
address is for the server (uvicorn) to know: no header is read here. Each process counts for itself.
"""

from __future__ import annotations

import ipaddress
import time
from functools import cached_property
from typing import TYPE_CHECKING

from fastapi import Request

from service.errors import SettingsError, TooManyRequests
from service.settings import Settings

if TYPE_CHECKING:  # a local server never counts anybody, and starts without it
    from limits import RateLimitItem
    from limits.strategies import RateLimiter

IPV6_NETWORK = 64
"""A household or a server gets a whole /64, so its addresses count as one."""


class Limits:
    """The counters of one process."""

    def __init__(self, settings: Settings) -> None:
        self._rate = settings.rate_limit

    def check(self, request: Request, key: str | None) -> None:
        """Count a request of `key`, or of its address where there is no key. Raises TooManyRequests."""
        address = _network(request.client.host if request.client else "")
        if not self._rate or address is None:
            return
        caller = f"key:{key}" if key is not None else address
        limiter, item = self._counting
        if not limiter.hit(item, caller):
            reset = limiter.get_window_stats(item, caller).reset_time
            raise TooManyRequests(seconds=max(1, round(reset - time.time())))

    @cached_property
    def _counting(self) -> tuple[RateLimiter, RateLimitItem]:
        from limits.storage import MemoryStorage
        from limits.strategies import SlidingWindowCounterRateLimiter

        return SlidingWindowCounterRateLimiter(MemoryStorage()), _parse(self._rate)


def check_rate(rate: str) -> None:
    """Refuse a `RATE_LIMIT` that can't be read. Raises SettingsError."""
    if rate:
        _parse(rate)


def _parse(rate: str) -> RateLimitItem:
    from limits import parse

    try:
        return parse(rate)
    except ValueError as error:
        raise SettingsError(name="RATE_LIMIT", reason="rate") from error


def _network(written: str) -> str | None:
    """Whose requests are counted together; None for a neighbour."""
    try:
        address = ipaddress.ip_address(written.partition("%")[0])
    except ValueError:
        return written or None
    if address.is_private or address.is_loopback or address.is_link_local:
        return None
    if isinstance(address, ipaddress.IPv6Address):
        mapped = address.ipv4_mapped
        return (
            _network(str(mapped))
            if mapped
            else str(ipaddress.ip_network((address, IPV6_NETWORK), strict=False))
        )
    return str(address)

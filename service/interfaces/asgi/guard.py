"""Refuses what a foreign page could make a browser send: unknown hosts (DNS rebinding) and origins.

A service on a loopback address is reachable by every page that a browser on the same machine has
open. Such a page can point its own name at 127.0.0.1, so the `Host` must be one of ours; and it can
post blindly, so a browser's `Origin` must be one too. CORS stays off: no foreign page reads an answer.
"""

from __future__ import annotations

from urllib.parse import urlsplit

from starlette.datastructures import Headers
from starlette.requests import Request
from starlette.types import ASGIApp, Receive, Scope, Send

from service.errors import ForeignHost, ForeignOrigin
from service.interfaces.asgi.problems import refuse
from service.settings import Settings

LOOPBACK = frozenset({"localhost", "127.0.0.1", "::1"})
ANY = "*"
OPEN_PATHS = frozenset({"/healthz", "/readyz"})
"""Probes of an orchestrator come by the address of the container, whatever it is today."""
_EVERYWHERE = frozenset({"0.0.0.0", "::", ""})  # noqa: S104 - what not to take for a name


class Guard:
    """Lets through what names one of our hosts and comes from none but our own pages."""

    def __init__(self, app: ASGIApp, hosts: frozenset[str]) -> None:
        self._app, self._hosts = app, hosts

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Handle one connection."""
        if scope["type"] == "http" and scope["path"] not in OPEN_PATHS:
            error = self._objection(Headers(scope=scope))
            if error is not None:
                await refuse(Request(scope), error)(scope, receive, send)
                return
        await self._app(scope, receive, send)

    def _objection(self, headers: Headers) -> ForeignHost | ForeignOrigin | None:
        host = host_name(headers.get("host", ""))
        if host not in self._hosts and ANY not in self._hosts:
            return ForeignHost(host=host[:80])
        origin = headers.get("origin")
        if origin is None or urlsplit_host(origin) in self._hosts | {host}:
            return None
        return ForeignOrigin(origin=origin[:80])


def allowed_hosts(settings: Settings) -> frozenset[str]:
    """The names we are known by: loopback, `HOST`, the host of `PUBLIC_URL`, and `ALLOWED_HOSTS`."""
    named = {host_name(each.strip()) for each in settings.allowed_hosts.split(",")}
    return LOOPBACK | (named | {settings.host.lower(), urlsplit_host(settings.public_url)}) - _EVERYWHERE


def host_name(host: str) -> str:
    """The name in a Host header, without its port; empty when it can't be one."""
    return urlsplit_host(f"//{host}")


def urlsplit_host(url: str) -> str:
    """The host of a URL, lower case; empty when there is none."""
    try:
        return urlsplit(url).hostname or ""
    except ValueError:
        return ""

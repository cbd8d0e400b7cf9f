"""Who is asking, and what they may do: API keys, browser profiles, rights.

An owner is a key, or a browser profile (an unguessable cookie). *ask* routes are open unless
`REQUIRE_KEY=1`; *write* and *owner* routes always need a key. With no key configured, an
`Authorization` header on ask routes is ignored: OpenAI clients always send one.
"""

from __future__ import annotations

import hashlib
import hmac
import re
from dataclasses import dataclass
from typing import Annotated

from fastapi import Depends, Request, Response

from service.errors import Forbidden, SettingsError, Unauthorised
from service.interfaces.access.limits import Limits
from service.settings import Settings
from service.store import new_id

COOKIE = "profile"
COOKIE_SECONDS = 400 * 24 * 3600
"""Browsers cap a cookie's life at 400 days; it is renewed on every visit."""

MIN_KEY = 16
"""A plain key must have at least this many characters."""

_PROFILE = re.compile(r"[A-Za-z0-9_-]{22}")


@dataclass(frozen=True, slots=True)
class ApiKeys:
    """The configured keys by name, as SHA-256 hashes: the plain text isn't kept in memory."""

    hashes: dict[str, str]

    def name(self, key: str) -> str | None:
        """The name of the key, compared in constant time with each."""
        given = hashlib.sha256(key.encode("utf-8", "surrogatepass")).hexdigest()
        return next((name for name, known in self.hashes.items() if hmac.compare_digest(known, given)), None)


def parse_keys(configured: str) -> ApiKeys:
    """Read `API_KEYS`: `name:key` or `name:sha256:<hex>`, separated by commas. Raises SettingsError."""
    hashes: dict[str, str] = {}
    for part in filter(None, (part.strip() for part in configured.split(","))):
        name, _, secret = part.partition(":")
        if not name or not secret or name in hashes:
            raise SettingsError(name="API_KEYS", reason="api-keys")
        hashed = secret.removeprefix("sha256:").lower()
        if hashed == secret:
            if len(secret) < MIN_KEY:
                raise SettingsError(name="API_KEYS", reason=f"api-key-short:{MIN_KEY}")
            hashed = hashlib.sha256(secret.encode()).hexdigest()
        elif not re.fullmatch(r"[0-9a-f]{64}", hashed):
            raise SettingsError(name="API_KEYS", reason="api-keys")
        hashes[name] = hashed
    return ApiKeys(hashes)


@dataclass(frozen=True, slots=True)
class Caller:
    """Whoever sent a request: `owner` is what their rows are kept under, `key` the name of their key."""

    owner: str
    key: str | None


def caller(request: Request, response: Response) -> Caller:
    """The caller of an ask route.

    Raises Unauthorised where a key is required or a wrong one is given, TooManyRequests.
    """
    settings: Settings = request.app.state.settings
    keys: ApiKeys = request.app.state.keys
    given = _bearer(request)
    name = keys.name(given) if given is not None else None
    _count(request, name)
    if given is not None and keys.hashes:
        if name is None:
            raise Unauthorised()
        return Caller(f"key:{name}", name)
    if settings.require_key:
        raise Unauthorised()
    return Caller(f"profile:{_profile(request, response)}", None)


def key_holder(request: Request) -> Caller:
    """The caller of a write or owner route.

    Raises Unauthorised without a key, Forbidden with a wrong one, TooManyRequests.
    """
    keys: ApiKeys = request.app.state.keys
    given = _bearer(request)
    name = keys.name(given) if given is not None else None
    _count(request, name)
    if given is None:
        raise Unauthorised()
    if name is None:
        raise Forbidden()
    return Caller(f"key:{name}", name)


def _count(request: Request, key: str | None) -> None:
    limits: Limits = request.app.state.limits
    limits.check(request, key)


def _bearer(request: Request) -> str | None:
    scheme, _, key = request.headers.get("authorization", "").partition(" ")
    return key.strip() if scheme.lower() == "bearer" and key.strip() else None


def _profile(request: Request, response: Response) -> str:
    """The browser's profile, renewed; a new one for who has none."""
    given = request.cookies.get(COOKIE, "")
    profile = given if _PROFILE.fullmatch(given) else new_id()
    secure = request.url.scheme == "https" or request.app.state.settings.public_url.startswith("https:")
    response.set_cookie(COOKIE, profile, max_age=COOKIE_SECONDS, httponly=True, samesite="lax", secure=secure)
    return profile


async def _caller(request: Request, response: Response) -> Caller:
    return caller(request, response)  # in the event loop: a plain dependency would get a thread


async def _key_holder(request: Request) -> Caller:
    return key_holder(request)


CallerOf = Annotated[Caller, Depends(_caller)]
KeyHolder = Annotated[Caller, Depends(_key_holder)]

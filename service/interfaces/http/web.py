"""The web page: one HTML file, its ES modules and its style, served as they are, without a build step.

The files are read once. Nothing of the page comes from elsewhere, and its Content-Security-Policy says so;
with Trusted Types no text can become HTML but through the one policy that takes the server's clean notes.
"""

from __future__ import annotations

import hashlib
from dataclasses import dataclass
from functools import lru_cache
from importlib.resources import files

from fastapi import APIRouter, Request, Response
from starlette.exceptions import HTTPException

INDEX = "index.html"
MEDIA_TYPES = {
    "html": "text/html; charset=utf-8",
    "js": "text/javascript; charset=utf-8",
    "css": "text/css; charset=utf-8",
    "svg": "image/svg+xml",
}
POLICY = "; ".join(
    [
        "default-src 'none'",
        "script-src 'self'",
        "style-src 'self'",
        "img-src 'self'",
        "connect-src 'self'",
        "base-uri 'none'",
        "form-action 'none'",
        "frame-ancestors 'none'",
        "require-trusted-types-for 'script'",
        "trusted-types note",
    ]
)
HEADERS = {
    "Content-Security-Policy": POLICY,
    "X-Content-Type-Options": "nosniff",
    "Referrer-Policy": "no-referrer",
    "Cross-Origin-Opener-Policy": "same-origin",
    "Cross-Origin-Resource-Policy": "same-origin",
    "Cache-Control": "no-cache",  # kept, but asked for again: a new version shows at once
}

router = APIRouter(include_in_schema=False)


@dataclass(frozen=True, slots=True)
class Asset:
    """A file of the page."""

    data: bytes
    media_type: str
    etag: str


@lru_cache(maxsize=1)
def assets() -> dict[str, Asset]:
    """Every file of the page by name."""
    found = {}
    for path in (files("service.interfaces") / "static").iterdir():
        suffix = path.name.rpartition(".")[2]
        if suffix in MEDIA_TYPES:
            data = path.read_bytes()
            etag = f'"{hashlib.blake2b(data, digest_size=12).hexdigest()}"'
            found[path.name] = Asset(data, MEDIA_TYPES[suffix], etag)
    return found


@router.get("/")
def page(request: Request) -> Response:
    """The page."""
    return _send(assets()[INDEX], request)


@router.get("/static/{name}")
def static(name: str, request: Request) -> Response:
    """A module, the style or the icon of the page."""
    asset = assets().get(name)
    if asset is None:
        raise HTTPException(404)
    return _send(asset, request)


@router.get("/favicon.ico")
def favicon(request: Request) -> Response:
    """The icon, for browsers that ask without looking at the page."""
    return _send(assets()["icon.svg"], request)


def _send(asset: Asset, request: Request) -> Response:
    headers = {**HEADERS, "ETag": asset.etag}
    if asset.etag in request.headers.get("if-none-match", ""):
        return Response(status_code=304, headers=headers)
    return Response(asset.data, media_type=asset.media_type, headers=headers)

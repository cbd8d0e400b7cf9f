"""What routes take of the running application, and what they look up by id."""

from __future__ import annotations

from typing import Annotated

from fastapi import Depends, Request

from service.errors import UnknownDocument
from service.index import Index
from service.interfaces.runtime.serving import Serving
from service.interfaces.state import AppState, state_of
from service.store import Store
from service.types import Document


# Coroutines that await nothing: FastAPI gives a plain dependency a thread, which costs more than its work.
async def _state(request: Request) -> AppState:
    return state_of(request)


async def _serving(request: Request) -> Serving:
    return state_of(request).serving


async def _store(request: Request) -> Store:
    return state_of(request).store


async def _base_url(request: Request) -> str:
    return base_url(request)


def base_url(request: Request) -> str:
    """Where this service is seen from outside, without a trailing slash."""
    return (state_of(request).settings.public_url or str(request.base_url)).rstrip("/")


def document_of(index: Index, document_id: str) -> Document:
    """The note with this id. Raises UnknownDocument."""
    found = next((each for each in index.documents if each.id == document_id), None)
    if found is None:
        raise UnknownDocument(document=document_id[:80])
    return found


State = Annotated[AppState, Depends(_state)]
Current = Annotated[Serving, Depends(_serving)]
Kept = Annotated[Store, Depends(_store)]
BaseUrl = Annotated[str, Depends(_base_url)]

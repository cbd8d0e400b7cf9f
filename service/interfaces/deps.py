"""What routes take of the running application."""

from __future__ import annotations

from typing import Annotated

from fastapi import Depends, Request

from service.interfaces.runtime.serving import Serving
from service.store import Store


# Coroutines that await nothing: FastAPI gives a plain dependency a thread, which costs more than its work.
async def _serving(request: Request) -> Serving:
    serving: Serving = request.app.state.serving
    return serving


async def _store(request: Request) -> Store:
    store: Store = request.app.state.store
    return store


Current = Annotated[Serving, Depends(_serving)]
Kept = Annotated[Store, Depends(_store)]

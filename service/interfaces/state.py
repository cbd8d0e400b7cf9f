"""What a running application holds: made once by `create_app`, and the same until it ends."""

from __future__ import annotations

from dataclasses import dataclass

from fastapi import Request

from service.curation.gaps import Embeddings
from service.interfaces.access.callers import ApiKeys
from service.interfaces.access.limits import Limits
from service.interfaces.runtime.exports import Exports
from service.interfaces.runtime.rebuilding import Rebuilding
from service.interfaces.runtime.serving import Serving
from service.settings import Settings
from service.store import Store


@dataclass(frozen=True, slots=True)
class AppState:
    """Everything that requests share; it is the `state` of the application."""

    settings: Settings
    serving: Serving
    store: Store
    rebuilding: Rebuilding
    keys: ApiKeys
    limits: Limits
    exports: Exports
    embeddings: Embeddings


def state_of(request: Request) -> AppState:
    """The state of the application that serves a request."""
    state: AppState = request.app.state
    return state

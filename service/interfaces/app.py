"""The application: every door put together; the routes themselves are in `http`."""

from __future__ import annotations

from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager, suppress
from typing import TYPE_CHECKING

import anyio
import anyio.to_thread
from fastapi import FastAPI
from fastapi_offline import FastAPIOffline
from starlette.routing import Route

from service import messages
from service.curation.gaps import Embeddings
from service.errors import EncoderError, IndexUnusable, StorageError
from service.files import stored_under
from service.interfaces.access import callers
from service.interfaces.access.limits import Limits, check_rate
from service.interfaces.access.retention import purging
from service.interfaces.asgi import observe, problems
from service.interfaces.asgi.guard import Guard, allowed_hosts
from service.interfaces.asgi.middleware import BodyLimit
from service.interfaces.asgi.problems import documented
from service.interfaces.asgi.request_id import RequestId
from service.interfaces.http import admin, asking, decks, documents, gaps, health, reading, reviewing, web
from service.interfaces.mcp.door import McpDoor
from service.interfaces.openai import routes as openai
from service.interfaces.runtime.exports import Exports
from service.interfaces.runtime.rebuilding import Rebuilding
from service.interfaces.runtime.serving import Serving
from service.interfaces.state import AppState
from service.loading import Loaded, load
from service.settings import Settings, load_settings
from service.store import Store

if TYPE_CHECKING:
    from service.interfaces.slack.connection import Connection


# Of two routes that a path fits, the first is taken.
_ROUTERS = (asking, documents, openai, decks, reading, reviewing, admin, gaps, web, health)


def create_app(settings: Settings | None = None, *, load: Callable[[Settings], Loaded] = load) -> FastAPI:
    """The application; settings come from the environment unless given. Raises SettingsError.

    `load` opens what was built; with another encoder's, nothing here needs the one of the settings.
    """
    settings = settings or load_settings()
    keys = callers.parse_keys(settings.api_keys)
    check_rate(settings.rate_limit)
    with stored_under(settings.data_dir):
        settings.data_dir.mkdir(parents=True, exist_ok=True)
    store = Store(settings.store_url)
    serving = Serving(settings, load)
    rebuilding = Rebuilding(settings, serving)
    mcp = McpDoor()
    slack = _slack(settings, serving, store)

    @asynccontextmanager
    async def lifespan(app: FastAPI) -> AsyncIterator[None]:
        # What fails here is logged, /readyz and every route say what to do, and a build mends it.
        with suppress(IndexUnusable, EncoderError, StorageError):
            await serving.run(serving.tutor)
        if slack is not None:
            slack.start()
        async with (
            purging(store, settings.retention_days, settings.data_dir),
            rebuilding.running(),
            mcp.running(),
        ):
            yield
        if slack is not None:
            await anyio.to_thread.run_sync(slack.close)
        store.close()

    app = FastAPIOffline(  # FastAPI whose /docs page takes its assets from this server, not a CDN
        docs_url="/docs",
        redoc_url=None,
        title=messages.API_TITLE,
        description=messages.API_DESCRIPTION,
        lifespan=lifespan,
        responses=documented(403, 429),  # any call may come from a foreign page, or too often
    )
    limits, exports, embeddings = Limits(settings), Exports(), Embeddings()
    app.state = AppState(  # type: ignore[assignment]  # Starlette's own is a bag of anything
        settings, serving, store, rebuilding, keys, limits, exports, embeddings
    )
    problems.install(app)
    app.add_middleware(Guard, hosts=allowed_hosts(settings))
    app.add_middleware(BodyLimit)  # outside the guard: a body of two lengths ends the connection first of all
    app.add_middleware(observe.Observe)
    app.add_middleware(RequestId)
    for part in _ROUTERS:
        app.include_router(part.router)
    app.router.routes.append(Route("/mcp", mcp, methods=["POST"]))
    if slack is not None:
        slack.install(app)
    return app


def _slack(settings: Settings, serving: Serving, store: Store) -> Connection | None:
    """Slack, imported only where it is configured."""
    if not settings.slack:
        return None
    from service.interfaces.slack.connection import Connection

    return Connection(settings, serving, store)

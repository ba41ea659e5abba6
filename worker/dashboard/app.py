"""Build the application: pages, API, files, and the security around them."""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

from anyio import to_thread
from fastapi import FastAPI
from starlette.requests import Request
from starlette.responses import Response

from worker import __version__
from worker.bootstrap import Services
from worker.config import Settings
from worker.dashboard import api, pages
from worker.dashboard.live import stream
from worker.dashboard.live.parts import renderer
from worker.dashboard.live.sampler import SHARE, Sampler
from worker.dashboard.pages.errors import as_page
from worker.dashboard.security.access import Role, Route, Table
from worker.dashboard.security.answers import Refused, as_json, is_program
from worker.dashboard.security.middleware import Security
from worker.dashboard.state import State
from worker.dashboard.view import assets
from worker.dashboard.view.rendering import environment

THREADS = 12
"""Operations at once: SQLAlchemy's pool has 15 connections, and the sampler of live pages needs some of them."""


def create_app(services: Services, settings: Settings) -> FastAPI:
    """The whole dashboard on these services, as an ASGI application."""
    app = FastAPI(title="Pressmark", version=__version__, docs_url=None, redoc_url=None, openapi_url=None, lifespan=_lifespan)
    app.state.dashboard = state = State(services, settings)
    app.state.is_live = lambda page: page.partition("?")[0].partition("/")[0] in pages.LIVE
    app.state.sampler = Sampler(renderer(state, pages.LIVE), share=SHARE)
    own = [Route("GET", "/static/{name}", Role.ANYONE, assets.serve), *stream.ROUTES, *pages.ROUTES]
    for route in own:
        if route.endpoint is not None:
            app.router.add_route(route.path, route.endpoint, methods=[route.method], include_in_schema=False)
    app.state.table = Table([*own, *api.mount(app)])
    app.add_middleware(Security, table=app.state.table, callers=state.callers, settings=settings, answer=answer)
    return app


@asynccontextmanager
async def _lifespan(app: FastAPI) -> AsyncIterator[None]:
    to_thread.current_default_thread_limiter().total_tokens = THREADS
    await to_thread.run_sync(_warm_up, app.state.dashboard)
    yield


def _warm_up(state: State) -> None:
    """Reads model and templates before the first page is asked for: on a busy machine that takes longer than a page may."""
    state.queues.or_none()
    for template in environment().list_templates():
        environment().get_template(template)


def answer(request: Request, refused: Refused) -> Response:
    """What whoever asked gets in place of what they asked for: JSON for a program, a page for a person."""
    return as_json(refused) if is_program(request) else as_page(request, refused)

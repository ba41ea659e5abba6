"""Serve programs: `/api/v1`, `/metrics`, `/livez`, `/readyz`."""

from __future__ import annotations

from collections.abc import Sequence

from fastapi import FastAPI
from fastapi.exceptions import RequestValidationError
from starlette.exceptions import HTTPException

from worker.dashboard.api import articles, dead, events, health, hosts, items, jobs, models, reviews, sources, watch
from worker.dashboard.api.core import openapi
from worker.dashboard.api.core.openapi import Document
from worker.dashboard.api.core.programs import Programs
from worker.dashboard.api.core.refusals import no_such_route, unreadable
from worker.dashboard.security.access import Route

SUBJECTS = (watch.api, items.api, articles.api, dead.api, jobs.api, hosts.api, sources.api, models.api, reviews.api)


def mount(app: FastAPI) -> Sequence[Route]:
    """Adds the routes for programs to the application, and returns a row for each one with the role that it needs."""
    app.state.programs = Programs(app.state.dashboard)
    app.add_exception_handler(RequestValidationError, unreadable)
    app.add_exception_handler(HTTPException, no_such_route)
    for subject in SUBJECTS:
        app.include_router(subject.router)
    app.state.openapi = Document([route for subject in SUBJECTS for route in subject.router.routes])
    plain = [*health.ROUTES, openapi.ROUTE, events.ROUTE]
    for route in plain:
        if route.endpoint is not None:
            app.router.add_route(route.path, route.endpoint, methods=[route.method], include_in_schema=False)
    return [*plain, *(row for subject in SUBJECTS for row in subject.rows)]

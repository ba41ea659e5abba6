"""Describe the API for programs: the OpenAPI document."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from functools import cached_property

from fastapi.openapi.utils import get_openapi
from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import BaseRoute

from worker import __version__
from worker.dashboard.api.core.routing import ALWAYS, MEANINGS, PREFIX
from worker.dashboard.security.access import Role, Route

DESCRIPTION = (
    "What the commands of Pressmark show and do, for programs. On loopback without a token nobody has to sign in; else send "
    "`Authorization: Bearer TOKEN`. A program sends neither `Origin` nor `Sec-Fetch-Site`. Times are RFC 3339 in UTC."
)
STREAM = "/events"
"""The one address that FastAPI does not describe: a plain route that never ends its answer."""


class Document:
    """The document of these routes, built at its first use."""

    def __init__(self, routes: Sequence[BaseRoute]) -> None:
        self._routes = routes

    @cached_property
    def content(self) -> Mapping[str, object]:
        """OpenAPI 3.1, without FastAPI's own error, which this API never sends."""
        found = get_openapi(title="Pressmark", version=__version__, description=DESCRIPTION, routes=self._routes)
        found["paths"][f"{PREFIX}{STREAM}"] = {"get": _stream()}
        for operation in (operation for path in found["paths"].values() for operation in path.values()):
            operation["responses"].pop("422", None)
            operation["security"] = [{}, {"token": []}]
        schemas = found["components"]["schemas"]
        for name in ("HTTPValidationError", "ValidationError"):
            schemas.pop(name, None)
        found["components"]["securitySchemes"] = {"token": {"type": "http", "scheme": "bearer"}}
        return found


def _stream() -> dict[str, object]:
    """Of the stream of events, in OpenAPI's words."""
    error = {"application/json": {"schema": {"$ref": "#/components/schemas/Error"}}}
    return {
        "tags": ["events"],
        "summary": "Follow what changes, as server-sent events: queues, problem, job, dead, pause, model, review and ping",
        "description": f"Each is an object that begins with `at`; `ping` comes every 15 seconds. Needs the role {Role.VIEWER.word}.",
        "operationId": "events",
        "responses": {
            "200": {"description": "A stream without end.", "content": {"text/event-stream": {"schema": {"type": "string"}}}},
            **{str(code): {"description": MEANINGS[code], "content": error} for code in ALWAYS},
        },
    }


async def document(request: Request) -> Response:
    """The document itself."""
    found: Document = request.app.state.openapi
    return JSONResponse(found.content)


ROUTE = Route("GET", f"{PREFIX}/openapi.json", Role.VIEWER, document)

"""Show programs whether the dashboard lives and the service makes progress, and its metrics."""

from __future__ import annotations

from collections.abc import Sequence

import anyio
from anyio import to_thread
from starlette.requests import Request
from starlette.responses import JSONResponse, Response

from worker.dashboard.api.core.programs import programs_of
from worker.dashboard.api.core.routing import WITHIN
from worker.dashboard.security.access import Role, Route
from worker.dashboard.security.answers import Refused
from worker.operations.metrics import exposition


async def livez(_: Request) -> Response:
    """Answered by the loop itself, with no thread, database or Redis: it fails where the process hangs, and for nothing else."""
    return JSONResponse({"alive": True})


async def readyz(request: Request) -> Response:
    """200 where database and Redis answer and dispatcher and keeper make progress; else 503, with what does not."""
    readiness = programs_of(request).readiness
    try:
        with anyio.fail_after(WITHIN):
            found = await to_thread.run_sync(readiness, abandon_on_cancel=True)
    except TimeoutError:
        return JSONResponse({"ready": False, "reasons": [{"what": "database", "why": "does not answer"}]}, 503)
    return JSONResponse(found.to_dict(), 200 if found.ready else 503)


async def metrics(request: Request) -> Response:
    """Prometheus' text format, or OpenMetrics where that is asked for."""
    snapshots = programs_of(request).snapshots
    try:
        with anyio.fail_after(WITHIN):
            text, kind = await to_thread.run_sync(exposition, snapshots.take, request.headers.get("accept", ""), abandon_on_cancel=True)
    except TimeoutError:
        raise Refused(503, "unavailable", "The database or Redis does not answer.") from None
    return Response(text, headers={"Content-Type": kind})


ROUTES: Sequence[Route] = (
    Route("GET", "/livez", Role.ANYONE, livez),
    Route("GET", "/readyz", Role.ANYONE, readyz),
    Route("GET", "/metrics", Role.VIEWER, metrics),
)
"""Health checks need no token: an orchestrator has none, and they name no host, address or count."""

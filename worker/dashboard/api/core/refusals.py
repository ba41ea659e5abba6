"""Turn FastAPI's refusals into the contract's error, in one sentence."""

from __future__ import annotations

from fastapi.exceptions import RequestValidationError
from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import Response

from worker.dashboard.security.answers import Refused, as_json, bad_request, not_found

SHOWN = 60
"""Characters of a wrong value that are shown."""


async def unreadable(request: Request, error: Exception) -> Response:
    """A body, an address or a field that does not fit: 400, or 404 where an address names what cannot be there."""
    assert isinstance(error, RequestValidationError)  # noqa: S101 - it is registered for no other
    found = error.errors()[0]
    place, *names = found["loc"]
    if place == "path":
        return as_json(not_found(f"There is nothing called {str(found['input'])[:SHOWN]!r}."))
    where = str(place) if found["type"] == "json_invalid" else ".".join(map(str, names)) or str(place)
    return as_json(bad_request(f"{where}: {_sentence(found)}"))


def _sentence(found: dict[str, object]) -> str:
    kind, message = found["type"], str(found["msg"])
    if kind == "extra_forbidden":
        return "there is no field with this name."
    if kind == "json_invalid":
        return "expected a body of JSON."
    if kind == "missing":
        return "expected a value, got none."
    got = _shown(found.get("input"))
    return f"{message.removeprefix('Value error, ')}{f', got {got}' if got else ''}."


def _shown(value: object) -> str:
    """A short value as it came; nothing for a long or nested one."""
    if value is None or isinstance(value, (dict, list, bytes)):
        return ""
    shown = repr(value).encode("ascii", "backslashreplace").decode()
    return shown if len(shown) <= SHOWN else f"{shown[:SHOWN]}…"


async def no_such_route(request: Request, error: Exception) -> Response:
    """Starlette's own refusals, for an address that the table of routes knows and no router does."""
    assert isinstance(error, HTTPException)  # noqa: S101 - it is registered for no other
    status = error.status_code if error.status_code in (400, 404, 413) else 404
    reasons = {400: "bad-request", 404: "not-found", 413: "too-big"}
    return as_json(Refused(status, reasons[status], "The request cannot be read." if status == 400 else "There is nothing here."))

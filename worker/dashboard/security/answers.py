"""Refuse a request in one way: to programs as the contract's JSON, to people as a page in words."""

from __future__ import annotations

from collections.abc import Mapping

from starlette.requests import HTTPConnection
from starlette.responses import JSONResponse, Response

PROGRAM_PATHS = ("/api/", "/metrics", "/livez", "/readyz")
"""Where programs ask; everything else is a page."""


class Refused(Exception):
    """A request is not done: `status` is the HTTP status, `reason` a word for programs, the text one sentence for people."""

    def __init__(self, status: int, reason: str, message: str, headers: Mapping[str, str] | None = None) -> None:
        super().__init__(message)
        self.status = status
        self.reason = reason
        self.message = message
        self.headers = dict(headers or {})


def bad_request(message: str, reason: str = "bad-request") -> Refused:
    """A field is wrong; the sentence names it."""
    return Refused(400, reason, message)


def not_found(message: str) -> Refused:
    """What is asked for is not there."""
    return Refused(404, "not-found", message)


def conflict(message: str, reason: str = "changed") -> Refused:
    """Things have changed since the caller looked."""
    return Refused(409, reason, message)


def too_many(seconds: float) -> Refused:
    """The caller has to wait."""
    wait = max(1, round(seconds))
    return Refused(429, "too-many", f"Too many tries. Again in {wait} s.", {"Retry-After": str(wait)})


def is_program(connection: HTTPConnection) -> bool:
    """Whether the answer is for a program."""
    return connection.url.path.startswith(PROGRAM_PATHS)


def as_json(refused: Refused) -> Response:
    """The contract's error object."""
    return JSONResponse({"error": {"reason": refused.reason, "message": refused.message}}, refused.status, refused.headers)

"""Add routes for programs: each with the role that it needs, the shape of its answer, and a limit of time."""

from __future__ import annotations

import functools
import inspect
import json
import time
from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass
from typing import Annotated, TypeAlias, TypeVar, get_args, get_type_hints

import anyio
from anyio import to_thread
from fastapi import APIRouter, Depends, params
from fastapi.params import Query as QueryField
from pydantic import AfterValidator, BaseModel, ConfigDict, Field
from starlette.requests import HTTPConnection, Request
from starlette.responses import JSONResponse, Response

from worker.dashboard.security.access import Role, Route
from worker.dashboard.security.answers import Refused, bad_request, conflict, not_found
from worker.dashboard.security.middleware import caller_of
from worker.dashboard.state import State, state_of
from worker.errors import Conflict, NotFound, UsageError
from worker.operations.document import as_json
from worker.operations.times import parse_since

PREFIX = "/api/v1"
WITHIN = 4.0
"""Seconds: a program learns within five that the database is away, also where that accepts a question and never answers."""
ACT_WITHIN = 300.0
"""Seconds for an act on many, which takes several transactions, or measures a model."""
LONGEST = 2000
"""Characters of an address, a name or a note: browsers send no longer address."""

LAST_TIME = 1e11
"""Seconds from 1970 beyond which a time means nothing: the year 5138."""

F = TypeVar("F", bound=Callable[..., object])


def _expect_no_nul(text: str) -> str:
    """PostgreSQL's texts cannot hold one."""
    if "\0" in text:
        raise ValueError("expected text without NUL")
    return text


Text: TypeAlias = Annotated[str, Field(max_length=LONGEST), AfterValidator(_expect_no_nul)]
"""Text from outside; pydantic refuses lone surrogates itself."""
Name: TypeAlias = Annotated[str, Field(min_length=1, max_length=200), AfterValidator(_expect_no_nul)]
"""The name of something: a job, a host, a model."""
Moment: TypeAlias = Annotated[str, Field(max_length=40, description="A day, a time (RFC 3339), or an age as 90m, 12h, 7d.")]
ItemId: TypeAlias = Annotated[int, Field(ge=1, le=2**63 - 1)]
"""What a database can hold as a number of an item."""
Page: TypeAlias = Annotated[int, Field(ge=1, le=500)]
"""Rows of one answer: 500 take some tens of milliseconds."""


def moment(text: str | None, zone: str) -> float | None:
    """Seconds since 1970 of a Moment, a day being one of `zone`; None without one. Raises Refused for what is none."""
    try:
        found = parse_since(text, time.time(), zone) if text is not None else None
    except (ValueError, OverflowError, OSError):
        raise bad_request(f"since: expected a day, a time, or an age as 12h, got {text!r}.") from None
    if found is not None and not abs(found) < LAST_TIME:
        raise bad_request(f"since: expected a time of this world, got {text!r}.")
    return found


class Body(BaseModel):
    """A request's body: a field that is not known is a mistake, and a number in quotes is text."""

    model_config = ConfigDict(extra="forbid", strict=True, frozen=True)


class Asked(BaseModel):
    """What stands behind the question mark of an address: a field that is not known is a mistake."""

    model_config = ConfigDict(extra="forbid", frozen=True)


class ErrorText(BaseModel):
    """Why a request was not done."""

    reason: str
    """A word for programs."""
    message: str
    """A sentence for people."""


class Error(BaseModel):
    """The answer to a request that was not done."""

    error: ErrorText


async def _state(connection: HTTPConnection) -> State:
    return state_of(connection)


async def _who(connection: HTTPConnection) -> str:
    return caller_of(connection).name


Dashboard = Annotated[State, Depends(_state)]
Who = Annotated[str, Depends(_who)]
"""The name of whoever asks, for the log of who did what."""


async def _expect_no_query(connection: HTTPConnection) -> None:
    if connection.query_params:
        raise bad_request(f"{next(iter(connection.query_params))[:60]}: there is no field with this name.")


async def _expect_no_body(request: Request) -> None:
    """An act that takes no fields does not pass over one, such as `dry_run`, and do what was only asked about."""
    body = (await request.body()).strip()
    if not body:
        return
    try:
        given = json.loads(body)
    except (ValueError, RecursionError):
        raise bad_request("expected no body, or an empty object of JSON.") from None
    if given is not None and not isinstance(given, dict):
        raise bad_request("expected no body, or an empty object of JSON.")
    if given:
        raise bad_request(f"{next(iter(given))[:60]}: there is no field with this name.")


def _reads_body(function: Callable[..., object]) -> bool:
    """Whether the endpoint takes a Body, or one where it wants to."""
    hints = get_type_hints(function).values()
    kinds = [kind for hint in hints for kind in (hint, *get_args(hint))]
    return any(isinstance(kind, type) and issubclass(kind, Body) for kind in kinds)


def _expectations(function: Callable[..., object], method: str) -> list[params.Depends]:
    """What an endpoint that does not take fields of the query, or of the body, expects there: none."""
    silent = [] if _asks(function) else [Depends(_expect_no_query)]
    return silent if method == "GET" or _reads_body(function) else [*silent, Depends(_expect_no_body)]


def _asks(function: Callable[..., object]) -> bool:
    """Whether the endpoint takes fields of the query itself, and refuses others."""
    hints = get_type_hints(function, include_extras=True).values()
    return any(isinstance(part, QueryField) for hint in hints for part in getattr(hint, "__metadata__", ()))


ALWAYS = (400, 401, 403, 413, 429, 503)
"""Errors that any address may answer; others are named by their route."""
MEANINGS = {
    400: "The request cannot be read, or a value in it is wrong.",
    401: "A token or a session is needed.",
    403: "The role does not suffice, or the request comes from another site.",
    404: "There is no such thing.",
    409: "Things have changed since they were looked at, or do not allow it.",
    413: "The body is larger than 5 MB.",
    429: "Too many requests, tokens or streams; `Retry-After` says how long to wait.",
    503: "Redis or the database cannot be used now.",
}


@dataclass(frozen=True, slots=True)
class File:
    """An answer that is a file."""

    media: tuple[str, ...]
    """The types that it may have."""
    shape: str = "string"
    """What it is in JSON Schema's words: a text, or an `object`."""

    @property
    def content(self) -> dict[str, object]:
        """As OpenAPI describes it."""
        return {"content": {media: {"schema": {"type": self.shape}} for media in self.media}}


class Api:
    """The routes of one subject."""

    def __init__(self, subject: str) -> None:
        self.router = APIRouter(prefix=PREFIX, tags=[subject])
        self.rows: list[Route] = []

    def get(self, path: str, gives: object, *, role: Role = Role.VIEWER, errors: Sequence[int] = ()) -> Callable[[F], F]:
        """Reads; `gives` is the type of the answer, or a File."""
        return self._add(Route("GET", f"{PREFIX}{path}", role), gives, errors, WITHIN)

    def post(self, path: str, gives: object, *, role: Role, errors: Sequence[int] = (), within: float = WITHIN) -> Callable[[F], F]:
        """Changes something."""
        return self._add(Route("POST", f"{PREFIX}{path}", role), gives, errors, within)

    def delete(self, path: str, gives: object, *, role: Role, errors: Sequence[int] = ()) -> Callable[[F], F]:
        """Takes something back."""
        return self._add(Route("DELETE", f"{PREFIX}{path}", role), gives, errors, WITHIN)

    def _add(self, row: Route, gives: object, errors: Sequence[int], within: float) -> Callable[[F], F]:
        self.rows.append(row)
        described: dict[int | str, dict[str, object]] = {
            code: {"model": Error, "description": MEANINGS[code]}
            for code in sorted({*ALWAYS, *errors, *([404] if "{" in row.path else [])})
        }
        told = gives.content if isinstance(gives, File) else {"model": gives}
        done: dict[int | str, dict[str, object]] = {200: {**told, "description": "Done."}}

        def add(function: F) -> F:
            self.router.add_api_route(
                row.path.removeprefix(PREFIX),
                timely(function, within, changes=row.method != "GET"),
                methods=[row.method],
                name=function.__name__,
                operation_id=function.__name__,
                summary=(inspect.getdoc(function) or "").partition("\n")[0].rstrip("."),
                description=f"Needs the role {row.role.word}.",
                response_model=None,
                response_class=Response if isinstance(gives, File) else JSONResponse,
                dependencies=_expectations(function, row.method),
                responses={**done, **described},
            )
            return function

        return add


def timely(function: Callable[..., object], within: float, *, changes: bool) -> Callable[..., Awaitable[Response]]:
    """The endpoint that calls `function` in a thread and shows what it returns; 503 where it takes too long."""
    call = _changed(function) if changes else function

    @functools.wraps(function)
    async def endpoint(**values: object) -> Response:
        try:
            with anyio.fail_after(within):
                found = await to_thread.run_sync(functools.partial(_answered, call, values), abandon_on_cancel=True)
        except TimeoutError:
            raise Refused(503, "unavailable", "The database or Redis does not answer.") from None
        return found if isinstance(found, Response) else JSONResponse(found)

    hints = get_type_hints(function, include_extras=True)
    signature = inspect.signature(function)
    parameters = [parameter.replace(annotation=hints[name]) for name, parameter in signature.parameters.items()]
    endpoint.__signature__ = signature.replace(parameters=parameters)  # type: ignore[attr-defined]  # FastAPI reads it
    return endpoint


def _changed(function: Callable[..., object]) -> Callable[..., object]:
    """Whoever changed something sees it in the next answer: the figures that are kept for a moment are asked anew."""

    @functools.wraps(function)
    def call(**values: object) -> object:
        try:
            return function(**values)
        finally:
            if isinstance(state := values.get("state"), State):
                state.changed()

    return call


def paged(request: Request, shown: object, cursor: str | None) -> Response:
    """A list, with the address of its next page in the header Link (RFC 8288), as far as there is one."""
    link = {"Link": f'<{request.url.include_query_params(cursor=cursor)}>; rel="next"'} if cursor else {}
    return JSONResponse(as_json(shown), headers=link)


def _answered(function: Callable[..., object], values: dict[str, object]) -> object:
    try:
        found = function(**values)
    except NotFound as missing:
        raise not_found(str(missing)) from None
    except Conflict as changed:
        raise conflict(str(changed)) from None
    except UsageError as wrong:
        raise Refused(400, "bad-request", str(wrong)) from None
    return found if isinstance(found, Response) else as_json(found)

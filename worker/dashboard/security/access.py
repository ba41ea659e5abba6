"""Say who may ask for what: every route has one row with the role that it needs, and what has no row is not there."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Iterable
from dataclasses import dataclass
from enum import IntEnum

from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import compile_path

Endpoint = Callable[[Request], Awaitable[Response] | Response]


class Role(IntEnum):
    """What a caller may do; each role includes those before it."""

    ANYONE = 0
    """Nobody has to sign in: style sheets, the sign-in page, `/livez`."""
    VIEWER = 1
    """Read everything."""
    EDITOR = 2
    """Accept URLs, review, send dead letters again."""
    OPERATOR = 3
    """All."""

    @classmethod
    def of(cls, name: str) -> Role:
        """The role called `viewer`, `editor` or `operator`."""
        return cls[name.upper()]

    @property
    def word(self) -> str:
        """Its name as settings and pages write it."""
        return self.name.lower()


@dataclass(frozen=True, slots=True)
class Route:
    """One address, what answers there, and who may ask."""

    method: str
    path: str
    """As Starlette writes it: `/articles/{item_id:int}`."""
    role: Role
    endpoint: Endpoint | None = None
    """What answers; None where it was added to the application already, as the routes for programs are."""
    form: bool = False
    """Whether a page's form posts here: it must carry the form token of its session."""


class Table:
    """Every route of the application, in the order in which they are tried."""

    def __init__(self, routes: Iterable[Route]) -> None:
        self.routes = tuple(routes)
        self._patterns = [(compile_path(route.path)[0], route) for route in self.routes]

    def find(self, method: str, path: str) -> Route | None:
        """The route that answers, None where there is none; HEAD is answered by GET."""
        wanted = "GET" if method == "HEAD" else method
        return next((route for route in self._of(path) if route.method == wanted), None)

    def methods(self, path: str) -> tuple[str, ...]:
        """The methods that an address takes; empty where nothing is there."""
        return tuple(dict.fromkeys(route.method for route in self._of(path)))

    def _of(self, path: str) -> Iterable[Route]:
        return (route for pattern, route in self._patterns if pattern.match(path))

"""Render pages from templates: everything escaped, every name known, the frame the same around all of them."""

from __future__ import annotations

import base64
import hashlib
import hmac
import json
import time
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass, field
from functools import cache
from pathlib import Path
from zoneinfo import ZoneInfo

from jinja2 import Environment, FileSystemLoader, StrictUndefined
from starlette.requests import Request
from starlette.responses import HTMLResponse, RedirectResponse, Response

from worker.config import Settings
from worker.dashboard.security.access import Role
from worker.dashboard.security.middleware import caller_of
from worker.dashboard.state import state_of
from worker.dashboard.view import figures, words
from worker.dashboard.view.assets import address_of
from worker.dashboard.view.figures import Clock
from worker.dashboard.view.frame import frame_of

FLASH = "pressmark_flash"
FLASH_SECONDS = 60
"""A message waits for the page that follows, not longer."""


@dataclass(frozen=True, slots=True)
class Button:
    """A form of one button: what it says, where it posts, and what it sends."""

    label: str
    action: str
    values: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Flash:
    """What an act has done, told once on the page that follows; `undo` takes it back."""

    text: str
    undo: Button | None = None
    bad: bool = False
    key: str = ""
    """The key that presses `undo`."""


def button(label: str, action: str, **values: str) -> Button:
    """A button as templates write it."""
    return Button(label, action, values)


@cache
def environment() -> Environment:
    """Templates with autoescape for all names, where an unknown name is an error."""
    made = Environment(
        loader=FileSystemLoader(Path(__file__).parents[1] / "templates"),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
        auto_reload=False,
    )
    made.filters |= {name: getattr(figures, name) for name in ("count", "size", "span", "share", "day")} | {"label": words.label}
    made.globals |= {"asset": address_of, "words": words, "Role": Role, "sign_out": Button("Sign out", "/sign-out"), "button": button}
    return made


def clock(settings: Settings) -> Clock:
    """The present moment in the zone of the readers."""
    return Clock(ZoneInfo(settings.timezone), time.time())


def part(name: str, settings: Settings, **values: object) -> str:
    """A piece of a page by itself, as live updates send it."""
    return environment().get_template(name).render(clock=clock(settings), **values)


def show(
    request: Request, template: str, *, status: int = 200, headers: Mapping[str, str] | None = None, wait: bool = True, **values: object
) -> Response:
    """A whole page in its frame; the message of the act before it is shown, and over. `wait`: for fresh figures of the frame."""
    state, caller = state_of(request), caller_of(request)
    flash = _read_flash(request)
    text = (
        environment()
        .get_template(template)
        .render(
            clock=clock(state.settings),
            caller=caller,
            may_leave=not state.callers.open,
            form_token=state.callers.form_token(caller),
            frame=frame_of(request, wait=wait),
            flash=flash,
            here=request.url.path + (f"?{request.url.query}" if request.url.query else ""),
            **values,
        )
    )
    response = HTMLResponse(text, status, dict(headers or {}))
    if request.cookies.get(FLASH):
        response.delete_cookie(FLASH)
    return response


def go(request: Request, address: str, flash: Flash | None = None) -> Response:
    """On to another page after an act; reloading it repeats nothing."""
    response = RedirectResponse(address, 303)
    if flash:
        value = base64.urlsafe_b64encode(json.dumps(asdict(flash)).encode()).decode()
        sealed = f"{value}.{_seal(request, value)}"
        response.set_cookie(FLASH, sealed, max_age=FLASH_SECONDS, httponly=True, samesite="strict")
    return response


def _seal(request: Request, value: str) -> str:
    key = state_of(request).callers.form_token(caller_of(request))
    return hmac.new(key.encode(), value.encode(), hashlib.sha256).hexdigest()


def _read_flash(request: Request) -> Flash | None:
    value, _, seal = request.cookies.get(FLASH, "").partition(".")
    if not value or not hmac.compare_digest(_seal(request, value).encode(), seal.encode()):
        return None
    found = json.loads(base64.urlsafe_b64decode(value))
    undo = found.pop("undo")
    return Flash(**found, undo=Button(**undo) if undo else None)


def hidden_fields(values: Mapping[str, str | Sequence[str]]) -> list[tuple[str, str]]:
    """Pairs for hidden inputs."""
    return [(name, value) for name, given in values.items() for value in ([given] if isinstance(given, str) else given)]

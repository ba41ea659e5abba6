"""Serve the style sheet, the scripts and the libraries from memory, under names that change with their content."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from pathlib import Path

from starlette.requests import Request
from starlette.responses import Response

from worker.dashboard.security.answers import not_found

FOLDER = Path(__file__).parents[1] / "static"
KINDS = {".css": "text/css; charset=utf-8", ".js": "text/javascript; charset=utf-8", ".svg": "image/svg+xml"}
A_YEAR = "public, max-age=31536000, immutable"
"""A file with another content has another name, so nobody has to ask again."""


@dataclass(frozen=True, slots=True)
class Asset:
    """One file as it is sent."""

    served_as: str
    kind: str
    content: bytes


@cache
def assets() -> Mapping[str, Asset]:
    """Every file by its path below `static`."""
    files = sorted(path for path in FOLDER.rglob("*") if path.suffix in KINDS)
    return {path.relative_to(FOLDER).as_posix(): _asset(path) for path in files}


def _asset(path: Path) -> Asset:
    content = path.read_bytes()
    digest = hashlib.sha256(content).hexdigest()[:12]
    return Asset(f"{path.stem}.{digest}{path.suffix}", KINDS[path.suffix], content)


def address_of(name: str) -> str:
    """The address of a file for pages; KeyError for one that is not there."""
    return f"/static/{assets()[name].served_as}"


def serve(request: Request) -> Response:
    """A file by the name that it is served as."""
    wanted = request.path_params["name"]
    found = next((asset for asset in assets().values() if asset.served_as == wanted), None)
    if found is None:
        raise not_found("There is no such file.")
    return Response(found.content, media_type=found.kind, headers={"Cache-Control": A_YEAR})

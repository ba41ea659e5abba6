"""Serve programs: `/api/v1`, `/metrics`, `/livez`, `/readyz`."""

from __future__ import annotations

from collections.abc import Sequence

from fastapi import FastAPI

from worker.dashboard.security.access import Route


def mount(app: FastAPI) -> Sequence[Route]:
    """Adds the routes for programs to the application, and returns a row for each one with the role that it needs."""
    return ()

"""A dashboard on a database of its own, without Redis, and its security by itself."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest
from fastapi import FastAPI

from worker.bootstrap.dashboard import DashboardServices
from worker.config import Settings
from worker.config.value_types import User
from worker.dashboard.app import create_app
from worker.operations import installation

USERS = tuple(User(role, role, f"token-of-the-{role}") for role in ("viewer", "editor", "operator"))
NO_REDIS = "redis://127.0.0.1:1/0"
"""Nothing listens there: a connection is refused at once."""


@pytest.fixture
def settings(tmp_path: Path) -> Settings:
    return Settings(data_dir=tmp_path / "data", redis_url=NO_REDIS)


@pytest.fixture
def services(settings: Settings) -> Iterator[DashboardServices]:
    made = DashboardServices(settings)
    installation.prepare(made)
    yield made
    made.close()


@pytest.fixture
def app(services: DashboardServices, settings: Settings) -> FastAPI:
    """Nobody has to sign in: loopback without a token."""
    return create_app(services, settings)


@pytest.fixture
def guarded_settings(settings: Settings) -> Settings:
    """With a user of each role."""
    return replace(settings, dashboard_users=USERS)


@pytest.fixture
def guarded(services: DashboardServices, guarded_settings: Settings) -> FastAPI:
    """Everybody has to sign in."""
    return create_app(services, guarded_settings)

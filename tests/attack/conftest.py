"""What the attacks share: a Redis that can be made to fail, and no settings from outside."""

from __future__ import annotations

import os
from collections.abc import Iterator

import pytest

from tests.attack.parts.redis_servers import FailingRedis, running_redis


@pytest.fixture(autouse=True)
def _no_settings_from_outside(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in [name for name in os.environ if name.startswith("PRESSMARK_") and not name.startswith("PRESSMARK_TEST_")]:
        monkeypatch.delenv(name)


@pytest.fixture
def redis_server() -> Iterator[FailingRedis]:
    """An empty server of this test's own."""
    with running_redis() as server:
        yield server

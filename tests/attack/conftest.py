"""What the attacks share: a Redis that can be made to fail, and no settings from outside."""

from __future__ import annotations

import json
import os
from collections.abc import Callable, Iterator
from pathlib import Path

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


@pytest.fixture
def figure(request: pytest.FixtureRequest) -> Callable[[str, float], None]:
    """`figure(name, value)` writes a measured figure as a JSON line into the file that PRESSMARK_TEST_FIGURES names, if any."""
    file = os.environ.get("PRESSMARK_TEST_FIGURES")

    def write(name: str, value: float) -> None:
        if file:
            with Path(file).open("a") as figures:
                figures.write(json.dumps({"test": request.node.nodeid, "figure": name, "value": value}) + "\n")

    return write

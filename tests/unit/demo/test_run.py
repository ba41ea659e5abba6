"""The demonstration's own services: nothing of the user's installation is used, changed or reached."""

from __future__ import annotations

from pathlib import Path

import pytest

from worker.config import Settings, load, to_environ
from worker.demo.run import private
from worker.demo.server import press_site
from worker.demo.site import hosts


@pytest.fixture(scope="module")
def users() -> Settings:
    """The settings of somebody who runs an installation of their own."""
    return Settings(
        data_dir=Path("/nowhere/data"),
        redis_url="redis://queue.example/0",
        database_url="postgresql+psycopg://db.example/press",
        model_dir=Path("/nowhere/model"),
        host_interval=5.0,
        proxy="http://proxy.example:3128",
        log_level="info",
        log_format="json",
    )


def test_the_users_servers_folder_and_proxy_are_left_alone(users: Settings, tmp_path: Path) -> None:
    with press_site() as site:
        ours = private(users, tmp_path, site)
    assert (ours.data_dir, ours.redis_url, ours.database_url, ours.proxy) == (tmp_path, None, None, None)
    assert ours.host_interval == 0
    assert ours.backoff < 1


def test_the_users_model_and_way_of_logging_are_kept(users: Settings, tmp_path: Path) -> None:
    with press_site() as site:
        ours = private(users, tmp_path, site)
    assert (ours.model_dir, ours.log_format) == (users.model_dir, "json")
    assert ours.log_level == "warning"  # the table tells the rest


def test_nothing_private_but_the_site_is_opened(users: Settings, tmp_path: Path) -> None:
    with press_site() as site:
        ours = private(users, tmp_path, site)
        assert {place.host for place in ours.allow_private} == set(hosts())
        assert {place.port for place in ours.allow_private} == {site.port}


def test_the_processes_get_the_same_settings_through_their_environment(users: Settings, tmp_path: Path) -> None:
    with press_site() as site:
        ours = private(users, tmp_path, site)
    assert load(to_environ(ours)) == ours

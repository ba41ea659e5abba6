"""The press site on loopback: byte for byte, under its own names, with its odd pages odd."""

from __future__ import annotations

import http.client
import time
from collections.abc import Iterator

import pytest

from worker.config import Settings
from worker.demo.server import PressSite, opened, press_site
from worker.demo.site import Served, hosts, served
from worker.net.policy import parse


@pytest.fixture(scope="module")
def site() -> Iterator[PressSite]:
    with press_site() as running:
        yield running


def get(site: PressSite, host: str, path: str) -> tuple[int, http.client.HTTPMessage, bytes]:
    connection = http.client.HTTPConnection("127.0.0.1", site.port, timeout=30)
    connection.request("GET", path, headers={"Host": f"{host}:{site.port}"})
    answer = connection.getresponse()
    body = answer.read()
    connection.close()
    return answer.status, answer.headers, body


@pytest.mark.parametrize("page", [page for page in served() if page.how == "plain"], ids=lambda page: page.host + page.path)
def test_every_page_is_served_byte_for_byte(site: PressSite, page: Served) -> None:
    status, headers, body = get(site, page.host, page.path)
    assert (status, headers["Content-Type"], headers["Location"]) == (page.status, page.content_type, page.location)
    assert body == page.body()


def test_the_flaky_page_fails_once_and_then_never_again(site: PressSite) -> None:
    page = next(page for page in served() if page.how == "flaky")
    assert [get(site, page.host, page.path)[0] for _ in range(3)] == [500, 200, 200]


def test_the_slow_page_takes_its_two_seconds(site: PressSite) -> None:
    page = next(page for page in served() if page.how == "slow")
    began = time.monotonic()
    assert get(site, page.host, page.path)[2] == page.body()
    assert time.monotonic() - began >= 2.0


def test_an_address_belongs_to_its_host_alone(site: PressSite) -> None:
    path = "/en/press-release/1184"
    assert get(site, "ministry.example", path)[0] == 200
    assert get(site, "press.example", path)[0] == 404


def test_the_thai_page_is_windows_874_and_says_so_only_inside(site: PressSite) -> None:
    _, headers, body = get(site, "thai.example", "/culture/khon-2567")
    assert headers["Content-Type"] == "text/html"
    assert b"charset=windows-874" in body
    assert "โขนกลางแปลง" in body.decode("cp874")


def test_the_site_is_reachable_through_the_guard_on_its_own_port_only(site: PressSite) -> None:
    settings = opened(Settings(), site.port)
    for host in hosts():
        assert parse(f"http://{host}:{site.port}/", settings).port == site.port
        assert settings.resolve[host] == ("127.0.0.1",)
    assert {place.port for place in settings.allow_private} == {site.port}

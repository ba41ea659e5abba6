"""Which places a host's name means."""

import pytest

from worker.config import load
from worker.operations.hosts import places

HERE = load({"PRESSMARK_ALLOW_PORTS": "80,443,8080", "PRESSMARK_ALLOW_PRIVATE": "intranet.example:9000"})


@pytest.mark.parametrize(
    ("host", "expected"),
    [
        ("Pub.Example.", ["pub.example:80", "pub.example:443", "pub.example:8080", "pub.example:9000"]),
        ("pub.example:8080", ["pub.example:8080"]),
        ("2606:4700::1", ["[2606:4700::1]:80", "[2606:4700::1]:443", "[2606:4700::1]:8080", "[2606:4700::1]:9000"]),
        ("[2606:4700::1]:443", ["[2606:4700::1]:443"]),
    ],
)
def test_a_host_is_every_port_that_a_page_may_have_or_the_one_that_was_named(host: str, expected: list[str]) -> None:
    assert places(host, HERE) == expected

from __future__ import annotations

import pytest

from worker.fetch.head import Head
from worker.fetch.reservations import header_reservations


@pytest.mark.parametrize(
    ("fields", "found"),
    [
        ([("x-robots-tag", "noindex"), ("x-robots-tag", "noindex, none")], ("x-robots-tag: noindex", "x-robots-tag: none")),
        ([("x-robots-tag", "otherbot: noindex"), ("x-robots-tag", "pressmark: noai")], ("x-robots-tag: noai",)),
        ([("x-robots-tag", "nocache")], ("x-robots-tag: nocache",)),
        ([("tdm-reservation", "1")], ("tdm-reservation: 1",)),
        (
            [("tdm-policy", "https://x.example/p"), ("tdm-reservation", "1")],
            ("tdm-reservation: 1", "tdm-policy: https://x.example/p"),
        ),
        ([("robots", "noindex"), ("content-type", "text/html")], ()),
        ([], ()),
    ],
)
def test_reservations_are_read_from_the_header_fields_that_make_them(fields: list[tuple[str, str]], found: tuple[str, ...]) -> None:
    assert header_reservations(Head(200, tuple(fields)), "pressmark") == found

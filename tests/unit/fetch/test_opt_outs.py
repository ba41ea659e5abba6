from __future__ import annotations

import pytest

from worker.fetch.head import Head
from worker.fetch.opt_outs import MAX_OPT_OUTS, opt_outs


@pytest.mark.parametrize(
    ("fields", "found"),
    [
        ([("x-robots-tag", "noai, NoImageAI, nofollow")], ("x-robots-tag: noai", "x-robots-tag: noimageai")),
        ([("x-robots-tag", "noindex"), ("x-robots-tag", "noindex, none")], ("x-robots-tag: noindex", "x-robots-tag: none")),
        ([("x-robots-tag", "otherbot: noindex, noai")], ()),
        ([("x-robots-tag", "otherbot: noindex"), ("x-robots-tag", "pressmark: noai")], ("x-robots-tag: noai",)),
        ([("x-robots-tag", "otherbot: noindex, pressmark: none")], ("x-robots-tag: none",)),
        ([("x-robots-tag", "unavailable_after: 25 Jun 2030 15:00:00 PST, noarchive")], ("x-robots-tag: noarchive",)),
        ([("tdm-reservation", "1")], ("tdm-reservation: 1",)),
        ([("tdm-reservation", "0")], ()),
        ([("x-robots-tag", "all")], ()),
        ([], ()),
    ],
)
def test_reservations_are_read_from_the_header(fields, found) -> None:
    assert opt_outs(Head(200, tuple(fields)), "pressmark") == found


def test_a_flood_of_reservations_is_cut() -> None:
    fields = (("x-robots-tag", ",".join(["noai"] * 1000)),) * 100
    assert len(opt_outs(Head(200, fields), "pressmark")) <= MAX_OPT_OUTS

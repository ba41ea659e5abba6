"""The day in an address."""

from __future__ import annotations

import pytest

from worker.extract.dates.address import date_of_address
from worker.extract.page.addresses import parts_of, without_archive


@pytest.mark.parametrize(
    "path",
    [
        "/2024/06/17/ferry",
        "/2024-06/17/c_12.htm",
        "/2024/0617/ferry",
        "/202406/17/WS12.html",
        "/20240617/ferry",
        "/xw/202406/t20240617_12.html",
        "/ferry-20240617083012345.htm",
        "/2024/jun/17/ferry",
        "/?articleId=nw20240617083012638C33",
        "/web/20250101083012/https://harbour.example/2024/06/17/ferry",
    ],
)
def test_a_day_in_an_address_is_read(path):
    assert str(date_of_address(parts_of(without_archive(f"https://harbour.example{path}")))) == "2024-06-17"


@pytest.mark.parametrize(
    "path",
    [
        "/item/20240617123",  # a number that only begins so
        "/2019/1105-reasons",
        "/2020/1234/",
        "/?date=20240617",
        "/web/20250101083012/https://harbour.example/ferry",
    ],
)
def test_other_numbers_in_an_address_are_no_day(path):
    assert date_of_address(parts_of(without_archive(f"https://harbour.example{path}"))) is None

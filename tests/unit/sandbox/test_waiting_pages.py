"""Fetched pages that wait are bounded in bytes, and large ones wait compressed."""

from __future__ import annotations

import threading

import pytest

from worker.messages import Page
from worker.sandbox.waiting_pages import EXPECTED, LARGE, PageRoom, WaitingPage


def page(body: bytes) -> Page:
    return Page(url="http://a.test/", final_url="http://a.test/", status=200, body=body)


def test_no_fetch_begins_without_room_for_its_page():
    # Given room for two pages, one of which is larger than expected
    room = PageRoom(2 * EXPECTED)
    assert room.reserve(0)
    room.release(-1)
    # When, Then
    assert not room.reserve(0)
    room.release(EXPECTED + 1)
    assert room.reserve(0)


def test_a_fetch_that_waits_begins_when_a_page_is_done():
    # Given
    room = PageRoom(EXPECTED)
    room.reserve(0)
    got: list[bool] = []
    waiting = threading.Thread(target=lambda: got.append(room.reserve(30)))
    waiting.start()
    # When
    room.release(EXPECTED)
    waiting.join(60)
    # Then
    assert got == [True]


@pytest.mark.parametrize(("body", "held"), [(b"small", 5), (b"the border trade ministry said so. " * 140_000, 50_000)])
def test_a_large_page_waits_compressed_and_comes_out_as_it_was(body: bytes, held: int):
    waiting = WaitingPage.of(page(body))
    assert waiting.size <= held < LARGE
    assert waiting.page() == page(body)

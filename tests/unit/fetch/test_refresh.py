"""Where a page sends its readers is found in linear time, whatever its mark-up, and as browsers find it."""

from __future__ import annotations

import time

import pytest

from worker.fetch.head import Head
from worker.fetch.refresh import SMALL, refreshed
from worker.fetch.soft_errors import LARGEST, passing_error

BUDGET = 5.0
"""Seconds of CPU for hostile mark-up: eight megabytes took more than ten minutes, and linear time takes a tenth of a second."""
LARGE = 8_000_000
GO = b'<meta http-equiv="refresh" content="0; url=/there">'


def target(body: bytes) -> str | None:
    return refreshed(Head(200, ()), body)


@pytest.mark.parametrize(
    "piece",
    [
        b"<",
        b"<!--",
        b"<script ",
        b"<style>",
        b"<template ",
        b"<noscript ",
        b'<meta "',
        b"<meta '",
        b'<a "<',
        b"<script></script",
        b"<meta a=b ",
        b'<base href="' + GO + b"<textarea>",
        b"<title><meta/",
    ],
)
@pytest.mark.parametrize("size", [SMALL, LARGE])
def test_hostile_markup_takes_linear_time(piece: bytes, size: int) -> None:
    # Given
    body = piece * (size // len(piece))
    begun = time.process_time()
    # When
    target(body)
    passing_error(body[:LARGEST])
    # Then
    assert time.process_time() - begun < BUDGET


@pytest.mark.parametrize(
    ("body", "found"),
    [
        (b"<head>" + GO, "/there"),
        (b"<head><!-- " + GO + b" -->", None),
        (b"<head><SCRIPT>" + GO + b"</Script >", None),
        (b"<head><script>1</script>" + GO, "/there"),
        (b"<head><template>" + GO + b"</template><p>text", None),
        (b"<head><noscript>" + GO + b"</noscript>" + b"<p>" + b"words of an article " * 50, None),
        (b"<head><noscript>" + GO + b"</noscript><p>Just a moment.", "/there"),
        (b"<head><!-- never closed " + GO, "/there"),
        (b"<head><scripture>" + GO, "/there"),
        (b'<head><base href="http://other.test/a/">' + GO, "http://other.test/there"),
        (b'<head><base href="http://[bad/">' + GO, "/there"),
        (b'<head><base href="http://a.test/"><meta http-equiv=refresh content="0;url=http://[bad/">', "http://[bad/"),
    ],
)
def test_what_readers_do_not_see_sends_nobody_on(body: bytes, found: str | None) -> None:
    assert target(body) == found

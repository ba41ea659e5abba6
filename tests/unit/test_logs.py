"""Log lines carry what they concern as fields, for people and for log collectors."""

from __future__ import annotations

import json
import logging
from collections.abc import Iterator

import pytest

from worker import logs
from worker.config import Settings
from worker.logs import fields

log = logging.getLogger("worker.pipeline.fetch_item")
ABOUT = fields(item=5, host="a.test:80", stage="fetch", reason="dns", url="http://a.test/1", ms=12)


@pytest.fixture(autouse=True)
def _root_logger_as_before() -> Iterator[None]:
    root = logging.getLogger()
    handlers, level = root.handlers[:], root.level
    yield
    root.handlers[:] = handlers
    root.setLevel(level)


def test_a_line_of_text_ends_with_its_fields(capsys: pytest.CaptureFixture[str]) -> None:
    # Given
    logs.set_up(Settings(), "fetch[7]")
    # When
    log.info("fetch failed: %s", "no such name", extra=ABOUT)
    # Then
    time, _, rest = capsys.readouterr().err.rstrip("\n").partition(" ")
    assert time.endswith("Z")
    assert rest == "info    fetch[7]: fetch failed: no such name item=5 host=a.test:80 stage=fetch reason=dns url=http://a.test/1 ms=12"


def test_in_json_the_fields_are_keys_of_their_own(capsys: pytest.CaptureFixture[str]) -> None:
    # Given
    logs.set_up(Settings(log_format="json"), "fetch[7]")
    # When
    log.info("fetch failed: %s", "no such name", extra=ABOUT)
    # Then
    entry = json.loads(capsys.readouterr().err)
    assert entry | {"at": ""} == {
        "at": "",
        "level": "info",
        "process": "fetch[7]",
        "logger": "worker.pipeline.fetch_item",
        "message": "fetch failed: no such name",
        "item": 5,
        "host": "a.test:80",
        "stage": "fetch",
        "reason": "dns",
        "url": "http://a.test/1",
        "ms": 12,
    }


@pytest.mark.parametrize("log_format", ["text", "json"])
def test_a_line_has_only_the_fields_that_are_known(capsys: pytest.CaptureFixture[str], log_format: str) -> None:
    logs.set_up(Settings(log_format=log_format), "keeper[7]")
    log.info("message parked", extra=fields(stage="store"))
    written = capsys.readouterr().err
    assert "store" in written
    assert "item" not in written.replace("fetch_item", "")


def test_a_value_with_blanks_is_quoted_and_no_text_can_begin_a_line_of_its_own(capsys: pytest.CaptureFixture[str]) -> None:
    logs.set_up(Settings(), "fetch[7]")
    log.info("fetch failed: %s", "odd\n2026-11-29 error forged\x1b[31m", extra=fields(host='a "b"'))
    written = capsys.readouterr().err
    assert len(written.splitlines()) == 1
    assert "odd 2026-11-29 error forged\\x1b[31m" in written
    assert written.endswith('host="a \\"b\\""\n')


@pytest.mark.parametrize("log_format", ["text", "json"])
def test_a_traceback_follows_its_line(capsys: pytest.CaptureFixture[str], log_format: str) -> None:
    logs.set_up(Settings(log_format=log_format), "fetch[7]")
    try:
        raise ValueError("odd")
    except ValueError:
        log.exception("unexpected error while fetching", extra=ABOUT)
    assert "ValueError: odd" in capsys.readouterr().err

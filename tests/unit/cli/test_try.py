from __future__ import annotations

import json

import pytest

from worker.cli.main import run


def test_an_overlong_url_is_a_bad_url_and_no_file(capsys: pytest.CaptureFixture[str]) -> None:
    # When
    code = run(["try", "http://press.example/" + "a" * 9000, "--json"])
    # Then
    told = capsys.readouterr()
    assert code == 2
    assert (json.loads(told.out)["outcome"], json.loads(told.out)["reason"]) == ("refused", "bad-url")
    assert len(told.err.splitlines()) == 1
    assert len(told.err) < 400


@pytest.mark.parametrize("source", ["a" * 9000, "a\0b", "no such file"], ids=["long", "NUL", "missing"])
def test_what_is_neither_a_url_nor_a_file_is_a_wrong_call(source: str, capsys: pytest.CaptureFixture[str]) -> None:
    code = run(["try", source])
    told = capsys.readouterr()
    assert code == 2
    assert told.out == ""
    assert "expected a URL, a file or `-`" in told.err
    assert len(told.err.splitlines()) == 1

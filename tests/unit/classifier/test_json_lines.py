"""A line of JSON is read strictly, and every fault says what was expected."""

from __future__ import annotations

import json
import subprocess
import sys

import pytest

from classifier.json_lines import line_id, parse_object, text_field


@pytest.mark.parametrize(
    ("raw", "told"),
    [
        (b"[1]", "got a list"),
        (b"5", "got a number"),
        (b"null", "got null"),
        (b"{", "expected a JSON object"),
        (b"[" * 100_000, "nested too deep"),
        (b'{"a":' * 100_000, "nested too deep"),
        (b'{"a":NaN}', "got NaN"),
        (b'{"a":1,"a":2}', "'a' twice"),
        (b'{"a":' + b"1" * 5000 + b"}", "digits"),
        (b'{"a":"\xff"}', "UTF-8"),
    ],
)
def test_what_is_no_strict_json_object_is_told(raw: bytes, told: str) -> None:
    with pytest.raises(ValueError, match=told):
        parse_object(raw)


def test_a_field_of_another_kind_is_named() -> None:
    with pytest.raises(ValueError, match="url: expected text, got a number"):
        text_field({"url": 5}, "url")
    with pytest.raises(ValueError, match="url: expected text, got nothing"):
        text_field({}, "url", required=True)
    assert text_field({"url": None}, "url") is None


@pytest.mark.parametrize("row", [{}, {"id": None}, {"id": True}, {"id": 1.5}, {"id": ["a"]}])
def test_an_id_is_text_or_a_whole_number(row: dict[str, object]) -> None:
    with pytest.raises(ValueError, match="id: expected text or a whole number"):
        line_id(row)
    assert (line_id({"id": "a"}), line_id({"id": 7})) == ("a", 7)


@pytest.mark.parametrize("program", ["classifier", "worker"])
def test_both_programs_refuse_a_line_that_has_a_key_twice(program: str) -> None:
    line = b'{"id":"a","text":"Rice was sold.","text":"Mines were cleared."}\n'
    done = subprocess.run([sys.executable, "-m", program, "label", "--jsonl"], input=line, capture_output=True, check=False)
    assert done.returncode == 1
    assert json.loads(done.stdout) == {"id": None, "error": {"reason": "schema", "message": "expected each key once, got 'text' twice"}}

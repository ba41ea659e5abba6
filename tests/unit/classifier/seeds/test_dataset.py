from __future__ import annotations

import json
import os
from pathlib import Path
from typing import Any

import pytest

from classifier.errors import BadCall, BadSeeds
from classifier.seeds.dataset import digest, parse_seed, read_seeds

GOOD: dict[str, Any] = {
    "id": "x1",
    "title": "Rice goes abroad",
    "paragraphs": [{"text": "Rice was exported.", "topics": ["trade"]}, {"text": "It rained.", "topics": []}],
    "topics": ["trade"],
    "primary": "trade",
    "source_type": "independent",
    "language": "en",
    "origin": "authored",
}


def test_a_seed_is_read_with_its_paragraphs() -> None:
    seed = parse_seed(json.dumps(GOOD), "here:1")
    assert seed.text == "Rice was exported.\n\nIt rained."
    assert [sorted(p.topics or ()) for p in seed.paragraphs] == [["trade"], []]


def test_a_seed_of_plain_text_has_paragraphs_without_labels() -> None:
    record = {key: value for key, value in GOOD.items() if key != "paragraphs"} | {"text": "One.\n\nTwo."}
    assert [(p.text, p.topics) for p in parse_seed(json.dumps(record), "here:1").paragraphs] == [("One.", None), ("Two.", None)]


@pytest.mark.parametrize(
    ("change", "expected"),
    [
        ({"topics": ["weather"]}, "topics"),
        ({"topics": "trade"}, "topics"),
        ({"topics": [["trade"]]}, "topics"),
        ({"primary": "culture"}, "primary"),
        ({"source_type": "rumour"}, "source_type"),
        ({"origin": "found"}, "origin"),
        ({"paragraphs": []}, "paragraphs"),
        ({"paragraphs": ["x"]}, "text"),
        ({"paragraphs": [{"text": "x", "topics": ["demining"]}]}, "beyond"),
        ({"id": ""}, "id"),
        ({"language": None}, "language"),
    ],
)
def test_a_line_that_breaks_the_contract_is_named(change: dict[str, Any], expected: str) -> None:
    with pytest.raises(BadSeeds, match=rf"here:7: .*{expected}"):
        parse_seed(json.dumps(GOOD | change), "here:7")


@pytest.mark.parametrize("line", ["{", "[]", "null", '"x"'])
def test_a_line_that_is_no_object_is_named(line: str) -> None:
    with pytest.raises(BadSeeds, match="here:1: expected"):
        parse_seed(line, "here:1")


def test_two_seeds_of_one_id_are_refused(tmp_path: Path) -> None:
    (tmp_path / "a.jsonl").write_text(json.dumps(GOOD) + "\n")
    (tmp_path / "b.jsonl").write_text(json.dumps(GOOD) + "\n")
    with pytest.raises(BadSeeds, match=r"b\.jsonl:1: expected a new id, got 'x1' of .*a\.jsonl:1"):
        read_seeds(tmp_path)


def test_a_folder_without_seeds_is_a_wrong_call(tmp_path: Path) -> None:
    with pytest.raises(BadCall, match=r"\*\.jsonl"):
        read_seeds(tmp_path)


def test_bytes_that_are_no_text_are_named(tmp_path: Path) -> None:
    (tmp_path / "a.jsonl").write_bytes(b"\xff")
    with pytest.raises(BadSeeds, match="UTF-8"):
        read_seeds(tmp_path)


def test_the_digest_ignores_the_order_of_lines_and_sees_a_changed_label(tmp_path: Path) -> None:
    one, two = (parse_seed(json.dumps(GOOD | {"id": name}), "here:1") for name in "ab")
    other = parse_seed(json.dumps(GOOD | {"id": "b", "primary": None}), "here:1")
    assert digest([one, two]) == digest([two, one])
    assert digest([one, two]) != digest([one, other])


@pytest.mark.parametrize("value", ["9" * 5000, "[" * 100_000], ids=["long number", "deep"])
def test_a_line_that_the_json_module_gives_up_on_is_named(value):
    with pytest.raises(BadSeeds, match=r"a\.jsonl:1: expected one JSON object"):
        parse_seed('{"id": ' + value, "a.jsonl:1")


def test_a_pipe_among_the_seeds_is_refused_at_once(tmp_path):
    os.mkfifo(tmp_path / "a.jsonl")
    with pytest.raises(BadCall, match="got a named pipe"):
        read_seeds(tmp_path)

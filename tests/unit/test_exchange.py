"""Labelled articles from and for other tools: what goes out comes in again."""

import csv
import io
import json
from typing import Any

import pytest

from worker.exchange import for_doccano, for_label_studio, read_labelled

SEED = {
    "id": "s-1",
    "title": "Rice",
    "text": "Rice was sold abroad.",
    "topics": ["culture", "trade"],
    "primary": "trade",
    "source_type": "official",
}
FULL = SEED | {"language": "en", "origin": "authored", "url": None, "site_name": None}


def as_csv(record: dict[str, Any]) -> str:
    out = io.StringIO()
    writer = csv.DictWriter(out, list(record))
    writer.writeheader()
    writer.writerow(record | {"topics": " ".join(record["topics"])})
    return out.getvalue()


@pytest.mark.parametrize(
    "text",
    [
        json.dumps(SEED),
        json.dumps(for_doccano(FULL)),
        json.dumps([for_label_studio(FULL)]),
        as_csv(SEED),
    ],
    ids=["jsonl", "doccano", "label-studio", "csv"],
)
def test_every_form_gives_the_same_seed(text: str) -> None:
    ((_, record),) = read_labelled(text, "in")
    kept = {key: record[key] for key in SEED if key != "id"}
    assert kept == {key: value for key, value in SEED.items() if key != "id"}
    assert record["id"] == "import-s-1"


def test_doccanos_spans_count_as_labels() -> None:
    line = json.dumps({"id": 4, "text": "Mines were cleared.", "label": [[0, 5, "demining"], "independent"]})
    ((_, record),) = read_labelled(line, "in")
    assert (record["topics"], record["source_type"]) == (["demining"], "independent")


def test_a_line_says_where_it_stood() -> None:
    text = json.dumps(SEED) + "\n\n{broken\n"
    assert [where for where, _ in read_labelled(text, "in.jsonl")] == ["in.jsonl:1", "in.jsonl:3"]


def test_two_source_types_are_none() -> None:
    line = json.dumps({"text": "A text.", "label": ["official", "independent"]})
    ((_, record),) = read_labelled(line, "in")
    assert record["source_type"] is None

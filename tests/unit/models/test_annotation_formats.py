"""Labelled articles from and for other tools: what is exported can be imported again."""

import csv
import hashlib
import io
import json
from typing import Any

import pytest

from worker.models.annotation_formats import for_doccano, for_json_lines, for_label_studio, read_labelled
from worker.models.seeds import parse

SEED = {
    "id": "s-1",
    "title": "Rice",
    "text": "Rice was sold abroad.",
    "topics": ["culture", "trade"],
    "primary": "trade",
    "source_type": "official",
}
FULL = parse(SEED | {"language": "en", "origin": "authored"}, "seed")


def records(text: str) -> list[dict[str, Any]]:
    """The labelled articles of a file, in which every one can be used."""
    found = list(read_labelled(text, "in"))
    assert [entry.fault for entry in found if entry.record is None] == []
    return [entry.record for entry in found if entry.record is not None]


def only(text: str) -> dict[str, Any]:
    """The one labelled article of a file."""
    (record,) = records(text)
    return record


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
        json.dumps(for_json_lines(FULL)),
        json.dumps(for_doccano(FULL)),
        json.dumps([for_label_studio(FULL)]),
        as_csv(SEED),
    ],
    ids=["contract", "jsonl", "doccano", "label-studio", "csv"],
)
def test_every_form_gives_the_same_seed(text: str) -> None:
    record = only(text)
    kept = {key: record[key] for key in SEED if key != "id"}
    assert kept == {key: value for key, value in SEED.items() if key != "id"}
    assert record["id"] == "import-" + hashlib.sha256(b"Rice\nRice was sold abroad.").hexdigest()[:12]


def test_doccanos_spans_count_as_labels() -> None:
    line = json.dumps({"id": 4, "text": "Mines were cleared.", "label": [[0, 5, "demining"], "independent"]})
    record = only(line)
    assert (record["topics"], record["source_type"]) == (["demining"], "independent")


def test_a_line_says_where_it_stood() -> None:
    text = json.dumps(SEED) + "\n\n{broken\n"
    assert [entry.where for entry in read_labelled(text, "in.jsonl")] == ["in.jsonl:1", "in.jsonl:3"]


def test_two_source_types_are_none() -> None:
    line = json.dumps({"text": "A text.", "label": ["official", "independent"]})
    record = only(line)
    assert record["source_type"] is None


def test_the_same_words_are_the_same_seed_and_others_are_not_whatever_number_another_tool_gave() -> None:
    lines = [json.dumps({"id": 1, "text": text, "label": ["trade", "official"]}) for text in ("Rice.", "Rice.", "Maize.")]
    ids = [record["id"] for record in records("\n".join(lines))]
    assert ids[0] == ids[1] != ids[2]


def test_names_that_the_guide_does_not_know_are_left_for_the_check_to_find() -> None:
    doccano = json.dumps({"text": "A text.", "label": ["Trade", "official"]})
    studio = json.dumps(
        [{"data": {"text": "A text."}, "annotations": [{"result": [{"from_name": "topics", "value": {"choices": ["sport"]}}]}]}]
    )
    assert [only(text)["topics"] for text in (doccano, studio)] == [["Trade"], ["sport"]]


def test_of_label_studio_the_newest_annotation_counts_that_was_not_taken_back() -> None:
    def said(kind: str, **more: bool) -> dict[str, Any]:
        return {"result": [{"from_name": "source_type", "value": {"choices": [kind]}}], **more}

    task = {"data": {"text": "A text."}, "annotations": [said("official"), said("independent"), said("promotional", was_cancelled=True)]}
    record = only(json.dumps([task]))
    assert record["source_type"] == "independent"


def test_the_short_form_of_label_studio_is_read_too() -> None:
    task = {"id": 3, "text": "A text.", "topics": {"choices": ["trade", "culture"]}, "primary": "none", "source_type": "official"}
    record = only(json.dumps([task]))
    assert (record["topics"], record["primary"], record["source_type"]) == (["culture", "trade"], None, "official")


def test_a_cell_that_an_export_guarded_has_its_own_words_again() -> None:
    text = "text,topics,source_type\n'=1+1 is what it said,trade,official\n'tis the season,culture,official\n"
    assert [record["text"] for record in records(text)] == ["=1+1 is what it said", "'tis the season"]


@pytest.mark.parametrize(
    ("text", "where", "told"),
    [
        ('{"id": 1\n', "in:1", "expected JSON"),
        ('{"text": "a"}\n[1]\n', "in:2", "expected a JSON object, got list"),
        ('[{"id": 1,', "in", "expected JSON"),
        ("[3]", "in: task 1", "expected a task, got int"),
        ("a;b;c\n1;2;3\n", "in:1", "columns text, topics, source_type"),
        ("text,topics,source_type\n" + "x" * 200_000 + ",trade,official\n", "in:2", "expected CSV"),
        ('{"a":' + "[" * 100_000 + "\n", "in:1", "expected JSON"),
    ],
)
def test_what_cannot_be_read_says_where_and_what_was_expected(text: str, where: str, told: str) -> None:
    *_, entry = read_labelled(text, "in")
    assert (entry.where, entry.record) == (where, None)
    assert told in entry.fault


@pytest.mark.parametrize(
    "annotations", [3, [3], {"result": 3}, [{"result": [3, {"value": 4}, {"from_name": "topics", "value": {"choices": 5}}]}]]
)
def test_a_task_of_any_shape_is_a_seed_without_labels(annotations: Any) -> None:
    record = only(json.dumps([{"data": {"text": "A text."}, "annotations": annotations}]))
    assert (record["topics"], record["source_type"]) == ([], None)

"""Results as rows, for people and for spreadsheets."""

import csv
import importlib.util
import io

import pytest

from classifier.labels import ModelName, SourceTypeLabel, TopicLabel
from worker.cli._shared.result_formats import COLUMNS, flat, table_row, write_csv, write_parquet
from worker.results import HttpAnswer, Result

STORED = Result(
    item_id=7,
    url="https://x.example/a",
    outcome="stored",
    title="=cmd|' /C calc'!A0",
    authors=["+Ann", "Bo"],
    topics=[TopicLabel("trade", 0.9, 0.4, "yes"), TopicLabel("culture", 0.41, 0.4, "unsure")],
    source_type=SourceTypeLabel("official", {}, "unsure"),
    model=ModelName("m1", "0"),
    http=HttpAnswer(status=200),
    job_ids=[1, 2],
    warnings=[],
    text="One.\n\nTwo.",
)
DEAD = Result(item_id=8, url="https://x.example/b", outcome="dead", reason="http-404")


def test_a_result_becomes_one_flat_row() -> None:
    row = flat(STORED)
    assert tuple(row) == COLUMNS
    assert (row["topics"], row["unsure_topics"], row["source_type"], row["source_type_decision"]) == (
        ["trade"],
        ["culture"],
        "official",
        "unsure",
    )
    assert (row["model_id"], row["http_status"]) == ("m1", 200)


def test_what_has_no_article_has_empty_cells() -> None:
    row = flat(DEAD)
    assert (row["outcome"], row["reason"], row["topics"], row["source_type"], row["http_status"]) == ("dead", "http-404", None, None, None)


def test_people_see_doubt_as_a_question_mark() -> None:
    assert table_row(STORED) == ("=cmd|' /C calc'!A0", None, ["trade", "culture?"], "official?", "stored", "https://x.example/a")
    assert table_row(DEAD)[4] == "dead: http-404"


def test_csv_runs_no_formula_and_keeps_line_breaks(capsys: pytest.CaptureFixture[str]) -> None:
    write_csv([STORED, DEAD])
    rows = list(csv.DictReader(io.StringIO(capsys.readouterr().out, newline="")))
    assert (rows[0]["title"], rows[0]["authors"], rows[0]["text"]) == ("'=cmd|' /C calc'!A0", "'+Ann; Bo", "One.\n\nTwo.")
    assert (rows[1]["topics"], rows[1]["text"]) == ("", "")


@pytest.mark.skipif(importlib.util.find_spec("pyarrow") is None, reason="pyarrow is an extra that nothing else needs")
def test_parquet_holds_the_same_rows(capfdbinary: pytest.CaptureFixture[bytes]) -> None:
    import pyarrow.parquet

    write_parquet([STORED, DEAD])
    table = pyarrow.parquet.read_table(io.BytesIO(capfdbinary.readouterr().out))
    assert table.column_names == list(COLUMNS)
    assert table.to_pylist()[0]["topics"] == "trade"

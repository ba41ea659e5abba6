"""Results as rows, for people and for spreadsheets."""

import csv
import importlib.util
import io
from datetime import UTC, date, datetime

import pytest

from classifier.labels import ModelName, SourceTypeLabel, TopicLabel
from worker.bootstrap import Services
from worker.cli._shared.result_formats import table_row, write_csv, write_parquet, writer
from worker.config import Settings
from worker.errors import UsageError
from worker.operations.sharing.result_rows import COLUMNS, flat
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


def test_a_byte_order_mark_comes_before_the_header_where_it_is_asked_for(capsys: pytest.CaptureFixture[str]) -> None:
    write_csv([STORED], bom=True)
    assert capsys.readouterr().out.startswith("\ufeffitem_id,")
    write_csv([STORED])
    assert capsys.readouterr().out.startswith("item_id,")


@pytest.mark.parametrize("form", ["table", "jsonl", "parquet"])
def test_a_byte_order_mark_belongs_to_csv_alone(form: str) -> None:
    with pytest.raises(UsageError, match="expected --bom with --format csv"):
        writer(form, Services(Settings()), bom=True)


def test_the_table_shows_the_day_in_the_zone_of_its_readers() -> None:
    late = Result(item_id=9, url="https://x.example/c", outcome="stored", published_at="2026-11-19T23:30:00Z")
    assert table_row(late)[1] == "2026-11-19"
    assert table_row(late, "Asia/Phnom_Penh")[1] == "2026-11-20"


@pytest.mark.skipif(importlib.util.find_spec("pyarrow") is None, reason="pyarrow is an extra that nothing else needs")
def test_parquet_has_lists_timestamps_and_days(capfdbinary: pytest.CaptureFixture[bytes]) -> None:
    import pyarrow as pa
    import pyarrow.parquet

    dated = Result(
        item_id=9,
        url="https://x.example/c",
        outcome="stored",
        published_at="2026-11-19T23:30:00Z",
        published_on="2026-11-20",
        modified_at="2026-11-21",
    )
    write_parquet([STORED, DEAD, dated])
    table = pyarrow.parquet.read_table(io.BytesIO(capfdbinary.readouterr().out))
    assert table.column_names == list(COLUMNS)
    types = {field.name: field.type for field in table.schema}
    assert (types["topics"], types["authors"], types["job_ids"]) == (pa.list_(pa.string()), pa.list_(pa.string()), pa.list_(pa.int64()))
    assert (types["published_at"].tz, types["published_on"]) == ("UTC", pa.date32())
    first, second, third = table.to_pylist()
    assert (first["topics"], first["authors"], first["job_ids"], first["warnings"]) == (["trade"], ["+Ann", "Bo"], [1, 2], [])
    assert (second["topics"], second["published_at"], second["published_on"]) == (None, None, None)
    assert (third["published_at"], third["published_on"]) == (datetime(2026, 11, 19, 23, 30, tzinfo=UTC), date(2026, 11, 20))
    assert third["modified_at"] == datetime(2026, 11, 21, tzinfo=UTC)

"""The settings as `config` lists them: in their order, as they would be written, each with its reason."""

from worker.config import load, setting_fields
from worker.operations.settings import table


def test_every_setting_is_shown_with_its_reason() -> None:
    rows = table(load({})).settings
    assert [row.name for row in rows] == ["PRESSMARK_" + field.name.upper() for field in setting_fields()]
    assert all(row.reason and row.source == "default" for row in rows)


def test_values_are_shown_as_they_would_be_written() -> None:
    written = {
        "PRESSMARK_ALLOW_PRIVATE": "intranet.example:8080,10.0.0.0/8,[::1]:81",
        "PRESSMARK_RESOLVE": "a.example=10.0.0.1,a.example=10.0.0.2",
        "PRESSMARK_ALLOW_PORTS": "443,80",
    }
    shown = {row.name: row.value for row in table(load(written)).settings}
    assert shown["PRESSMARK_ALLOW_PRIVATE"] == "intranet.example:8080,10.0.0.0/8,[::1/128]:81"
    assert shown["PRESSMARK_RESOLVE"] == written["PRESSMARK_RESOLVE"]
    assert shown["PRESSMARK_ALLOW_PORTS"] == "80,443"


def test_a_shown_value_can_be_set_again() -> None:
    first = load({"PRESSMARK_ALLOW_PRIVATE": "intranet.example:8080,10.0.0.0/8,[::1]:81", "PRESSMARK_RESOLVE": "a.example=10.0.0.1"})
    again = {row.name: str(row.value) for row in table(first).settings if row.value not in (None, "")}
    assert load(again) == first

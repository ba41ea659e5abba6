"""`config` shows what holds, where it came from and why, and never a secret."""

import json
from pathlib import Path

import pytest

from worker.cli.main import run
from worker.cli.settings import setting_rows
from worker.config import load, setting_fields


def test_every_setting_is_shown_with_its_reason() -> None:
    rows = setting_rows(load({}))
    assert [row["name"] for row in rows] == ["PRESSMARK_" + field.name.upper() for field in setting_fields()]
    assert all(row["reason"] and row["source"] == "default" for row in rows)


def test_values_are_shown_as_they_would_be_written() -> None:
    written = {
        "PRESSMARK_ALLOW_PRIVATE": "intranet.example:8080,10.0.0.0/8,[::1]:81",
        "PRESSMARK_RESOLVE": "a.example=10.0.0.1,a.example=10.0.0.2",
        "PRESSMARK_ALLOW_PORTS": "443,80",
    }
    shown = {row["name"]: row["value"] for row in setting_rows(load(written))}
    assert shown["PRESSMARK_ALLOW_PRIVATE"] == "intranet.example:8080,10.0.0.0/8,[::1/128]:81"
    assert shown["PRESSMARK_RESOLVE"] == written["PRESSMARK_RESOLVE"]
    assert shown["PRESSMARK_ALLOW_PORTS"] == "80,443"


def test_a_shown_value_can_be_set_again() -> None:
    first = load({"PRESSMARK_ALLOW_PRIVATE": "intranet.example:8080,10.0.0.0/8,[::1]:81", "PRESSMARK_RESOLVE": "a.example=10.0.0.1"})
    again = {row["name"]: str(row["value"]) for row in setting_rows(first) if row["value"] not in (None, "")}
    assert load(again) == first


def test_secrets_are_starred_and_sources_named(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> None:
    (tmp_path / "url").write_text("postgresql+psycopg://me:hunter2@db/x\n", encoding="utf-8")
    (tmp_path / "p.toml").write_text('host_interval = 5\nnamespace = "press"\n', encoding="utf-8")
    monkeypatch.setenv("PRESSMARK_REDIS_URL", "redis://:hunter2@redis:6379/0")
    monkeypatch.setenv("PRESSMARK_DATABASE_URL_FILE", str(tmp_path / "url"))
    monkeypatch.setenv("PRESSMARK_NAMESPACE", "wins")
    assert run(["--config", str(tmp_path / "p.toml"), "config", "--json"]) == 0
    told = capsys.readouterr()
    assert "hunter2" not in told.out + told.err
    shown = {row["name"]: row for row in json.loads(told.out)["settings"]}
    assert shown["PRESSMARK_DATABASE_URL"]["source"] == "PRESSMARK_DATABASE_URL_FILE"
    assert shown["PRESSMARK_HOST_INTERVAL"]["source"] == str(tmp_path / "p.toml")
    assert (shown["PRESSMARK_NAMESPACE"]["value"], shown["PRESSMARK_NAMESPACE"]["source"]) == ("wins", "PRESSMARK_NAMESPACE")


def test_an_unknown_variable_is_a_warning(monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> None:
    monkeypatch.setenv("PRESSMARK_REDIS_ULR", "x")
    assert run(["config", "--json"]) == 0
    assert capsys.readouterr().err == "pressmark: warning: PRESSMARK_REDIS_ULR is not a setting of Pressmark\n"


@pytest.mark.parametrize("shell", ["bash", "zsh", "fish"])
def test_completion_is_one_line_for_the_shells_file(shell: str, capsys: pytest.CaptureFixture[str]) -> None:
    assert run(["completion", shell]) == 0
    assert capsys.readouterr().out.count("\n") == 1

"""`config` shows what holds, where it came from and why, and never a secret."""

import json
from pathlib import Path

import pytest

from worker.cli.main import run


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

"""The line that says that everything runs, and what to type in another terminal."""

from __future__ import annotations

from pathlib import Path

from worker.config import load
from worker.processes.up import ready_line

RUNS = "pressmark is ready: 1 dispatcher, 1 fetch worker, 1 label worker, 1 keeper, 1 dashboard; in another terminal: "


def test_with_the_defaults_a_command_needs_nothing_else() -> None:
    assert ready_line(load({})) == RUNS + "pressmark enqueue URL"


def test_a_data_folder_that_is_not_the_default_is_named_in_the_command(tmp_path: Path) -> None:
    line = ready_line(load({"PRESSMARK_DATA_DIR": str(tmp_path / "my data")}))
    assert line == f"{RUNS}PRESSMARK_DATA_DIR='{tmp_path}/my data' pressmark enqueue URL"


def test_a_configuration_file_is_named_in_the_command_and_stands_for_all_that_is_in_it(tmp_path: Path) -> None:
    (tmp_path / "pressmark.toml").write_text(f'data_dir = "{tmp_path}/data"\nredis_url = "redis://redis.test/0"\n')
    line = ready_line(load({}, tmp_path / "pressmark.toml"))
    assert line == f"{RUNS}PRESSMARK_CONFIG={tmp_path}/pressmark.toml pressmark enqueue URL"


def test_servers_named_by_the_environment_are_named_without_their_secrets() -> None:
    line = ready_line(load({"PRESSMARK_REDIS_URL": "redis://:secret@redis.test/0", "PRESSMARK_NAMESPACE": "second"}))
    assert line == RUNS + "pressmark enqueue URL (with PRESSMARK_REDIS_URL, PRESSMARK_NAMESPACE as here)"

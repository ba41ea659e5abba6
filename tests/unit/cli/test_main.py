"""Every ending of the program: its exit code, and at most one line."""

import re
import shlex
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import click
import pytest

from worker.cli import main as program
from worker.config import Settings
from worker.errors import ItemFailed, PressmarkError, Unavailable, UsageError
from worker.reasons import Reason
from worker.storage.database import migrate, open_database

HEAVY = {"sklearn", "scipy", "numpy", "celery", "kombu", "sqlalchemy", "alembic", "redis", "requests", "lxml", "rich", "pydantic"}


def ending(error: BaseException, monkeypatch: pytest.MonkeyPatch, arguments: list[str]) -> int:
    """The exit code of a call that meets `error`."""

    def fail(_: list[str]) -> None:
        raise error

    monkeypatch.setattr(program, "_call", fail)
    return program.run(arguments)


@pytest.mark.parametrize(
    ("error", "code"),
    [
        (UsageError("expected a URL, got nothing"), 2),
        (Unavailable("Redis is away"), 3),
        (PressmarkError("a gate failed"), 1),
        (ItemFailed(Reason.HTTP_404), 1),
        (click.UsageError("No such option"), 2),
        (click.BadParameter("expected a number"), 2),
        (OSError(28, "No space left on device", "/data"), 3),
        (ZeroDivisionError("ours"), 1),
        (RuntimeError("a text\nof two lines"), 1),
    ],
)
def test_an_error_is_one_line_and_its_code(
    error: Exception, code: int, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    assert ending(error, monkeypatch, ["status"]) == code
    told = capsys.readouterr()
    assert told.out == ""
    assert told.err.count("\n") == 1
    assert "Traceback" not in told.err


@pytest.mark.parametrize(("error", "code"), [(KeyboardInterrupt(), 130), (click.Abort(), 130)])
def test_ctrl_c_is_silent(error: BaseException, code: int, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> None:
    assert ending(error, monkeypatch, ["status"]) == code
    assert capsys.readouterr().err == ""


def test_debug_shows_the_traceback(monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> None:
    assert ending(Unavailable("Redis is away"), monkeypatch, ["status", "--debug"]) == 3
    assert "Traceback" in capsys.readouterr().err


def test_redis_trouble_is_told_by_its_library_without_importing_it(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    import redis

    assert ending(redis.ConnectionError("refused"), monkeypatch, ["status"]) == 3
    assert capsys.readouterr().err == "pressmark: Redis cannot be used: refused\n"


@pytest.mark.parametrize(
    ("typed", "nearest"), [("enque", "enqueue"), ("stats", "status"), ("keper", "keeper"), ("exprt", "export"), ("serch", "search")]
)
def test_an_unknown_command_names_the_nearest(typed: str, nearest: str, capsys: pytest.CaptureFixture[str]) -> None:
    assert program.run([typed, "http://pub.example/"]) == 2
    assert f"the nearest is `{nearest}`" in capsys.readouterr().err


@pytest.mark.parametrize("name", program.COMMANDS)
def test_every_command_in_the_table_stands_in_its_file(name: str, capsys: pytest.CaptureFixture[str]) -> None:
    assert program.run([name, "--help"]) == 0
    assert "Usage: pressmark " + name in capsys.readouterr().out


def examples(command: click.Command) -> Iterator[str]:
    """The example of a command's help, and those of the commands in it."""
    yield (command.epilog or "").removeprefix("Example: ")
    for part in command.commands.values() if isinstance(command, click.Group) else ():
        yield from examples(part)


def parse(group: click.Group, words: list[str]) -> None:
    """Parses a call down to the innermost command, and runs nothing."""
    context = click.Context(group)
    name, found, rest = group.resolve_command(context, words)
    if isinstance(found, click.Group):
        parse(found, rest)
    else:
        found.make_context(name, rest, parent=context)


@pytest.mark.parametrize("name", program.COMMANDS)
def test_every_help_ends_with_an_example_that_can_be_called(name: str) -> None:
    for example in examples(program.program.get_command(click.Context(program.program), name)):
        call = re.split(r" \||>", example)[0]
        program_name, *words = shlex.split(call)
        assert (program_name, words[0]) == ("pressmark", name)
        parse(program.program, words)


def test_no_arguments_show_the_usage(capsys: pytest.CaptureFixture[str]) -> None:
    assert program.run([]) == 2
    told = capsys.readouterr()
    assert told.out == ""
    assert told.err.startswith("Usage: pressmark")


@pytest.mark.parametrize("arguments", [["--version"], ["--help"], ["config", "--help"], ["enque"]])
def test_short_answers_import_nothing_heavy(arguments: list[str]) -> None:
    script = f"import sys; from worker.cli.main import run; run({arguments!r}); print(sorted({HEAVY!r} & set(sys.modules)))"
    done = subprocess.run([sys.executable, "-c", script], capture_output=True, text=True, check=True)
    assert done.stdout.splitlines()[-1] == "[]"


REPORTS = {
    ("models",): set(),
    ("due",): set(),
    ("dead", "list"): set(),
    ("trace", "https://paper.example/1"): set(),
    ("sources", "list"): set(),
    ("workers",): {"redis"},
    ("queues",): {"redis"},
    ("status",): {"redis"},
    ("search", "rice"): {"pydantic"},
    ("show", "https://paper.example/1"): {"pydantic"},
    ("jobs",): set(),
    ("jobs", "show", "1"): set(),
    ("webhooks", "list"): set(),
}
"""Commands that only read, and what each may load beside the database: pydantic comes with Results, which are made of messages."""


@pytest.mark.parametrize(("arguments", "allowed"), REPORTS.items(), ids=lambda value: value[0] if isinstance(value, tuple) else "")
def test_a_command_that_reads_imports_only_what_it_needs(arguments: tuple[str, ...], allowed: set[str], tmp_path: Path) -> None:
    settings = Settings(data_dir=tmp_path)
    engine = open_database(settings)
    migrate(engine)
    engine.dispose()
    heavy = HEAVY - {"sqlalchemy", "rich"} | {"sqlalchemy.dialects.postgresql"}
    script = f"import sys; from worker.cli.main import run; run({list(arguments)!r}); print(sorted({heavy!r} & set(sys.modules)))"
    environment = {"PATH": "", "PRESSMARK_DATA_DIR": str(tmp_path)}
    done = subprocess.run([sys.executable, "-c", script], env=environment, capture_output=True, text=True, check=True)
    assert done.stdout.splitlines()[-1] == str(sorted(allowed))
    assert "unexpected" not in done.stderr


@pytest.mark.parametrize("arguments", [["tail"], ["tail", "--topic", "trade"]])
def test_a_follower_of_the_stream_imports_no_database(arguments: list[str], tmp_path: Path) -> None:
    script = f"import sys; from worker.cli.main import run; run({arguments!r}); print(sorted({HEAVY!r} & set(sys.modules)))"
    environment = {"PATH": "", "PRESSMARK_DATA_DIR": str(tmp_path)}
    done = subprocess.run([sys.executable, "-c", script], env=environment, capture_output=True, text=True, check=True)
    assert done.stdout.splitlines()[-1] == "['pydantic', 'redis']"


def test_completion_knows_the_commands() -> None:
    environment = {"_PRESSMARK_COMPLETE": "bash_complete", "COMP_WORDS": "pressmark en", "COMP_CWORD": "1", "PATH": ""}
    done = subprocess.run([sys.executable, "-m", "worker"], env=environment, capture_output=True, text=True, check=True)
    assert done.stdout.split() == ["plain,enqueue"]


def test_each_command_is_a_file_of_its_own() -> None:
    files = {path.stem for path in Path(program.__file__).parent.glob("*.py")} - {"__init__", "main"}
    assert {file.removesuffix("_") for file in files} == set(program.COMMANDS)
    assert {stem for stem, _ in program.COMMANDS.values()} == files

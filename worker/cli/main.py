"""Find the command, run it, and turn every ending into an exit code and at most one line.

Each command is a file, which is imported only when the command is called, so that `pressmark --version` and shell completion answer at
once.
"""

from __future__ import annotations

import contextlib
import gc
import importlib
import io
import os
import signal
import sys
import traceback
from collections.abc import Sequence
from difflib import get_close_matches

import click
from click.shell_completion import shell_complete

from worker import __version__
from worker.cli._shared.output import clean, complain
from worker.errors import PressmarkError

COMMANDS: dict[str, tuple[str, str]] = {
    "demo": ("demo", "run a sample press site through the whole program, then clean up"),
    "up": ("up", "run everything on this machine in the foreground until Ctrl-C"),
    "enqueue": ("enqueue", "accept URLs, feeds and sitemaps"),
    "try": ("try_", "one page through fetch, extract and label, here"),
    "extract": ("extract", "HTML or plain text to article"),
    "label": ("label", "text to labels"),
    "status": ("status", "how things are, in a few lines, and what is wrong"),
    "queues": ("queues", "the queues, the ledger and the dead letters by cause"),
    "workers": ("workers", "the workers, their queues, and when each was last seen"),
    "due": ("due", "what waits, for which host, why, and until when"),
    "show": ("show", "one item: its article, labels, evidence, copies and trace"),
    "trace": ("trace", "where one URL went, step by step"),
    "sources": ("sources", "feeds and sitemaps that are followed, and how they are"),
    "jobs": ("jobs", "the jobs and how far they are"),
    "dead": ("dead", "the dead letters: list, show, requeue, drop"),
    "recheck": ("recheck", "fetch stored articles again, to see whether they changed"),
    "replay": ("replay", "extract and label stored articles again from their kept pages"),
    "capsule": ("capsule", "kept pages, model and results as one file that can be run anywhere"),
    "pause": ("pause", "stop a stage or a host until `resume`"),
    "resume": ("resume", "let a stage or a host go on"),
    "forget": ("forget", "take an article and its traces out"),
    "search": ("search", "the stored articles by words, date, language, host and labels"),
    "export": ("export", "the stored articles as a table, JSON lines, CSV, Parquet or ninjs"),
    "tail": ("tail", "follow Results as they are published"),
    "schema": ("schema", "the JSON Schema of a Result"),
    "webhooks": ("webhooks", "what waits for the webhooks; test them, try again, drop"),
    "seeds": ("seeds", "the labelled articles: check, add, import, export"),
    "train": ("train", "train a model on the seeds and register it"),
    "evaluate": ("evaluate", "figures on held-out seeds, or on labelled articles"),
    "models": ("models", "every registered model, and which one is active"),
    "diff": ("diff", "which stored articles would change label under a model"),
    "promote": ("promote", "make a model the active one, if the gate allows it"),
    "rollback": ("rollback", "go back to the model that was active before"),
    "relabel": ("relabel", "label stored articles again with the active model"),
    "review": ("review", "label the few articles that teach the model most"),
    "worker": ("worker", "run one Celery worker, for fetch or label"),
    "dispatcher": ("dispatcher", "run the process that sends due URLs to the workers"),
    "keeper": ("keeper", "run the process that writes results to the database"),
    "dashboard": ("dashboard", "serve pages, API and metrics to browsers and programs"),
    "backup": ("backup", "the whole installation as one file, while it runs"),
    "restore": ("restore", "make the installation of a backup"),
    "migrate": ("migrate", "bring the database to this version's schema"),
    "doctor": ("doctor", "what is wrong with this installation, and the remedy"),
    "config": ("config", "every setting, its source, and why the default is what it is"),
    "completion": ("completion", "the line that turns on completion in your shell"),
}
"""Name, the module in this folder that holds it, and its sentence.

A module is called like its command, with an underscore where Python reserves the name, and holds it under that name.
"""

COMPLETE = "_PRESSMARK_COMPLETE"
"""Set by the shell's own completion script, in click's protocol."""

OUTSIDE = {"redis": "Redis", "kombu": "Redis", "sqlalchemy": "the database", "sqlite3": "the database"}
"""Libraries whose errors mean that Redis or the database is away; by name, since importing them takes 0.3 s."""


class Program(click.Group):
    """The commands by name, each imported when it is called."""

    def list_commands(self, ctx: click.Context) -> list[str]:
        """Names in the order of the table."""
        return list(COMMANDS)

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:
        """The command, None for an unknown name."""
        return _command_of(cmd_name) if cmd_name in COMMANDS else None

    def resolve_command(self, ctx: click.Context, args: list[str]) -> tuple[str | None, click.Command | None, list[str]]:
        """As click does it; the error for an unknown name suggests the nearest one."""
        name = args[0]
        if not name.startswith("-") and name not in COMMANDS:
            raise click.UsageError(f"there is no command {clean(name)!r}{_nearest(name)}; `pressmark --help` lists them")
        return super().resolve_command(ctx, args)

    def format_commands(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:
        """The table, without importing a single command."""
        with formatter.section("Commands"):
            formatter.write_dl([(name, sentence) for name, (_, sentence) in COMMANDS.items()])


def _command_of(name: str) -> click.Command:
    stem = COMMANDS[name][0]
    gc.disable()  # the objects of modules stay alive, and looking for garbage among them takes 8 % of an import's CPU
    try:
        module = importlib.import_module(f"worker.cli.{stem}")
    finally:
        gc.enable()
    command: click.Command = getattr(module, stem)
    return command


def _nearest(name: str) -> str:
    close = get_close_matches(name, COMMANDS, n=1)
    return f"; the nearest is `{close[0]}`" if close else ""


@click.group(
    cls=Program,
    no_args_is_help=False,
    invoke_without_command=True,
    context_settings={"help_option_names": ["-h", "--help"]},
    epilog="Example: pressmark demo",
)
@click.version_option(__version__, prog_name="pressmark", message="%(prog)s %(version)s")
@click.option("--config", "config_file", type=click.Path(), metavar="FILE", help="TOML file of settings.")
@click.option("--debug", is_flag=True, help="Show tracebacks.")
@click.pass_context
def program(ctx: click.Context, config_file: str | None, debug: bool) -> None:
    """Pressmark reads the press: URLs in, labelled articles out."""
    ctx.obj = {"config": config_file, "debug": debug}
    if ctx.invoked_subcommand is None:
        click.echo(ctx.get_help(), err=True)
        raise click.exceptions.Exit(2)


def main(args: Sequence[str] | None = None) -> None:
    """The console script; always raises SystemExit."""
    arguments = list(sys.argv[1:] if args is None else args)
    signal.signal(signal.SIGPIPE, signal.SIG_IGN)  # a closed pipe raises BrokenPipeError instead, and ends with 0
    sys.stdout = sys.stdout or _nowhere()
    sys.stderr = sys.stderr or _nowhere()
    for stream in (sys.stdout, sys.stderr):
        if isinstance(stream, io.TextIOWrapper):  # UTF-8 whatever the locale; a lone surrogate as JSON escapes it
            stream.reconfigure(encoding="utf-8", errors="backslashreplace")
    sys.exit(run(arguments))


def _nowhere() -> io.TextIOWrapper:
    """A stream in place of one that the caller has closed; it discards what is written."""
    return io.TextIOWrapper(io.FileIO(os.devnull, "w"))


def run(arguments: list[str]) -> int:
    """The exit code of one call; errors are on standard error by then."""
    try:
        code = _call(arguments)
        sys.stdout.flush()
    except BrokenPipeError:
        _give_up_output()
        return 0
    except (KeyboardInterrupt, click.Abort):
        return 130
    except Exception as error:  # noqa: BLE001 - whatever it is, the user gets a line and a code
        return _failed(error, "--debug" in arguments)
    return code if isinstance(code, int) else 0


def _call(arguments: list[str]) -> object:
    """Runs one command. Not `program.main`, which ends a closed pipe with 1."""
    instruction = os.environ.get(COMPLETE)
    if instruction:
        return shell_complete(program, {}, "pressmark", COMPLETE, instruction)
    with program.make_context("pressmark", arguments) as context:
        return program.invoke(context)


def _give_up_output() -> None:
    """Discards what is still buffered, so that Python's own flush at its end cannot fail and change the exit code."""
    with contextlib.suppress(OSError, ValueError):
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())


def _failed(error: Exception, debug: bool) -> int:
    if debug:
        traceback.print_exception(error)
    if isinstance(error, click.exceptions.Exit):
        return error.exit_code
    if isinstance(error, click.ClickException):
        complain(error.format_message() + _usage_hint(error))
        return 2
    if isinstance(error, PressmarkError):
        complain(str(error) or (error.__doc__ or "").strip())
        return error.exit_code
    return _unforeseen(error)


def _usage_hint(error: click.ClickException) -> str:
    context = getattr(error, "ctx", None)
    return f" (see `{context.command_path} --help`)" if context is not None and context.parent else ""


def _unforeseen(error: Exception) -> int:
    """3 for trouble with disk, Redis or database; 1 for anything else, which is our own mistake. One line each."""
    if isinstance(error, OSError):
        _give_up_output()
        complain(f"{error.strerror or error}{f': {error.filename}' if error.filename else ''}")
        return 3
    if type(error).__module__.partition(".")[0] in OUTSIDE:
        complain(f"{OUTSIDE[type(error).__module__.partition('.')[0]]} cannot be used: {error}")
        return 3
    complain(f"unexpected {type(error).__name__}: {error} (run again with --debug, and please report it)")
    return 1

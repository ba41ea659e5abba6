"""Write docs/reference.md from the code: commands, exit codes, JSON shapes, states, reasons and settings.

`make reference` runs it; a test compares the file with what this gives, and with the contract where that is at hand.
"""

from __future__ import annotations

import ast
import dataclasses
import inspect
import itertools
import re
import sys
import textwrap
from collections.abc import Iterator
from pathlib import Path

import click

from classifier.labels import Evidence, Labels, ModelName, OutletOpinion, SourceTypeLabel, Term, TopicLabel
from worker.cli.main import COMMANDS, program
from worker.config import setting_fields
from worker.messages import Article, Extractor
from worker.operations.agreement import Agreement, Disputed, LabelAgreement
from worker.operations.articles import Bucket, Counts
from worker.operations.audit import LogEntry
from worker.operations.dead import DeadCause, DeadLetter, Incident
from worker.operations.doctor import Diagnosis, Finding
from worker.operations.due import Due, DueEntry, DueFigures, DueGroup, Lifted
from worker.operations.history import Gap, History, OutcomeCount
from worker.operations.hosts import HostDetail, HostRequest, HostStatus, RobotsSeen
from worker.operations.items import Item
from worker.operations.job_report import FailingHost, JobReport, Weighed
from worker.operations.jobs import JobOutcome, JobStatus
from worker.operations.previews import Blocked, Preview
from worker.operations.problems import Act, Problem
from worker.operations.queues import Ledger, ModelInUse, PausedNow, QueueReport, QueueStatus
from worker.operations.revisions.versions import LastRecheck, Revision
from worker.operations.settings import markdown_table
from worker.operations.sharing.webhooks import Tried, WaitingEvent
from worker.operations.show import ChainLink, Copy, GivenReview, Shown, ShownLabels
from worker.operations.status import Status
from worker.operations.trace import ItemTrace, Step
from worker.operations.workers import Worker
from worker.reasons import Fate, Reason
from worker.results import Flip, HttpAnswer, ModelSaid, Result, ReviewSummary, RevisionSummary
from worker.storage.values import Stage, State

REFERENCE = Path(__file__).with_name("reference.md")

HEAD = """\
# Reference

Everything that other programs may rely on. Written by `make reference` from the code; edit the code, not this file.
"""

EXIT_CODES = """\
## Exit codes

| code | meaning |
|---|---|
| `0` | Done. An empty list and a closed pipe are `0` too. `status`, `queues`, `dead list` and `trace` end with `0` whatever they show. |
| `1` | Done, but a URL was refused, a line was bad, a gate failed, `--wait` ended with a dead item, or `status --check` found a problem. |
| `2` | The call is wrong: option, file, setting; or no URL was accepted or known; or the command is not delivered yet. |
| `3` | Redis, the database or the disk cannot be used. |
| `130` | Ctrl-C; the state is kept. |

A wrong input costs one line on standard error: what was expected, what came instead, and where. `--debug` adds the traceback.
"""

CONVENTIONS = """\
## Conventions

- With `--json` a command writes one JSON document, or JSON lines where it lists, to standard output and nothing else there. Messages and
  progress go to standard error.
- Times are RFC 3339 in UTC, durations are in seconds, sizes in bytes. Text is Unicode in NFC; offsets count code points.
- Unknown values are `null`.
- Readers must ignore fields that they do not know, and must not guess the meaning of an unknown `v`.
"""

SEEDS = """\
## Seeds

One labelled article a line in `seeds/*.jsonl`:
`{"id","title","text" | "paragraphs":[{"text","topics":[…]}],"topics":[…],"primary":…,"source_type":…,"language":"en",
"origin":"authored|reviewed|imported","url"?,"site_name"?,"labelled_by"?,"labelled_at"?}`.
Paragraph labels are optional; all of them lie within the article's topics, and a headline may add one.
"""

STREAM = """\
## The public stream

Redis stream `<namespace>:articles`, one entry for each item that ended: field `result` holds a Result as JSON. Delivered at least once, in
the order of the commits. `pressmark tail` follows it, `pressmark schema` prints the JSON Schema of a Result, and
[consume.md](consume.md) is about a consumer group of one's own. The stream `<namespace>:results` between workers and keeper is internal.
"""

SHAPES: tuple[type, ...] = (
    *(Article, Extractor, Labels, TopicLabel, SourceTypeLabel, OutletOpinion, Evidence, Term, ModelName),
    *(Result, HttpAnswer, ReviewSummary, RevisionSummary, Flip),
    *(QueueReport, QueueStatus, Ledger, DeadCause, Worker, ModelInUse, Status),
    *(DueFigures, PausedNow, Problem, Act, Due, DueGroup, DueEntry, Lifted, HostStatus, RobotsSeen, HostDetail, HostRequest),
    *(
        ItemTrace,
        Step,
        JobStatus,
        JobOutcome,
        JobReport,
        Weighed,
        FailingHost,
        DeadLetter,
        Incident,
        Preview,
        Blocked,
        Item,
        Shown,
        ShownLabels,
        Copy,
        ChainLink,
        Revision,
        LastRecheck,
        ModelSaid,
    ),
    *(Counts, Bucket, History, OutcomeCount, Gap, Agreement, LabelAgreement, Disputed, GivenReview, LogEntry, Diagnosis, Finding),
    *(WaitingEvent, Tried),
)


def reference() -> str:
    """The whole document."""
    parts = [
        HEAD,
        CONVENTIONS,
        "\n".join(_commands()),
        EXIT_CODES,
        "\n".join(_shapes()),
        "\n".join(_states()),
        "\n".join(_reasons()),
        STREAM,
        SEEDS,
        _settings(),
    ]
    return "\n".join(part.rstrip() + "\n" for part in parts)


def _commands() -> Iterator[str]:
    yield "## Commands\n"
    yield "`pressmark COMMAND`, or `python -m worker COMMAND`. Every command also takes `--config FILE`, `--debug` and `--help`.\n"
    with click.Context(program, info_name="pressmark") as context:
        for name in COMMANDS:
            command = program.get_command(context, name)
            if command is not None:
                yield from _command(command, f"pressmark {name}", context)


def _command(command: click.Command, name: str, parent: click.Context) -> Iterator[str]:
    with click.Context(command, parent=parent, info_name=name.rpartition(" ")[2]) as context:
        usage = " ".join(command.collect_usage_pieces(context))
        yield f"### `{name} {usage}`".rstrip() + "\n"
        yield _plain(command.help or "") + "\n"
        rows = [record for parameter in command.params if (record := parameter.get_help_record(context))]
        if rows:
            yield "| option | meaning |\n|---|---|"
            yield from (f"| `{_cell(option)}` | {_cell(meaning)} |" for option, meaning in rows)
            yield ""
        if isinstance(command, click.Group):
            for child in command.list_commands(context):
                found = command.get_command(context, child)
                if found is not None:
                    yield from _command(found, f"{name} {child}", context)


def _plain(text: str) -> str:
    return " ".join(text.replace("\b", "").split())


def _cell(text: str) -> str:
    return _plain(text).replace("|", "\\|")


def _shapes() -> Iterator[str]:
    yield "## JSON shapes\n"
    for kind in SHAPES:
        yield f"### {kind.__name__}\n"
        yield _plain(inspect.getdoc(kind) or "") + "\n"
        yield "| field | type | meaning |\n|---|---|---|"
        sentences = sentences_of(kind)
        for field in dataclasses.fields(kind):
            yield f"| `{field.name}` | `{_cell(_json_type(str(field.type)))}` | {_cell(sentences.get(field.name, ''))} |"
        yield ""


def sentences_of(kind: type) -> dict[str, str]:
    """The string that stands below each field of a dataclass or value of an enum, by its name."""
    [definition] = ast.parse(textwrap.dedent(inspect.getsource(kind))).body
    body = definition.body if isinstance(definition, ast.ClassDef) else []
    found: dict[str, str] = {}
    for before, after in itertools.pairwise(body):
        match before, after:
            case (
                ast.AnnAssign(target=ast.Name(id=name)) | ast.Assign(targets=[ast.Name(id=name)]),
                ast.Expr(value=ast.Constant(value=str(text))),
            ):
                found[name] = " ".join(text.split())
    return found


JSON_TYPES = {"str": "string", "int": "integer", "float": "number", "bool": "boolean", "None": "null", "list": "list", "dict": "object"}


def _json_type(annotation: str) -> str:
    """A Python annotation in JSON's words."""
    words = [(word, JSON_TYPES.get(word, word)) for word in ("str", "int", "float", "bool", "None", "dict")]
    for python, json in words:
        annotation = _replace_word(annotation, python, json)
    return annotation.replace("Literal[", "one of [")


def _replace_word(text: str, old: str, new: str) -> str:
    return re.sub(rf"(?<![\w\"]){old}(?![\w\"])", new, text)


def _states() -> Iterator[str]:
    yield "## States and stages\n"
    for kind, what in ((State, "state"), (Stage, "stage")):
        sentences = sentences_of(kind)
        yield f"| {what} | meaning |\n|---|---|"
        yield from (f"| `{value.value}` | {_cell(sentences.get(value.name, ''))} |" for value in kind)
        yield ""


def _reasons() -> Iterator[str]:
    yield "## Reasons\n"
    yield "A closed list: why an item is where it is, and what follows.\n"
    sentences, fates = sentences_of(Reason), sentences_of(Fate)
    for fate in Fate:
        yield f"**{fate.value}**: {fates[fate.name]}\n"
        yield "| reason | meaning |\n|---|---|"
        yield from (f"| `{reason.word}` | {_cell(sentences[reason.name])} |" for reason in Reason if reason.fate is fate)
        yield ""


def _settings() -> str:
    secrets = ", ".join(f"`PRESSMARK_{field.name.upper()}_FILE`" for field in setting_fields() if field.secret)
    return f"""\
## Settings

From the environment, or from a TOML file named by `--config` or `PRESSMARK_CONFIG` (names in lower case, without `PRESSMARK_`); the
environment wins. A malformed setting, or an unknown one in the file, ends the program with exit code 2; an unknown `PRESSMARK_*` in the
environment is a warning. Secrets can also come by file: {secrets}.

{markdown_table()}
"""


if __name__ == "__main__":
    REFERENCE.write_text(reference(), encoding="utf-8")
    sys.stdout.write(f"{REFERENCE.name} written\n")

"""Run the classifier's own commands: `python -m classifier train|evaluate|card|label`."""

from __future__ import annotations

import argparse
import json
import os
import sys
import time
from codecs import BOM_UTF8
from collections.abc import Callable, Iterator, Sequence
from dataclasses import asdict, dataclass
from itertools import islice
from pathlib import Path
from typing import BinaryIO, NoReturn

from classifier.errors import BadCall, BadSeeds, ClassifierError
from classifier.json_lines import line_id, parse_object, text_field
from classifier.labels import Labels
from classifier.model import artifact
from classifier.model.model import Model
from classifier.predict import Document, label
from classifier.report.explain import explained

BATCH = 20
"""Texts labelled together: the size of a worker's batch."""


class _Parser(argparse.ArgumentParser):
    """Reports a wrong call in one line, with exit code 2."""

    def error(self, message: str) -> NoReturn:
        raise BadCall(message)


def main(arguments: Sequence[str] | None = None) -> int:
    """Runs one command; returns the exit code of the contract."""
    try:
        options = _parser().parse_args(arguments)
        run: Callable[[argparse.Namespace], int] = options.run
        return run(options)
    except ClassifierError as error:
        _complain(error)
        return error.exit_code
    except BrokenPipeError:
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        return 0
    except KeyboardInterrupt:
        return 130


def _parser() -> argparse.ArgumentParser:
    parser = _Parser(prog="python -m classifier", description="Trains, measures and applies the label model.")
    commands = parser.add_subparsers(dest="command", required=True, parser_class=_Parser)
    _train_options(commands.add_parser("train", help="train a model on the seeds"))
    _evaluate_options(commands.add_parser("evaluate", help="measure by cross-validation on the seeds, or a model on other articles"))
    _card_options(commands.add_parser("card", help="write the card of a model: what it was trained on, how well it does, where it fails"))
    _label_options(commands.add_parser("label", help="label texts"))
    return parser


def _train_options(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("--seeds", type=Path, default=Path("seeds"), help="folder with *.jsonl (default: seeds)")
    parser.add_argument("--out", type=Path, default=None, help="folder of the model (default: the one that ships)")
    parser.add_argument("--id", default=None, help="name of the model (default: from the digest of the seeds)")
    parser.add_argument("--json", action="store_true", help="print the manifest")
    parser.set_defaults(run=_train)


def _evaluate_options(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("--seeds", type=Path, default=Path("seeds"), help="folder with *.jsonl (default: seeds)")
    parser.add_argument("--on", type=Path, default=None, help="measure a model on the labelled articles of this file instead")
    parser.add_argument("--model", type=Path, default=None, help="with --on: folder of the model (default: the one that ships)")
    parser.add_argument("--json", action="store_true", help="print JSON")
    parser.set_defaults(run=_evaluate)


def _card_options(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("--seeds", type=Path, default=Path("seeds"), help="the seeds that it was trained on (default: seeds)")
    parser.add_argument("--model", type=Path, default=None, help="folder of the model (default: the one that ships)")
    parser.add_argument("--on", type=Path, default=None, help="labelled articles that are no seeds, to measure the model on")
    parser.add_argument("--out", type=Path, default=Path("docs/model"), help="folder for card.md and card.html (default: docs/model)")
    parser.set_defaults(run=_card)


def _label_options(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("files", nargs="*", default=["-"], help="text files; - is standard input")
    parser.add_argument("--jsonl", action="store_true", help='lines {"id","title"?,"text","url"?,"site_name"?}')
    parser.add_argument("--model", type=Path, default=None, help="folder of the model (default: the one that ships)")
    parser.add_argument("--json", action="store_true", help="print JSON, a line for each text")
    parser.add_argument("--explain", action="store_true", help="print the text with its evidence marked")
    parser.set_defaults(run=_label)


def _train(options: argparse.Namespace) -> int:
    from classifier.training.figures import Evaluation, table
    from classifier.training_process import rebuild

    started = time.monotonic()
    manifest = rebuild(options.seeds, options.out or artifact.default_folder(), options.id, _Clock())
    if options.json:
        _print(json.dumps(manifest, ensure_ascii=False))
    else:
        _print(table(Evaluation.from_dict(manifest["held_out"])))
        _print(f"model {manifest['id']} ({manifest['sha256'][:12]}) in {time.monotonic() - started:.0f} s")
    return 0


def _evaluate(options: argparse.Namespace) -> int:
    from classifier.training import commands
    from classifier.training.figures import table

    if options.on is None:
        evaluation = commands.cross_validate(options.seeds, _Clock())
    else:
        evaluation = commands.evaluate_file(options.on, options.model or artifact.default_folder())
    _print(json.dumps(evaluation.to_dict()) if options.json else table(evaluation))
    return 0


def _card(options: argparse.Namespace) -> int:
    from classifier.report import card

    folder = options.model or artifact.default_folder()
    written = card.write(card.gather(folder, options.seeds, options.on, _Clock()), options.out)
    _print("\n".join(map(str, written)))
    return 0


def _label(options: argparse.Namespace) -> int:
    model = artifact.load(options.model or artifact.default_folder())
    if options.jsonl:
        return _label_lines(model, options.files)
    return max([_label_file(model, name, options) for name in options.files])


def _label_file(model: Model, name: str, options: argparse.Namespace) -> int:
    document = _document_of(_read(name))
    if isinstance(document, BadLine):
        _complain(BadSeeds(f"{name}: {document.message}"))
        return 1
    [labels] = label(model, [document])
    _print(json.dumps({"id": name, **labels.to_dict()}, ensure_ascii=False) if options.json else _for_people(name, labels))
    if options.explain and not options.json:
        _print(explained(document, labels, colour=sys.stdout.isatty()))
    return 0


@dataclass(frozen=True)
class BadLine:
    """Why a text cannot be labelled: a word of the contract's closed list, and what was expected."""

    reason: str
    message: str


def _label_lines(model: Model, files: Sequence[str]) -> int:
    """Labels JSON lines, a batch at a time; 1 where a line was wrong."""
    code = 0
    lines = (line for name in files for line in _numbered_lines(name))
    while batch := list(islice(lines, BATCH)):
        records = [(where, *_parse_line(line)) for where, line in batch]
        labels = iter(label(model, [record for *_, record in records if isinstance(record, Document)]))
        for where, identity, record in records:
            if isinstance(record, Document):
                _print(json.dumps({"id": identity, **next(labels).to_dict()}, ensure_ascii=False))
            else:
                code = 1
                _complain(BadSeeds(f"{where}: {record.message}"))
                _print(json.dumps({"id": identity, "error": asdict(record)}, ensure_ascii=False))
    return code


def _numbered_lines(name: str) -> Iterator[tuple[str, bytes]]:
    """The lines of a file that are not blank, each with its file and number."""
    with _opened(name) as stream:
        for number, line in enumerate(stream, start=1):
            if line.strip():
                yield f"{name}:{number}", line


def _parse_line(line: bytes) -> tuple[object, Document | BadLine]:
    """The id in a line, None where there is none, and the document in it, or what is wrong with the line."""
    row: dict[str, object] = {}
    try:
        row = parse_object(line.removeprefix(BOM_UTF8))
        return line_id(row), _document(row)
    except ValueError as error:
        return row.get("id"), BadLine("schema", str(error))


def _document(row: dict[str, object]) -> Document | BadLine:
    """Raises ValueError where a field is no text."""
    text = text_field(row, "text", required=True) or ""
    return _document_of(text, text_field(row, "title") or "", text_field(row, "url"), text_field(row, "site_name"))


def _document_of(text: str, title: str = "", url: str | None = None, site_name: str | None = None) -> Document | BadLine:
    return Document.of(text, title, url, site_name) or BadLine("no-text", "expected a text, got none")


def _read(name: str) -> str:
    try:
        with _opened(name) as stream:
            return stream.read().decode("utf-8-sig")
    except UnicodeDecodeError as error:
        raise BadCall(f"{name}: expected UTF-8 text, byte {error.start} is not valid UTF-8") from error


def _opened(name: str) -> BinaryIO:
    try:
        return sys.stdin.buffer if name == "-" else Path(name).open("rb")
    except OSError as error:
        raise BadCall(f"{name}: expected a readable file, got {error.strerror}") from error


def _for_people(name: str, labels: Labels) -> str:
    topics = [f"{t.label} {t.probability:.2f} ({t.decision})" for t in labels.topics if t.decision != "no"]
    source = labels.source_type
    lines = [f"{name}: {', '.join(topics) or 'no topic'}; primary {labels.primary_topic or 'none'}; {source.label} ({source.decision})"]
    lines += [f"  {entry.label}: {' '.join(entry.text.split())}" for entry in labels.evidence]
    return "\n".join(lines)


class _Clock:
    """Shows on a terminal which step is going on, and how long the rest will take at the pace so far."""

    def __init__(self, clock: Callable[[], float] = time.monotonic) -> None:
        self._clock = clock
        self._began = clock()

    def __call__(self, step: str, number: int, total: int) -> None:
        """Step `number` of `total` begins."""
        if sys.stderr.isatty():
            print(f"\r\x1b[K{self.line(step, number, total)}", end="" if number < total else "\n", file=sys.stderr, flush=True)  # noqa: T201

    def line(self, step: str, number: int, total: int) -> str:
        """The line for the beginning of a step; the first one says nothing of the time, since nothing has been seen yet."""
        elapsed = self._clock() - self._began
        if number == 1:
            return f"{step} {number} of {total}"
        left = elapsed / (number - 1) * (total - number + 1)
        return f"{step} {number} of {total}, {_minutes(elapsed)} so far, {_minutes(left)} left"


def _minutes(seconds: float) -> str:
    return f"about {seconds / 60:.0f} min" if seconds >= 90 else f"about {seconds:.0f} s"


def _complain(error: ClassifierError) -> None:
    print(f"error: {error}", file=sys.stderr)  # noqa: T201


def _print(line: str) -> None:
    print(line, flush=True)  # noqa: T201

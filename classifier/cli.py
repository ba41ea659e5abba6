"""The classifier's own commands: `python -m classifier train|evaluate|card|label`."""

from __future__ import annotations

import argparse
import json
import os
import sys
import time
from collections.abc import Callable, Iterator, Sequence
from itertools import islice
from pathlib import Path
from typing import Any, NoReturn

from classifier.errors import BadCall, BadSeeds, ClassifierError
from classifier.labels import Labels
from classifier.model import artifact
from classifier.predict import Document, label
from classifier.report.explain import explained

BATCH = 20
"""Texts labelled together: the size of a worker's batch."""


class _Parser(argparse.ArgumentParser):
    """Tells a wrong call in one line, with exit code 2."""

    def error(self, message: str) -> NoReturn:
        raise BadCall(message)


def main(arguments: Sequence[str] | None = None) -> int:
    """Runs one command; returns the exit code of the contract."""
    try:
        options = _parser().parse_args(arguments)
        run: Callable[[argparse.Namespace], int] = options.run
        return run(options)
    except ClassifierError as error:
        print(f"error: {error}", file=sys.stderr)  # noqa: T201
        return error.exit_code
    except BrokenPipeError:
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        return 0
    except KeyboardInterrupt:
        return 130


def _parser() -> argparse.ArgumentParser:
    parser = _Parser(prog="python -m classifier", description="Trains, measures and applies the label model.")
    commands = parser.add_subparsers(dest="command", required=True, parser_class=_Parser)
    _add_train(commands)
    _add_evaluate(commands)
    _add_card(commands)
    _add_label(commands)
    return parser


def _add_train(commands: Any) -> None:
    train = commands.add_parser("train", help="fit a model to the seeds")
    train.add_argument("--seeds", type=Path, default=Path("seeds"), help="folder with *.jsonl (default: seeds)")
    train.add_argument("--out", type=Path, default=None, help="folder of the model (default: the one that ships)")
    train.add_argument("--id", default=None, help="name of the model (default: from the digest of the seeds)")
    train.add_argument("--json", action="store_true")
    train.set_defaults(run=_train)


def _add_evaluate(commands: Any) -> None:
    evaluate = commands.add_parser("evaluate", help="grouped cross-validation on the seeds, and figures on other texts")
    evaluate.add_argument("--seeds", type=Path, default=Path("seeds"), help="folder with *.jsonl (default: seeds)")
    evaluate.add_argument("--on", type=Path, default=None, help="judge the shipped model on the labelled articles of this file instead")
    evaluate.add_argument("--model", type=Path, default=None, help="with --on: folder of the model")
    evaluate.add_argument("--json", action="store_true")
    evaluate.set_defaults(run=_evaluate)


def _add_card(commands: Any) -> None:
    card = commands.add_parser("card", help="write the card of a model: what it was made of, how well it does, where it fails")
    card.add_argument("--seeds", type=Path, default=Path("seeds"), help="the seeds that it was trained on (default: seeds)")
    card.add_argument("--model", type=Path, default=None, help="folder of the model (default: the one that ships)")
    card.add_argument("--on", type=Path, default=None, help="labelled articles of others, for figures on them")
    card.add_argument("--out", type=Path, default=Path("docs/model"), help="folder for card.md and card.html (default: docs/model)")
    card.set_defaults(run=_card)


def _add_label(commands: Any) -> None:
    labelling = commands.add_parser("label", help="label texts")
    labelling.add_argument("files", nargs="*", default=["-"], help="text files; - is standard input")
    labelling.add_argument("--jsonl", action="store_true", help='lines {"id","title"?,"text","url"?,"site_name"?}')
    labelling.add_argument("--model", type=Path, default=None, help="folder of the model (default: the one that ships)")
    labelling.add_argument("--json", action="store_true")
    labelling.add_argument("--explain", action="store_true", help="show the text with its evidence marked")
    labelling.set_defaults(run=_label)


def _train(options: argparse.Namespace) -> int:

    started = time.monotonic()
    from classifier.training.commands import rebuild

    manifest = rebuild(options.seeds, options.out or artifact.default_folder(), options.id, _progress)
    if options.json:
        _say(json.dumps(manifest, ensure_ascii=False))
    else:
        from classifier.training.evaluate import table

        _say(table(manifest["held_out"]))
        _say(f"model {manifest['id']} ({manifest['sha256'][:12]}) in {time.monotonic() - started:.0f} s")
    return 0


def _evaluate(options: argparse.Namespace) -> int:
    from classifier.training import commands
    from classifier.training.evaluate import table

    if options.on is None:
        found = commands.cross_validate(options.seeds, _progress)
    else:
        found = commands.judge_file(options.on, options.model or artifact.default_folder())
    _say(json.dumps(found) if options.json else table(found))
    return 0


def _card(options: argparse.Namespace) -> int:
    from classifier.report import card
    from classifier.seeds.dataset import read_seeds
    from classifier.training import commands

    folder = options.model or artifact.default_folder()
    others = commands.read_articles(options.on) if options.on else []
    written = card.write(card.gather(folder, read_seeds(options.seeds), others, _progress), options.out)
    _say("\n".join(map(str, written)))
    return 0


def _label(options: argparse.Namespace) -> int:
    model = artifact.load(options.model or artifact.default_folder())
    if options.jsonl:
        return _label_lines(model, options.files)
    for name in options.files:
        document = Document("", _read(name))
        [labels] = label(model, [document])
        _say(json.dumps({"id": name, **labels.to_dict()}, ensure_ascii=False) if options.json else _for_people(name, labels))
        if options.explain and not options.json:
            _say(explained(document, labels, colour=sys.stdout.isatty()))
    return 0


def _label_lines(model: Any, files: Sequence[str]) -> int:
    code = 0
    lines = (line for name in files for line in _numbered(name))
    while batch := list(islice(lines, BATCH)):
        records = [_record(where, line) for where, line in batch]
        labels = iter(label(model, [record for _, record in records if isinstance(record, Document)]))
        for identity, record in records:
            if isinstance(record, Document):
                _say(json.dumps({"id": identity, **next(labels).to_dict()}, ensure_ascii=False))
            else:
                code = 1
                print(f"error: {record}", file=sys.stderr)  # noqa: T201
                _say(json.dumps({"id": identity, "error": {"reason": "schema", "message": str(record)}}, ensure_ascii=False))
    return code


def _numbered(name: str) -> Iterator[tuple[str, bytes]]:
    """The lines of a file that are not blank, each with where it stands."""
    with _opened(name) as stream:
        for number, line in enumerate(stream, start=1):
            if line.strip():
                yield f"{name}:{number}", line


def _record(where: str, line: bytes) -> tuple[Any, Document | BadSeeds]:
    """The document in a line with its id, or what is wrong with the line."""
    try:
        record = json.loads(line.decode("utf-8"))
    except UnicodeDecodeError:
        return None, BadSeeds(f"{where}: expected UTF-8, the line is not")
    except (json.JSONDecodeError, RecursionError):
        return None, BadSeeds(f"{where}: expected one JSON object, the line is none")
    if not isinstance(record, dict):
        return None, BadSeeds(f"{where}: expected a JSON object, got {type(record).__name__}")
    return record.get("id"), _document(where, record)


def _document(where: str, record: dict[str, Any]) -> Document | BadSeeds:
    if not isinstance(record.get("text"), str):
        return BadSeeds(f"{where}: expected `text` to be a text, got {type(record.get('text')).__name__}")
    for key in ("title", "url", "site_name"):
        if not isinstance(record.get(key), str | None):
            return BadSeeds(f"{where}: expected `{key}` to be a text or null, got {type(record[key]).__name__}")
    return Document(record.get("title") or "", record["text"], record.get("url"), record.get("site_name"))


def _read(name: str) -> str:
    try:
        with _opened(name) as stream:
            data: bytes = stream.read()
            return data.decode("utf-8")
    except UnicodeDecodeError as error:
        raise BadCall(f"{name}: expected UTF-8 text, byte {error.start} is not") from error


def _opened(name: str) -> Any:
    try:
        return sys.stdin.buffer if name == "-" else Path(name).open("rb")
    except OSError as error:
        raise BadCall(f"{name}: expected a readable file, {error.strerror}") from error


def _for_people(name: str, labels: Labels) -> str:
    carried = [f"{t.label} {t.probability:.2f} ({t.decision})" for t in labels.topics if t.decision != "no"]
    source = labels.source_type
    lines = [f"{name}: {', '.join(carried) or 'no topic'}; primary {labels.primary_topic or 'none'}; {source.label} ({source.decision})"]
    lines += [f"  {entry.label}: {' '.join(entry.text.split())}" for entry in labels.evidence]
    return "\n".join(lines)


def _progress(what: str, done: int, total: int) -> None:
    if sys.stderr.isatty():
        print(f"\r{what} {done}/{total} ", end="" if done < total else "\n", file=sys.stderr, flush=True)  # noqa: T201


def _say(line: str) -> None:
    print(line, flush=True)  # noqa: T201

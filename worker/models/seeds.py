"""Read, parse and check seeds, the labelled articles that models are trained on; nothing of the model is loaded for that."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path

from classifier.errors import ClassifierError
from classifier.label_set import DEFAULT, LabelSet, read_label_set
from classifier.regular_file import read_text
from classifier.seeds import lint
from classifier.seeds.dataset import FILE_LIMIT, Seed, parse_seed, read_seeds
from classifier.seeds.lint import Finding
from worker.errors import UsageError

__all__ = ["Finding", "Seed"]


def read(folder: Path) -> list[Seed]:
    """Every seed of a folder, in the order of ids. Raises UsageError for a line that is no seed."""
    with as_usage_error():
        return read_seeds(folder)


def read_lines(file: Path) -> list[str]:
    """The lines of a seeds file; raises UsageError for what is no readable file of UTF-8 text."""
    with as_usage_error():
        return read_text(file, FILE_LIMIT).split("\n")


def check(folder: Path) -> list[Finding]:
    """What training would stumble over, and what the labelling guide forbids. Raises UsageError for a line that is no seed."""
    with as_usage_error():
        return lint.lint(read_seeds(folder), read_label_set(folder).topics)


def label_set(folder: Path) -> LabelSet:
    """The topics of a folder's seeds: those of its `labels.toml`, else the program's own. Raises UsageError for a file that names none."""
    with as_usage_error():
        return read_label_set(folder)


def parse(record: Mapping[str, object], where: str, topics: LabelSet = DEFAULT) -> Seed:
    """The seed that a line of JSON holds; raises UsageError, naming `where`, where it holds none with these topics."""
    return parse_line(json.dumps(record), where, topics)


def parse_line(line: str, where: str, topics: LabelSet = DEFAULT) -> Seed:
    """The seed in a line of a seeds file; raises UsageError, naming `where`, where there is none with these topics."""
    with as_usage_error():
        return parse_seed(line, where, topics)


@contextmanager
def as_usage_error() -> Iterator[None]:
    """Raises the classifier's errors as UsageError, with the same one line."""
    try:
        yield
    except ClassifierError as error:
        raise UsageError(str(error)) from error

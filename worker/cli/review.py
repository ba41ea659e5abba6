"""`pressmark review`: people label the few articles that teach the model most; their answers become seeds."""

from __future__ import annotations

import json
from collections.abc import Sequence
from pathlib import Path

import click

from worker.bootstrap import Services
from worker.cli._shared import files, options
from worker.cli._shared.options import command, json_option, seeds_option
from worker.cli._shared.output import complain, show_lines, tell
from worker.cli._shared.review_keys import Keys, Session, expect_terminal, keyboard
from worker.cli._shared.services import opened
from worker.config import Settings
from worker.errors import UsageError
from worker.operations import review as operations
from worker.operations.agreement import agreement
from worker.operations.models import label_set
from worker.operations.seeds import REVIEWED, add_reviewed
from worker.results import Result
from worker.storage.reviews import Answer, Review

LONGEST = 65_536
"""Bytes of an answer's line; an ordinary one has two hundred."""


@command(
    "review",
    help="Label a few articles by hand; the answers are kept beside the model's and become seeds.",
    example="pressmark review --budget 20 --who ann",
)
@click.option("--budget", type=click.IntRange(1), default=20, show_default=True, help="Articles.")
@click.option("--who", metavar="NAME", help="Your name; default: your user name.")
@seeds_option
@click.option("--answers", metavar="FILE|-", help='Take the answers from JSON lines: {"item_id","topics","primary","source_type"}.')
@click.option("--second", is_flag=True, help="Only what others have reviewed and you have not; their labels are not shown.")
@json_option
def review(settings: Settings, *, budget: int, who: str | None, seeds: Path, answers: str | None, second: bool, as_json: bool) -> int:
    """`--json` only lists what would be asked; 1 where an answer of `--answers` could not be used."""
    if not answers and not as_json:
        expect_terminal()
    services = opened(settings)
    name = who or options.who()
    if answers:
        return _from_lines(services, name, answers, seeds)
    articles = operations.to_review(services, budget, name, second=second)
    if as_json:
        show_lines(operations.candidate(article).to_dict() for article in articles)
    elif articles:
        _at_terminal(services, name, articles, seeds)
    else:
        tell(f"nothing to review: every stored article is reviewed{' by you too' if second else ''}, or there is none")
    return 0


def _at_terminal(services: Services, who: str, articles: Sequence[Result], seeds: Path) -> None:
    """Seeds are written also where the person leaves by Ctrl-C."""
    try:
        with keyboard() as keys:
            topics = label_set(services)
            session = Session(
                Keys.of(topics.topics, {entry.name: entry.description for entry in topics.entries}),
                lambda answer: _keep(services, answer, who),
                lambda item_id: operations.take_back(services, item_id, who),
                keys,
            )
            session.label(articles)
    finally:
        _write_seeds(services, seeds)
        _tell_agreement(services, who)


def _tell_agreement(services: Services, who: str) -> None:
    """How far this person agrees with the one who shares most articles: Cohen's kappa, label by label."""
    found = agreement(services, who)
    if len(found.people) == 2 and found.labels:
        told = ", ".join(f"{entry.label} {'-' if entry.kappa is None else f'{entry.kappa:.2f}'} ({entry.word})" for entry in found.labels)
        tell(f"kappa of {' and '.join(found.people)} on {found.labels[0].n} articles: {told}")


def _keep(services: Services, answer: Answer, who: str) -> None:
    operations.keep(services, answer, who)


def _from_lines(services: Services, who: str, name: str, seeds: Path) -> int:
    """Keeps every line that can be used. Each other line gives one line on standard error, and exit code 1."""
    bad, topics = 0, label_set(services).topics
    with files.opened(name) as file:
        for number, line in files.lines(file, LONGEST):
            try:
                operations.keep(services, operations.answer_of(_value(line), topics), who)
            except UsageError as error:
                complain(f"{files.shown(name)}:{number}: {error}")
                bad += 1
    _write_seeds(services, seeds)
    return int(bad > 0)


def _value(line: bytes | None) -> object:
    """The JSON of a line; None where it holds none."""
    try:
        value: object = json.loads(line or b"")
    except (ValueError, RecursionError):  # ValueError: neither JSON nor UTF-8
        return None
    return value


def _write_seeds(services: Services, seeds: Path) -> None:
    added = add_reviewed(services, seeds)
    tell(f"{added.written} seeds written to {seeds / REVIEWED}")
    for reviews in added.disputes:
        complain(f"item {reviews[0].item_id}: people disagree, and it is no seed until they agree: {'; '.join(map(_labels, reviews))}")


def _labels(given: Review) -> str:
    return f"{given.who}: {', '.join(given.topics) or 'no topic'} (primary {given.primary or 'none'}), {given.source_type}"

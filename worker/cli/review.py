"""People's labels: the most telling articles shown one by one, one key a label, answers kept as reviews and seeds."""

from __future__ import annotations

import json
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import click

from worker.bootstrap import Services
from worker.cli._shared import files, options
from worker.cli._shared.options import command, json_option
from worker.cli._shared.output import clean, complain, show_lines, tell
from worker.cli._shared.review_keys import SOURCE_KEYS, TOPIC_KEYS, Session, Sheet, expect_terminal, keyboard
from worker.cli._shared.services import opened
from worker.cli.seeds import seeds_option, write_reviewed
from worker.config import Settings
from worker.errors import UsageError
from worker.models.sampling import doubt, sample
from worker.results import Result
from worker.storage.reviews import Answer, Review

LONGEST = 65_536
"""Bytes of an answer's line; an honest one has two hundred."""
LOOKED_AT = 2000
"""Newest unreviewed articles from which the day's budget is picked: some days of a busy desk, read in a second."""


@command("review", help="Label a few articles by hand; the answers are kept beside the model's and become seeds.")
@click.option("--budget", type=click.IntRange(1), default=20, show_default=True, help="Articles.")
@click.option("--who", metavar="NAME", help="Your name; default: your user name.")
@seeds_option
@click.option("--answers", metavar="FILE|-", help='Take the answers from JSON lines: {"item_id","topics","primary","source_type"}.')
@click.option("--second", is_flag=True, help="Only what others have reviewed and you have not; their labels are not shown.")
@json_option
def review(settings: Settings, *, budget: int, who: str | None, seeds: Path, answers: str | None, second: bool, as_json: bool) -> int:
    """`--json` only lists what would be asked, the most telling first."""
    if not answers and not as_json:
        expect_terminal()
    services = opened(settings)
    name = who or options.who()
    if answers:
        return _from_lines(services, name, answers, seeds)
    asked = services.articles.newest(LOOKED_AT, reviewed=second, not_reviewed_by=name if second else None)
    rows = sample(list(asked), budget)
    if as_json:
        show_lines(_brief(row) for row in rows)
        return 0
    if not rows:
        tell(f"nothing to review: every stored article is reviewed{' by you too' if second else ''}, or there is none")
        return 0
    return _at_terminal(services, name, rows, seeds)


def _at_terminal(services: Services, who: str, rows: Sequence[Result], seeds: Path) -> int:
    """Seeds are written also where the person leaves by Ctrl-C."""

    def say(item_id: int, sheet: Sheet) -> None:
        services.reviews.keep(Answer(item_id, tuple(sorted(sheet.topics)), sheet.primary, sheet.source_type or ""), who)

    try:
        with keyboard() as keys:
            Session(say, lambda item_id: services.reviews.remove(item_id, who), keys).label(rows)
    finally:
        code = _wrap_up(services, seeds)
    return code


def _brief(row: Result) -> dict[str, Any]:
    return {"item_id": row.item_id, "url": row.url, "title": row.title, "outlet": row.outlet, "doubt": round(doubt(row), 3)}


def _wrap_up(services: Services, seeds: Path) -> int:
    written, disputed = write_reviewed(services, seeds)
    tell(f"{written} seeds written to {seeds / 'reviewed.jsonl'}")
    for said in disputed:
        complain(f"item {said[0].item_id}: people disagree, and it is no seed until they do not: {'; '.join(map(_one_view, said))}")
    return 0


def _one_view(said: Review) -> str:
    return f"{said.who}: {', '.join(said.topics) or 'no topic'} (primary {said.primary or 'none'}), {said.source_type}"


def _from_lines(services: Services, who: str, name: str, seeds: Path) -> int:
    """Every good line is kept; a bad one costs one line and exit 1."""
    bad = 0
    with files.opened(name) as file:
        for number, line in files.lines(file, LONGEST):
            try:
                services.reviews.keep(_answer(_object(line)), who)
            except UsageError as error:
                complain(f"{files.shown(name)}:{number}: {error}")
                bad += 1
    return max(_wrap_up(services, seeds), int(bad > 0))


def _object(line: bytes | None) -> Any:
    """What stands in a line; None for what is no JSON."""
    try:
        return json.loads(line or b"")
    except (ValueError, RecursionError):  # ValueError: neither JSON nor UTF-8
        return None


def _answer(told: Any) -> Answer:
    """The four fields of an answer; raises UsageError."""
    expected = 'expected {"item_id","topics","primary","source_type"}'
    if not isinstance(told, dict) or type(told.get("item_id")) is not int or not isinstance(told.get("topics"), list):
        raise UsageError(f"{expected}, came {clean(str(told))[:200] if told is not None else 'no JSON'}")
    topics, primary, source = told["topics"], told.get("primary"), told.get("source_type")
    if (
        any(topic not in TOPIC_KEYS.values() for topic in topics)
        or (primary is not None and primary not in topics)
        or source not in SOURCE_KEYS.values()
    ):
        raise UsageError(f"{expected} with the labels of the guide, came {clean(str(told))[:200]}")
    return Answer(told["item_id"], tuple(topics), primary, str(source))


COMMANDS = {"review": review}

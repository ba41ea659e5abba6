"""People's labels: the most telling articles shown one by one, one key a label, answers kept as reviews and seeds."""

from __future__ import annotations

import getpass
import json
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import click

from worker.bootstrap import Services
from worker.cli.ledger import opened
from worker.cli.options import command, json_option
from worker.cli.output import clean, complain, show_lines, tell
from worker.cli.seeds import seeds_option, write_reviewed
from worker.config import Settings
from worker.errors import UsageError
from worker.picking import doubt, outlet, pick

LOOKED_AT = 2000
"""Newest unreviewed articles from which the day's budget is picked: some days of a busy desk, read in a second."""
SHOWN = 1500
"""Characters of an article shown: enough for a label, and a screen's height."""
TOPIC_KEYS = {"b": "border_dispute", "t": "trade", "d": "demining", "c": "culture"}
SOURCE_KEYS = {"o": "official", "p": "promotional", "i": "independent"}
KEYS = (
    "b t d c: topics on or off; 1-4 or 0: the primary one, or none; o p i: source type, and on to the next; "
    "y: all as shown, and on; s: skip; q: stop"
)


@command("review", help="Label a few articles by hand; the answers are kept beside the model's and become seeds.")
@click.option("--budget", type=click.IntRange(1), default=20, show_default=True, help="Articles.")
@click.option("--who", metavar="NAME", help="Your name; default: your user name.")
@seeds_option
@click.option("--answers", metavar="FILE|-", help='Take the answers from JSON lines: {"item_id","topics","primary","source_type"}.')
@json_option
def review(settings: Settings, *, budget: int, who: str | None, seeds: Path, answers: str | None, as_json: bool) -> int:
    """`--json` only lists what would be asked, the most telling first."""
    services = opened(settings)
    name = who or getpass.getuser()
    if answers:
        return _from_lines(services, name, answers, seeds)
    rows = pick(list(services.articles.newest(LOOKED_AT, unreviewed=True)), budget)
    if as_json:
        show_lines(_brief(row) for row in rows)
        return 0
    _by_keys(services, name, rows)
    return _wrap_up(services, seeds)


def _brief(row: Any) -> dict[str, Any]:
    return {**{key: row[key] for key in ("item_id", "url", "title")}, "outlet": outlet(row), "doubt": round(doubt(row), 3)}


def _wrap_up(services: Services, seeds: Path) -> int:
    written, disputed = write_reviewed(services, seeds)
    tell(f"{written} seeds written to {seeds / 'reviewed.jsonl'}")
    for item_id in disputed:
        complain(f"item {item_id}: people disagree; it becomes no seed until they do not")
    return 0


def _from_lines(services: Services, who: str, name: str, seeds: Path) -> int:
    """Every good line is kept; a bad one costs one line and exit 1."""
    bad = 0
    with click.open_file(name, encoding="utf-8") as lines:
        for number, line in enumerate(lines, start=1):
            try:
                services.reviews.say(**_answer(json.loads(line)), who=who)
            except (UsageError, ValueError) as error:
                complain(f"{name}:{number}: {error}")
                bad += 1
    return max(_wrap_up(services, seeds), int(bad > 0))


def _answer(told: Any) -> dict[str, Any]:
    """The four fields of an answer; raises UsageError."""
    expected = 'expected {"item_id","topics","primary","source_type"}'
    if not isinstance(told, dict) or type(told.get("item_id")) is not int or not isinstance(told.get("topics"), list):
        raise UsageError(expected)
    topics, primary, source = told["topics"], told.get("primary"), told.get("source_type")
    if not set(topics) <= set(TOPIC_KEYS.values()) or (primary is not None and primary not in topics) or source not in SOURCE_KEYS.values():
        raise UsageError(f"{expected} with the labels of the guide, came {clean(str(told))[:200]}")
    return {"item_id": told["item_id"], "topics": topics, "primary": primary, "source_type": source}


def _by_keys(services: Services, who: str, rows: Sequence[dict[str, Any]] | Sequence[Any]) -> None:
    tell(KEYS)
    for number, row in enumerate(rows, start=1):
        tell(f"\n[{number}/{len(rows)}] {row['title'] or row['url']} - {outlet(row)}")
        click.echo(_readable(row["text"]), err=True)
        answer = _ask(row)
        if answer is None:
            return
        if answer:
            services.reviews.say(row["item_id"], who, answer["topics"], answer["primary"], answer["source_type"])


def _readable(text: str) -> str:
    shown = text if len(text) <= SHOWN else text[:SHOWN].rsplit(" ", 1)[0] + " …"
    return "\n".join(clean(line) for line in shown.split("\n"))


def _ask(row: Any) -> dict[str, Any] | None:
    """The labels after some keys; empty where skipped, None where the person stops."""
    topics = {topic["label"] for topic in row["topics"] or [] if topic["decision"] == "yes"}
    primary, source = row["primary_topic"], row["source_type"]["label"]
    while True:
        tell(f"topics: {', '.join(sorted(topics)) or 'none'}; primary: {primary or 'none'}; source type: {source}")
        key = click.getchar().lower()
        if key in TOPIC_KEYS:
            topics ^= {TOPIC_KEYS[key]}
            primary = primary if primary in topics else None
        elif key in "01234" and key:
            primary = [None, *TOPIC_KEYS.values()][int(key)]
            topics |= {primary} if primary else set()
        elif key in SOURCE_KEYS or key == "y":
            return {"topics": sorted(topics), "primary": primary, "source_type": SOURCE_KEYS.get(key, source)}
        elif key == "s":
            return {}
        elif key in ("q", "\x03", "\x04"):
            return None


COMMANDS = {"review": review}

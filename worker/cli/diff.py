"""`pressmark diff`: which stored articles would change label under a model."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence

import click

from worker.cli._shared.options import command, json_option
from worker.cli._shared.output import cell, show_lines, show_table, tell
from worker.cli._shared.services import opened
from worker.config import Settings
from worker.operations.compare_models import Change, changes

EXAMPLES = 3
"""Articles shown for each kind of change: enough to see the reason, few enough to read."""
OUTLETS = 20
"""Rows of the table by outlet: a screen's height."""


@command(
    "diff",
    help="Which stored articles would change label under a model, by topic and outlet, with examples.",
    example="pressmark diff 2026-11-29-1",
)
@click.argument("model")
@click.option("--limit", type=click.IntRange(1), default=1000, show_default=True, help="Newest stored articles looked at.")
@json_option
def diff(settings: Settings, model: str, limit: int, as_json: bool) -> None:
    """Labels them here, without workers; writes nothing."""
    found = list(changes(opened(settings), model, limit))
    show_lines(change.to_dict() for change in found) if as_json else _show(found)


def _show(found: Sequence[Change]) -> None:
    kinds = Counter(map(_kind, found)).most_common()
    show_table(("label", "from", "to", "articles"), ([*kind, number] for kind, number in kinds))
    outlets = Counter((change.outlet, change.label) for change in found).most_common(OUTLETS)
    show_table(("outlet", "label", "articles"), ([*place, number] for place, number in outlets))
    for kind, number in kinds:
        label, before, after = kind
        tell(f"{label}: {cell(before)} -> {cell(after)}, {number} article{'' if number == 1 else 's'}:")
        for change in [change for change in found if _kind(change) == kind][:EXAMPLES]:
            tell(f"  {change.title or change.url}")
    count = len({change.item_id for change in found})
    tell(f"{count} article{'' if count == 1 else 's'} would change")


def _kind(change: Change) -> tuple[str, str | None, str | None]:
    return change.label, change.before, change.after

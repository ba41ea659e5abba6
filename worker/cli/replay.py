"""`pressmark replay`: extract and label stored articles again from their kept pages, without fetching."""

from __future__ import annotations

import click

from worker.bootstrap import Services
from worker.cli._shared.confirmation import confirm, yes_option
from worker.cli._shared.filters.article_filter import article_selection
from worker.cli._shared.options import command, json_option, who
from worker.cli._shared.output import Progress, show_json, show_table, tell
from worker.cli._shared.services import opened
from worker.config import Settings
from worker.operations.archive.replay import Replayed
from worker.operations.archive.replay import replay as replay_pages
from worker.operations.archive.selection import Selection

SHOWN = 20
"""Articles listed below the counts: a screen's height; `--json` has all."""


@command(
    "replay",
    help="Extract and label stored articles again from their kept pages; what stood there is kept as an earlier version.",
    example="pressmark replay --host example.org --since 2026-11-01 --dry-run",
)
@article_selection
@click.option("--dry-run", is_flag=True, help="Only show what would change.")
@yes_option
@json_option
def replay(settings: Settings, *, which: Selection, dry_run: bool, yes: bool, as_json: bool) -> int:
    """Shows what would change before it asks. Ends with 1 where a page is lost, or where no article is found in one any more."""
    services = opened(settings)
    if not dry_run and not yes:
        preview = _replay(services, which, dry_run=True)
        if not as_json:
            _show(preview)
        if not preview.revised and not preview.relabelled:
            return _ended(preview, as_json=as_json)
        confirm(f"{preview.revised + preview.relabelled} articles would be replaced, and earlier versions kept")
    done = _replay(services, which, dry_run=dry_run)
    if not as_json:
        _show(done)
    return _ended(done, as_json=as_json)


def _replay(services: Services, which: Selection, *, dry_run: bool) -> Replayed:
    with Progress("pages read again") as progress:
        return replay_pages(services, which, progress.show, dry_run=dry_run, who=who())


def _ended(done: Replayed, *, as_json: bool) -> int:
    if as_json:
        show_json(done)
    if done.without_page:
        tell(f"{done.without_page} of {done.selected} articles have no kept page, and stay as they are")
    return 1 if done.lost or done.failed else 0


def _show(done: Replayed) -> None:
    counts = (("revised", done.revised), ("relabelled", done.relabelled), ("unchanged", done.unchanged), ("kept", done.kept))
    rest = (("failed", done.failed), ("lost", done.lost), ("without a page", done.without_page))
    show_table(("would become" if done.dry_run else "became", "articles"), [row for row in (*counts, *rest) if row[1]])
    if done.fields:
        show_table(("field that differs", "articles"), done.fields.items())
    if done.flips:
        show_table(("label", "from", "to", "articles"), ((flip.label, flip.before, flip.after, flip.articles) for flip in done.flips))
    rows = [(one.item_id, one.became, ", ".join(one.fields) or one.reason, one.detail) for one in done.changes[:SHOWN]]
    if rows:
        show_table(("item", "became", "what", "why"), rows)
    if len(done.changes) > SHOWN:
        tell(f"and {len(done.changes) - SHOWN} more; --json has them all")

"""`pressmark promote`: make a model the active one, if the gate allows it."""

from __future__ import annotations

from pathlib import Path

import click

from worker.cli._shared.options import command, json_option, seeds_option, who
from worker.cli._shared.output import show_json, tell
from worker.cli._shared.services import opened
from worker.cli.relabel import offer
from worker.config import Settings
from worker.operations import promote as operations
from worker.operations.promote import PromotionReport


@command(
    "promote",
    help="Make a model the active one, if the gate allows it; workers follow within five seconds.",
    example='pressmark promote 2026-11-29-1 --note "more seeds on trade"',
)
@click.argument("model")
@seeds_option
@click.option("--force", is_flag=True, help="Promote in spite of the gate; the registry keeps that.")
@click.option("--note", default="", help="The reason, which the registry keeps.")
@json_option
def promote(settings: Settings, model: str, *, seeds: Path, force: bool, note: str, as_json: bool) -> int:
    """1 where the gate refuses."""
    services = opened(settings)
    report = operations.promote(services, model, seeds, who(), force=force, note=note)
    show_json(report.to_dict()) if as_json else tell_report(report)
    if report.promoted and not as_json:
        offer(services)
    return 0 if report.promoted else 1


def tell_report(report: PromotionReport) -> None:
    """What came of it; the gate's figures where it had seeds to compare on."""
    if report.promoted:
        tell(f"{report.id} is the active model; workers follow within five seconds, and `pressmark rollback` goes back")
    else:
        tell(f"{report.id} is not promoted: {'; '.join(report.objections)} (--force goes past the gate)")
    if report.topics:
        new, gone = (", ".join(names) or "none" for names in (report.topics.new, report.topics.gone))
        stored = "; stored labels keep theirs until `pressmark relabel`" if report.promoted else ""
        tell(f"other topics than the active model's: new {new}; gone {gone}{stored}")
    if report.verdict and report.verdict.rows:
        verdict = report.verdict
        tell(
            f"on {verdict.rows} seeds that both held out: macro-F1 {verdict.candidate_f1:.3f} against {verdict.active_f1:.3f}, "
            f"calibration error {verdict.candidate_ece:.3f} against {verdict.active_ece:.3f}"
        )

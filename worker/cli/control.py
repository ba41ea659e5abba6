"""The operator's hand on the flow: stages and hosts stopped and let go, articles taken out."""

from __future__ import annotations

import re

import click

from worker.bootstrap import Services
from worker.cli._shared.options import command, json_option, yes_option
from worker.cli._shared.output import show_json, tell
from worker.cli._shared.services import opened
from worker.cli.dead import ask
from worker.config import Settings
from worker.errors import ItemFailed, Unavailable, UsageError
from worker.intake.canonical_url import admit
from worker.storage.for_operator import ForOperator

STAGES = ("fetch", "label", "store")


@command("pause", help="Stop a stage or a host until `resume`; survives restarts. What is under way is finished.")
@click.argument("stage", required=False, type=click.Choice([*STAGES, "all"]))
@click.option("--host", metavar="HOST", help="A host instead of a stage.")
@json_option
def pause(settings: Settings, stage: str | None, host: str | None, as_json: bool) -> None:
    """Writes the decision down and tells the workers."""
    services = opened(settings)
    for name in _stages(stage, host):
        services.operator_ledger.pause(stage=name)
    for place in _places(host, settings):
        services.operator_ledger.pause(host=place)
    _tell(services, as_json)


@command("resume", help="Let a stage or a host go on.")
@click.argument("stage", required=False, type=click.Choice([*STAGES, "all"]))
@click.option("--host", metavar="HOST", help="A host instead of a stage.")
@json_option
def resume(settings: Settings, stage: str | None, host: str | None, as_json: bool) -> None:
    """The opposite."""
    services = opened(settings)
    for name in _stages(stage, host):
        services.operator_ledger.resume(stage=name)
    for place in {*_places(host, settings), *_paused_places(host, services)}:
        services.operator_ledger.resume(host=place)
    _tell(services, as_json)


def _stages(stage: str | None, host: str | None) -> tuple[str, ...]:
    if (stage is None) == (host is None):
        raise UsageError("expected one of fetch, label, store and all, or --host HOST")
    return STAGES if stage == "all" else (stage,) if stage else ()


def _places(host: str | None, settings: Settings) -> list[str]:
    """Host and port as the ledger paces them; without a port, every one that a page may have."""
    if not host:
        return []
    name = _name(host)
    if re.search(r":\d+$", name):
        return [name]
    opened_ports = {place.port for place in settings.allow_private if place.port}
    return [f"{name}:{port}" for port in sorted({80, 443} | settings.allow_ports | opened_ports)]


def _paused_places(host: str | None, services: Services) -> list[str]:
    """What was paused of a host, whatever the settings were then."""
    return [place for place in services.operator_ledger.paused().hosts if host and place.rpartition(":")[0] == _name(host)]


def _name(host: str) -> str:
    """As in a canonical URL; a bare IPv6 address gets its brackets."""
    name = host.strip().lower().rstrip(".")
    return f"[{name}]" if name.count(":") > 1 and not name.startswith("[") else name


def _tell(services: Services, as_json: bool) -> None:
    """The workers are told at once where Redis is there; else the dispatcher tells them when it starts."""
    paused = services.operator_ledger.paused()
    try:
        services.control.set_paused(sorted(paused.stages))
    except Unavailable:
        tell("written down; Redis is away, so it holds from the next start")
    if as_json:
        show_json({"stages": sorted(paused.stages), "hosts": list(paused.hosts)})
    else:
        tell("paused: " + (", ".join([*sorted(paused.stages), *paused.hosts]) or "nothing"))


@command("forget", help="Take an article, or all of a host, and their traces out; the identity still holds.")
@click.argument("url", required=False)
@click.option("--host", metavar="HOST", help="Everything of this host.")
@yes_option
@json_option
def forget(settings: Settings, url: str | None, host: str | None, yes: bool, as_json: bool) -> None:
    """For take-down requests: what is gone is gone."""
    if (url is None) == (host is None):
        raise UsageError("expected a URL, or --host HOST")
    if host and not yes:
        ask(f"everything of {host} will be taken out")
    forgotten = _forget(opened(settings).operator_ledger, settings, url, host)
    if url and not forgotten:
        raise UsageError(f"expected a URL that was accepted, came {url!r}")
    show_json({"forgotten": forgotten}) if as_json else tell(f"{forgotten} taken out")


def _forget(ledger: ForOperator, settings: Settings, url: str | None, host: str | None) -> int:
    if host:
        return ledger.forget(host=_name(host))
    try:
        return ledger.forget(key=admit(url or "", settings).key)
    except ItemFailed as failed:
        raise UsageError(f"expected a URL, came {url!r}: {failed}") from failed


COMMANDS = {"pause": pause, "resume": resume, "forget": forget}

"""Check everything that an installation needs, and name the remedy of what is wrong."""

from __future__ import annotations

import os
import shutil
from collections.abc import Callable, Iterator, Mapping
from contextlib import closing
from dataclasses import dataclass, replace
from typing import Literal, cast

import redis

from worker.bootstrap import Services
from worker.config import MIB, Settings
from worker.errors import PressmarkError, Unavailable
from worker.models.cache import local_folder
from worker.models.labeller import Document as Text
from worker.models.labeller import Labeller
from worker.operations import installation, problems, queues
from worker.operations.document import Document
from worker.operations.problem_types import command_of
from worker.operations.receivers.settings import expect_ready
from worker.operations.times import size
from worker.queues.address import address_of
from worker.queues.embedded_server import server_binary
from worker.queues.parked import PARKED, count_parked
from worker.queues.public_stream import SHARE, max_memory
from worker.storage.database import expect_writable, require_current

CHECKED_ABOVE = frozenset({"unbalanced", "redis-refuses", "redis-away", "redis-key", "disk-full", "database-refuses"})
"""Problems that have a check of their own, which says more."""
OLDEST_REDIS = (6, 2)
"""The first with XAUTOCLAIM, and the oldest that kombu accepts."""
LEAST_MEMORY = 160 * MIB
"""Bytes of maxmemory: 60 MiB for the articles of full queues, as much again for what the server itself needs, and the public stream."""


@dataclass(frozen=True, slots=True)
class Finding(Document):
    """One thing that was checked. A `note` is worth knowing, and not a fault."""

    check: str
    state: Literal["ok", "note", "wrong"]
    detail: str
    remedy: str | None = None


@dataclass(frozen=True, slots=True)
class Diagnosis(Document):
    """All findings; `ok` unless one is wrong."""

    ok: bool
    checks: tuple[Finding, ...]


def diagnose(settings: Settings) -> Diagnosis:
    """Makes every check, whatever the others found."""
    findings = tuple(finding for name, check in CHECKS.items() for finding in _checked(name, check, settings))
    return Diagnosis(all(finding.state != "wrong" for finding in findings), findings)


def _checked(name: str, check: Callable[[Settings], Iterator[Finding]], settings: Settings) -> Iterator[Finding]:
    """A check that cannot be made is a finding too."""
    try:
        yield from check(settings)
    except PressmarkError as error:
        yield Finding(name, "wrong", str(error), "see the message")


def _settings(settings: Settings) -> Iterator[Finding]:
    for note in settings.notes:
        yield Finding("settings", "note", note, "`pressmark config` lists the settings")
    if settings.allow_private:
        places = ", ".join(str(place.host or place.network) for place in settings.allow_private)
        yield Finding("settings", "note", f"private addresses are open to pages: {places}", "unset PRESSMARK_ALLOW_PRIVATE in production")
    if not settings.contact:
        yield Finding("settings", "note", "site owners have no way to write to you", "set PRESSMARK_CONTACT to an address")
    yield Finding("settings", "ok", "every setting is well-formed")


def _receivers(settings: Settings) -> Iterator[Finding]:
    """Whether events can be sent to webhooks and by mail; a new installation has no models to look up topics in."""
    if settings.told and installation.exists(settings):
        expect_ready(settings)
        yield Finding("receivers", "ok", f"{len(settings.told)} receivers of events, every setting of theirs can be used")


def _disk(settings: Settings) -> Iterator[Finding]:
    folder = next(path for path in (settings.data_dir, *settings.data_dir.parents) if path.exists())
    if not os.access(folder, os.W_OK):
        yield Finding("disk", "wrong", f"{folder} cannot be written", "choose another PRESSMARK_DATA_DIR")
        return
    full = list(problems.of_disk(replace(settings, data_dir=folder)))
    remedy = f"free some: under {size(settings.disk_free_min)} nothing is fetched" if full else None
    yield Finding("disk", "wrong" if full else "ok", f"{size(shutil.disk_usage(folder).free)} free in {folder}", remedy)


def _database(settings: Settings) -> Iterator[Finding]:
    if not installation.exists(settings):
        yield Finding("database", "ok", f"none yet; the first `enqueue` or `up` makes one in {settings.data_dir}")
        return
    with closing(Services(settings)) as services:
        require_current(services.engine)
        expect_writable(services.engine)
        running, counted = services.operator_ledger.recount()
        name = services.engine.dialect.name
    yield Finding("database", "ok", f"{name}, schema current, can be written")
    if running == counted or (running.accepted, running.states) == (counted.accepted, counted.states):
        yield Finding("counters", "ok", f"{counted.accepted} accepted, counted anew")
    else:
        yield Finding("counters", "note", "they moved while they were counted, or are off", "run it again while nothing is under way")
    if counted.balanced:
        yield Finding("identity", "ok", "every accepted URL is in exactly one state")
    else:
        yield Finding("identity", "wrong", f"{counted}", "report it: this must never happen")


def _redis(settings: Settings) -> Iterator[Finding]:
    if settings.redis_url is None:
        yield Finding("redis", "ok", f"embedded: {server_binary()}")
        if address_of(settings.data_dir) is None:
            yield Finding("redis", "note", "nothing is up in this data folder", "`pressmark up` starts it")
            return
    with closing(Services(settings)) as services:
        server, policy, append = _answers(services.redis)
        yield _version(server)
        yield from _durability(policy.get("maxmemory-policy"), append.get("appendonly"))
        for wrong in services.schema.wrong():
            yield Finding("redis", "wrong", str(wrong), "a dispatcher moves it aside within 5 s: start one, or rename it")
        if (refusal := services.control.refusal()) is not None:
            yield Finding("redis", "wrong", f"takes no writes: {refusal}", "make room for it, or let it write")
        yield from _room(max_memory(services.redis), settings)
        yield from _parked(count_parked(services.redis, settings.namespace), settings)


def _answers(client: redis.Redis) -> list[Mapping[str, str]]:
    """What the server says of itself, of its memory and of its log; raises Unavailable."""
    try:
        answers = (client.info("server"), client.config_get("maxmemory-policy"), client.config_get("appendonly"))
    except Exception as error:
        raise Unavailable(f"Redis cannot be asked: {error}") from error
    return [cast(Mapping[str, str], answer) for answer in answers]  # redis-py types them for its asynchronous client too


def _version(server: Mapping[str, str]) -> Finding:
    shown = str(server.get("valkey_version") or server.get("redis_version"))
    compatible = str(server.get("redis_version", shown))
    new_enough = tuple(int(part) for part in compatible.split(".")[:2]) >= OLDEST_REDIS
    remedy = None if new_enough else "upgrade to Redis 6.2 or Valkey"
    return Finding("redis", "ok" if new_enough else "wrong", f"answers, version {shown}", remedy)


def _durability(policy: str | None, append: str | None) -> Iterator[Finding]:
    if policy not in (None, "noeviction"):
        yield Finding("redis", "wrong", f"maxmemory-policy is {policy}: a full server forgets queues", "set maxmemory-policy noeviction")
    if append == "no":
        yield Finding("redis", "note", "no append-only file: after a restart everything under way is fetched again", "set appendonly yes")


def _room(maxmemory: int, settings: Settings) -> Iterator[Finding]:
    """Whether the public stream and the queues fit into Redis' memory together."""
    if 0 < maxmemory < SHARE * settings.publish_max_bytes:
        held = maxmemory // SHARE
        yield Finding(
            "redis",
            "note",
            f"maxmemory is {size(maxmemory)}: the public stream keeps {size(held)}, not {size(settings.publish_max_bytes)} as set",
            f"set maxmemory to {SHARE * settings.publish_max_bytes}, or PRESSMARK_PUBLISH_MAX_BYTES to {held}",
        )
    if 0 < maxmemory < LEAST_MEMORY:
        yield Finding(
            "redis", "wrong", f"maxmemory is {size(maxmemory)}: full queues do not fit", f"set maxmemory to {LEAST_MEMORY} or more"
        )


def _parked(count: int, settings: Settings) -> Iterator[Finding]:
    if count:
        key = f"{settings.namespace}:{PARKED}"
        yield Finding(
            "redis", "note", f"{count} messages were no messages of this program", f"read them: LRANGE {key} 0 -1; then DEL {key}"
        )


def _work(settings: Settings) -> Iterator[Finding]:
    """The problems that `status` tells of, where something is running; that nothing was started is not a fault."""
    if not installation.exists(settings) or not installation.is_up(settings):
        return
    with closing(Services(settings)) as services:
        report = queues.report(services)
        if report.redis_is_away:
            return  # the check of Redis says so
        if not any(worker.alive for worker in report.workers):
            yield Finding("work", "note", "no process is at work", "`pressmark up` starts all of them")
            return
        found = problems.judged(services, report)
    for problem in found:
        if problem.code not in CHECKED_ABOVE:
            step = command_of(problem)
            yield Finding("work", "wrong" if problem.level == "wrong" else "note", problem.what, f"`{step}`" if step else None)
    if not problems.wrong(found):
        yield Finding("work", "ok", f"{sum(worker.alive for worker in report.workers)} processes make progress")


def _model(settings: Settings) -> Iterator[Finding]:
    labeller = Labeller(local_folder(settings))
    labels = labeller.label([Text("Customs", "The two ministries of commerce signed a free trade agreement on Monday.")])[0]
    yield Finding("model", "ok", f"{labeller.model_id}, {len(labels.topics)} topics")


CHECKS = {
    "settings": _settings,
    "disk": _disk,
    "database": _database,
    "receivers": _receivers,
    "redis": _redis,
    "work": _work,
    "model": _model,
}
"""Each check under the name that a finding of its failure bears."""

"""Follow sources: show, add, discover, poll, pause, resume, remove, import and export them; typed, for commands and pages."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from itertools import islice
from typing import Literal

from worker.bootstrap import Services
from worker.config import Settings
from worker.errors import ItemFailed, NotFound, UsageError
from worker.intake.canonical_url import admit
from worker.models.outlets import OutletKinds
from worker.operations import discovery, source_files
from worker.operations.audit import record
from worker.operations.discovery import Found
from worker.operations.document import Document
from worker.operations.source_files import Format
from worker.operations.times import rfc3339
from worker.reasons import Kind, Reason
from worker.storage.sources import About, SourceRow
from worker.storage.values import OPEN, Entry

Health = Literal["new", "well", "failing", "paused", "changed"]
Given = tuple[str, Kind, About, str | None]
"""An address to follow: as which kind, what is known of it, and its line in a list."""
PAGE = 1000
"""Sources read from the database at once."""
TOLD = 20
"""Sources of one act that the log names; it counts the others."""


@dataclass(frozen=True, slots=True)
class Source(Document):
    """A feed or a sitemap that is followed; times in RFC 3339, UTC, durations in seconds."""

    id: int
    url: str
    kind: Kind
    title: str | None
    site_url: str | None
    country: str | None
    language: str | None
    outlet_kind: str | None
    """`official`, `promotional` or `independent`: said when it was added, else from the list of outlets."""
    health: Health
    """`new`: not read yet; `failing`: its last poll failed; `changed`: it could be read, and its alarms say what is odd."""
    polling: bool
    """Whether it is being polled just now."""
    interval: float
    why: str
    """Why the interval is what it is."""
    next_at: str | None
    """None while it is paused."""
    last_polled_at: str | None
    last_read_at: str | None
    last_new_at: str | None
    last_new_url: str | None
    per_day: float | None
    """New articles a day, the last days weighing most."""
    found: int
    """New articles so far."""
    polls: int
    unchanged: int
    """Polls that were answered "not modified"."""
    failures: int
    """In a row."""
    reason: str | None
    detail: str | None
    warnings: tuple[str, ...]
    """What was wrong with its list the last time."""
    alarms: tuple[str, ...]
    added_at: str
    item_id: int
    job_id: int

    @classmethod
    def of(cls, row: SourceRow) -> Source:
        """From the database's row."""
        return cls(
            id=row.id,
            url=row.url,
            kind=row.kind,
            title=row.title,
            site_url=row.site_url,
            country=row.country,
            language=row.language,
            outlet_kind=row.outlet_kind,
            health=_health(row),
            polling=row.state in OPEN,
            interval=row.interval,
            why=row.why,
            next_at=None if row.paused else rfc3339(row.next_at),
            last_polled_at=rfc3339(row.polled_at),
            last_read_at=rfc3339(row.read_at),
            last_new_at=rfc3339(row.new_at),
            last_new_url=row.new_url,
            per_day=None if row.per_day is None else round(row.per_day, 2),
            found=row.found,
            polls=row.polls,
            unchanged=row.unchanged,
            failures=row.failures,
            reason=row.reason,
            detail=row.detail,
            warnings=tuple(row.warnings or ()),
            alarms=tuple(row.alarms or ()),
            added_at=rfc3339(row.added_at),
            item_id=row.item_id,
            job_id=row.job_id,
        )


def _health(row: SourceRow) -> Health:
    if row.paused:
        return "paused"
    if row.failures or row.reason:
        return "failing"
    if row.read_at is None:
        return "new"
    return "changed" if row.alarms else "well"


@dataclass(frozen=True, slots=True)
class Added(Document):
    """A source that is followed from now on, or was before."""

    source: Source | None
    url: str
    state: Literal["added", "known", "refused"]
    reason: str | None = None
    detail: str | None = None
    where: str | None = None
    others: tuple[Found, ...] = ()
    """Further feeds and sitemaps that were found, and are not followed."""


@dataclass(frozen=True, slots=True)
class Polled(Document):
    """What a call to poll did."""

    sent: int
    under_way: int
    """Sources that were being polled already."""


@dataclass(frozen=True, slots=True)
class Changed(Document):
    """How many sources were paused, resumed or removed."""

    count: int


def each(services: Services) -> Iterator[SourceRow]:
    """All of them, in constant memory."""
    at = 0
    while rows := services.sources.all(PAGE, at):
        yield from rows
        at += len(rows)


def show(services: Services, which: str) -> Source:
    """One source, by its number or its address; raises NotFound."""
    return Source.of(_chosen(services, [which])[0])


def add(services: Services, url: str, about: About, kind: Kind | None = None, who: str | None = None) -> Added:
    """Follows the feed or sitemap at `url`, or the likeliest that its site names; with `kind` it is taken as that, unread.

    `who` goes into the log, here and in the acts below.

    Raises UsageError where the address may not be fetched, cannot be, or leads to no feed.
    """
    settings = services.settings
    found = [Found(url, kind, None, None, 0, "itself")] if kind else _discovered(settings, url)
    best = found[0]
    said = replace(
        about, title=about.title or best.title, language=about.language or best.language, site_url=about.site_url or best.site_url
    )
    added = next(iter(_add_all(services, [(best.url, best.kind, said, None)])))
    if added.state == "refused":
        raise UsageError(f"expected an address that may be fetched, got {url!r}: {added.detail} ({added.reason})")
    record(services, who, "sources add", count=int(added.state == "added"), which={"url": added.url})
    return replace(added, others=tuple(found[1:]))


def _discovered(settings: Settings, url: str) -> list[Found]:
    found = discovered(settings, url)
    if not found:
        raise UsageError(
            f"{url}: expected a feed or sitemap there, at the usual places or in robots.txt, got none; --kind takes an address unread"
        )
    return found


def discovered(settings: Settings, url: str) -> list[Found]:
    """The feeds and sitemaps of a site; an empty list where it names none. Raises UsageError where its page cannot be read."""
    try:
        return discovery.discover(settings, url)
    except ItemFailed as failed:
        raise UsageError(f"expected a feed, a sitemap or a page that names one, got {url!r}: {failed}") from failed


def _add_all(services: Services, given: Iterable[Given]) -> Iterator[Added]:
    """An answer for each, in order; refused ones do not stop the others."""
    remaining, outlets = iter(given), OutletKinds(services.settings)
    while batch := list(islice(remaining, PAGE)):
        yield from _add_batch(services, batch, outlets)


def _add_batch(services: Services, batch: Sequence[Given], outlets: OutletKinds) -> list[Added]:
    checked: list[tuple[Entry, About] | Added] = []
    for url, kind, about, where in batch:
        try:
            entry = admit(url, services.settings, kind)
            known = about.outlet_kind or outlets.of(about.site_url or entry.url)
            checked.append((entry, replace(about, outlet_kind=known)))
        except ItemFailed as failed:
            checked.append(Added(None, url, "refused", failed.reason.word, failed.detail, where))
    rows = services.sources.add(pair for pair in checked if not isinstance(pair, Added))
    answers = []
    for given, one in zip(batch, checked, strict=True):
        if isinstance(one, Added):
            answers.append(one)
            continue
        row, new = next(rows)
        answers.append(Added(Source.of(row), row.url, "added" if new else "known", where=given[3]))
    return answers


def poll(services: Services, which: Sequence[str], who: str | None = None) -> Polled:
    """Polls these now, all where none is named; raises NotFound for one that is not followed."""
    rows = _chosen(services, which) if which else list(each(services))
    sent = under_way = 0
    for at in range(0, len(rows), PAGE):
        done = services.sources.poll([row.id for row in rows[at : at + PAGE]])
        sent, under_way = sent + done[0], under_way + done[1]
    record(services, who, "sources poll", count=sent, which=_told(which))
    return Polled(sent, under_way)


def pause(services: Services, which: Sequence[str], who: str | None = None, *, paused: bool = True) -> Changed:
    """Pauses these, or lets them go on; raises NotFound for one that is not followed."""
    rows = _chosen(services, which)
    count = services.sources.pause([row.id for row in rows], paused=paused)
    record(services, who, "sources pause" if paused else "sources resume", count=count, which=_told([row.url for row in rows]))
    return Changed(count)


def remove(services: Services, which: Sequence[str], who: str | None = None) -> Changed:
    """Stops following these; what they brought stays. Raises NotFound for one that is not followed."""
    rows = _chosen(services, which)
    count = services.sources.remove([row.id for row in rows])
    record(services, who, "sources remove", count=count, which=_told([row.url for row in rows]))
    return Changed(count)


def _told(which: Sequence[str]) -> dict[str, object]:
    return {"sources": list(which[:TOLD]) or None}


def _chosen(services: Services, which: Sequence[str]) -> list[SourceRow]:
    numbers = [int(one) for one in which if one.isascii() and one.isdecimal() and len(one) < 19]
    urls = [one for one in which if not (one.isascii() and one.isdecimal())]
    spelled = {one: _spelled(one, services.settings) for one in urls}
    found = services.sources.some(numbers) if numbers else []
    found += services.sources.known([*urls, *spelled.values()]) if urls else []
    names = {name for row in found for name in (str(row.id), row.url, row.site_url)}
    for one in which:
        if str(int(one)) not in names if one in map(str, numbers) else not {one, spelled.get(one)} & names:
            raise NotFound(f"expected the number or address of a source, got {one[:200]!r}; `pressmark sources list` has them")
    return list({row.id: row for row in found}.values())


def _spelled(url: str, settings: Settings) -> str:
    try:
        return admit(url, settings, "feed").url
    except ItemFailed:
        return url


def import_file(services: Services, data: bytes, name: str, who: str | None = None) -> Iterator[Added]:
    """Follows the sources of an OPML or CSV file, an answer for each, and one for a missing end; raises UsageError for what is neither."""
    added, listing = 0, source_files.read(data, name)
    answers = _add_all(services, ((one.url, one.kind, one.about, one.where) for one in listing.sources))
    for answer in answers:
        added += answer.state == "added"
        yield answer
    if listing.is_cut:
        yield Added(None, "", "refused", Reason.TRUNCATED.word, source_files.CUT, name)
    record(services, who, "sources import", count=added, which={"file": name[:200]})


def export(services: Services, form: Format) -> Iterator[str]:
    """All sources as OPML or CSV, piece by piece."""
    return source_files.write(each(services), form)

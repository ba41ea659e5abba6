"""Decide when a source is polled again, and why; pure: it knows no connection and no clock."""

from __future__ import annotations

from dataclasses import dataclass, replace

from worker.reasons import Fate, Reason

SHORTEST = 300.0
"""Seconds between two polls at least: the shortest that keepers of feeds call polite, and a wire's story is old after it."""
LONGEST = 86_400.0
"""Seconds between two polls at most: a source that wakes after weeks is noticed within a day."""
FIRST = 1800.0
"""Seconds until the second poll of a source that gave no dates: what it publishes is not known yet."""
SHARE = 0.5
"""Of the mean time between two articles: an article waits a quarter of that time on average."""
HALF_LIFE = 2 * 86_400.0
"""Seconds in which older articles lose half their weight in `per_day`: a weekend changes it, a night does not."""
USUAL = 12.0
"""Articles a day that a source is taken to bring until it has shown how many: a feed of a paper's section."""
BACKOFF = 1800.0
"""Seconds after the first failure; doubled with each in a row, up to LONGEST."""
BACKOFF_GAPS = 1.5
"""Times the mean gap between two articles that a source of which a fault may pass is left alone at most: while nobody looks, articles fall
out of a list of thirty. A wire is asked again every 15 minutes, a paper of one article a day after two."""
PATIENCE = 48
"""Failures in a row for which that holds, a day of the busiest: what is away for longer is asked once a day."""
DAY = 86_400.0


@dataclass(frozen=True, slots=True)
class Asked:
    """What a source asks for, in seconds; None where it does not."""

    ttl: float | None = None
    """`ttl` of RSS."""
    update_period: float | None = None
    """`sy:updatePeriod` with `sy:updateFrequency`."""
    fresh_for: float | None = None
    """`Cache-Control: max-age` or `Expires`."""


@dataclass(frozen=True, slots=True)
class Plan:
    """When a source is polled again: after `interval` seconds, and why."""

    interval: float
    why: str


def plan(per_day: float | None, asked: Asked) -> Plan:
    """For a source that could be read and brings `per_day` new articles (None: not known yet)."""
    found = _by_yield(per_day)
    for name, value in (("its ttl", asked.ttl), ("its sy:updatePeriod", asked.update_period), ("its cache header", asked.fresh_for)):
        if value is not None and min(value, LONGEST) > found.interval:
            found = Plan(min(value, LONGEST), f"{name} asks for {spoken(value)}; {found.why}")
    return found


def _by_yield(per_day: float | None) -> Plan:
    if per_day is None:
        return Plan(FIRST, "what it publishes is not known yet")
    wanted = SHARE * DAY / per_day if per_day > 0 else LONGEST
    bound = "" if SHORTEST <= wanted <= LONGEST else ", and the shortest interval" if wanted < SHORTEST else ", and the longest interval"
    return Plan(min(max(wanted, SHORTEST), LONGEST), f"it brings {_count(per_day)} a day{bound}")


def _count(per_day: float) -> str:
    if per_day < 0.05:
        return "hardly an article"
    return f"{per_day:.1f} articles" if per_day < 10 else f"{per_day:.0f} articles"


def after_failure(failures: int, reason: str, retry_after: float | None, per_day: float | None = None) -> Plan:
    """For a source that failed `failures` times in a row, the last time for `reason`, and used to bring `per_day` articles a day."""
    wait = min(BACKOFF * 2.0 ** min(failures - 1, 20), LONGEST)
    if per_day and failures <= PATIENCE and _may_pass(reason):
        wait = min(wait, max(BACKOFF_GAPS * DAY / per_day, 3 * SHORTEST))
    times = "once" if failures == 1 else f"{failures} times in a row"
    if retry_after is not None and retry_after > wait:
        return Plan(retry_after, f"it failed {times} ({reason}), and asks to wait {spoken(retry_after)}")
    return Plan(wait, f"it failed {times} ({reason})")


def _may_pass(reason: str) -> bool:
    try:
        return Reason.of(reason).fate in {Fate.AGAIN, Fate.WAITS}
    except KeyError:
        return False


def learned(per_day: float | None, new: int, elapsed: float) -> float:
    """Articles a day, from what was known and from `new` ones within `elapsed` seconds."""
    elapsed = max(elapsed, 1.0)
    weight = 0.5 ** (elapsed / HALF_LIFE)
    before = USUAL if per_day is None else per_day
    return float(before * weight + new / (elapsed / DAY) * (1 - weight))


def spoken(seconds: float) -> str:
    """Seconds for people: `45 min`, `6 h`."""
    if seconds < 60:
        return f"{seconds:.0f} s"
    return f"{seconds / 60:.0f} min" if seconds < 5400 else f"{seconds / 3600:.0f} h"


@dataclass(frozen=True, slots=True)
class Habits:
    """What articles of a source were like in one time: medians and shares."""

    articles: int
    length: float
    """Median characters of their text."""
    dated: float
    """Share with a date of publication."""
    language: str | None
    """Of most of them."""
    topical: float
    """Share with a topic."""
    failed: float
    """Share of its pages that ended without an article."""


ENOUGH = 10
"""Articles on each side of a comparison; with fewer, a change is chance."""
SILENT = 4.0
"""Times the usual gap between two articles; and SILENT_LEAST seconds, so that a weekend is no alarm."""
SILENT_LEAST = 3 * DAY


def alarms(before: Habits, lately: Habits) -> list[str]:
    """What is different lately, in words; each may mean that the site was redesigned, and none is proof."""
    if before.articles < ENOUGH or lately.articles < ENOUGH:
        return []
    found = []
    if not before.length / 3 <= lately.length <= before.length * 3:
        found.append(f"texts have {lately.length:.0f} characters in the middle, {before.length:.0f} before")
    if lately.dated < before.dated - 0.5:
        found.append(f"{lately.dated:.0%} of articles have a date, {before.dated:.0%} before")
    if lately.language != before.language:
        found.append(f"most articles are in {lately.language or 'no language'}, in {before.language or 'none'} before")
    if abs(lately.topical - before.topical) > 0.5:
        found.append(f"{lately.topical:.0%} of articles have a topic, {before.topical:.0%} before")
    if lately.failed > before.failed + 0.5:
        found.append(f"{lately.failed:.0%} of pages end without an article, {before.failed:.0%} before")
    return found


def silence(per_day: float | None, since: float) -> str | None:
    """The alarm of a source that has brought nothing for `since` seconds, against what it used to bring."""
    if not per_day or since < max(SILENT_LEAST, SILENT * DAY / per_day):
        return None
    return f"no new article for {since / DAY:.0f} days; it used to bring {_count(per_day)} a day"


def capped(found: Plan, most: float) -> Plan:
    """The plan with its wait bounded by the setting for `Retry-After`."""
    return replace(found, interval=min(found.interval, max(most, LONGEST)))

"""Find articles by words, days, outlet, language and labels, and count them; the address of a page holds its whole search."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date

from starlette.datastructures import QueryParams
from starlette.requests import Request
from starlette.responses import Response, StreamingResponse

from worker.dashboard.pages.page import page
from worker.dashboard.pages.read.search import LABELS, NONE, Search, bucket_name, days_of
from worker.dashboard.security.access import Role, Route
from worker.dashboard.security.answers import bad_request
from worker.dashboard.state import State, state_of
from worker.dashboard.view import charts, words
from worker.dashboard.view.charts import Bar, Rule
from worker.dashboard.view.figures import Clock
from worker.dashboard.view.rendering import clock, show
from worker.operations import articles
from worker.operations.articles import Bucket, Matches
from worker.operations.sharing import parquet
from worker.operations.sharing.feeds import JSON_FEED, RSS
from worker.operations.sharing.result_rows import csv_lines, json_lines
from worker.results import Result
from worker.storage.search import SearchFilter

PERIODS = ("day", "week", "month")
DAYS, WEEKS = 92, 731
"""Days up to which a chart has one bar a day, or one bar a week: with more, the bars could not be told apart."""
FORMATS = {"jsonl": "application/x-ndjson", "csv": "text/csv; charset=utf-8", "parquet": "application/vnd.apache.parquet"}
"""Formats in which the articles of a search can be downloaded, with their media types."""
OUTLETS = 8
"""Outlets that are listed; the others are found by searching."""
A_MOMENT = 5.0
"""Seconds after which counts say how old they are."""


@dataclass(frozen=True, slots=True)
class Facet:
    """One value that the list can be narrowed to."""

    name: str
    count: int
    share: float
    address: str
    chosen: bool
    tone: str = ""
    language: str = ""


@dataclass(frozen=True, slots=True)
class Lift:
    """One field that can be taken out of a search without matches, and how many articles match then."""

    field: str
    count: int | None
    """None while it is being counted."""
    address: str


@dataclass(frozen=True, slots=True)
class Counted:
    """A chart of counts by period: bars that are links."""

    by: str
    bars: tuple[tuple[Bar, str, str], ...]
    """Each with its address and its name in full."""
    rules: tuple[Rule, ...]
    tabs: tuple[tuple[str, str], ...]
    undated: int
    told: str


def listing(request: Request) -> Response:
    """The list with its counts."""
    state, query = state_of(request), request.query_params
    search, faults = Search.of(query, state.services)
    at = clock(state.settings)
    if faults:
        return show(request, "articles.html", status=400, page="/articles", search=search, faults=faults, found=None, feeds=(), at=at)
    wanted, cursor = search.filter(at), query.get("cursor") or None
    found = articles.search(state.services, wanted, cursor=cursor, once=bool(search.once))
    some = bool(found.results or cursor)
    counts = state.counts.of(wanted, once=bool(search.once)) if some else None
    return show(
        *(request, "articles.html"),
        page="/articles",
        search=search,
        faults={},
        found=found,
        some=some,
        any=some or articles.some(state.services),
        total=counts and counts.value.total,
        counted_ago=counts.age if counts and counts.age > A_MOMENT else None,
        counted=_counted(counts.value, search, query.get("by", "")) if counts else None,
        facets=_facets(counts.value, search) if counts else {},
        lifts=[] if some else _lifts(state, search, at),
        cursor=cursor or "",
        parquet=parquet.installed(),
        feeds=_feeds(search, wanted),
        watched=search.address("articles", shown=str(int(at.now))),
    )


def _feeds(search: Search, wanted: SearchFilter) -> tuple[tuple[str, str, str], ...]:
    """The search as feeds, each with its name, media type and address: those of the API, which a reader with a token may ask, too.

    None where the API cannot ask the same: a search for a phrase, for no topic, or within a job. "Today" would stay the day on which the
    feed was made.
    """
    if wanted.words != tuple(search.q.split()) or search.job or search.stored or NONE in search.topic:
        return ()
    named = (("RSS", RSS, "/api/v1/articles.rss"), ("JSON Feed", JSON_FEED, "/api/v1/articles.feed.json"))
    asked = replace(search, doubt="", once="")
    more = {**({"doubt": "true"} if search.doubt else {}), **({"distinct": "true"} if search.once else {})}
    return tuple((name, media, asked.address(path, **more)) for name, media, path in named)


def _counted(matches: Matches, search: Search, by: str) -> Counted:
    by = by if by in PERIODS else _fitting(search)
    buckets = matches.counts(by).buckets
    dated = [(bucket.key, bucket.count) for bucket in buckets if bucket.key]
    names = [bucket_name(key, by) for key, _ in dated]
    bars, rules = charts.bars(dated, names)
    narrowed = [search_in(search, bar.key, by).address() for bar in bars]
    most = max((count for _, count in dated), default=0)
    return Counted(
        by=by,
        bars=tuple(zip(bars, narrowed, names, strict=True)),
        rules=rules,
        tabs=tuple((period.capitalize(), search.address(by=period)) for period in PERIODS),
        undated=sum(bucket.count for bucket in buckets if not bucket.key),
        told=f"Articles by {by} of publication, {names[0]} to {names[-1]}; most in one {by}: {most}" if names else "",
    )


def search_in(search: Search, bucket: str, by: str) -> Search:
    """The same search within one bucket."""
    since, until = days_of(bucket, by)
    return replace(search, since=since, until=until)


def _fitting(search: Search) -> str:
    """The period whose bars can be told apart."""
    if search.since and search.until:
        days = (date.fromisoformat(search.until) - date.fromisoformat(search.since)).days
        return "day" if days <= DAYS else "week" if days <= WEEKS else "month"
    return "month"


def _facets(matches: Matches, search: Search) -> Mapping[str, Sequence[Facet]]:
    """What the list can be narrowed to, the most frequent first."""
    total = matches.total.number

    def counted(by: str) -> Sequence[Bucket]:
        return matches.counts(by).buckets

    topics = counted("topic")
    found = {
        "Topic": [
            _facet(search, "topic", bucket, total, words.label(bucket.key)) for bucket in topics if bucket.key not in ("none", "unsure")
        ],
        "Doubt": [
            _facet(search, "doubt", replace(bucket, key="topic"), total, "Unsure about a topic")
            for bucket in topics
            if bucket.key == "unsure"
        ],
        "Source type": [
            _facet(search, "source_type", bucket, total, words.label(bucket.key)) for bucket in counted("source_type") if bucket.key
        ],
        "Outlet": [_facet(search, "outlet", bucket, total, bucket.key) for bucket in counted("outlet")[:OUTLETS] if bucket.key],
        "Language": [_facet(search, "language", bucket, total, words.language(bucket.key)) for bucket in counted("language") if bucket.key],
    }
    found["Topic"] += [_facet(search, "topic", bucket, total, "No topic") for bucket in topics if bucket.key == "none" and bucket.count]
    return {name: facets for name, facets in found.items() if facets}


def _facet(search: Search, field: str, bucket: Bucket, total: int, name: str) -> Facet:
    given = getattr(search, field)
    chosen = bucket.key in given if isinstance(given, tuple) else bucket.key == given
    tone = words.tone(bucket.key) if field == "topic" else ""
    return Facet(name, bucket.count, bucket.count / max(total, 1), search.having(field, bucket.key).address(), chosen, tone)


def _lifts(state: State, search: Search, at: Clock) -> list[Lift]:
    """How many articles would match without each of the fields, the largest number first."""
    lifted = [(name, search.without(name)) for name in search.active]
    totals = state.counts.totals([other.filter(at) for _, other in lifted], once=bool(search.once))
    found = [
        Lift(LABELS[name], counts.value.total.number if counts else None, other.address())
        for (name, other), counts in zip(lifted, totals, strict=True)
    ]
    return sorted((lift for lift in found if lift.count != 0), key=lambda lift: -(lift.count or 0))


def live(state: State, fields: Mapping[str, str]) -> Mapping[str, str]:
    """How many articles of a search were stored since its list was shown; the list itself does not change while somebody reads it."""
    search, faults = Search.of(QueryParams(fields["query"]), state.services)
    shown = fields.get("shown", "")
    if faults or not shown.isascii() or not shown.isdigit() or len(shown) > len("1790000000"):
        return {"new-articles": ""}
    number = articles.new_since(state.services, search.filter(clock(state.settings)), float(shown))
    return {"new-articles": f"{number} new. Show {'it' if number == 1 else 'them'}" if number else ""}


def export(request: Request) -> Response:
    """Every article of a search, as the command `export` writes them: lines of JSON, CSV that Excel reads, or Parquet."""
    state, form = state_of(request), request.query_params.get("format") or "jsonl"
    search, faults = Search.of(request.query_params, state.services)
    if form not in FORMATS:
        faults = {**faults, "format": f"format: expected one of {', '.join(FORMATS)}."}
    elif form == "parquet" and not parquet.installed():
        faults = {**faults, "format": f"{parquet.MISSING}."}
    if faults:
        raise bad_request(" ".join(faults.values()))
    found = articles.found_by(state.services, search.filter(clock(state.settings)), once=bool(search.once))
    headers = {"Content-Disposition": f'attachment; filename="articles.{form}"'}
    return StreamingResponse(_written(form, found), media_type=FORMATS[form], headers=headers)


def _written(form: str, found: Iterator[Result]) -> Iterator[str] | Iterator[bytes]:
    """The articles in one of FORMATS, piece by piece."""
    if form == "parquet":
        return parquet.pieces(found)
    return csv_lines(found, bom=True) if form == "csv" else json_lines(found)


ROUTES = (
    Route("GET", "/articles", Role.VIEWER, page(listing)),
    Route("GET", "/export/articles", Role.VIEWER, page(export)),
)
LIVE = {"articles": live}

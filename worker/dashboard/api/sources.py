"""Follow sources: list, show, add, pause, resume, poll and remove them; find those of a site; lists in and out."""

from __future__ import annotations

from itertools import chain, islice
from typing import Annotated, Literal

from fastapi import Query
from pydantic import BaseModel, Field
from starlette.requests import Request
from starlette.responses import Response, StreamingResponse

from worker.dashboard.api.core.routing import ACT_WITHIN, Api, Asked, Body, Dashboard, File, ItemId, Name, Page, Text, Who, paged
from worker.dashboard.discovery import WITHIN as DISCOVERED_WITHIN
from worker.dashboard.security.access import Role
from worker.operations import source_list
from worker.operations import sources as operations
from worker.operations.discovery import Found
from worker.operations.sources import Added, Changed, Health, Polled, Source
from worker.storage.sources import About

api = Api("sources")

Kind = Literal["feed", "sitemap"]
Label = Annotated[str, Field(min_length=1, max_length=35)]
"""A code of a country or a language (RFC 5646)."""
FILE = 4_900_000
"""Letters of a list: what is left of a body beside the other fields."""


class SourcesAsked(Asked):
    """Which sources."""

    health: Health | None = None
    limit: Page = source_list.PAGE
    cursor: Text | None = None


class NewSource(Body):
    """What is to be followed: a feed, a sitemap, or a page whose site names one."""

    url: Text
    kind: Kind | None = None
    """Takes the address as this, without looking at it now."""
    title: Name | None = None
    """What to call it; else its own title."""
    country: Label | None = None
    language: Label | None = None
    outlet_kind: Literal["official", "promotional", "independent"] | None = None


class Site(Body):
    """A site whose feeds are looked for."""

    url: Text


class SourceFile(Body):
    """A list of sources."""

    content: Annotated[str, Field(max_length=FILE)]
    """OPML, or CSV with a column `url`."""
    name: Name = "the list"
    """What to call it in answers."""


class Imported(BaseModel):
    """What became of each line of a list, in order."""

    sources: list[Added]
    added: int
    known: int
    refused: int


class ExportAsked(Asked):
    """In which form."""

    format: Literal["opml", "csv"] = "opml"


MEDIA = {"opml": "text/x-opml", "csv": "text/csv"}


@api.get("/sources", list[Source])
def list_sources(request: Request, state: Dashboard, asked: Annotated[SourcesAsked, Query()]) -> Response:
    """Sources in the order in which they were added; the header Link names the next page."""
    found = source_list.listed(state.services, asked.limit, asked.cursor, health=asked.health)
    return paged(request, found.sources, found.next)


@api.post("/sources", Added, role=Role.EDITOR, errors=(429,), within=DISCOVERED_WITHIN)
def add_source(state: Dashboard, who: Who, body: NewSource) -> Added:
    """Follow a feed, a sitemap, or the likeliest that a site names, which is looked for within two minutes."""
    about = About(title=body.title, country=body.country, language=body.language, outlet_kind=body.outlet_kind)
    if body.kind:
        return operations.add(state.services, body.url, about, body.kind, who)
    return state.discoveries.asked(lambda: operations.add(state.services, body.url, about, who=who))


@api.post("/sources/discover", list[Found], role=Role.EDITOR, errors=(429,), within=DISCOVERED_WITHIN)
def discover_sources(state: Dashboard, body: Site) -> list[Found]:
    """Find the feeds and sitemaps of a site, the likeliest first, within two minutes; follows nothing."""
    return state.discoveries.asked(lambda: operations.discovered(state.settings, body.url))


@api.get("/sources/export", File(tuple(MEDIA.values())))
def export_sources(state: Dashboard, asked: Annotated[ExportAsked, Query()]) -> Response:
    """All sources as OPML or CSV."""
    pieces = operations.export(state.services, asked.format)
    begun = list(islice(pieces, 2))  # a database that is away is told before the answer begins
    headers = {"Content-Disposition": f'attachment; filename="sources.{asked.format}"'}
    return StreamingResponse(chain(begun, pieces), headers=headers, media_type=MEDIA[asked.format])


@api.post("/sources/import", Imported, role=Role.EDITOR, within=ACT_WITHIN)
def import_sources(state: Dashboard, who: Who, body: SourceFile) -> dict[str, object]:
    """Follow the sources of an OPML or CSV file, an answer for each."""
    answers = list(operations.import_file(state.services, body.content.encode("utf-8", "replace"), body.name, who))
    sums = {name: sum(answer.state == name for answer in answers) for name in ("added", "known", "refused")}
    return {"sources": answers, **sums}


@api.get("/sources/{source}", Source)
def show_source(state: Dashboard, source: ItemId) -> Source:
    """One source."""
    return operations.show(state.services, str(source))


@api.delete("/sources/{source}", Changed, role=Role.EDITOR)
def remove_source(state: Dashboard, who: Who, source: ItemId) -> Changed:
    """Follow a source no longer; its articles stay."""
    return operations.remove(state.services, [str(source)], who)


@api.post("/sources/{source}/pause", Changed, role=Role.EDITOR)
def pause_source(state: Dashboard, who: Who, source: ItemId) -> Changed:
    """Poll a source no more until it is resumed."""
    return operations.pause(state.services, [str(source)], who)


@api.post("/sources/{source}/resume", Changed, role=Role.EDITOR)
def resume_source(state: Dashboard, who: Who, source: ItemId) -> Changed:
    """Let a paused source go on."""
    return operations.pause(state.services, [str(source)], who, paused=False)


@api.post("/sources/{source}/poll", Polled, role=Role.EDITOR)
def poll_source(state: Dashboard, who: Who, source: ItemId) -> Polled:
    """Poll a source now."""
    return operations.poll(state.services, [str(source)], who)

"""Search the stored articles by words in title or text, and by date, language, host and labels."""

from __future__ import annotations

import unicodedata
from collections.abc import Iterator
from dataclasses import dataclass

from sqlalchemy import ColumnElement, Select, and_, func, or_, select

from worker.storage import hosts
from worker.storage.tables import articles, items, labels, topics
from worker.storage.values import State


@dataclass(frozen=True)
class SearchFilter:
    """What an article must have to match; an empty field matches every article.

    `words` are pieces of text; each must occur somewhere in title or text, in any case (scripts without spaces have no other
    words). `since` and `until` are days (`2024-03-22`) between which it was published, both included; an article without a date
    matches neither. `host` includes its subdomains. Every topic of `topics` must be decided yes; with `unsure`, yes or unsure.
    """

    words: tuple[str, ...] = ()
    topics: tuple[str, ...] = ()
    primary: str | None = None
    source_type: str | None = None
    language: str | None = None
    host: str | None = None
    since: str | None = None
    until: str | None = None
    unsure: bool = False


def matching_ids(wanted: SearchFilter, limit: int) -> Select[int]:
    """Selects the ids of up to `limit` articles, the last published first, those without a date after them."""
    joined = articles.join(items, items.c.id == articles.c.item_id).outerjoin(labels, labels.c.item_id == articles.c.item_id)
    query = select(articles.c.item_id).select_from(joined).where(items.c.state == State.STORED, *_conditions(wanted))
    return query.order_by(articles.c.published_at.desc().nulls_last(), articles.c.item_id.desc()).limit(limit)


def _conditions(wanted: SearchFilter) -> Iterator[ColumnElement[bool]]:
    yield from (_contains(word) for word in wanted.words)
    yield from (_decided(topic, unsure=wanted.unsure) for topic in wanted.topics)
    day = func.substr(articles.c.published_at, 1, 10)
    if wanted.primary:
        yield labels.c.primary_topic == wanted.primary
    if wanted.source_type:
        yield labels.c.source_type["label"].as_string() == wanted.source_type
    if wanted.language:
        yield articles.c.language == wanted.language
    if wanted.host:
        yield _on_host(wanted.host)
    if wanted.since:
        yield day >= wanted.since
    if wanted.until:
        yield day <= wanted.until


def _contains(word: str) -> ColumnElement[bool]:
    composed = unicodedata.normalize("NFC", word).lower()
    return or_(*(func.lower(column).contains(composed, autoescape=True) for column in (articles.c.title, articles.c.text)))


def _on_host(host: str) -> ColumnElement[bool]:
    """The host itself or a subdomain; a host without a port means ports 80 and 443."""
    ports = (host,) if ":" in host else (f"{host}:80", f"{host}:443")
    return or_(hosts.named(host), *(items.c.host.endswith(f".{port}", autoescape=True) for port in ports))


def _decided(topic: str, *, unsure: bool) -> ColumnElement[bool]:
    decisions = ("yes", "unsure") if unsure else ("yes",)
    return (
        select(topics.c.item_id)
        .where(and_(topics.c.item_id == articles.c.item_id, topics.c.label == topic, topics.c.decision.in_(decisions)))
        .exists()
    )

"""Define the records that pass between stages: URLRequest → Page → Article → an Outcome for the keeper.

All are frozen. `encode` and `decode` write and read JSON; `decode` checks every field, and a foreign message is parked, not guessed at.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from threading import Lock
from typing import Annotated, Literal, TypeVar, cast

from pydantic import ConfigDict, Field, TypeAdapter, ValidationError
from pydantic.dataclasses import dataclass as checked
from pydantic_core import to_jsonable_python

from classifier.labels import Labels
from worker.errors import BadMessage
from worker.reasons import Kind

VERSION: Literal[1] = 1  # of the messages; a reader parks a message of another version

STRICT = ConfigDict(strict=True, extra="forbid", ser_json_inf_nan="null", defer_build=True)  # a record costs 5 ms to build


@checked(frozen=True, config=STRICT)
class URLRequest:
    """One item under a lease, sent to a fetch worker."""

    item_id: int
    token: int  # rises with every lease of the item; an outcome with an older token is ignored
    url: str
    kind: Kind = "article"
    alone: bool = False  # a suspect: a worker took it once and reported no outcome, so it is sent in a message of its own
    etag: str | None = None  # and the next: validators of the stored article, for a conditional request on a re-fetch
    last_modified: str | None = None


@dataclass(frozen=True, slots=True)
class Page:
    """What a server answered: the body without its content coding, and what the headers say of it."""

    url: str
    final_url: str
    status: int
    body: bytes = field(repr=False)
    content_type: str | None = None  # the header as it was sent, charset included
    etag: str | None = None
    last_modified: str | None = None
    opt_outs: tuple[str, ...] = ()  # reservations in the headers, as `x-robots-tag: noai` or `tdm-reservation: 1`
    warnings: tuple[str, ...] = ()  # for the article: `downgraded` (a redirect led from https to http)
    ms: int = 0
    wire_bytes: int = 0
    fetched_at: str = ""  # RFC 3339, UTC


@checked(frozen=True, config=STRICT)
class Http:
    """Status, validators, time and size of an answer, as the Result shows them."""

    status: int | None = None
    etag: str | None = None
    last_modified: str | None = None
    ms: int = 0
    bytes: int = 0


@checked(frozen=True, config=STRICT)
class Extractor:
    """The program that extracted the article."""

    name: str
    version: str


@checked(frozen=True, config=STRICT)
class Article:
    """The article of a page, in the shape that `extract` prints."""

    url: str | None
    canonical_url: str | None
    title: str | None
    text: str
    authors: list[str]
    published_at: str | None
    """A day where the page gives no time, else RFC 3339 in UTC."""
    published_on: str | None = field(default=None, kw_only=True)
    """The calendar day by the page's own clock: the offset that it states, else the day that it shows."""
    published_source: Literal["json-ld", "meta", "time", "url", "dateline", "guess"] | None
    modified_at: str | None
    language: str | None
    site_name: str | None
    description: str | None
    image: str | None
    extractor: Extractor
    warnings: list[str]

    def to_dict(self) -> dict[str, object]:
        """As the contract writes it in JSON."""
        return dict(to_jsonable_python(self))


@checked(frozen=True, config=STRICT)
class HostReport:
    """What a fetch showed of its host, for the pace of the next fetch."""

    host: str  # name and port, as in `example.org:443`
    ok: bool  # False where the host refused, slowed down or could not be reached
    retry_after: float | None = None  # seconds that the host asked to wait
    crawl_delay: float | None = None  # seconds, from robots.txt
    ms: int = 0


@checked(frozen=True, config=STRICT)
class Taken:
    """A worker begins to process these items; only an item that was taken can get a strike."""

    leases: list[tuple[int, int]]
    """Pairs of item_id and token."""
    worker: str
    type: Literal["taken"] = "taken"
    v: Literal[1] = VERSION


@checked(frozen=True, config=STRICT)
class Returned:
    """Items returned without an attempt being counted: the worker stops, or the host has to be waited for."""

    leases: list[tuple[int, int]]
    after: float = 0.0
    """Seconds until they may be sent again."""
    type: Literal["returned"] = "returned"
    v: Literal[1] = VERSION


@checked(frozen=True, config=STRICT)
class Struck:
    """The page's parse child was killed or exceeded its limits: a strike against the page."""

    item_id: int
    token: int
    detail: str
    host: HostReport | None = None
    type: Literal["struck"] = "struck"
    v: Literal[1] = VERSION


@checked(frozen=True, config=STRICT)
class Failed:
    """The item failed, for a reason from the closed list."""

    item_id: int
    token: int
    reason: str
    detail: str = ""
    retry_after: float | None = None
    final_url: str | None = None
    http: Http | None = None
    host: HostReport | None = None
    fetched_at: str | None = None
    type: Literal["failed"] = "failed"
    v: Literal[1] = VERSION


@checked(frozen=True, config=STRICT)
class Unchanged:
    """A re-fetch was answered 304: the stored article stays as it is."""

    item_id: int
    token: int
    http: Http
    host: HostReport | None = None
    fetched_at: str = ""
    fresh_for: float | None = None
    """Seconds for which the answer's header calls it fresh."""
    type: Literal["unchanged"] = "unchanged"
    v: Literal[1] = VERSION


@checked(frozen=True, config=STRICT)
class Listed:
    """A feed or a sitemap was read: the URLs in it, to be accepted into the item's jobs."""

    item_id: int
    token: int
    urls: list[str]  # of articles, in order, each once
    sitemaps: list[str]  # that a sitemap index names
    http: Http
    host: HostReport | None = None
    fetched_at: str = ""
    warnings: list[str] = field(default_factory=list)
    """One line for each entry that could not be read and was skipped."""
    published: dict[str, str] = field(default_factory=dict)
    """By address, when the list says that it was published or changed: RFC 3339, UTC."""
    title: str | None = None
    language: str | None = None
    ttl: float | None = None
    update_period: float | None = None
    fresh_for: float | None = None
    """As the two before it, seconds for which the list asks not to be read again: this one by the answer's header."""
    type: Literal["listed"] = "listed"
    v: Literal[1] = VERSION


@checked(frozen=True, config=STRICT)
class Extracted:
    """An article, sent to a label worker."""

    item_id: int
    token: int
    article: Article
    final_url: str
    http: Http
    content_sha256: str
    simhash: str  # of the text, 16 hexadecimal digits; near copies differ in few bits
    opt_outs: list[str]
    host: HostReport | None = None
    fetched_at: str = ""
    page_sha256: str | None = None  # and the next: of the page in the archive, where pages are kept
    page_bytes: int = 0
    marks: list[int] = field(default_factory=list)  # of the text, four that near copies share; none from a worker of a version before
    type: Literal["extracted"] = "extracted"
    v: Literal[1] = VERSION


@checked(frozen=True, config=STRICT)
class Labelled:
    """An article with its labels, ready to be stored."""

    extracted: Extracted
    labels: Labels
    label_ms: int = 0
    type: Literal["labelled"] = "labelled"
    v: Literal[1] = VERSION


@checked(frozen=True, config=STRICT)
class Relabel:
    """A stored text, sent to be labelled again; it has no lease, since the state of its item does not change."""

    item_id: int
    title: str
    text: str
    url: str | None = None
    site_name: str | None = None


@checked(frozen=True, config=STRICT)
class Relabelled:
    """New labels for a stored article; they name their model, and those of an older model never overwrite those of a newer."""

    item_id: int
    labels: Labels
    label_ms: int = 0
    type: Literal["relabelled"] = "relabelled"
    v: Literal[1] = VERSION


Outcome = Taken | Returned | Struck | Failed | Unchanged | Listed | Labelled | Relabelled
"""What the stream `results` may hold."""

Message = Outcome | Extracted | URLRequest | Relabel | Article

T = TypeVar("T")
# Finds the record by its `type`; without that every record is tried in turn (0.9 ms an article against 0.1).
_ANY_OUTCOME = cast("type[Outcome]", Annotated[Outcome, Field(discriminator="type")])
_ADAPTERS: dict[object, object] = {}  # by record, kept once built: to build one takes 14 µs, to decode a message with it 2 µs
_BUILDING = Lock()  # pydantic builds a record at its first use, and two threads that do so at once find it half-built


def _adapter(kind: type[T]) -> TypeAdapter[T]:
    if kind not in _ADAPTERS:
        with _BUILDING:
            adapter = TypeAdapter(kind)
            adapter.rebuild()
            _ADAPTERS[kind] = adapter
    return cast(TypeAdapter[T], _ADAPTERS[kind])


def encode(message: Message) -> bytes:
    """The message as JSON."""
    return _adapter(type(message)).dump_json(message)


def decode(kind: type[T], data: bytes | str) -> T:
    """The record of type `kind` in `data` (JSON); raises BadMessage."""
    return _decoded(_adapter(kind), data)


def decode_outcome(data: bytes | str) -> Outcome:
    """The outcome in `data` (JSON), whichever it is; raises BadMessage."""
    return _decoded(_adapter(_ANY_OUTCOME), data)


def _decoded(adapter: TypeAdapter[T], data: bytes | str) -> T:
    try:
        return adapter.validate_json(data)
    except ValidationError as error:
        first = error.errors()[0]
        raise BadMessage(f"{'.'.join(map(str, first['loc'])) or 'the message'}: {first['msg']}") from error

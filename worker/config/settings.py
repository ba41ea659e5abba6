"""Read all settings into one frozen object; `load` is the only function that reads the environment for them.

Every setting has a default and the reason for it, both shown by `pressmark config`.
"""

from __future__ import annotations

import os
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, fields
from functools import cache
from pathlib import Path
from typing import TypeVar

from worker.config.mail import parse_addresses, parse_mail_url
from worker.config.schedule import parse_ages
from worker.config.value_types import (
    Address,
    AllowedPlace,
    User,
    number,
    one_of,
    parse_address,
    parse_allow_private,
    parse_codings,
    parse_flag,
    parse_names,
    parse_path,
    parse_ports,
    parse_resolve,
    parse_text,
    parse_timezone,
    parse_users,
    parse_word,
    url_of,
)
from worker.config.webhooks import FIRST_RECEIVER, MAIL, Receiver, parse_receivers, parse_webhook_events, parse_webhook_search

PREFIX = "PRESSMARK_"
KIB, MIB = 1024, 1024 * 1024
CORES = os.cpu_count() or 1
FILE_LIMIT = MIB
"""Bytes of a file of settings, or of a secret: every setting written out takes 4 KiB."""

T = TypeVar("T")


@dataclass(frozen=True, slots=True)
class SettingField:
    """What is known of one setting besides its value."""

    name: str
    reason: str
    """Why the default is what it is."""
    parse: Callable[[str], object]
    """Returns the value of a text; raises ValueError with what was expected."""
    secret: bool

    @property
    def variable(self) -> str:
        """Its environment variable."""
        return PREFIX + self.name.upper()


def setting(default: T, reason: str, parse: Callable[[str], T], *, secret: bool = False) -> T:
    """A field of Settings, with the reason that `pressmark config` shows."""
    return field(default_factory=lambda: default, metadata={"reason": reason, "parse": parse, "secret": secret})


seconds = number(float, 0.001, 7 * 86400)
days = number(float, 0.01, 36_500)
count = number(int, 1, 1_000_000)
size = number(int, 1, 1 << 40)


@dataclass(frozen=True)
class Settings:
    """Every setting; its environment variable is its name in capitals after `PRESSMARK_`."""

    # Places
    data_dir: Path = setting(
        Path.home() / ".local/share/pressmark", "where the XDG base directory specification puts a user's data", parse_path
    )
    redis_url: str | None = setting(
        None, "unset: the embedded server, which only `up` and `demo` start", url_of("redis", "rediss", "unix"), secret=True
    )
    database_url: str | None = setting(None, "unset: SQLite in the data folder", url_of("sqlite", "postgresql+psycopg"), secret=True)
    namespace: str = setting("pressmark", "prefix of every Redis key, so that several installations can share a server", parse_word)
    model_dir: Path | None = setting(None, "unset: the promoted model, else the one shipped with the program", parse_path)
    seeds_dir: Path | None = setting(
        None, "unset: `seeds` where the command is run, else a copy in the data folder that begins as the packaged seeds", parse_path
    )
    database_pool: int = setting(
        5, "connections to PostgreSQL that a process keeps, and as many more at a peak; a process has few threads that use one", count
    )
    statement_timeout: float = setting(
        300.0, "seconds that PostgreSQL lets one statement run, migrations aside; the longest count of millions takes some", seconds
    )

    # Which addresses may be requested
    allow_private: tuple[AllowedPlace, ...] = setting((), "no private address is requested unless it is named here", parse_allow_private)
    allow_ports: frozenset[int] = setting(
        frozenset({80, 443}), "the ports of HTTP and HTTPS; internal services listen on others", parse_ports
    )
    resolve: Mapping[str, tuple[str, ...]] = setting(
        {}, "used before DNS, and checked as DNS answers are; for tests and intranets", parse_resolve
    )
    proxy: str | None = setting(
        None, "unset: a proxy resolves names itself, so private addresses behind it cannot be refused", url_of("http"), secret=True
    )
    ca_file: Path | None = setting(None, "unset: the authorities of the system and of certifi; an intranet adds its own", parse_path)

    # Politeness
    host_interval: float = setting(
        2.0, "seconds from the end of an answer to the next request to the same host; slower than a person reads", number(float, 0, 86400)
    )
    user_agent: str = setting(
        "Pressmark/0.1 (+https://pypi.org/project/pressmark/)", "names the program; a site owner can look it up", parse_word
    )
    contact: str = setting("", "an address added to the user agent; operators of public crawls should give one", parse_text)
    refuse_opt_outs: bool = setting(
        False, "opt-outs are recorded with the article; whether they refuse it is the operator's choice", parse_flag
    )
    refuse_downgrades: bool = setting(
        False, "a redirect from https to http is followed and noted as a warning: some old news sites have one", parse_flag
    )
    robots_ttl: float = setting(86400.0, "RFC 9309 section 2.4: no longer than 24 hours", seconds)
    robots_max_bytes: int = setting(500 * KIB, "RFC 9309 section 2.5: at least 500 KiB", size)
    host_wait_max: float = setting(
        7 * 86400.0,
        "seconds until an item of a host that cannot be reached is dead; after a week it will not be news",
        number(float, 1, 365 * 86400),
    )
    retry_after_cap: float = setting(86400.0, "seconds; a server that asks for more than a day is wrongly configured or hostile", seconds)

    # Limits of one fetch
    dns_timeout: float = setting(5.0, "seconds; resolvers answer within 1 s or try a second server after it", seconds)
    connect_timeout: float = setting(5.0, "seconds; a handshake takes less even where 3 packets are lost", seconds)
    first_byte_timeout: float = setting(10.0, "seconds; slow content systems need a few, not tens", seconds)
    total_timeout: float = setting(
        30.0, "seconds for one page, redirects included, so that a server that sends a byte at a time holds no thread for long", seconds
    )
    min_rate: int = setting(
        128, "bytes a second over 10 s; a modem gave 50 times as much, so slower servers are broken or hostile", number(int, 1, 1 << 30)
    )
    codings: tuple[str, ...] = setting(
        ("gzip", "deflate"),
        "every server has gzip; br saves 6 % more and zstd nothing, at the price of two more decoders open to attack",
        parse_codings,
    )
    max_wire_bytes: int = setting(5 * MIB, "bytes; the largest of 1,013 real pages is 0.34 MB as gzip and 2.2 MB without a coding", size)
    max_decoded_bytes: int = setting(
        10 * MIB, "bytes; what libxml2 reads of one text, and the largest of 1,013 real pages has 2.2 MB", size
    )
    max_header_bytes: int = setting(64 * KIB, "bytes; 8 times what common servers send at most", size)
    max_redirects: int = setting(5, "RFC 9309 asks for at least five; ordinary sites need two", number(int, 0, 20))

    # Limits of one parse
    parse_cpu: float = setting(5.0, "seconds of CPU; the slowest of 1,013 real pages took under 1", seconds)
    parse_timeout: float = setting(20.0, "seconds of wall clock; four times the CPU, for busy machines", seconds)
    parse_memory: int = setting(
        512 * MIB, "bytes beyond what the parser needs at its start; real pages need under 100 MiB", number(int, 64 * MIB, 1 << 40)
    )
    parse_processes: int = setting(CORES, "one a core: parsing needs CPU and waits for nothing", number(int, 1, 256))

    # Limits of one article that is labelled
    label_cpu: float = setting(
        5.0, "seconds of CPU of an article, or of a batch before it is labelled one by one; the longest text takes 1", seconds
    )
    label_memory: int = setting(
        256 * MIB, "bytes of address space beyond those of the model; a batch of long texts needs 100 MiB", number(int, 16 * MIB, 1 << 40)
    )

    # The engine
    fetch_slots: int = setting(64, "messages of URLs that a worker processes at once; fetching mostly waits", number(int, 1, 1024))
    fetch_threads: int = setting(
        200, "pages fetched at once; threads served 175 pages a second at 100 and collapsed at 800", number(int, 1, 1000)
    )
    label_processes: int = setting(1, "one labels far more pages than a core can parse", number(int, 1, 256))
    chunk_size: int = setting(20, "20 URLs a message cost 99 µs of engine CPU each, one a message 1,463", number(int, 1, 500))
    lease: float = setting(
        120.0, "seconds; the longest that a worker may need for one message of URLs (105 s) and a margin", number(float, 1, 86400)
    )
    window_seconds: float = setting(10.0, "seconds of measured throughput that are sent ahead: keeps queues and leases short", seconds)
    window_min: int = setting(200, "URLs sent ahead at least, so that workers have work at a start and after a slow hour", count)
    window_max: int = setting(5000, "URLs sent ahead at most; bounds the queues in Redis to about 60 MiB of articles", count)
    tries: int = setting(5, "attempts before an item is dead; with the back-off below they span about an hour", number(int, 1, 100))
    strikes: int = setting(3, "times that an item may kill its parser; two may be chance, three are the page", number(int, 1, 100))
    backoff: float = setting(30.0, "seconds before the second attempt, doubled each time, with jitter", seconds)
    backoff_cap: float = setting(3600.0, "seconds; longer outages than an hour are rare", seconds)
    keep_batch: int = setting(
        200, "results stored in one transaction; with 200, writes that wait for the disk cost no more than others", number(int, 1, 5000)
    )
    publish_max: int = setting(100_000, "entries kept in the public stream `articles`", count)
    publish_max_bytes: int = setting(
        256 * MIB,
        "bytes of the public stream in Redis: half of the maxmemory in docker-compose.yml; never more than half of a smaller one",
        number(int, MIB, 1 << 40),
    )
    publish_days: float = setting(
        30.0, "days in the public stream; a reader that was away for longer begins with `export`", number(float, 0.01, 3650)
    )
    events_days: float = setting(30.0, "days that `trace` shows", number(float, 0.01, 3650))
    articles_days: float | None = setting(
        None, "days after which a stored article is taken out as `forget` does; unset: never, since an archive grows more useful", days
    )
    dead_days: float | None = setting(None, "days after which `dead drop` takes a dead letter; unset: never, since people decide", days)
    recheck_after: tuple[float, ...] = setting((), "none; `6h,1d,7d` looks at stored articles again at these ages", parse_ages)
    keep_pages: bool = setting(False, "whether pages are kept as received, to read them again; ten times the space of texts", parse_flag)
    pages_days: float | None = setting(None, "days that a kept page stays; unset: as long as its article", days)
    pages_max_bytes: int | None = setting(None, "bytes of all kept pages; the oldest go first; unset: no limit", number(int, MIB, 1 << 50))
    disk_free_min: int = setting(200 * MIB, "bytes; the dispatcher sends nothing while less is free on the disk", number(int, 0, 1 << 50))
    stop_grace: float = setting(10.0, "seconds to finish or return what a process works on when it stops", seconds)

    # What people see
    timezone: str = setting("UTC", "the zone of days and times that people read, the same as in JSON; a desk names its own", parse_timezone)

    # What is sent to other programs
    webhook_url: str | None = setting(
        None,
        "unset: nothing is sent; a public web server, or a private one that PRESSMARK_ALLOW_PRIVATE names",
        url_of("http", "https"),
        secret=True,
    )
    webhook_secret: str | None = setting(
        None, "unset: none; signs what is sent, so that the receiver knows the sender; needed with the URL", parse_word, secret=True
    )
    webhook_events: tuple[str, ...] = setting(
        ("articles", "problems", "flips"), "all: stored articles, what is wrong or needs somebody, labels that flip", parse_webhook_events
    )
    webhook_search: str = setting(
        "", "which stored articles, as `topic=trade&language=km`, in the words of the API's search; empty: all", parse_webhook_search
    )
    webhook_receivers: tuple[Receiver, ...] = setting(
        (), "none: PRESSMARK_WEBHOOK_URL is the only one; more, as objects of JSON or tables of TOML", parse_receivers, secret=True
    )

    mail_url: str | None = setting(None, "unset: no mail; smtps: or smtp+starttls:, user:password@host:port", parse_mail_url, secret=True)
    mail_from: tuple[str, ...] = setting((), "none; needed with the server", parse_addresses)
    mail_to: tuple[str, ...] = setting((), "none; needed with the server", parse_addresses)
    mail_events: tuple[str, ...] = setting(("problems",), "alerts alone: articles are many", parse_webhook_events)
    mail_search: str = setting("", "which stored articles, as in PRESSMARK_WEBHOOK_SEARCH; empty: all", parse_webhook_search)
    mail_every: float = setting(3600.0, "seconds between two digests: never a mail an article", number(float, 60, 7 * 86400))

    # Logs and dashboard
    log_level: str = setting("info", "starts, stops, failed pages and trouble", one_of("debug", "info", "warning", "error"))
    log_format: str = setting("text", "for people; `json` for log collectors", one_of("text", "json"))
    dashboard_address: Address = setting(
        Address("127.0.0.1", 8787), "loopback: only this machine; any other address needs a token", parse_address
    )
    dashboard_token: str | None = setting(None, "unset: loopback only; the token of the user `operator`", parse_word, secret=True)
    dashboard_users: tuple[User, ...] = setting(
        (), "more people, as name:role:token with role viewer, editor or operator; none: one operator", parse_users, secret=True
    )
    dashboard_hosts: tuple[str, ...] = setting(
        (), "other names for the dashboard, as behind a proxy: requests for any other name are refused (DNS rebinding)", parse_names
    )

    sources: Mapping[str, str] = field(default_factory=dict, compare=False, repr=False)
    """By name, where each value that is not the default was set: a variable or a file."""
    notes: tuple[str, ...] = field(default=(), compare=False, repr=False)
    """Warnings for the user, a line each."""

    @property
    def receivers(self) -> tuple[Receiver, ...]:
        """Every receiver of events, that of `webhook_url` first."""
        first = Receiver(FIRST_RECEIVER, self.webhook_url or "", self.webhook_secret, self.webhook_events, self.webhook_search)
        return (first, *self.webhook_receivers) if self.webhook_url else self.webhook_receivers

    @property
    def told(self) -> tuple[Receiver, ...]:
        """Everybody that events wait for: the receivers, and mail."""
        mail = Receiver(MAIL, self.mail_url or "", None, self.mail_events, self.mail_search, self.mail_every)
        return (*self.receivers, mail) if self.mail_url else self.receivers

    @property
    def finish_within(self) -> float:
        """Seconds after SIGTERM within which pages in hand may still be finished: 7 of 10, since delivering them takes under one."""
        return self.stop_grace * 0.7

    @property
    def exit_within(self) -> float:
        """Seconds after SIGTERM within which every process but the keeper has to exit; it stores what they delivered in the last fifth."""
        return self.stop_grace * 0.8

    def __repr__(self) -> str:
        shown = ", ".join(f"{f.name}={masked(f, getattr(self, f.name))!r}" for f in setting_fields())
        return f"Settings({shown})"


@cache
def setting_fields() -> tuple[SettingField, ...]:
    """Every setting, in the order of the class."""
    return tuple(SettingField(f.name, **f.metadata) for f in fields(Settings) if "parse" in f.metadata)


def masked(f: SettingField, value: T) -> T | str:
    """The value as it may be shown: stars in place of a secret."""
    return "********" if f.secret and value else value

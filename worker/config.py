"""All settings in one frozen object; `load` is the only reader of the environment.

Every setting has a default and the reason for it, both shown by `pressmark config`.
"""

from __future__ import annotations

import os
import tomllib
from collections.abc import Callable, Mapping
from dataclasses import Field, dataclass, field, fields, replace
from pathlib import Path
from typing import Any

from worker.errors import UsageError
from worker.setting_types import (
    AllowedPlace,
    as_text,
    number,
    one_of,
    parse_allow_private,
    parse_codings,
    parse_flag,
    parse_path,
    parse_ports,
    parse_resolve,
    parse_text,
    parse_word,
    url_of,
)

PREFIX = "PRESSMARK_"
KIB, MIB = 1024, 1024 * 1024
CORES = os.cpu_count() or 1


def setting(default: Any, reason: str, parse: Callable[[str], Any], *, secret: bool = False) -> Any:
    """A field of Settings, with what `pressmark config` tells about it."""
    return field(default_factory=lambda: default, metadata={"reason": reason, "parse": parse, "secret": secret})


seconds = number(float, 0.001, 7 * 86400)
count = number(int, 1, 1_000_000)
size = number(int, 1, 1 << 40)


@dataclass(frozen=True)
class Settings:
    """Every setting; each name in capitals after `PRESSMARK_` is its environment variable."""

    # Places
    data_dir: Path = setting(
        Path.home() / ".local/share/pressmark", "where the XDG base directory specification puts a user's data", parse_path
    )
    redis_url: str | None = setting(
        None, "unset: the embedded server, which only `up` and `demo` start", url_of("redis", "rediss", "unix"), secret=True
    )
    database_url: str | None = setting(None, "unset: SQLite in the data folder", url_of("sqlite", "postgresql+psycopg"), secret=True)
    namespace: str = setting("pressmark", "prefix of every Redis key, so that several installations share a server", parse_word)
    model_dir: Path | None = setting(None, "unset: the promoted model, else the one shipped with the program", parse_path)

    # Who may be called
    allow_private: tuple[AllowedPlace, ...] = setting((), "nothing private is reachable unless named", parse_allow_private)
    allow_ports: frozenset[int] = setting(
        frozenset({80, 443}), "the ports of HTTP and HTTPS; others are where internal services listen", parse_ports
    )
    resolve: Mapping[str, tuple[str, ...]] = setting(
        {}, "used before DNS and still judged by the guard; for tests and intranets", parse_resolve
    )
    proxy: str | None = setting(None, "none: a proxy resolves names itself, so the guard cannot vouch for it", url_of("http"), secret=True)
    ca_file: Path | None = setting(None, "none: the system's and certifi's authorities; an intranet adds its own", parse_path)

    # Manners
    host_interval: float = setting(
        2.0, "seconds from an answer's end to the next request; slower than a person reads", number(float, 0, 86400)
    )
    user_agent: str = setting(
        "Pressmark/0.1 (+https://pypi.org/project/pressmark/)", "says who asks; a site owner can look it up", parse_word
    )
    contact: str = setting("", "added to the user agent where given; operators of public crawls should give one", parse_text)
    refuse_opt_outs: bool = setting(False, "opt-outs are recorded; whether to obey them for reading is the operator's choice", parse_flag)
    refuse_downgrades: bool = setting(
        False, "a redirect from https to http is followed and told as a warning: some old news sites have one", parse_flag
    )
    robots_ttl: float = setting(86400.0, "RFC 9309 section 2.4: no longer than 24 hours", seconds)
    robots_max_bytes: int = setting(500 * KIB, "RFC 9309 section 2.5: at least 500 KiB", size)
    host_wait_max: float = setting(7 * 86400.0, "a host away for a week is not coming back for this article", number(float, 1, 365 * 86400))
    retry_after_cap: float = setting(86400.0, "a longer wait than a day is a mistake or a trap", seconds)

    # Budgets of one fetch
    dns_timeout: float = setting(5.0, "resolvers answer within 1 s or try a second server after it", seconds)
    connect_timeout: float = setting(5.0, "a handshake over 3 lost packets takes less", seconds)
    first_byte_timeout: float = setting(10.0, "slow content systems need seconds, not tens of them", seconds)
    total_timeout: float = setting(30.0, "wall clock of one answer, redirects included: bounds what a drip can hold", seconds)
    min_rate: int = setting(
        128, "bytes a second over 10 s: a modem gave 50 times as much; a slot is not held for a drip", number(int, 1, 1 << 30)
    )
    codings: tuple[str, ...] = setting(
        ("gzip", "deflate"),
        "every server has gzip; br saves 6 % more and zstd nothing, for two more decoders fed by strangers",
        parse_codings,
    )
    max_wire_bytes: int = setting(5 * MIB, "the largest of 1,013 real pages is 0.34 MB as gzip and 2.2 MB uncoded", size)
    max_decoded_bytes: int = setting(10 * MIB, "what libxml2 reads of one text; the largest of 1,013 real pages has 2.2 MB", size)
    max_header_bytes: int = setting(64 * KIB, "8 times what common servers send at most", size)
    max_redirects: int = setting(5, "RFC 9309 asks for at least five; honest sites need two", number(int, 0, 20))

    # Budgets of one parse
    parse_cpu: float = setting(5.0, "seconds; the slowest of 1,013 real pages took under 1", seconds)
    parse_timeout: float = setting(20.0, "wall clock; four times the CPU, for busy machines and for pages that sleep", seconds)
    parse_memory: int = setting(512 * MIB, "beyond the parser's own start; real pages need under 100 MiB", number(int, 64 * MIB, 1 << 40))
    parse_processes: int = setting(CORES, "one a core: parsing is all CPU", number(int, 1, 256))

    # The engine
    fetch_slots: int = setting(64, "chunks in hand at once; waiting, not CPU, fills them", number(int, 1, 1024))
    fetch_threads: int = setting(200, "requests in threads served 175 pages a second at 100 and collapsed at 800", number(int, 1, 1000))
    label_processes: int = setting(1, "one labels far more pages than a core can parse", number(int, 1, 256))
    chunk_size: int = setting(20, "20 URLs a message cost 99 µs of engine CPU each, one a message 1,463", number(int, 1, 500))
    lease: float = setting(120.0, "the longest honest chunk (90 s) and a margin", number(float, 1, 86400))
    window_seconds: float = setting(10.0, "of measured throughput in flight: short queues, short leases", seconds)
    window_min: int = setting(200, "so that a start or a slow hour does not starve the workers", count)
    window_max: int = setting(5000, "bounds every queue in Redis: about 60 MiB of articles", count)
    tries: int = setting(5, "with the back-off below they span about an hour", number(int, 1, 100))
    strikes: int = setting(3, "two kills may be chance, three are the page", number(int, 1, 100))
    backoff: float = setting(30.0, "first wait before another try, doubled each time, with jitter", seconds)
    backoff_cap: float = setting(3600.0, "an hour: longer outages are rare", seconds)
    keep_batch: int = setting(200, "rows a transaction; with 200, full synchronous writes cost no more", number(int, 1, 5000))
    publish_max: int = setting(100_000, "entries kept in the public stream `articles`", count)
    events_days: float = setting(30.0, "how long `trace` remembers", number(float, 0.01, 3650))
    disk_free_min: int = setting(200 * MIB, "the dispatcher stops while less is free", number(int, 0, 1 << 50))
    stop_grace: float = setting(10.0, "seconds to finish or hand back what is in hand", seconds)

    # Telling
    log_level: str = setting("info", "what an operator wants on a quiet day", one_of("debug", "info", "warning", "error"))
    log_format: str = setting("text", "for people; `json` for collectors", one_of("text", "json"))
    dashboard_token: str | None = setting(None, "unset: loopback only", parse_text, secret=True)

    sources: Mapping[str, str] = field(default_factory=dict, compare=False, repr=False)
    """Where each value that is not the default came from."""
    notes: tuple[str, ...] = field(default=(), compare=False, repr=False)
    """Warnings for the user, a line each."""

    def __repr__(self) -> str:
        shown = ", ".join(f"{f.name}={masked(f, getattr(self, f.name))!r}" for f in setting_fields())
        return f"Settings({shown})"


def setting_fields() -> tuple[Field[Any], ...]:
    """The fields that are settings, in the order of the class."""
    return tuple(f for f in fields(Settings) if "parse" in f.metadata)


def masked(f: Field[Any], value: Any) -> Any:
    """The value as it may be shown: secrets are starred out."""
    return "********" if f.metadata["secret"] and value else value


def load(environ: Mapping[str, str] | None = None, config_file: Path | None = None) -> Settings:
    """The settings from the environment, else from the TOML file, else the defaults.

    Raises UsageError for a malformed setting, or an unknown one in the file.
    """
    environ = os.environ if environ is None else environ
    config_file = config_file or (Path(environ[PREFIX + "CONFIG"]) if environ.get(PREFIX + "CONFIG") else None)
    values, sources = _from_file(config_file) if config_file else ({}, {})
    for f in setting_fields():
        found = _from_environ(f, environ)
        if found is not None:
            values[f.name], sources[f.name] = found
    return replace(Settings(**values), sources=sources, notes=_unknown(environ))


def to_environ(settings: Settings) -> dict[str, str]:
    """The settings as the environment of a child process, which `load`s them again; the rest of ours is passed on."""
    ours = {PREFIX + f.name.upper(): getattr(settings, f.name) for f in setting_fields()}
    told = {name: as_text(value) for name, value in ours.items() if value not in (None, "", (), {}, frozenset())}
    return {name: value for name, value in os.environ.items() if not name.startswith(PREFIX)} | told


def _from_environ(f: Field[Any], environ: Mapping[str, str]) -> tuple[Any, str] | None:
    name = PREFIX + f.name.upper()
    if environ.get(name):
        if not environ[name].strip():
            raise UsageError(f"{name}: expected a value, came blanks (leave it empty or unset for the default)")
        return _parsed(f, environ[name], name), name
    if f.metadata["secret"] and environ.get(name + "_FILE"):
        return _parsed(f, _read(Path(environ[name + "_FILE"])).strip(), name + "_FILE"), name + "_FILE"
    return None


def _from_file(path: Path) -> tuple[dict[str, Any], dict[str, str]]:
    try:
        table = tomllib.loads(_read(path))
    except tomllib.TOMLDecodeError as error:
        raise UsageError(f"{path}: expected TOML: {error}") from error
    known = {f.name: f for f in setting_fields()}
    unknown = sorted(set(table) - set(known))
    if unknown:
        raise UsageError(f"{path}: unknown setting {unknown[0]!r}; `pressmark config` lists them")
    values = {name: _from_toml(known[name], value, f"{path}: {name}") for name, value in table.items()}
    return values, {name: str(path) for name in table}


def _from_toml(f: Field[Any], value: Any, where: str) -> Any:
    """TOML knows true and false; only a flag takes them, so that `allow_private = true` opens nothing by chance."""
    if isinstance(value, bool) and f.metadata["parse"] is not parse_flag:
        raise UsageError(f"{where}: expected a value, came {str(value).lower()}")
    return _parsed(f, _toml_text(value), where)


def _toml_text(value: Any) -> str:
    """A TOML value as the environment would give it; a list becomes comma-separated."""
    return ",".join(map(str, value)) if isinstance(value, list) else str(value)


def _read(path: Path) -> str:
    """A small file; a device or a pipe that nobody writes to would hold the start for ever."""
    if path.exists() and not path.is_file() and not str(path).startswith("/dev/fd/"):
        raise UsageError(f"{path}: expected a file")
    try:
        return path.read_text(encoding="utf-8")
    except (OSError, UnicodeDecodeError) as error:
        raise UsageError(f"{path}: expected a readable UTF-8 file: {error}") from error


def _parsed(f: Field[Any], value: str, where: str) -> Any:
    try:
        return f.metadata["parse"](value)
    except ValueError as error:
        came = "a secret" if f.metadata["secret"] else repr(value[:80])
        raise UsageError(f"{where}: expected {error}, came {came}") from error


def _unknown(environ: Mapping[str, str]) -> tuple[str, ...]:
    known = {PREFIX + f.name.upper() for f in setting_fields()}
    known |= {PREFIX + f.name.upper() + "_FILE" for f in setting_fields() if f.metadata["secret"]}
    known |= {PREFIX + "CONFIG"}
    ours = [name for name in environ if name.startswith(PREFIX) and not name.startswith(PREFIX + "TEST_")]
    return tuple(f"{name} is not a setting of Pressmark" for name in sorted(set(ours) - known))

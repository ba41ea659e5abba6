"""Read the head of an answer, its status line and header fields, strictly and within limits."""

from __future__ import annotations

import re
from dataclasses import dataclass

from worker.config import Settings
from worker.errors import ItemFailed
from worker.fetch.timed_socket import TimedSocket
from worker.reasons import Reason

MAX_FIELDS = 200
"""Header fields of one answer; servers send 10 to 40."""
MAX_BLANK_LINES = 2
"""Empty lines before the status line: scripts that print too much send one or two, and browsers pass over four bytes."""
MAX_INTERIM = 20
"""1xx answers before the final one: a busy server sends one or two."""
COOKIE_ROOM = 8
"""Most of the Set-Cookie fields are dropped as they are read, so only their sum is limited: this many times the limit of all others."""
COOKIES, COOKIE_LENGTH = 20, 4096
"""Cookies kept of one answer, for the rest of a fetch, and bytes of each: a redirect that needs one sets two or three short ones."""

_START = b"HTTP/1."
_STATUS = re.compile(rb"HTTP/1\.[0-9] +([0-9]{3})(?: [^\x00\r]*)?")
_NAME = re.compile(rb"[!#$%&'*+.^_`|~0-9A-Za-z-]+")
_BAD_VALUE = re.compile(rb"[\x00\r]")
"""RFC 9110 section 5.5: CR, LF and NUL are dangerous in a value; other control characters are kept, and escaped where they are shown."""


@dataclass(frozen=True, slots=True)
class Head:
    """Status and header fields, in order; names in lower case, values as ISO 8859-1 text without outer blanks."""

    status: int
    fields: tuple[tuple[str, str], ...]
    cookies: tuple[str, ...] = ()
    """The first COOKIES of the Set-Cookie fields, of COOKIE_LENGTH characters at most each."""

    def all(self, name: str) -> list[str]:
        """Every value of the field `name`, which is given in lower case."""
        return [value for field, value in self.fields if field == name]

    def get(self, name: str) -> str | None:
        """The first value of the field `name`."""
        return next((value for field, value in self.fields if field == name), None)

    def location(self) -> str:
        """The Location of a redirect; raises ItemFailed(BAD_RESPONSE) unless there is exactly one, or the same one again.

        Unescaped UTF-8 is common in it; bytes that are none are escaped as they are, as browsers do.
        """
        found = set(self.all("location"))
        if len(found) != 1:
            raise ItemFailed(Reason.BAD_RESPONSE, f"expected one Location in a redirect, got {len(found)}")
        return text_of(found.pop())


def text_of(value: str) -> str:
    """An address in a header value: its UTF-8 decoded, else its bytes outside ASCII escaped."""
    raw = value.encode("latin-1")
    try:
        return raw.decode("utf-8")
    except UnicodeDecodeError:
        return "".join(chr(byte) if byte < 0x80 else f"%{byte:02X}" for byte in raw)


def read_head(wire: TimedSocket, settings: Settings) -> Head:
    """The head of the final answer; at most MAX_INTERIM interim ones are skipped.

    Raises ItemFailed: BAD_RESPONSE (not HTTP/1), TOO_BIG, TIMEOUT (nothing but "continue"), TRUNCATED, CONNECT.
    """
    for _ in range(MAX_INTERIM + 1):
        status = _status(wire, settings)
        cookies: list[str] = []
        head = Head(status, _fields(wire, settings, cookies), tuple(cookies))
        if status == 101:
            raise ItemFailed(Reason.BAD_RESPONSE, "101 Switching Protocols without a request for it")
        if status >= 200:
            return head
    if status == 100:  # for ever "continue", and never an answer
        raise ItemFailed(Reason.TIMEOUT, f"{MAX_INTERIM} times 100 Continue and no answer")
    raise ItemFailed(Reason.BAD_RESPONSE, f"more than {MAX_INTERIM} interim answers")


def _status(wire: TimedSocket, settings: Settings) -> int:
    """Checks the first bytes before it waits for the rest of the line: other protocols send a greeting without a line end."""
    for _ in range(MAX_BLANK_LINES):
        if wire.first(1) not in {b"\r", b"\n"} or wire.line(1) != b"":
            break
    start = wire.first(len(_START))
    if not start:
        raise ItemFailed(Reason.CONNECT, "the connection ended without an answer")
    if not _START.startswith(start):
        raise ItemFailed(Reason.BAD_RESPONSE, f"expected HTTP, got {start!r}")
    line = wire.line(settings.max_header_bytes)
    if line is None:
        raise ItemFailed(Reason.TOO_BIG, f"expected a status line of at most {settings.max_header_bytes} bytes, got more")
    match = _STATUS.fullmatch(line)
    if match is None or not 100 <= int(match[1]) <= 599:
        raise ItemFailed(Reason.BAD_RESPONSE, f"expected an HTTP/1 status line, got {line[:40]!r}")
    return int(match[1])


def _fields(wire: TimedSocket, settings: Settings, cookies: list[str]) -> tuple[tuple[str, str], ...]:
    """The header fields; those that set cookies go to `cookies`, as far as these are kept."""
    limit = settings.max_header_bytes
    fields: list[tuple[str, str]] = []
    kept = dropped = count = 0
    cookie = False
    while line := _field_line(wire, limit):
        count += 1
        cookie = line[:11].lower() == b"set-cookie:" or (cookie and line[:1] in b" \t")
        if cookie:
            dropped += len(line)
            if len(cookies) < COOKIES and len(line) <= COOKIE_LENGTH and line[:1] not in b" \t":
                cookies.append(line[11:].decode("latin-1").strip(" \t"))
        else:
            kept += len(line)
            _add(fields, line)
        if count > MAX_FIELDS or kept > limit or dropped > COOKIE_ROOM * limit:
            raise ItemFailed(Reason.TOO_BIG, f"expected a header of at most {limit} bytes and {MAX_FIELDS} fields, got more")
    return tuple(fields)


def _field_line(wire: TimedSocket, limit: int) -> bytes:
    line = wire.line(limit)
    if line is None:
        raise ItemFailed(Reason.TOO_BIG, f"expected a header field of at most {limit} bytes, got more")
    return line


def _add(fields: list[tuple[str, str]], line: bytes) -> None:
    """Adds one field, or the continuation of the last one (obs-fold, RFC 9112 section 5.2: to be read as a blank)."""
    if _BAD_VALUE.search(line):
        raise ItemFailed(Reason.BAD_RESPONSE, f"control characters in a header field: {line[:40]!r}")
    if line[:1] in b" \t":
        if not fields:
            raise ItemFailed(Reason.BAD_RESPONSE, "a continuation before the first header field")
        name, value = fields.pop()
        continued = line.strip(b" \t").decode("latin-1")
        fields.append((name, f"{value} {continued}"))
        return
    raw_name, colon, value_bytes = line.partition(b":")
    raw_name = raw_name.rstrip(b" \t")  # a server may not send a blank here, and a client may read it (RFC 9112 section 5.1)
    if not colon or _NAME.fullmatch(raw_name) is None:
        if fields or (colon and raw_name):
            return  # a stray line, or a name with blanks or letters outside ASCII: browsers pass over it
        raise ItemFailed(Reason.BAD_RESPONSE, f"expected a header field, got {line[:40]!r}")
    name = raw_name.decode("ascii").lower()
    if name == "content-length" and value_bytes.strip(b" \t") and value_bytes[-1:] in b" \t":
        raise ItemFailed(Reason.BAD_RESPONSE, "Content-Length with a blank after it")
    fields.append((name, value_bytes.strip(b" \t").decode("latin-1")))

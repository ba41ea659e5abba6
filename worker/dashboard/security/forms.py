"""Read the fields of a form, and a file that was chosen in it, from a body that was read whole."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from email.message import Message
from email.parser import BytesParser
from email.policy import HTTP
from urllib.parse import parse_qsl

from starlette.requests import HTTPConnection

from worker.dashboard.security.answers import bad_request

BODY = "pressmark.body"
"""Where the scope of a request holds its body."""
FIELDS = 1000
"""Fields of a form; the largest has some forty."""


def body_of(connection: HTTPConnection) -> bytes:
    """The body of this request, read whole and within its limit."""
    found: bytes = connection.scope.get(BODY, b"")
    return found


@dataclass(frozen=True, slots=True)
class Form:
    """What was filled in: every value of every field, and the content of files."""

    values: Mapping[str, Sequence[str]]
    files: Mapping[str, bytes]

    @classmethod
    def of(cls, connection: HTTPConnection) -> Form:
        """The form of this request, empty where it carries none; raises Refused for one that cannot be read."""
        kind = connection.headers.get("content-type", "")
        if kind.startswith("application/x-www-form-urlencoded"):
            return _of_pairs(body_of(connection))
        if kind.startswith("multipart/form-data"):
            return _of_parts(kind, body_of(connection))
        return cls({}, {})

    def text(self, name: str) -> str:
        """The last value of a field without blanks around it; empty where there is none."""
        return self.values[name][-1].strip() if self.values.get(name) else ""

    def all(self, name: str) -> Sequence[str]:
        """Every value of a field."""
        return self.values.get(name, ())

    def has(self, name: str) -> bool:
        """Whether a box is ticked, or a button with this name was pressed."""
        return name in self.values


def _of_pairs(body: bytes) -> Form:
    try:
        pairs = parse_qsl(body.decode("utf-8", "replace"), keep_blank_values=True, max_num_fields=FIELDS)
    except ValueError:
        raise bad_request(f"Expected a form of at most {FIELDS} fields.") from None
    return Form(_grouped(pairs), {})


def _of_parts(kind: str, body: bytes) -> Form:
    message = BytesParser(policy=HTTP).parsebytes(b"Content-Type: " + kind.encode("latin-1", "replace") + b"\r\n\r\n" + body)
    parts = message.get_payload()
    if not message.is_multipart() or not isinstance(parts, list) or len(parts) > FIELDS:
        raise bad_request("Expected a form with fields and at most one file.")
    pairs, files = [], {}
    for part in parts:
        if not isinstance(part, Message):
            continue
        name = str(part.get_param("name", header="content-disposition") or "")
        content = part.get_payload(decode=True)
        if not isinstance(content, bytes):
            continue
        if part.get_param("filename", header="content-disposition") is not None:
            files[name] = content
        else:
            pairs.append((name, content.decode("utf-8", "replace")))
    return Form(_grouped(pairs), files)


def _grouped(pairs: Sequence[tuple[str, str]]) -> dict[str, list[str]]:
    values: dict[str, list[str]] = {}
    for name, value in pairs:
        values.setdefault(name, []).append(value)
    return values

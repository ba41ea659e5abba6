"""Read a mail that was saved as plain text: subject, sender and day of its header, and its own words without quotations and signature."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace
from email.errors import HeaderParseError
from email.header import decode_header, make_header
from functools import lru_cache
from itertools import takewhile

from worker.extract.dates import dateline
from worker.extract.dates.parse import Moment, parse_machine_date
from worker.extract.words.languages import words
from worker.extract.words.sentences import is_prose

MAX_LINES = 2000  # lines: no mail of the press is longer, and the cost grows with their square
ABOVE = 12  # lines that may precede the header: the archive's name and its links
NAME_LENGTH = 40  # characters of a header field's name, at most: "Content-Transfer-Encoding"
COLONS = ("：", "៖")
"""Colons beside the Latin one."""
MBOX = "From "
"""How a mail begins in an archive's file: "From sok at bank.example  Thu Nov 19 08:14:33 2026"."""
SIGNATURE = ("--", "—")
"""The line above a signature."""
RULE = 20  # marks in a line, from which it parts the mail from what the list or the program appended
RULES = "_-=*"
FORWARDED = 2  # times: so much longer than the words above it is a mail that is forwarded, and not answered
HEADER = ("mail_from", "mail_subject", "mail_date", "mail_to")
"""The slots of the fields of a header."""
ATTRIBUTION = 3  # lines of "On 18 November Thea wrote:", at most
QUOTED = ">"
AT = " at "
"""What archives write in place of the sign in an address."""


@dataclass(frozen=True)
class Mail:
    """A mail in plain text."""

    subject: str | None
    sender: str | None
    """The sender's name, without the address."""
    sent: Moment | None
    body: str
    """The lines of its own, with line breaks."""
    listed: bool
    """Whether it came from a mailing list's archive: it has the header of one, or addresses without their sign."""


def mail_of(text: str) -> Mail | None:
    """The mail that `text` is; None where no header with a subject, and a sender or a day, precedes the first sentence. Of a mail
    that forwards another, the other."""
    lines = text.splitlines()
    start = _start(lines) if len(lines) <= MAX_LINES else None
    if start is None:
        return None
    header = lines[start : _end_of_header(lines, start)]
    fields = dict(_fields(header))
    sender, sent = fields.get("mail_from"), fields.get("mail_date")
    if "mail_subject" not in fields or not (sender or sent):
        return None
    body = lines[start + len(header) :]
    own, forwarded = _parted(body)
    mail = Mail(
        subject=_decoded(fields["mail_subject"]) or None,
        sender=_name(_decoded(sender)) if sender else None,
        sent=(parse_machine_date(sent) or dateline.first_date(sent)) if sent else None,
        body="\n".join(own),
        listed="other" in fields or AT in (sender or ""),
    )
    if not forwarded:
        return mail
    return mail_of("\n".join(forwarded)) or replace(mail, sender=None, listed=False, body="\n".join(forwarded[1:]))


def _start(lines: list[str]) -> int | None:
    """The position of the header's first line, before the first sentence."""
    filled = [at for at, line in enumerate(lines) if line.strip()][:ABOVE]
    above = list(takewhile(lambda at: _field(lines[at]) is None and not is_prose(lines[at].strip()), filled))
    following = filled[len(above) :][:1]
    return following[0] if following and _field(lines[following[0]]) else None


def _end_of_header(lines: list[str], start: int) -> int:
    """The position after the header: where a line is blank, unless the next one that is not is another of its fields."""
    end = start
    while end < len(lines):
        filled = end + len(list(takewhile(str.strip, lines[end:])))
        following = next((at for at in range(filled, len(lines)) if lines[at].strip()), len(lines))
        field = _field(lines[following]) if following < len(lines) else None
        if field is None or not field[0].startswith("mail"):
            return filled
        end = following
    return end


def _fields(header: list[str]) -> Iterator[tuple[str, str]]:
    """What each field of a header is, and its value; a line that begins with white space continues the one above."""
    unfolded: list[str] = []
    for line in filter(str.strip, header):
        if unfolded and line[:1].isspace() and _field(line.strip()) is None:
            unfolded[-1] += f" {line.strip()}"
        else:
            unfolded.append(line)
    found = [field for line in unfolded if (field := _field(line))]
    yield from reversed(found)  # the first of several counts


def _field(line: str) -> tuple[str, str] | None:
    """What the field in a line of a header is (a slot of the languages' words, or "other"), and its value."""
    bare = line.strip(" \t\u00a0*")
    if line.startswith(MBOX) and not _is_named(line):
        return ("mbox", "") if len(line.split()) > 4 and line.rstrip()[-4:].isdecimal() else None
    for colon in COLONS:
        bare = bare.replace(colon, ":", 1)
    name, mark, value = bare.partition(":")
    key = " ".join(name.casefold().strip(" *\u00a0").split())
    if not mark or len(key) > NAME_LENGTH:
        return None
    slot = _names().get(key)
    if slot is None and "-" in key and key.isascii() and " " not in key and not value.startswith("//"):
        slot = "other"
    return (slot, value.strip(" *\u00a0")) if slot else None


def _is_named(line: str) -> bool:
    """Whether a line that begins with "From" is a field with its colon."""
    return line.partition(":")[0].strip().casefold() in _names()


@lru_cache(maxsize=1)
def _names() -> dict[str, str]:
    """The slot of every name of a field, in lower case."""
    return {name: slot for slot in HEADER for name in words(slot)}


def _decoded(value: str) -> str:
    """A value without its encoding: `=?UTF-8?B?...?=`."""
    try:
        return " ".join(str(make_header(decode_header(value))).split())
    except (HeaderParseError, LookupError, UnicodeError, ValueError):
        return value


def _name(sender: str) -> str | None:
    """The name in `Sok Dara <dara@bank.example>`, `dara at bank.example (Sok Dara)` or `"Dara, Sok" <…>`."""
    before, mark, _ = sender.partition("<")
    name = before if mark else sender
    if not before.strip() or "@" in name or AT in name:
        name = sender.rpartition("(")[2].rstrip(" )") if sender.rstrip().endswith(")") else ""
    name = name.partition(" via ")[0].strip(" '\"“”")
    last, comma, first = name.partition(", ")
    return (f"{first} {last}" if comma and first else name) or None


def _parted(lines: list[str]) -> tuple[list[str], list[str]]:
    """The lines of a mail's body that are neither quoted nor below its end, and the lines of the mail that it forwards: an older one
    that is much longer."""
    end = next((at for at in range(len(lines)) if _ends(lines, at)), len(lines))
    older = end < len(lines) and lines[end].strip() not in SIGNATURE
    if older and FORWARDED * sum(map(len, lines[:end])) < sum(map(len, lines[end:])):
        return lines[:end], lines[end + 1 if _is_rule(lines[end]) else end :]
    quoted = {at for at, line in enumerate(lines[:end]) if line.lstrip().startswith(QUOTED)}
    for at in sorted(quoted):
        quoted.update(_attribution(lines, at))
    return [line for at, line in enumerate(lines[:end]) if at not in quoted], []


def _ends(lines: list[str], at: int) -> bool:
    """Whether the mail ends above a line: with a signature's mark, a rule, or the header of an older mail."""
    before, after = sum(map(len, lines[:at])), sum(map(len, lines[at:]))
    if lines[at].strip() in SIGNATURE:
        return before > 2 * after or any(line.lstrip().startswith(QUOTED) for line in lines[at:])
    if not _is_rule(lines[at]):
        return _is_older(lines, at)
    last = before > after or not any(is_prose(line.strip()) for line in lines[at + 1 :])
    return last or any(map(str.isalpha, lines[at]))


def _is_rule(line: str) -> bool:
    """Whether a line is a rule, perhaps with words in it: "---------- Forwarded message ----------"."""
    bare = line.strip()
    return len(bare) >= RULE and bare[0] in RULES and sum(map(RULES.__contains__, bare)) >= RULE // 2 and bare[:3] == 3 * bare[0]


def _is_older(lines: list[str], at: int) -> bool:
    """Whether the header of another mail begins at a line."""
    first = _field(lines[at]) if at < len(lines) and lines[at].strip() else None
    if first is None or first[0] not in HEADER:
        return False
    return len({field[0] for line in lines[at : at + 5] if (field := _field(line)) and field[0] in HEADER}) > 2


def _attribution(lines: list[str], at: int) -> set[int]:
    """The positions of the lines that say who wrote the quotation which begins at `at`: a short paragraph with a digit and a colon."""
    filled = [number for number in reversed(range(max(0, at - 2 * ATTRIBUTION), at)) if lines[number].strip()]
    if not filled or not lines[filled[0]].rstrip().endswith((":", *COLONS)):
        return set()
    first = filled[0]
    paragraph = [first, *takewhile(lambda number: lines[number].strip(), range(first - 1, max(-1, first - ATTRIBUTION - 1), -1))]
    whole = " ".join(lines[number] for number in paragraph)
    return set(paragraph) if len(paragraph) <= ATTRIBUTION and any(map(str.isdigit, whole)) else set()

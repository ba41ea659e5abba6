"""Read a messenger's export, such as Telegram's or WhatsApp's: the longest message, without the heads of all and the other messages."""

from __future__ import annotations

from dataclasses import dataclass

from worker.extract.dates.parse import Moment, find_dates, has_digits
from worker.extract.words.sentences import is_prose

DASH = " - "
"""What parts day and name in the exports of some telephones: "20/11/2026, 09:14 - Dara: Yes"."""
DATE_LENGTH = 40  # characters of the day and the time in a head
NAME_LENGTH = 60  # of the name of a person, a group or a channel
MARKS = ("[", DASH)
"""Every head has one of them."""
ABOVE = 12  # lines that may precede the first head: the channel's name, its number of readers, a pinned message


@dataclass(frozen=True)
class Message:
    """One message of an export."""

    sent: Moment
    lines: list[str]


def longest_message(text: str) -> Message | None:
    """The message with most text; None where `text` is no export: no line near its beginning is the head of a message."""
    found: list[Message] = []
    for at, line in enumerate(filter(str.strip, text.splitlines()) if any(map(text.__contains__, MARKS)) else ()):
        head = _head(line.strip())
        if head and (found or at < ABOVE):
            found.append(Message(head[0], [head[1]] if head[1] else []))
        elif found:
            found[-1].lines.append(_plain(line.strip()))
        elif is_prose(line.strip()):
            return None
    return max(found, key=lambda message: sum(map(len, message.lines)), default=None)


def _head(line: str) -> tuple[Moment, str] | None:
    """The day in the head of a message, and the words that follow in its line: `Name, [20.11.2026 11:36]`,
    `[20/11/2026, 09:14] Name: …`, `20/11/2026, 09:14 - Name: …`."""
    if not has_digits(line):
        return None
    before, _, rest = line.partition("[")
    day, closed, said = rest.partition("]")
    if line[0].isdecimal():
        before = ""
        day, closed, said = line.partition(DASH)
        closed = closed if "," in day else ""
    if not closed or len(day) > DATE_LENGTH or ":" not in day:
        return None
    at_end = before.rstrip().endswith(",") and not said.strip() and len(before) <= NAME_LENGTH
    name, colon, words = said.partition(":")
    at_start = not before.strip("\u200e ") and colon and 0 < len(name.strip()) <= NAME_LENGTH
    dates = find_dates(day) if at_end or at_start else []
    return (dates[0][1], _plain(words.strip())) if dates else None


def _plain(line: str) -> str:
    """A line without the marks of bold type around all of it."""
    inner = line[1:-1]
    return inner if line[:1] == line[-1:] == "*" and inner and "*" not in inner else line

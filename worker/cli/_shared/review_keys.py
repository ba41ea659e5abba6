"""Labels by keys: articles shown one by one at a terminal, one key labels and moves on, and every answer is kept at once."""

from __future__ import annotations

import os
import shutil
import sys
import termios
import textwrap
import tty
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, replace

import click

from worker.cli._shared.output import clean, tell
from worker.errors import UsageError
from worker.results import Result

SHOWN = 1500
"""Characters of an article shown at first: enough for most labels, and a screen's height."""
WIDEST = 100
"""Columns; longer lines are hard to read, whatever the window's width."""
TOPIC_KEYS = {"b": "border_dispute", "t": "trade", "d": "demining", "c": "culture"}
SOURCE_KEYS = {"o": "official", "p": "promotional", "i": "independent"}
HELP = """b t d c  border dispute, trade, demining, culture: on or off
1 2 3 4  the primary topic, in the same order; 0: none
o p i    official, promotional, independent: kept, and on to the next
y        all as shown: kept, and on to the next
m        the whole text
s        skip; the article is asked for again another day
u        back to the article before; your answer to it is taken back
?        this help
q        stop; so does Ctrl-C. Every answer is kept as soon as it is given"""
LINE = "b t d c topics · 1-4 0 primary · o p i source type, next · y as shown, next · m more · s skip · u back · ? help · q stop"


@dataclass(frozen=True)
class Sheet:
    """The labels of one article while a person fills them in."""

    topics: frozenset[str]
    primary: str | None
    source_type: str | None
    done: bool = False

    def line(self) -> str:
        """As the person sees it."""
        topics = ", ".join(name for name in TOPIC_KEYS.values() if name in self.topics)
        return f"topics: {topics or 'none'}; primary: {self.primary or 'none'}; source type: {self.source_type or '?'}"


def of_model(article: Result) -> Sheet:
    """What the model says, for a person to correct."""
    topics = frozenset(article.decided("yes") or ())
    primary = article.primary_topic if article.primary_topic in topics else None
    return Sheet(topics, primary, article.source_type.label if article.source_type else None)


def pressed(sheet: Sheet, key: str) -> Sheet:
    """The sheet after a key; the same where the key labels nothing."""
    if key in TOPIC_KEYS:
        topics = sheet.topics ^ {TOPIC_KEYS[key]}
        return replace(sheet, topics=topics, primary=sheet.primary if sheet.primary in topics else None)
    if key in "01234":
        primary = [None, *TOPIC_KEYS.values()][int(key)]
        return replace(sheet, primary=primary, topics=sheet.topics | {primary} if primary else sheet.topics)
    if key in SOURCE_KEYS:
        return replace(sheet, source_type=SOURCE_KEYS[key], done=True)
    return replace(sheet, done=True) if key == "y" and sheet.source_type else sheet


@contextmanager
def keyboard() -> Iterator[Iterator[str]]:
    """The keys of the terminal, each as it is pressed, and the terminal as it was before at the end.

    One mode for the whole session: to change it for each key would throw away what is typed in between.
    """
    before = termios.tcgetattr(sys.stdin)
    tty.setcbreak(sys.stdin, termios.TCSADRAIN)
    try:
        yield _keys(sys.stdin.fileno())
    finally:
        termios.tcsetattr(sys.stdin, termios.TCSADRAIN, before)


def _keys(terminal: int) -> Iterator[str]:
    """Lower-cased, those typed ahead too; ends with q, Ctrl-D, or the terminal."""
    while read := os.read(terminal, 1024).decode("utf-8", "replace").lower():
        for key in "?" if read.startswith("\x1b") else read:  # an arrow or a function key asks for help
            if key in "\x04q":
                return
            yield key


class Session:
    """One person's way through some articles; `say` keeps an answer, `unsay` takes it back."""

    def __init__(self, say: Callable[[int, Sheet], None], unsay: Callable[[int], None], pressed_keys: Iterator[str]) -> None:
        self._say = say
        self._unsay = unsay
        self._keys = pressed_keys
        self._answered: set[int] = set()

    def label(self, rows: Sequence[Result]) -> int:
        """How many were labelled; ends with the last article, or where the keys do."""
        tell(LINE)
        place = 0
        while 0 <= place < len(rows):
            _show(rows[place], f"[{place + 1}/{len(rows)}]")
            step = self._ask(rows[place], first=place == 0)
            if step == 0:
                break
            place += step
            if step < 0:
                self._take_back(rows[place].stored_id)
        return len(self._answered)

    def _take_back(self, item_id: int) -> None:
        if item_id in self._answered:
            self._unsay(item_id)
            self._answered.discard(item_id)

    def _ask(self, row: Result, *, first: bool) -> int:
        """1 for the next article, -1 for the one before, 0 to stop."""
        sheet = of_model(row)
        tell(sheet.line())
        for key in self._keys:
            if key == "s" or (key == "u" and not first):
                return 1 if key == "s" else -1
            sheet = pressed(sheet, key)
            if sheet.done:
                self._say(row.stored_id, sheet)
                self._answered.add(row.stored_id)
                tell(f"kept: {sheet.line()}")
                return 1
            _answer(key, row, sheet)
        return 0


def _answer(key: str, row: Result, sheet: Sheet) -> None:
    """What a key shows that does not move on."""
    if key == "m":
        click.echo(readable(row.text or "", len(row.text or "")), err=True)
    elif key == "u":
        tell("this is the first one")
    elif key == "y":
        tell("the model names no source type: o, p or i")
    elif key not in (*TOPIC_KEYS, *"01234"):
        tell_lines(HELP)
    tell(sheet.line())


def _show(row: Result, number: str) -> None:
    click.echo(err=True)
    tell(f"{number} {row.title or 'without a title'} - {row.outlet}")
    tell(row.url or "")
    click.echo(readable(row.text or "", SHOWN), err=True)


def readable(text: str, longest: int) -> str:
    """The beginning of a text, cleaned and folded at blanks to the window's width as it is now."""
    width = min(WIDEST, shutil.get_terminal_size().columns)
    shown = text if len(text) <= longest else text[:longest].rsplit(" ", 1)[0] + " … (m: the whole text)"
    return "\n".join(textwrap.fill(clean(line), width, break_long_words=False, break_on_hyphens=False) for line in shown.split("\n"))


def tell_lines(text: str) -> None:
    """Several lines for people."""
    for line in text.split("\n"):
        tell(line)


def expect_terminal() -> None:
    """Raises UsageError where nobody could see the articles or press keys."""
    if not (sys.stdin and sys.stdin.isatty() and sys.stderr.isatty()):
        raise UsageError(
            "expected a terminal for keys; elsewhere `review --json` lists the articles and `review --answers FILE` takes labels"
        )

"""Show articles one by one at a terminal, and take a person's labels key by key; every answer is kept at once."""

from __future__ import annotations

import os
import shutil
import sys
import termios
import textwrap
import tty
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field, replace

import click

from worker.cli._shared.output import clean, tell
from worker.errors import UsageError
from worker.operations.models import assigned
from worker.results import Result
from worker.storage.reviews import Answer

SHOWN = 1500
"""Characters of an article shown at first: enough for most labels, and a screen's height."""
WIDEST = 100
"""Columns; longer lines are hard to read, whatever the window's width."""
SOURCE_KEYS = {"o": "official", "p": "promotional", "i": "independent"}
TAKEN = frozenset("opiymsuq?0123456789")
"""Keys that no topic may have."""
HELP = """o p i    official, promotional, independent: kept, and on to the next
y        what the model says; once more: kept as shown, and on to the next
m        the whole text
s        skip; the article is asked for again another day
u        back to the article before; your answer to it is taken back
?        this help
q        stop; so does Ctrl-C. Every answer is kept as soon as it is given"""
GUIDE = """official: an office speaks, or its words are only passed on. promotional: the outlet itself praises or sells.
independent: somebody outside speaks, or the outlet asks and judges. A topic counts that a main clause is about."""
"""The rules of `classifier/LABEL_GUIDE.md` that most answers need."""
LINE = "o p i source type, next · y the model's, then as shown · m more · s skip · u back · ? help · q stop"


@dataclass(frozen=True, slots=True)
class Keys:
    """The keys of a model's topics: a letter each, the first free one of its name; a digit makes one of the first nine primary."""

    topics: Mapping[str, str]
    """Topics by key, in their order; a topic for which no letter is left has none, and is given by `--answers`."""
    names: tuple[str, ...]
    meanings: Mapping[str, str] = field(default_factory=dict)
    """What counts as each topic, in one line; a topic may have none."""

    @classmethod
    def of(cls, names: Sequence[str], meanings: Mapping[str, str] | None = None) -> Keys:
        """Of these topics."""
        letters = assigned(names, TAKEN)
        return cls({key: name for key, name in zip(letters, names, strict=True) if key}, tuple(names), meanings or {})

    @property
    def primary(self) -> Mapping[str, str | None]:
        """Primary topics by digit; 0 is none."""
        return {"0": None} | {str(number): name for number, name in enumerate(self.names[:9], start=1)}

    @property
    def line(self) -> str:
        """All keys in a line."""
        return f"{' '.join(self.topics)} topics · 1-{len(self.primary) - 1} 0 primary · {LINE}"

    @property
    def help(self) -> str:
        """A line for each key or group of keys."""
        named = ((key, name.replace("_", " "), self.meanings.get(name) or "on or off") for key, name in self.topics.items())
        told = "\n".join(f"{key}        {name}: {meaning}" for key, name, meaning in named)
        return f"{told}\n1-{len(self.primary) - 1}      the primary topic, in the same order; 0: none\n{HELP}\n{GUIDE}"


@dataclass(frozen=True)
class Draft:
    """The labels of one article while a person changes them; `complete` once they are to be kept."""

    topics: frozenset[str]
    primary: str | None
    source_type: str | None
    complete: bool = False

    def line(self, keys: Keys) -> str:
        """As the person sees it, topics in the model's order."""
        topics = ", ".join(name for name in keys.names if name in self.topics)
        return f"topics: {topics or 'none'}; primary: {self.primary or 'none'}; source type: {self.source_type or '?'}"

    def answer(self, item_id: int) -> Answer:
        """As it is kept."""
        return Answer(item_id, tuple(sorted(self.topics)), self.primary, self.source_type or "")


UNLABELLED = Draft(frozenset(), None, None)
"""Before a person has said anything: the model's answer would lead."""


def of_model(article: Result) -> Draft:
    """What the model says."""
    topics = frozenset(article.decided("yes") or ())
    primary = article.primary_topic if article.primary_topic in topics else None
    return Draft(topics, primary, article.source_type.label if article.source_type else None)


def after_key(draft: Draft, key: str, keys: Keys) -> Draft:
    """The draft after a key; unchanged where the key labels nothing."""
    if key in keys.topics:
        topics = draft.topics ^ {keys.topics[key]}
        return replace(draft, topics=topics, primary=draft.primary if draft.primary in topics else None)
    if key in keys.primary:
        primary = keys.primary[key]
        return replace(draft, primary=primary, topics=draft.topics | {primary} if primary else draft.topics)
    if key in SOURCE_KEYS:
        return replace(draft, source_type=SOURCE_KEYS[key], complete=True)
    return replace(draft, complete=True) if key == "y" and draft.source_type else draft


@contextmanager
def keyboard() -> Iterator[Iterator[str]]:
    """The keys of the terminal, each as it is pressed; at the end the terminal is set as it was before.

    The terminal's mode stays the same for the whole session, since a change of it discards keys that were typed meanwhile.
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
    """One person labels some articles; `keep` stores an answer, `take_back` deletes that of an item."""

    def __init__(self, meanings: Keys, keep: Callable[[Answer], None], take_back: Callable[[int], None], keys: Iterator[str]) -> None:
        self._meanings = meanings
        self._keep = keep
        self._take_back = take_back
        self._keys = keys
        self._answered: set[int] = set()

    def label(self, articles: Sequence[Result]) -> int:
        """How many were labelled; ends with the last article, or with the last key."""
        tell(self._meanings.line)
        place = 0
        while 0 <= place < len(articles):
            _show(articles[place], f"[{place + 1}/{len(articles)}]")
            step = self._ask(articles[place], first=place == 0)
            if step == 0:
                break
            place += step
            if step < 0:
                self._undo(articles[place].stored_id)
        return len(self._answered)

    def _undo(self, item_id: int) -> None:
        if item_id in self._answered:
            self._take_back(item_id)
            self._answered.discard(item_id)

    def _ask(self, article: Result, *, first: bool) -> int:
        """1 for the next article, -1 for the one before, 0 to stop."""
        draft = UNLABELLED
        tell(draft.line(self._meanings))
        for key in self._keys:
            if key == "s" or (key == "u" and not first):
                return 1 if key == "s" else -1
            if key == "y" and draft == UNLABELLED:
                draft = of_model(article)
                tell(f"the model: {draft.line(self._meanings)}")
                continue
            draft = after_key(draft, key, self._meanings)
            if draft.complete:
                self._keep(draft.answer(article.stored_id))
                self._answered.add(article.stored_id)
                tell(f"kept: {draft.line(self._meanings)}{_beside(draft, of_model(article), self._meanings)}")
                return 1
            _respond(key, article, draft, self._meanings)
        return 0


def _beside(draft: Draft, model: Draft, keys: Keys) -> str:
    """What the model says, where a person says something else."""
    return "" if replace(draft, complete=False) == model else f" (the model: {model.line(keys)})"


def _respond(key: str, article: Result, draft: Draft, keys: Keys) -> None:
    """Answers a key that neither keeps nor skips the article."""
    if key == "m":
        text = article.text or ""
        click.echo(readable(text, len(text)), err=True)
    elif key == "u":
        tell("this is the first one")
    elif key == "y":
        tell("the model names no source type: o, p or i")
    elif key not in keys.topics and key not in keys.primary:
        _tell_lines(keys.help)
    tell(draft.line(keys))


def _show(article: Result, number: str) -> None:
    click.echo(err=True)
    tell(f"{number} {article.title or 'without a title'} - {article.outlet}")
    tell(article.url or "")
    click.echo(readable(article.text or "", SHOWN), err=True)


def readable(text: str, longest: int) -> str:
    """The beginning of a text, cleaned and folded at blanks to the window's width as it is now."""
    width = min(WIDEST, shutil.get_terminal_size().columns)
    shown = text if len(text) <= longest else text[:longest].rsplit(" ", 1)[0] + " … (m: the whole text)"
    return "\n".join(textwrap.fill(clean(line), width, break_long_words=False, break_on_hyphens=False) for line in shown.split("\n"))


def _tell_lines(text: str) -> None:
    for line in text.split("\n"):
        tell(line)


def expect_terminal() -> None:
    """Raises UsageError where nobody could see the articles or press keys."""
    if not (sys.stdin and sys.stdin.isatty() and sys.stderr.isatty()):
        raise UsageError(
            "expected a terminal for keys; elsewhere `review --json` lists the articles and `review --answers FILE` takes labels"
        )

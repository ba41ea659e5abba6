"""Put the earlier versions of an article into words and plain lines: when each held, which labels flipped, what changed in the text."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from worker.dashboard.view import words
from worker.operations.revisions.versions import LastRecheck, Revision
from worker.results import Flip

SHOWN = 120
"""Lines of a difference on the page, some three screens; the command shows all."""
KINDS = {"-": "Taken out", "+": "Added", " ": "Unchanged", "@": "Further on"}
"""What the first character of a line of a difference says."""
OUTCOMES = {
    "unchanged": "unchanged",
    "revised": "it had changed",
    "gone": "it is gone there; the article stays",
    "kept": "it shows something else; the article stays",
}


@dataclass(frozen=True, slots=True)
class Line:
    """One line of a difference: a key of KINDS, and its text."""

    kind: str
    text: str


@dataclass(frozen=True, slots=True)
class Earlier:
    """One earlier version."""

    revision: Revision
    flips: tuple[str, ...]
    """`Trade: no, then yes`."""
    lines: tuple[Line, ...]
    hidden: int
    """Lines that are not shown."""


def earlier(revisions: Sequence[Revision]) -> list[Earlier]:
    """The earlier versions, the newest first."""
    return [
        Earlier(one, tuple(map(flip_told, one.flips)), tuple(_lines(one.diff[:SHOWN])), max(len(one.diff) - SHOWN, 0))
        for one in reversed(revisions)
    ]


def flip_told(flip: Flip) -> str:
    """`Trade: no, then yes`; `Source type: Official, then Independent`."""
    before, after = (words.label(said) if flip.label == "source_type" else said for said in (flip.before, flip.after))
    return f"{words.label(flip.label)}: {before}, then {after}"


def recheck_told(last: LastRecheck) -> str:
    """What came of the last look at the page."""
    because = f" ({words.reason(last.reason).lower()})" if last.reason else ""
    return f"{OUTCOMES.get(last.outcome or '', last.outcome or 'nothing came of it')}{because}"


def _lines(diff: Sequence[str]) -> Iterator[Line]:
    """The mark of the first place is no news; each further one says that text is left out."""
    for number, row in enumerate(diff):
        kind, text = row[:1], row[1:]
        if kind == "@":
            if number:
                yield Line(kind, "")
        elif kind in KINDS:
            yield Line(kind, text)

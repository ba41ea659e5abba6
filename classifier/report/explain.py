"""Mark the evidence of labels in the text of the article, and the terms in it that weigh most."""

from __future__ import annotations

import re
from dataclasses import replace
from typing import Literal

from classifier.labels import Evidence, Labels
from classifier.predict import Document


def explained(document: Document, labels: Labels, *, colour: bool) -> str:
    """The article with each piece of evidence as `⟦label: …⟧` and its terms in capitals; with `colour`, in a terminal's colours."""
    parts = []
    fields: tuple[tuple[Literal["title", "text"], str], ...] = (("title", document.title), ("text", document.text))
    for field, text in fields:
        for entry in sorted(_by_sentence(labels.evidence, field), key=lambda entry: -entry.start):
            marked = _marked(text[entry.start : entry.end], entry, colour=colour)
            text = text[: entry.start] + marked + text[entry.end :]  # noqa: PLW2901 - from the end, so that offsets stay right
        parts.append(text)
    return "\n\n".join(filter(None, parts))


def _by_sentence(evidence: list[Evidence], field: str) -> list[Evidence]:
    """The evidence in a field, one entry for each sentence, with all of its labels."""
    by_start: dict[int, Evidence] = {}
    for entry in evidence:
        if entry.field == field:
            before = by_start.get(entry.start)
            by_start[entry.start] = entry if before is None else _merged(before, entry)
    return list(by_start.values())


def _merged(one: Evidence, other: Evidence) -> Evidence:
    return replace(one, label=f"{one.label}, {other.label}", terms=[*one.terms, *other.terms])


def _marked(sentence: str, entry: Evidence, *, colour: bool) -> str:
    terms = [re.escape(term.term).replace(r"\ ", r"\W+") for term in entry.terms]
    if terms:
        pattern = re.compile(rf"(?<!\w)(?:{'|'.join(sorted(terms, key=len, reverse=True))})(?!\w)", re.IGNORECASE)
        sentence = pattern.sub(lambda hit: f"\x1b[1;4m{hit.group()}\x1b[22;24m" if colour else hit.group().upper(), sentence)
    return f"\x1b[33m⟦{entry.label}: {sentence}⟧\x1b[39m" if colour else f"⟦{entry.label}: {sentence}⟧"

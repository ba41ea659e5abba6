"""Labels explained: the text with its evidence marked, and the words in it that weighed most."""

from __future__ import annotations

import re
from typing import Any

from classifier.predict import Document


def explained(document: Document, labels: dict[str, Any], *, colour: bool) -> str:
    """The article with each piece of evidence between `⟦label: …⟧`, its weighty words in capitals, or in colour on a terminal."""
    parts = []
    for field in ("title", "text"):
        text = getattr(document, field)
        for entry in sorted(_once(labels["evidence"], field), key=lambda entry: -entry["start"]):
            marked = _marked(text[entry["start"] : entry["end"]], entry, colour=colour)
            text = text[: entry["start"]] + marked + text[entry["end"] :]
        parts.append(text)
    return "\n\n".join(filter(None, parts))


def _once(evidence: list[dict[str, Any]], field: str) -> list[dict[str, Any]]:
    """The evidence in a field, a sentence that carries several labels once."""
    by_start: dict[int, dict[str, Any]] = {}
    for entry in evidence:
        if entry["field"] == field:
            before = by_start.get(entry["start"])
            by_start[entry["start"]] = entry if before is None else _both(before, entry)
    return list(by_start.values())


def _both(one: dict[str, Any], other: dict[str, Any]) -> dict[str, Any]:
    return {**one, "label": f"{one['label']}, {other['label']}", "terms": [*one["terms"], *other["terms"]]}


def _marked(sentence: str, entry: dict[str, Any], *, colour: bool) -> str:
    terms = [re.escape(term["term"]).replace(r"\ ", r"\W+") for term in entry["terms"]]
    if terms:
        pattern = re.compile(rf"(?<!\w)(?:{'|'.join(sorted(terms, key=len, reverse=True))})(?!\w)", re.IGNORECASE)
        sentence = pattern.sub(lambda hit: f"\x1b[1;4m{hit.group()}\x1b[22;24m" if colour else hit.group().upper(), sentence)
    return f"\x1b[33m⟦{entry['label']}: {sentence}⟧\x1b[39m" if colour else f"⟦{entry['label']}: {sentence}⟧"

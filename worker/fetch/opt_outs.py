"""Opt-outs: what the header of an answer reserves (X-Robots-Tag, and TDM reservation under EU 2019/790 article 4)."""

from __future__ import annotations

from worker.fetch.head import Head

DIRECTIVES = frozenset({"noai", "noimageai", "noindex", "none", "noarchive", "nosnippet", "noml"})
"""Directives that reserve a use of the text; `nofollow` and the like speak of other things."""
WITH_VALUE = frozenset({"unavailable_after", "max-snippet", "max-image-preview", "max-video-preview"})
"""Directives that have a colon of their own; before any other colon stands the name of a crawler."""
MAX_OPT_OUTS = 20
"""Kept of one answer: more says nothing new."""


def opt_outs(head: Head, product: str) -> tuple[str, ...]:
    """The reservations that speak to everybody, or to us by the name `product`: `x-robots-tag: noai`, `tdm-reservation: 1`."""
    found = [f"x-robots-tag: {word}" for value in head.all("x-robots-tag") for word in _directives(value, product)]
    if (head.get("tdm-reservation") or "").strip() == "1":
        found.append("tdm-reservation: 1")
    return tuple(dict.fromkeys(found))[:MAX_OPT_OUTS]


def _directives(value: str, product: str) -> list[str]:
    """`noai, noindex` or `otherbot: noindex`; a name holds for all that follows it in the same field."""
    spoken_to = True
    words = []
    for part in value.lower().split(","):
        name, colon, rest = part.partition(":")
        if colon and name.strip() not in WITH_VALUE:
            spoken_to = name.strip() in {"*", product}
            name = rest
        if spoken_to and name.strip() in DIRECTIVES:
            words.append(name.strip())
    return words

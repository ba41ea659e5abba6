"""Read what a page reserves against machines: robots directives, and text and data mining (TDM) under EU 2019/790 article 4.

Header fields and meta elements say it in the same form, so that both are read here, as pairs of a name and a value.
"""

from __future__ import annotations

import re
from collections.abc import Iterable

PRODUCT = "pressmark"
"""The name by which a page may address this program alone, where the operator has not chosen another one."""
DIRECTIVES = frozenset({"noindex", "none", "noarchive", "nocache", "nosnippet", "noai", "noimageai", "noml"})
"""Directives that reserve a use of the text: search engines' own (Google, Bing), and those against training, noai and
noimageai (DeviantArt) and noml (Mojeek). `nofollow`, `notranslate` and the like speak of other things."""
WITH_VALUE = frozenset({"unavailable_after", "max-snippet", "max-image-preview", "max-video-preview"})
"""Directives that have a colon of their own; before any other colon stands the name of a crawler."""
MAX_RESERVATIONS = 20
"""Kept of one page: there are eight directives and two fields of TDM, and more says nothing new."""
MAX_POLICY = 500
"""Characters of a policy's address; longer ones are no addresses."""

TDM_RESERVATION, TDM_POLICY = "tdm-reservation", "tdm-policy"
HEADERS = ("x-robots-tag", TDM_RESERVATION, TDM_POLICY)
"""The header fields that reserve, in lower case."""
METAS = ("robots", PRODUCT, TDM_RESERVATION, TDM_POLICY)
"""The names of meta elements that do, in lower case."""
_RESERVED = f"{TDM_RESERVATION}: 1"
_CRAWLER = re.compile(r"\*|[a-z][\w.\-]*")
"""A crawler's name in lower case; a date with its time, as after `unavailable_after`, is none."""


def reservations(statements: Iterable[tuple[str, str]], product: str = PRODUCT, known: Iterable[str] = ()) -> tuple[str, ...]:
    """What a page reserves for everybody or for `product`: `x-robots-tag: noai`, `robots: noindex`, `tdm-reservation: 1`.

    `statements`: names, in lower case, and values of header fields or meta elements. `known`: reservations that were found
    before, which come first. In order, each once, MAX_RESERVATIONS at most. A policy counts beside a reservation only:
    alone it reserves nothing.
    """
    given, found = [*statements], [*known]
    is_reserved = _RESERVED in found or any(name == TDM_RESERVATION and value.strip() == "1" for name, value in given)
    for name, value in given:
        if name == TDM_RESERVATION:
            found += [_RESERVED] if value.strip() == "1" else []
        elif name == TDM_POLICY:
            found += [f"{TDM_POLICY}: {value.strip()[:MAX_POLICY]}"] if is_reserved and value.strip() else []
        else:
            found += [f"{name}: {word}" for word in _directives(value, product)]
    return tuple(dict.fromkeys(found))[:MAX_RESERVATIONS]


def _directives(value: str, product: str) -> list[str]:
    """The directives in `noai, noindex` or `otherbot: noindex`; a crawler's name holds for all that follows it in the value."""
    addressed = True
    words = []
    for part in value.lower().split(","):
        name, colon, rest = part.partition(":")
        if colon and name.strip() not in WITH_VALUE and _CRAWLER.fullmatch(name.strip()):
            addressed = name.strip() in {"*", product}
            name = rest
        if addressed and name.strip() in DIRECTIVES:
            words.append(name.strip())
    return words

"""Reservations of the page against machines: recorded, and obeyed where the operator says so."""

from __future__ import annotations

import re

from worker.messages import Page

HEAD = 65536  # bytes: reservations stand in the head
META = re.compile(rb"<meta\b[^<>]{0,1000}>", re.IGNORECASE)
NAME = re.compile(rb"name\s*=\s*[\"']?\s*([\w\-]+)", re.IGNORECASE)
CONTENT = re.compile(rb"content\s*=\s*(?:\"([^\"]*)\"|'([^']*)'|([^\s>]+))", re.IGNORECASE)
ROBOTS = ("robots", "pressmark", "googlebot-news", "tdmrep")
RESERVED = {"noindex", "none", "noarchive", "noai", "noimageai", "nosnippet", "notranslate", "nocache"} - {"notranslate"}


def opt_outs(page: Page) -> tuple[str, ...]:
    """The page's reservations, headers first: `x-robots-tag: noai`, `robots: noindex`, `tdm-reservation: 1`."""
    found = list(page.opt_outs)
    for tag in META.findall(page.body[:HEAD]):
        name, content = NAME.search(tag), CONTENT.search(tag)
        if name and content:
            value = next(group for group in content.groups() if group is not None)
            found += _reservations(name[1].decode("ascii", "replace").lower(), value.decode("utf-8", "replace"))
    return tuple(dict.fromkeys(found))


def _reservations(name: str, value: str) -> list[str]:
    if name == "tdm-reservation":
        return [f"tdm-reservation: {value.strip()}"] if value.strip() == "1" else []
    if name == "tdm-policy":
        return [f"tdm-policy: {value.strip()[:500]}"]
    if name not in ROBOTS:
        return []
    words = (word.strip().lower() for word in value.split(","))
    return [f"{name}: {word}" for word in words if word in RESERVED]

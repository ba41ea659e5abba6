"""Read the reservations in the header of an answer: X-Robots-Tag, and the fields of TDM."""

from __future__ import annotations

from worker.fetch.head import Head
from worker.reservations import HEADERS, reservations


def header_reservations(head: Head, product: str) -> tuple[str, ...]:
    """What the header reserves for everybody, or for us by the name `product`: `x-robots-tag: noai`, `tdm-reservation: 1`."""
    return reservations(((name, value) for name in HEADERS for value in head.all(name)), product)

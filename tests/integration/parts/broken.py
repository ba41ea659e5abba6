"""A reader whose installation is incomplete."""

from __future__ import annotations


def read(kind, page):
    """Fails on every page."""
    raise FileNotFoundError("model.json")

"""Pages for whole runs: as many as wanted, no two alike."""

from __future__ import annotations

import random

from benchmarks.running_service import Served

WORDS = ["trade", "border", "ministry", "export", "river", "bridge", "market", "harvest", "village", "school", "museum", "temple"]


def article(number: int) -> bytes:
    """A page like no other: its own words in its own order."""
    chance = random.Random(number)
    paragraphs = [" ".join(chance.choices(WORDS, k=60)).capitalize() + f", as report {number} says." for _ in range(4)]
    body = "".join(f"<p>{paragraph}</p>" for paragraph in paragraphs)
    title = f"Report {number} of the province"
    return f"<html><head><title>{title}</title></head><body><article><h1>{title}</h1>{body}</article></body></html>".encode()


def pages(count: int, delay: float = 0.05) -> dict[tuple[str, str], Served]:
    """By host and path, on forty hosts."""
    return {(f"h{number % 40}.test", f"/report/{number}.html"): Served(article(number), delay=delay) for number in range(count)}

"""Compare readers of feeds: addresses found right, CPU and memory, on cases from the field and on one large feed.

python -m benchmarks.feeds ../shared/cases/field
"""

from __future__ import annotations

import json
import multiprocessing
import resource
import sys
import tempfile
from collections.abc import Callable
from pathlib import Path

Reader = Callable[[bytes, str], list[str]]

ORIGIN = "http://127.0.0.1:18451/f/"
ITEMS = 10_000
ITEM = "<item><title>Rice {n}{dirt}</title><link>http://press.example/{n}?a=1&amp;b=2</link><description>{text}</description></item>"


def ours(body: bytes, base: str) -> list[str]:
    """This program's reader."""
    from worker.intake import feeds

    return feeds.links(body, base).urls


def feedparser(body: bytes, base: str) -> list[str]:
    """The kept parser that reads the most dialects, without its cleaning of HTML."""
    import feedparser as library

    parsed = library.parse(body, response_headers={"content-location": base}, sanitize_html=False, resolve_relative_uris=False)
    return [entry["link"] for entry in parsed.entries if entry.get("link")]


def right(read: Reader, folder: Path) -> tuple[int, int]:
    """Cases whose addresses are found as expected, and how many there are."""
    cases = [json.loads(line) for line in (folder / "cases.jsonl").read_text(encoding="utf-8").splitlines()]
    cases = [case for case in cases if case["kind"] == "feed"]
    return sum(_is_right(read, folder, case) for case in cases), len(cases)


def _is_right(read: Reader, folder: Path, case: dict[str, str]) -> bool:
    try:
        return bool(read((folder / case["file"]).read_bytes(), ORIGIN + case["file"]) == case["expected"])
    except Exception:  # noqa: BLE001 - whatever a reader raises, it has not read the feed
        return False


def large(dirt: str) -> bytes:
    """A feed of seven megabytes."""
    items = "".join(ITEM.format(n=n, dirt=dirt, text="words of a story " * 30) for n in range(ITEMS))
    return f"<rss><channel><title>t</title>{items}</channel></rss>".encode()


def cost(read: Reader, file: Path) -> tuple[float, int]:
    """Seconds of CPU, and MiB of memory beyond what the process had with the document alone."""
    body = file.read_bytes()
    read(b"<rss><channel/></rss>", ORIGIN)
    before = resource.getrusage(resource.RUSAGE_SELF)
    read(body, ORIGIN)
    after = resource.getrusage(resource.RUSAGE_SELF)
    return after.ru_utime - before.ru_utime + after.ru_stime - before.ru_stime, (after.ru_maxrss - before.ru_maxrss) // 1024


def main() -> None:
    """Prints a line for each reader and document."""
    folder = Path(sys.argv[1])
    for read in (ours, feedparser):
        print(f"{read.__name__}: {' of '.join(map(str, right(read, folder)))} right")
        for name, dirt in (("well-formed", ""), ("a raw & in every title", " & fish")):
            with tempfile.TemporaryDirectory() as place, multiprocessing.get_context("spawn").Pool(1) as pool:
                file = Path(place) / "feed.xml"
                file.write_bytes(large(dirt))
                seconds, memory = pool.apply(cost, (read, file))
            print(f"  {ITEMS} items, {name}: {seconds * 1000 / ITEMS * 100:.1f} ms per 100 items, {memory} MiB")


if __name__ == "__main__":
    main()

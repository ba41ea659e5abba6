"""Measure what extraction with metadata costs a page, beside trafilatura with metadata and trafilatura's bare text.

`python -m benchmarks.extraction.cost SHARED` prints the CPU time a page and the ratios on every fourth shared page, and what
hostile pages take. The engines take turns on every page, so that a busy machine slows all of them equally. Before, each reads as many
other pages, which are not measured: models, and patterns of each language, are loaded once a process, and processes read thousands of
pages. `--cold` leaves that out.
"""

from __future__ import annotations

import argparse
import resource
import time
from collections import defaultdict
from collections.abc import Callable
from contextlib import suppress
from datetime import date
from pathlib import Path

from benchmarks.extraction.sets import SETS, pages_of
from worker.errors import ItemFailed
from worker.extract.page import encoding
from worker.extract.pipeline import extract_text

TODAY = date(2026, 11, 29)
MANY = 100_000
MOST = 49_000  # elements that the parser takes
SENTENCE = "The ministers agreed on Monday that the price of rice should be set."
OURS, WITH_METADATA, BARE = "pressmark with metadata", "trafilatura with metadata", "trafilatura, bare text"
HOSTILE = {
    f"{many} {what}": page
    for many in (MANY, MOST)
    for what, page in {
        "paragraphs": f"<p>{SENTENCE}</p>" * many,
        "divs, side by side": f"<div>{SENTENCE}</div>" * many,
        "divs, nested": "<div>" * many + SENTENCE,
        "attributes": "<p " + " ".join(f"a{at}=1" for at in range(many)) + f">{SENTENCE}</p>",
        "links": '<a href="/x">Rice and maize</a> ' * many,
        "items, half of them links": "<ul>" + "<li><a href='/x'>Rice</a></li><li>Maize is up.</li>" * (many // 3),
        "quoted posts": '<blockquote class="twitter-tweet">Rice</blockquote>' * many,
    }.items()
}
"""Pages that cost an extractor without bounds minutes."""


def ours(text: str, url: str | None) -> None:
    """Our extraction; a refused page costs what it costs."""
    with suppress(ItemFailed):
        extract_text(text, url, today=TODAY)


def with_metadata(text: str, url: str | None) -> None:
    """Trafilatura's text and metadata."""
    from trafilatura import bare_extraction

    bare_extraction(text, url=url, with_metadata=True, include_comments=False)


def bare(text: str, url: str | None) -> None:
    """Trafilatura's text alone."""
    from trafilatura import extract

    extract(text, url=url, include_comments=False)


ENGINES: dict[str, Callable[[str, str | None], None]] = {OURS: ours, WITH_METADATA: with_metadata, BARE: bare}


def seconds_of(engine: Callable[[str, str | None], None], text: str, url: str | None) -> float:
    """The CPU seconds of one page."""
    start = time.process_time()
    engine(text, url)
    return time.process_time() - start


def texts(shared: Path, every: int, start: int = 0) -> list[tuple[str, str | None]]:
    """Text and address of every so-many-th page of the sets, from the page at `start` on."""
    pages = [page for name in SETS for page in pages_of(shared, name)[start::every]]
    found = []
    for page in pages:
        try:
            found.append((encoding.decode(page.body(), None)[0], page.url))
        except ItemFailed:
            continue
    return found


def main() -> None:
    """Print the table."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("shared", type=Path)
    parser.add_argument("--every", type=int, default=4, help="take one page of so many")
    parser.add_argument("--cold", action="store_true", help="measure what is loaded for the first page of each language, too")
    options = parser.parse_args()
    pages = texts(options.shared, options.every)
    others = [] if options.cold or options.every == 1 else texts(options.shared, options.every, options.every // 2)
    for text, url in [pages[0], *others]:
        for engine in ENGINES.values():
            engine(text, url)
    spent: dict[str, float] = defaultdict(float)
    for text, url in pages:
        for name, engine in ENGINES.items():
            spent[name] += seconds_of(engine, text, url)
    for name, seconds in spent.items():
        print(f"{name}: {1000 * seconds / len(pages):.1f} ms a page, ours is {spent[OURS] / seconds:.2f} of it ({len(pages)} pages)")
    for name, page in HOSTILE.items():
        print(f"{name}: {seconds_of(ours, page, None):.1f} s of CPU")
    print(f"memory at most: {resource.getrusage(resource.RUSAGE_SELF).ru_maxrss // 1024} MB, trafilatura included")


if __name__ == "__main__":
    main()

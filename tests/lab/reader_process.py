"""The program under test: Fetcher and parse pool as the fetch task uses them, fed by lines instead of a queue.

Reads `{"id", "url"}` a line, writes `{"id", "type", "reason", "detail", …}` a line; many at once.
"""

from __future__ import annotations

import json
import sys
import threading
from concurrent.futures import ThreadPoolExecutor

from tests.lab.fragile import fragile_read
from worker.config import load
from worker.errors import ItemFailed
from worker.fetch.client import Fetcher
from worker.fetch.pace import LocalPace
from worker.fetch.robots import Robots
from worker.messages import Article, Extractor, Page, URLRequest
from worker.pipeline.fetch_item import ItemReader
from worker.reasons import Reason
from worker.sandbox.pool import Parsed, ParsePool


class Unread:
    """Stands for the parse pool where a case is about the fetch alone: a page that came whole is an article."""

    def extract(self, page: Page) -> Parsed:
        """An article with nothing in it."""
        if page.content_type is not None and not page.body.endswith((b"</html>", b"-->")) and b"</html>" not in page.body:
            raise ItemFailed(Reason.NO_TEXT, "half a page")
        empty = dict.fromkeys(("url", "canonical_url", "title", "published_at", "published_source", "modified_at", "language"))
        more = dict.fromkeys(("site_name", "description", "image"))
        article = Article(**empty, **more, text="read", authors=[], extractor=Extractor("lab", "0"), warnings=list(page.warnings))
        return Parsed(article, "", "")


def main() -> None:
    """Serves until standard input ends."""
    settings = load()
    parser = ParsePool(settings, fragile_read) if "--parse" in sys.argv else Unread()
    fetcher = Fetcher(settings, LocalPace(settings.host_interval), Robots(settings))
    reader = ItemReader(fetcher, parser)
    lock = threading.Lock()

    def serve(job: dict) -> None:
        outcome = reader.read(URLRequest(item_id=1, token=1, url=job["url"]))
        told = {
            "type": outcome.type,
            "reason": getattr(outcome, "reason", None),
            "detail": getattr(outcome, "detail", None),
            "final_url": getattr(outcome, "final_url", None),
            "wire": outcome.http.bytes if getattr(outcome, "http", None) else 0,
            "warnings": outcome.article.warnings if outcome.type == "extracted" else [],
            "text": outcome.article.text[-300:] if outcome.type == "extracted" else "",
            "opt_outs": list(getattr(outcome, "opt_outs", [])),
        }
        with lock:
            sys.stdout.write(json.dumps({"id": job["id"], **told}) + "\n")
            sys.stdout.flush()

    with ThreadPoolExecutor(32) as threads:
        for line in sys.stdin:
            threads.submit(serve, json.loads(line))


if __name__ == "__main__":
    main()

"""Measure what pages read on a ledger of a million rows: each view's time, on SQLite and PostgreSQL.

`python -m benchmarks.page_views [--rows 1000000] [--database URL] [--keep FOLDER]` makes a database, fills it and prints a table.
"""

from __future__ import annotations

import argparse
import random
import tempfile
import time
from collections.abc import Callable, Iterator
from pathlib import Path

from sqlalchemy import Engine, delete, insert, text

from benchmarks.database import load, pages
from benchmarks.database.measure import Cpu
from worker.bootstrap import Services
from worker.config import Settings
from worker.operations import articles, dead, due, history, hosts, installation, items, problems, review, show
from worker.storage.database import writing
from worker.storage.search import SearchFilter
from worker.storage.tables import articles as articles_table
from worker.storage.tables import counters as counters_table
from worker.storage.tables import events, facets, labels, receipts, topics
from worker.storage.tables import history as history_table
from worker.storage.tables import hosts as hosts_table
from worker.storage.tables import items as items_table
from worker.storage.values import DeadFilter

FILLED = (items_table, receipts, articles_table, labels, facets, topics, events)
TOPICS = ("border_dispute", "trade", "demining", "culture")
NOW = time.time()
HOSTS = [f"paper{number}.example:443" for number in range(400)]
LANGUAGES = ("en", "en", "en", "km", "th", "vi")
KINDS = ("independent", "independent", "official", "promotional")
TEXT = "The ministry of commerce said on Monday that tariffs on rice would fall, and that lorries would cross again within a week. " * 4
SHARES = (("stored", 0.62), ("duplicate", 0.03), ("refused", 0.01), ("dead", 0.04), ("waiting", 0.30))
"""Of the ledger's rows: a large crawl whose third still waits, and whose trouble is twice that of an ordinary one."""
LIMIT_MS = 200


def fill(engine: Engine, rows: int, chance: random.Random) -> None:
    """Items, articles, labels, topics and facets; the articles are as many as the items that are stored."""
    for start in range(1, rows + 1, load.AT_ONCE):
        batch = [_item(number, chance) for number in range(start, min(start + load.AT_ONCE, rows + 1))]
        made = [_article(row, chance) for row in batch if row["state"] == "stored"]
        of_articles, of_labels, of_facets, marks = zip(*made, strict=True)
        with writing(engine) as connection:
            load.add(connection, items_table, batch)
            load.add(connection, receipts, [{"item_id": row["id"], "kind": "article", "at": NOW} for row in batch])
            load.add(connection, articles_table, of_articles)
            load.add(connection, labels, of_labels)
            load.add(connection, facets, of_facets)
            load.add(connection, topics, [mark for some in marks for mark in some])
            load.add(connection, events, [_event(row) for row in batch])


def _item(number: int, chance: random.Random) -> dict[str, object]:
    at, state = chance.random(), ""
    for state, share in SHARES:  # noqa: B007 - the last one tried is the state
        if (at := at - share) < 0:
            break
    host = HOSTS[int(chance.random() ** 2 * len(HOSTS))]
    reason = {"dead": chance.choice(("http-404", "timeout", "tls", "no-text")), "refused": "robots", "duplicate": "duplicate"}.get(state)
    retried = state == "waiting" and chance.random() < 0.05
    return {
        "id": number,
        "kind": "article",
        "key": f"key{number}",
        "url": f"https://{host.removesuffix(':443')}/news/{number}",
        "host": host,
        "lane": chance.choice((1, 1, 2)),
        "state": state,
        "reason": "timeout" if retried else reason,
        "detail": "status 404" if reason == "http-404" else None,
        "due": NOW + 600 * chance.random() if retried else NOW - 60,
        "tries": 1 if retried else 0,
        "changed_at": NOW - 30 * 86400 * chance.random(),
    }


def _event(row: dict[str, object]) -> dict[str, object]:
    return {"item_id": row["id"], "at": row["changed_at"], "stage": "fetch", "outcome": "answered", "ms": 120}


def _article(
    row: dict[str, object], chance: random.Random
) -> tuple[dict[str, object], dict[str, object], dict[str, object], list[dict[str, object]]]:
    number, language, kind = int(str(row["id"])), chance.choice(LANGUAGES), chance.choice(KINDS)
    day = time.strftime("%Y-%m-%d", time.gmtime(NOW - 10 * 365 * 86400 * chance.random() ** 2))
    cluster = number if chance.random() < 0.9 else max(number - 7, 1)
    decisions = ["yes" if chance.random() < 0.2 else "unsure" if chance.random() < 0.03 else "no" for _ in TOPICS]
    article = {
        "item_id": number,
        "final_url": row["url"],
        "title": f"Title {number}",
        "text": TEXT,
        "authors": [],
        "published_at": f"{day}T06:00:00Z",
        "language": language,
        "extractor": {"name": "x", "version": "1"},
        "warnings": [],
        "opt_outs": [],
        "http": {},
        "content_sha256": f"{number:064x}",
        "simhash": f"{number:016x}",
        **{f"band_{band}": (number >> (4 * band)) & 0xFFFF for band in range(4)},
        "cluster_id": cluster,
        "fetched_at": "2026-01-01T00:00:00Z",
        "stored_at": row["changed_at"],
    }
    source = {"label": kind, "probabilities": {}, "decision": "sure"}
    label = {"item_id": number, "model_id": "m", "model_sha256": "0" * 64, "source_type": source, "language_supported": True, "label_ms": 1}
    host = str(row["host"])
    facet = {
        "item_id": number,
        "day": day,
        "published_at": article["published_at"],
        "outlet": host.removesuffix(":443"),
        "host": host,
        "language": language,
        "source_type": kind,
        "cluster_id": cluster,
        "topics": "|" + "".join(f"{t}{'?' if d == 'unsure' else ''}|" for t, d in zip(TOPICS, decisions, strict=True) if d != "no"),
    }
    marks = [
        {"item_id": number, "label": topic, "place": place, "probability": 0.5, "threshold": 0.4, "decision": decision}
        for place, (topic, decision) in enumerate(zip(TOPICS, decisions, strict=True))
    ]
    return article, label, facet, marks


def _rest(services: Services, rows: int) -> None:
    """Hosts, counters and a month of history."""
    minute = int(NOW) // 60 * 60
    with writing(services.engine) as connection:
        known = [
            {
                "host": host,
                "look_at": NOW - 1,
                "free_at": NOW - 1,
                "paused": place % 50 == 0,
                "asked_until": NOW + 3600 if place % 40 == 1 else 0.0,
            }
            for place, host in enumerate(HOSTS)
        ]
        connection.execute(insert(hosts_table), known)
        connection.execute(delete(counters_table))
        for state, count in connection.execute(text("SELECT state, count(*) FROM items GROUP BY state")).all():
            connection.execute(insert(counters_table).values(name=state, value=count))
        connection.execute(insert(counters_table).values(name="receipts", value=rows))
        for step, number in ((60, 2880), (900, 192), (3600, 960)):
            connection.execute(
                insert(history_table),
                [
                    {"step": step, "at": (minute // step - back) * step, "series": series, "value": 1.0}
                    for back in range(1, number)
                    for series in (
                        "stored",
                        "duplicate",
                        "refused",
                        "dead",
                        "waiting",
                        "running",
                        "oldest_s",
                        "ended.dead.http-404",
                        *(f"waiting.{n}" for n in range(5)),
                    )
                ],
            )
        if services.engine.dialect.name == "sqlite":
            connection.execute(text("ANALYZE"))
    if services.engine.dialect.name == "postgresql":
        with services.engine.connect().execution_options(isolation_level="AUTOCOMMIT") as connection:
            connection.execute(text("VACUUM ANALYZE"))


def views(services: Services) -> Iterator[tuple[str, Callable[[], object]]]:
    """What each page asks for, without words."""
    everything = SearchFilter()
    narrow = SearchFilter(topics=("trade",), language="km", source_type="official")
    yield "articles, first page", lambda: articles.search(services, everything)
    first = articles.search(services, everything, 50)
    yield "articles, second page", lambda: articles.search(services, everything, 50, first.older)
    yield "articles, a topic", lambda: articles.search(services, SearchFilter(topics=("trade",)))
    yield "articles, topic, language and source type", lambda: articles.search(services, narrow)
    yield (
        "articles, an outlet and a year",
        lambda: articles.search(services, SearchFilter(outlet="paper399.example", since="2024-01-01", until="2024-12-31")),
    )
    yield "articles, nothing matches", lambda: articles.search(services, SearchFilter(outlet="nobody.example"))
    yield "articles, in doubt", lambda: articles.search(services, SearchFilter(doubt=True))
    yield "articles, subdomains of a host", lambda: articles.search(services, SearchFilter(host="paper7.example"))
    yield "total", lambda: articles.total(services, everything)
    for by in articles.BYS:
        yield f"counts by {by}", lambda by=by: articles.counts(services, everything, by)
    for by in ("day", "outlet", "topic", "language"):
        yield f"counts by {by}, narrow", lambda by=by: articles.counts(services, narrow, by)
    yield "counts by topic, stored today", lambda: articles.counts(services, SearchFilter(stored_since=NOW - 86400), "topic")
    yield "due", lambda: due.due(services)
    yield "due, a host's wait", lambda: due.due(services, reason="host")
    yield "due, to be tried again", lambda: due.due(services, reason="again")
    yield "due, robots", lambda: due.due(services, reason="robots")
    yield "due figures", lambda: due.figures(services)
    yield "problems", lambda: problems.problems(services)
    yield "hosts", lambda: hosts.hosts(services)
    yield "one host", lambda: hosts.host(services, "paper1.example")
    yield "dead, incidents", lambda: dead.incidents(services)
    yield "dead, one incident", lambda: dead.incident(services, "tls", HOSTS[3])
    yield "dead, preview of all", lambda: dead.preview(services, "requeue", DeadFilter(), "ann")
    for state in items.STATES:
        yield f"items, {state}", lambda state=state: items.items(services, state=state)
    yield "items of a host", lambda: items.items(services, host="paper1.example")
    yield "show", lambda: show.show(services, first.results[0].stored_id)
    for reach in history.RANGES:
        yield f"history, {reach}", lambda reach=reach: history.history(services, reach)
    yield "review, next", lambda: review.next_article(services, "ann")


def measure(call: Callable[[], object], cpu: Callable[[], float], times: int = 5) -> tuple[float, float]:
    """Milliseconds by the clock, and of CPU of this process and of the server's; the least of some calls after one that fills caches.

    The least, since other programs on the machine only add to it.
    """
    call()
    taken = []
    for _ in range(times):
        begun, used = time.perf_counter(), cpu()
        call()
        taken.append(((time.perf_counter() - begun) * 1000, (cpu() - used) * 1000))
    return min(clock for clock, _ in taken), min(cpu for _, cpu in taken)


def main() -> None:
    """Fills a database unless it is full, and prints the table."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--rows", type=int, default=1_000_000)
    parser.add_argument("--database")
    parser.add_argument("--keep", type=Path)
    parser.add_argument("--only", default="")
    parser.add_argument("--pages", action="store_true", help="measure whole pages of the dashboard, not the views that they ask for")
    given = parser.parse_args()
    with tempfile.TemporaryDirectory() as temporary:
        folder = given.keep or Path(temporary)
        settings = Settings(data_dir=folder, database_url=given.database, redis_url="redis://127.0.0.1:1/0")
        services = Services(settings)
        installation.prepare(services)
        if not services.viewer_ledger.items_of([given.rows]):
            begun = time.monotonic()
            with load.loading(settings, FILLED) as engine:
                fill(engine, given.rows, random.Random(1))
            print(f"filled in {time.monotonic() - begun:.0f} s")
        if not services.viewer_ledger.hosts(1):
            _rest(services, given.rows)
        if given.pages:
            pages.measure(settings, given.only)
            return
        cpu = Cpu(services.engine)
        for name, call in views(services):
            if given.only in name:
                took, cpu = measure(call, cpu)
                print(f"{name:45} {took:8.1f} ms, {cpu:8.1f} ms of CPU{'  OVER' if cpu > LIMIT_MS else ''}", flush=True)
        services.close()


if __name__ == "__main__":
    main()

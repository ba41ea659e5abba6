"""Use an installation from Python: accept URLs, read and search what is stored, look at the queues."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from itertools import islice
from os import PathLike, fspath
from pathlib import Path
from typing import Literal

from pressmark.errors import public_errors
from worker.bootstrap import Services
from worker.config import Settings, load, load_values
from worker.operations import articles, installation, models
from worker.operations.accept import BATCH, Acceptance, Answer, Candidate, Terms
from worker.operations.queues import QueueReport, report
from worker.reasons import Lane
from worker.results import Result
from worker.storage.search import SearchFilter


class Client:
    """An installation of Pressmark: its database, and its Redis where a method needs it.

    `settings` are a Settings, the path of a TOML file, or single settings by name (`{"data_dir": "/srv/pressmark"}`), which win
    over the environment; None: the environment alone. Connects at the first use. `close` ends the connections, and so does the
    end of a `with` block. Methods raise PressmarkError: `usage` for wrong settings or arguments, `unavailable` where database or
    Redis cannot be used.
    """

    def __init__(self, settings: Settings | Mapping[str, object] | str | PathLike[str] | None = None) -> None:
        with public_errors():
            self.settings = _settings(settings)
        self._services: Services | None = None

    def enqueue(
        self, urls: str | Iterable[str], *, job: str | None = None, lane: Lane = "normal", force: bool = False, dry_run: bool = False
    ) -> list[Answer]:
        """Accepts URLs, one or many; an answer for each, in order: `accepted`, `known`, or `refused` with a reason.

        What is accepted is committed when this returns; it works while Redis is away. `job` names the set that they belong to (None: a
        new one), `lane` is `urgent`, `normal` or `bulk`, `force` fetches again what is known and has ended, `dry_run` writes nothing.
        """
        given = iter([urls] if isinstance(urls, str) else urls)
        acceptance = Acceptance(self.settings, self._opened, Terms(job, lane, force, dry_run))
        candidates = (Candidate(url, f"URL {number}") for number, url in enumerate(given, 1))
        answers: list[Answer] = []
        with public_errors():
            while batch := list(islice(candidates, BATCH)):
                answers += acceptance.batch(batch)
            acceptance.finish()
        return answers

    def results(self, outcome: Literal["stored", "all"] = "stored", *, job: str | None = None) -> Iterator[Result]:
        """The Results in the order of their items, read a page at a time: the stored articles, or every item that has ended (`all`)."""
        with public_errors():
            yield from articles.export(self._opened(), outcome, job)

    def search(
        self,
        *words: str,
        topics: Iterable[str] = (),
        primary: str | None = None,
        source_type: str | None = None,
        language: str | None = None,
        host: str | None = None,
        since: str | None = None,
        until: str | None = None,
        unsure: bool = False,
        distinct: bool = False,
        limit: int = 50,
    ) -> list[Result]:
        """Up to `limit` stored articles that hold every one of `words` in title or text, the last published first.

        `topics` are those decided yes (with `unsure`, those in doubt too), `primary` is the main one; `source_type` the likeliest
        one; `language` a code as `km`; `host` includes its subdomains; `since` and `until` are days as `2024-03-22`, both included.
        `distinct` gives of copies and near copies of one text only the one that was first.
        """
        with public_errors():
            wanted = SearchFilter(tuple(words), tuple(topics), primary, source_type, language, host, since, until, unsure)
            models.expect_topics(self._opened(), "topics", *wanted.topics)
            models.expect_topics(self._opened(), "primary", primary)
            return articles.search(self._opened(), wanted, limit, once=distinct).results

    def queues(self) -> QueueReport:
        """The queues, the ledger, the dead letters by cause and the workers; figures of Redis are None while it is away."""
        with public_errors():
            return report(self._opened())

    def close(self) -> None:
        """Ends the connections; the next call opens new ones."""
        if self._services is not None:
            self._services.close()
            self._services = None

    def __enter__(self) -> Client:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def _opened(self) -> Services:
        """The services on a current schema. Raises Unavailable."""
        if self._services is None:
            services = Services(self.settings)
            installation.prepare(services)
            self._services = services
        return self._services


def _settings(given: Settings | Mapping[str, object] | str | PathLike[str] | None) -> Settings:
    """Raises UsageError for unknown or malformed settings."""
    if isinstance(given, Settings):
        return given
    if isinstance(given, Mapping):
        return load_values(given)
    return load(config_file=None if given is None else Path(fspath(given)))

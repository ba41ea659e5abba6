"""The ledger under any order of events: the identity holds, tokens rise, and nothing that ended changes by itself."""

from __future__ import annotations

import shutil
import tempfile
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import pytest
from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import Bundle, RuleBasedStateMachine, initialize, invariant, multiple, rule, run_state_machine_as_test
from sqlalchemy import Engine, event, text

from tests.integration.conftest import empty_tables
from tests.integration.parts.samples import admit, delivered, digest, entry, failed, labelled
from worker.config import Settings
from worker.messages import Http, Listed, Outcome, Returned, Struck, Taken, Unchanged
from worker.reasons import Fate, Kind, Reason
from worker.storage.articles import Articles
from worker.storage.database import open_database, writing
from worker.storage.for_keeper import DEPTH
from worker.storage.ledger import Ledger
from worker.storage.tables import LANES
from worker.storage.values import DeadFilter, Entry

PAGES = st.integers(0, 11)
"""Few, so that every kind of meeting happens."""
REASONS = st.sampled_from([reason.word for reason in Reason if reason.fate in (Fate.AGAIN, Fate.DEAD, Fate.REFUSED, Fate.WAITS)])
TEXTS = st.sampled_from(["One story.", "Another.", "A third.", None])
MEMORY = Settings(host_interval=0.0, backoff=1.0, backoff_cap=4.0, host_wait_max=3600.0)


def page(number: int) -> Entry:
    """Every fifth is a feed, and two are sitemaps."""
    kinds: dict[int, Kind] = {4: "feed", 9: "feed", 3: "sitemap", 10: "sitemap"}
    return replace(entry(number, f"h{number % 3}.test:443"), kind=kinds.get(number, "article"))


class LedgerMachine(RuleBasedStateMachine):
    """Any party may do anything at any time, late, twice, or not at all."""

    held = Bundle("held")
    make_engine: Callable[[], Engine]

    @initialize()
    def begin(self) -> None:
        """An empty ledger with a leader."""
        self.at = 1_800_000_000.0
        self.engine = type(self).make_engine()
        self.ledger = Ledger(self.engine, MEMORY, now=lambda: self.at, chance=lambda: 0.5)
        self.articles = Articles(self.engine)
        taken = self.ledger.take_lead(self.ledger.leadership(), "test")
        assert taken is not None
        self.lead = taken
        self.jobs = [self.ledger.open_job(name) for name in ("a", "b")]
        self.accepted: dict[str, int] = {}
        """Keys, and how many lists led there."""
        self.tokens: dict[int, int] = {}
        self.forgotten: set[str] = set()

    @rule(
        numbers=st.lists(PAGES, min_size=1, max_size=6),
        job=st.integers(0, 1),
        lane=st.sampled_from(LANES),
        force=st.booleans(),
    )
    def accept(self, numbers, job, lane, force) -> None:
        """A batch, with known ones and doubles in it."""
        entries = [page(number) for number in numbers]
        answers = self.ledger.accept(entries, self.jobs[job], lane=lane, force=force)
        assert [answer.state == "accepted" for answer in answers] == [
            e.key not in self.accepted and e.key not in {d.key for d in entries[:place]} for place, e in enumerate(entries)
        ]
        self.accepted = dict.fromkeys((e.key for e in entries), 0) | self.accepted

    @rule(target=held, room=st.integers(1, 5))
    def lease(self, room):
        """What is due is sent."""
        leased = [request for _, request in self.ledger.lease(self.lead, room)]
        assert len(leased) <= room
        for request in leased:
            assert request.token > self.tokens.get(request.item_id, 0)
            self.tokens[request.item_id] = request.token
        return multiple(*leased)

    def _keep(self, *outcomes: Outcome) -> None:
        self.ledger.keep(delivered(*outcomes), admit)

    @rule(request=held, copy=TEXTS, twice=st.booleans())
    def label(self, request, copy, twice) -> None:
        """A success, however late."""
        if request.kind == "article":
            self._keep(*[labelled(request, copy)] * (2 if twice else 1))

    @rule(request=held, reason=REASONS)
    def fail(self, request, reason) -> None:
        """A failure, however late."""
        self._keep(failed(request, reason))

    @rule(requests=st.lists(held, min_size=1, max_size=4), copy=TEXTS, reason=REASONS)
    def mixed_batch(self, requests, copy, reason) -> None:
        """Contradicting outcomes of the same items in one transaction."""
        outcomes: list[Outcome] = [Taken([(r.item_id, r.token) for r in requests], "w")]
        for number, r in enumerate(requests):
            outcomes.append(labelled(r, copy) if number % 2 == 0 and r.kind == "article" else failed(r, reason))
        self._keep(*outcomes)

    @rule(request=held)
    def strike(self, request) -> None:
        """Its parse child was killed."""
        self._keep(Struck(request.item_id, request.token, "killed"))

    @rule(request=held, after=st.sampled_from([0.0, 5.0]))
    def hand_back(self, request, after) -> None:
        """A worker stops."""
        self._keep(Returned([(request.item_id, request.token)], after))

    @rule(request=held)
    def unchanged(self, request) -> None:
        """304, asked for or not."""
        self._keep(Unchanged(request.item_id, request.token, Http(304)))

    @rule(request=held, numbers=st.lists(PAGES, max_size=3))
    def list_links(self, request, numbers) -> None:
        """A feed or a sitemap was read."""
        if request.kind == "article":
            return
        links = [page(number).url for number in numbers if page(number).kind == "article"]
        maps = [page(number).url for number in numbers if page(number).kind == "sitemap" and request.kind == "sitemap"]
        key = digest(request.url)
        open_before = self.ledger.trace(key)[0].state in ("waiting", "running")
        self.ledger.keep(delivered(Listed(request.item_id, request.token, links, maps, Http(200))), self._admit)
        followed = links + (maps if self.accepted[key] < DEPTH else [])
        if open_before:
            self.accepted = dict.fromkeys(map(digest, followed), self.accepted[key] + 1) | self.accepted

    def _admit(self, url: str) -> Entry:
        return Entry(url, digest(url), url.split("/")[2] + ":443")

    @rule(seconds=st.sampled_from([1.0, 10.0, 4000.0]))
    def time_passes(self, seconds) -> None:
        """For due times."""
        self.at += seconds

    @rule(seconds=st.sampled_from([60.0, 121.0]))
    def leases_run_out(self, seconds) -> None:
        """On the engine's clock."""
        with writing(self.engine) as connection:
            connection.execute(text("UPDATE engine SET ticks = ticks + :s, low_mark = ticks + :s"), {"s": seconds})
        self.ledger.reclaim(self.lead)

    @rule()
    def redis_is_emptied(self) -> None:
        """A new epoch."""
        self.ledger.reclaim_all(self.lead, "next")

    @rule(step=st.sampled_from([-86400.0, 3600.0]))
    def clock_is_set(self, step) -> None:
        """By hand, or by a time server."""
        self.at += step
        self.ledger.clock_was_set(self.lead, step)
        self.ledger.correct_times(self.lead)
        self.ledger.sweep(self.lead)

    @rule(limit=st.sampled_from([None, 1]))
    def requeue(self, limit) -> None:
        """The operator tries again."""
        self.ledger.requeue(DeadFilter(limit=limit))

    @rule(limit=st.sampled_from([None, 1]))
    def drop(self, limit) -> None:
        """The operator gives up."""
        self.ledger.drop(DeadFilter(limit=limit))

    @rule(number=PAGES)
    def forget(self, number) -> None:
        """A take-down request."""
        key = page(number).key
        if self.ledger.forget(key=key):
            self.forgotten.add(key)

    @rule(job=st.integers(0, 1))
    def stop_job(self, job) -> None:
        """The operator stops a job."""
        self.ledger.stop_job(self.jobs[job])

    @rule(request=held)
    def park(self, request) -> None:
        """Its message could not be read."""
        self.ledger.park(request.item_id, "{", "broken")

    @rule()
    def new_leader(self) -> None:
        """Another dispatcher takes over."""
        taken = self.ledger.take_lead(self.ledger.leadership(), "other")
        assert taken is not None
        self.lead = taken

    @invariant()
    def the_identity_holds(self) -> None:
        """Counted both ways."""
        if not hasattr(self, "ledger"):
            return
        running, counted = self.ledger.recount()
        assert counted.balanced, counted
        assert replace(running, counted=True) == counted
        assert counted.accepted == len(self.accepted)

    @invariant()
    def what_is_forgotten_stays_so(self) -> None:
        """Whoever asks for it, and whatever was under way."""
        if hasattr(self, "ledger"):
            for key in self.forgotten:
                trace = self.ledger.trace(key)[0]
                assert (trace.state, trace.reason, trace.url) == ("refused", "forgotten", f"forgotten:{trace.item_id}")

    @invariant()
    def the_dead_are_the_same_everywhere(self) -> None:
        """As a state, by cause, one by one, and by what a requeue would send."""
        if hasattr(self, "ledger"):
            dead = self.ledger.balance().states["dead"]
            assert dead == sum(group.count for group in self.ledger.dead_groups()) == sum(1 for _ in self.ledger.dead(DeadFilter()))

    @invariant()
    def every_ended_item_gives_exactly_one_result(self) -> None:
        """And no text is stored twice unless a re-fetch made it so."""
        if hasattr(self, "ledger"):
            ids = [result.item_id for result in self.articles.results("all")]
            assert len(ids) == len(set(ids))
            assert {result["kind"] for result in self.articles.results("stored")} <= {"article"}
            assert len(ids) == sum(self.ledger.balance().states[state] for state in ("stored", "duplicate", "refused", "dead"))

    def teardown(self) -> None:
        """Every item can still be brought to its end."""
        if not hasattr(self, "ledger"):
            return
        for _ in range(40):
            self.at += 7200.0
            for request in [request for _, request in self.ledger.lease(self.lead, 100)]:
                done = labelled(request) if request.kind == "article" else Listed(request.item_id, request.token, [], [], Http(200))
                self._keep(done)
            self.leases_run_out(121.0)
        assert self.ledger.balance().states["waiting"] == self.ledger.balance().states["running"] == 0
        self.the_identity_holds()
        self.engine.dispose()


@pytest.mark.parametrize("database", ["sqlite", "postgresql"])
def test_in_any_order_of_events_the_identity_holds(database, request, tmp_path):
    def fresh_sqlite() -> Engine:
        path = Path(tempfile.mkdtemp(dir=tmp_path)) / "pressmark.sqlite"
        shutil.copy(request.getfixturevalue("sqlite_template"), path)
        engine = open_database(Settings(database_url=f"sqlite:///{path}"))
        event.listen(engine, "connect", lambda connection, _: connection.execute("PRAGMA synchronous=OFF"))  # nothing is killed here
        return engine

    def emptied_postgres() -> Engine:
        url = request.getfixturevalue("postgres_url")
        empty_tables(url)
        return open_database(Settings(database_url=url))

    machine = type("Machine", (LedgerMachine,), {"make_engine": staticmethod(fresh_sqlite if database == "sqlite" else emptied_postgres)})
    run_state_machine_as_test(
        machine,
        settings=settings(
            max_examples=12 if database == "sqlite" else 4,
            stateful_step_count=25,
            deadline=None,
            derandomize=True,
            suppress_health_check=list(HealthCheck),
        ),
    )

"""The keeper on real servers: one transaction, then the acknowledgement, then the public stream."""

from __future__ import annotations

import json
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace

import pytest
from sqlalchemy import Engine, event, text
from sqlalchemy.exc import OperationalError

from tests.integration.conftest import NAMESPACE
from tests.integration.parts.samples import admit, entry, failed, labelled
from worker.errors import Unavailable
from worker.messages import HostReport, Http, Listed, Returned, Struck, Taken, URLRequest
from worker.pipeline.keeper import Keeper
from worker.queues import RESULTS
from worker.queues.durations import BOUNDS
from worker.storage.ledger import Ledger
from worker.storage.tables import metadata

pytestmark = pytest.mark.parametrize(
    ("redis_server", "database_url"), [("valkey", "sqlite"), ("redis-server", "postgresql")], indirect=True
)
"""Each server and each database once; what differs between them does not depend on the other."""


@pytest.fixture
def make_keeper(ledger, articles, results, public_stream, durations, settings, monkeypatch):  # noqa: PLR0917 - fixtures
    monkeypatch.setattr("worker.pipeline.keeper.BLOCK_MS", 10)
    monkeypatch.setattr("worker.pipeline.keeper.LINGER", 0.0)
    monkeypatch.setattr("worker.pipeline.keeper.IDLE_MS", 0)
    monkeypatch.setattr("worker.pipeline.keeper.CLAIM_EVERY", 0.0)

    def make() -> Keeper:
        return Keeper(ledger, articles, results, public_stream, settings, to_entry=admit, durations=durations)

    return make


def gone(*_: object) -> None:
    raise Unavailable("gone at the worst moment")


def leased(ledger: Ledger, count: int) -> list[URLRequest]:
    ledger.accept([entry(number) for number in range(count)], ledger.open_job())
    lead = ledger.take_lead(ledger.leadership(), "test")
    return sorted((request for _, request in ledger.lease(lead, count)), key=lambda request: request.item_id)


def published(client) -> list[dict]:
    return [json.loads(body[b"result"]) for _, body in client.xrange(f"{NAMESPACE}:articles")]


def test_what_lies_on_the_stream_is_stored_acknowledged_and_published(ledger, articles, results, client, make_keeper):
    # Given
    good, copy, bad = leased(ledger, 3)
    results.add([Taken([(r.item_id, r.token) for r in (good, copy, bad)], "w"), labelled(good, "A."), labelled(copy, "A.")])
    results.add([failed(bad, "http-404")])
    # When
    make_keeper().run_once()
    # Then
    assert ledger.balance().states | {"stored": 1, "duplicate": 1, "dead": 1} == ledger.balance().states
    assert ledger.balance().balanced
    assert client.xlen(f"{NAMESPACE}:{RESULTS}") == 0
    assert {(result["item_id"], result["outcome"]) for result in published(client)} == {
        (good.item_id, "stored"),
        (copy.item_id, "duplicate"),
        (bad.item_id, "dead"),
    }
    assert list(published(client)[0].items()) == list(next(articles.results()).to_dict().items())


def test_the_time_of_each_stage_is_counted_once_an_outcome_is_stored(ledger, results, durations, make_keeper):
    # Given
    good, bad, given_back = leased(ledger, 3)
    report = HostReport("one.test:80", ok=True, ms=400)
    article = labelled(good, "A.")
    results.add([replace(article, extracted=replace(article.extracted, host=report), label_ms=30)])
    results.add([replace(failed(bad, "timeout"), host=replace(report, ms=31_000)), Returned([(given_back.item_id, given_back.token)])])
    # When
    make_keeper().run_once()
    # Then
    found = {histogram.stage: histogram for histogram in durations.all()}
    assert (found["fetch"].counts[BOUNDS.index(0.5)], found["fetch"].counts[-1], sum(found["fetch"].counts)) == (1, 1, 2)
    assert found["fetch"].seconds == 31.4
    assert found["label"].counts[BOUNDS.index(0.05)] == sum(found["label"].counts) == 1
    assert sum(found["store"].counts) == 1
    assert found["store"].seconds > 0


def test_a_message_that_nobody_understands_is_parked_and_its_neighbours_are_kept(ledger, results, client, make_keeper):
    # Given
    good, bad, newer = leased(ledger, 3)
    for body in (b"\xff\xfe", b"[]", json.dumps({"type": "failed", "item_id": bad.item_id, "token": 1, "v": 1}).encode()):
        client.xadd(f"{NAMESPACE}:{RESULTS}", {"m": body})
    message = json.dumps({"type": "failed", "item_id": newer.item_id, "token": newer.token, "reason": "http-404", "v": 2})
    client.xadd(f"{NAMESPACE}:{RESULTS}", {"m": message})
    results.add([labelled(good)])
    # When
    make_keeper().run_once()
    # Then
    reasons = {group.reason: group.count for group in ledger.dead_groups()}
    assert reasons == {"schema": 2}
    assert ledger.balance().states["stored"] == 1
    assert ledger.balance().balanced
    assert client.xlen(f"{NAMESPACE}:{RESULTS}") == 0


def test_a_row_that_the_database_refuses_is_parked_alone(ledger, results, make_keeper, engine):
    # Given
    requests = leased(ledger, 5)
    outcomes = [labelled(request) for request in requests]
    broken = replace(outcomes[2].extracted, simhash="not hexadecimal")
    outcomes[2] = replace(outcomes[2], extracted=broken)
    results.add(outcomes)
    # When
    make_keeper().run_once()
    # Then
    assert ledger.balance().states | {"stored": 4, "dead": 1} == ledger.balance().states
    assert ledger.balance().balanced
    with engine.connect() as connection:
        assert "not hexadecimal" in connection.execute(text("SELECT body FROM parked")).scalar_one()


def test_what_a_dead_keeper_left_is_kept_by_another(ledger, results, make_keeper):
    requests = leased(ledger, 3)
    results.add([labelled(request) for request in requests])
    results.read("a keeper that is killed now", 10, 10)
    make_keeper().run_once()
    assert ledger.balance().states["stored"] == 3


def test_what_was_delivered_five_times_and_never_kept_is_parked(ledger, results, make_keeper):
    # Given a message that ends every keeper
    request = leased(ledger, 1)[0]
    results.add([labelled(request)])
    results.read("first", 10, 10)
    for number in range(4):
        results.claim(f"keeper {number}", 10, 0)
    # When
    make_keeper().run_once()
    # Then
    assert ledger.dead_groups()[0].reason == "schema"


def test_what_ended_two_keepers_is_handed_out_alone(ledger, results):
    requests = leased(ledger, 3)
    results.add([labelled(request) for request in requests])
    results.read("first", 10, 10)
    assert len(results.claim("second", 10, 0)) == 3
    assert len(results.claim("third", 10, 0)) == 1


def test_a_crash_between_commit_and_acknowledgement_stores_nothing_twice(ledger, articles, results, client, make_keeper):
    # Given
    results.add([labelled(request) for request in leased(ledger, 4)])
    with pytest.MonkeyPatch.context() as broken:
        broken.setattr(results, "ack", gone)
        with pytest.raises(Unavailable):
            make_keeper().run_once()
    assert articles.count() == 4
    # When another takes over
    make_keeper().run_once()
    # Then
    assert articles.count() == 4
    assert client.xlen(f"{NAMESPACE}:{RESULTS}") == 0
    assert len(published(client)) == 4
    assert ledger.balance().balanced


def test_a_crash_before_the_outbox_is_emptied_publishes_again(ledger, results, client, make_keeper):
    results.add([labelled(leased(ledger, 1)[0])])
    with pytest.MonkeyPatch.context() as broken:
        broken.setattr(ledger, "published", gone)
        with pytest.raises(Unavailable):
            make_keeper().run_once()
    make_keeper().run_once()
    assert len(published(client)) == 2, "at least once"
    assert ledger.unpublished(10) == []


def test_a_paused_store_leaves_the_stream_alone(ledger, results, client, make_keeper):
    results.add([labelled(leased(ledger, 1)[0])])
    ledger.pause(stage="store")
    make_keeper().run_once()
    assert client.xlen(f"{NAMESPACE}:{RESULTS}") == 1
    ledger.resume(stage="store")
    make_keeper().run_once()
    assert client.xlen(f"{NAMESPACE}:{RESULTS}") == 0


def test_what_is_forgotten_goes_from_the_public_stream_and_its_readers_are_told(ledger, results, client, make_keeper):
    # Given
    requests = leased(ledger, 3)
    results.add([labelled(request) for request in requests])
    keeper = make_keeper()
    keeper.run_once()
    # When
    ledger.forget(key=entry(1).key)
    keeper.run_once()
    # Then
    assert [(result["item_id"], result["outcome"]) for result in published(client)] == [(1, "stored"), (3, "stored"), (2, "refused")]
    assert entry(1).url not in str(client.xrange(f"{NAMESPACE}:articles"))


def test_a_nul_in_a_page_becomes_a_visible_mark_on_every_database(ledger, articles, results, make_keeper):
    results.add([labelled(leased(ledger, 1)[0], "before \0 after, and \\u0000 as it is written")])
    make_keeper().run_once()
    assert [result.text for result in articles.results()] == ["before \ufffd after, and \\u0000 as it is written"]


def test_an_outage_of_any_length_makes_no_message_suspicious(ledger, results, make_keeper):
    # Given a database that is away for a hundred tries
    results.add([labelled(request) for request in leased(ledger, 3)])
    keeper = make_keeper()
    with pytest.MonkeyPatch.context() as broken:
        broken.setattr(ledger, "keep", gone)
        for _ in range(100):
            with pytest.raises(Unavailable):
                keeper.run_once()
    # When it is back
    keeper.run_once()
    # Then
    assert ledger.balance().states["stored"] == 3
    assert ledger.dead_groups() == []


# Fail at the n-th step, for every n


class Broken(Exception):
    """The disk, or the server, at the worst moment."""


@contextmanager
def failing_at(engine: Engine, step: int) -> Iterator[list[str]]:
    """The n-th statement of the transaction (the commit is the last) fails; yields what was reached."""
    reached: list[str] = []

    def count(statement: str) -> None:
        reached.append(statement)
        if len(reached) == step:
            raise OperationalError(statement, {}, Broken("at the worst moment"))

    def on_statement(_connection, _cursor, statement, *_: object) -> None:
        count(statement)

    def on_commit(_connection) -> None:
        count("COMMIT")

    event.listen(engine, "before_cursor_execute", on_statement)
    event.listen(engine, "commit", on_commit)
    try:
        yield reached
    finally:
        event.remove(engine, "before_cursor_execute", on_statement)
        event.remove(engine, "commit", on_commit)


def everything(engine: Engine) -> dict[str, list]:
    """Every row of every table."""
    with engine.connect() as connection:
        return {name: sorted(map(repr, connection.execute(table.select()))) for name, table in metadata.tables.items()}


def all_kinds(ledger: Ledger) -> list:
    """An outcome of each kind, a copy among them."""
    lead = ledger.take_lead(ledger.leadership(), "test")
    ledger.accept([*(entry(number) for number in range(8)), replace(entry(9), kind="feed")], ledger.open_job())
    got = sorted((request for _, request in ledger.lease(lead, 20)), key=lambda request: request.item_id)
    report = HostReport("press.test:443", ok=True, ms=5)
    return [
        Taken([(r.item_id, r.token) for r in got], "w"),
        labelled(got[0], "One.", report=report),
        labelled(got[1], "One."),
        labelled(got[2]),
        failed(got[3], "http-404"),
        failed(got[4], "timeout", report=replace(report, ok=False)),
        Returned([(got[5].item_id, got[5].token)]),
        Struck(got[6].item_id, got[6].token, "memory"),
        Listed(got[8].item_id, got[8].token, ["https://press.test/1", "https://press.test/new"], [], Http(200)),
    ]


def test_whichever_step_fails_nothing_is_half_written_and_the_next_try_is_whole(engine, ledger, results, client, make_keeper):
    # Given
    results.add(all_kinds(ledger))
    keeper = make_keeper()
    step, failures, reached = 0, 0, [""]
    # When
    while len(reached) >= step:
        step += 1
        before = everything(engine)
        with failing_at(engine, step) as reached:
            try:
                keeper.run_once()
            except Unavailable:
                failures += 1
        # Then: whole or not at all
        after = everything(engine)
        running, counted = ledger.recount()
        assert counted.balanced, f"after a failure at step {step}: {reached[-1][:80]}"
        assert running == replace(counted, counted=False)
        moved = [name for name in ("articles", "labels", "events", "outbox", "receipts") if before[name] != after[name]]
        assert moved == [] or after["articles"] != [] or moved == ["receipts"], "the links alone may be accepted before"
    assert failures > 20
    assert ledger.balance().states == {"waiting": 3 + 1, "running": 1, "stored": 2 + 1, "duplicate": 1, "refused": 0, "dead": 1}
    assert client.xlen(f"{NAMESPACE}:{RESULTS}") == 0
    assert len(published(client)) >= 4

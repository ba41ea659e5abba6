"""Stored articles that are fetched again: new versions replace old ones, which are kept; the ledger balances at every moment."""

from __future__ import annotations

import json
import random
from dataclasses import replace
from pathlib import Path

import pytest
from sqlalchemy import func, select

from classifier.labels import TopicLabel
from tests.integration.parts.samples import LABELS, entry, extracted, failed
from tests.integration.parts.steps import balanced, keep
from tests.integration.window.conftest import Desk, desk  # noqa: F401 - a fixture
from worker.cli import main as program
from worker.config import load
from worker.errors import NotFound, UsageError
from worker.messages import Http, Labelled, Struck, Unchanged, URLRequest
from worker.operations.revisions import rechecks as operations
from worker.operations.revisions import versions
from worker.operations.show import revision, show
from worker.storage.ledger import Ledger
from worker.storage.tables import articles, deliveries, outbox, rechecks, revisions

SECRET = "a-secret-of-this-test"
HOUR, DAY = 3600.0, 86_400.0
LONG = "\n\n".join(f"Paragraph {number} of an article that says something." for number in range(8))


@pytest.fixture
def daily(desk: Desk) -> Desk:  # noqa: F811
    """Articles are looked at again after six hours and after a day; flips go to a webhook."""
    settings = replace(
        desk.services.settings,
        recheck_after=(6 * HOUR, DAY),
        webhook_url="http://127.0.0.1:1/hook",
        webhook_secret=SECRET,
        webhook_search="topic=trade",
    )
    desk.services.settings = settings
    desk.ledger = Ledger(desk.services.engine, settings, now=desk.clock, chance=lambda: 0.5)
    return desk


def page(request: URLRequest, text: str = LONG, trade: str = "no", title: str | None = None) -> Labelled:
    found = extracted(request, text)
    found = replace(found, article=replace(found.article, title=title)) if title else found
    return Labelled(found, replace(LABELS, topics=[TopicLabel("trade", 0.5, 0.4, trade)]), label_ms=1)  # type: ignore[arg-type]


def first(desk: Desk, text: str = LONG, trade: str = "no") -> int:  # noqa: F811
    """One stored article, whose Result is published."""
    desk.accept(range(1))
    [request] = desk.leased()
    keep(desk.ledger, page(request, text, trade))
    desk.ledger.published([number for number, _ in desk.ledger.unpublished(100)])
    return request.item_id


def due(desk: Desk, after: float = 6 * HOUR) -> URLRequest:  # noqa: F811
    """The recheck that goes out by itself."""
    desk.clock.at += after + 1
    assert desk.ledger.recheck_articles(desk.lead) == 1
    assert balanced(desk.ledger), "while it waits"
    [request] = desk.leased()
    assert balanced(desk.ledger), "and while it is fetched"
    return request


def count(desk: Desk, table: object) -> int:  # noqa: F811
    with desk.services.engine.connect() as connection:
        return connection.execute(select(func.count()).select_from(table)).scalar_one()  # type: ignore[arg-type]


def told(desk: Desk) -> list[tuple[str, str, str | None]]:  # noqa: F811
    [trace] = desk.ledger.trace(entry(0).key)
    assert trace.state == "stored"
    return [(event.stage, event.outcome, event.detail) for event in trace.events]


def test_a_page_that_changed_is_a_new_version_and_the_old_one_is_kept_with_its_labels(daily: Desk) -> None:
    item = first(daily)
    request = due(daily)
    assert request.etag is not None or request.last_modified is not None, "it is a conditional request"
    keep(daily.ledger, page(request, LONG.replace("Paragraph 3", "Correction 3"), "yes", title="Corrected"))
    assert balanced(daily.ledger)
    shown = show(daily.services, item)
    assert shown.article is not None
    assert shown.article.title == "Corrected"
    [earlier] = shown.revisions
    assert [line for line in earlier.diff if line.startswith(("-Para", "+Corr"))] == [
        "+Corrected",
        "-Paragraph 3 of an article that says something.",
        "+Correction 3 of an article that says something.",
    ]
    assert [(flip.label, flip.before, flip.after) for flip in earlier.flips] == [("trade", "no", "yes")]
    assert earlier.text is None
    assert revision(daily.services, item, 1).text == LONG
    assert shown.article.revision is not None
    assert (shown.article.revision.number, shown.article.revision.flips) == (1, list(earlier.flips)), "the public stream has it"
    assert [one for _, one in daily.ledger.unpublished(10)] == [item]
    assert ("label", "flipped", "trade: no before, yes now") in told(daily)
    assert count(daily, articles) == 1
    with daily.services.engine.connect() as connection:
        [event] = connection.execute(select(deliveries)).all()
    assert (event.kind, event.item_id, json.loads(event.body)) == (
        "label.flipped",
        item,
        [{"label": "trade", "before": "no", "after": "yes"}],
    )
    with pytest.raises(NotFound, match="expected one of 1 to 1, got 2"):
        revision(daily.services, item, 2)


def test_a_label_that_flips_away_is_told_to_whose_search_found_the_article_before(daily: Desk) -> None:
    first(daily, trade="yes")
    keep(daily.ledger, page(due(daily), LONG + "\n\nMore of it.", "no"))
    with daily.services.engine.connect() as connection:
        kinds = list(connection.execute(select(deliveries.c.kind).order_by(deliveries.c.id)).scalars())
    assert kinds == ["article.stored", "label.flipped"]


@pytest.mark.parametrize("kind", ["304", "same", "gone", "wall", "struck", "excerpt"])
def test_a_page_without_a_new_version_keeps_the_article_and_notes_why(daily: Desk, kind: str) -> None:
    item = first(daily)
    with daily.services.engine.connect() as connection:
        before = connection.execute(select(articles)).one()
    request = due(daily)
    answers = {
        "304": Unchanged(request.item_id, request.token, Http(304)),
        "same": page(request, LONG, "yes"),
        "gone": failed(request, "http-410", detail="status 410"),
        "wall": failed(request, "not-article", detail="a login page"),
        "struck": Struck(request.item_id, request.token, "too much memory"),
        "excerpt": page(request, "Subscribe to read on.", "yes"),
    }
    keep(daily.ledger, answers[kind])
    while kind == "struck" and (more := _again(daily)):
        keep(daily.ledger, Struck(more.item_id, more.token, "too much memory"))
    assert balanced(daily.ledger)
    with daily.services.engine.connect() as connection:
        assert connection.execute(select(articles)).one() == before
    assert (count(daily, revisions), count(daily, outbox), count(daily, deliveries)) == (0, 0, 0)
    noted = versions.last(daily.services, item)
    assert noted is not None
    expected = {"304": "unchanged", "same": "unchanged", "gone": "gone", "wall": "kept", "struck": "kept", "excerpt": "kept"}
    assert noted.outcome == expected[kind]
    assert noted.next_at is not None, "the next one is planned all the same"
    assert kind != "gone" or noted.reason == "http-410"
    assert kind != "excerpt" or "a wall or an excerpt" in (noted.detail or "")


def _again(desk: Desk) -> URLRequest | None:  # noqa: F811
    desk.clock.at += HOUR
    return next(iter(desk.leased()), None)


def test_a_page_that_shows_another_stored_article_now_is_not_stored_twice(daily: Desk) -> None:
    item = first(daily)
    daily.accept(range(1, 2))
    daily.clock.at += 3
    [other] = daily.leased()
    keep(daily.ledger, page(other, LONG.replace("Paragraph", "Section")))
    daily.clock.at += 6 * HOUR
    assert daily.ledger.recheck_articles(daily.lead) == 2
    seen = 0
    while (request := _again(daily)) is not None:
        seen += 1
        keep(daily.ledger, page(request, LONG.replace("Paragraph", "Section")))
        assert balanced(daily.ledger)
    assert seen == 2
    assert (count(daily, articles), count(daily, revisions)) == (2, 0)
    noted = versions.last(daily.services, item)
    assert noted is not None
    assert (noted.outcome, noted.reason) == ("kept", "duplicate")
    with daily.services.engine.connect() as connection:
        digests = list(connection.execute(select(articles.c.content_sha256)).scalars())
    assert len(set(digests)) == 2


def test_it_is_looked_at_at_each_age_and_then_no_more(daily: Desk) -> None:
    item = first(daily)
    request = due(daily)
    keep(daily.ledger, Unchanged(request.item_id, request.token, Http(304)))
    assert daily.ledger.recheck_articles(daily.lead) == 0
    request = due(daily, 18 * HOUR)
    keep(daily.ledger, Unchanged(request.item_id, request.token, Http(304)))
    daily.clock.at += 300 * DAY
    assert daily.ledger.recheck_articles(daily.lead) == 0
    noted = versions.last(daily.services, item)
    assert noted is not None
    assert noted.next_at is None


def test_what_was_missed_is_not_made_up_for_and_off_means_off(daily: Desk) -> None:
    first(daily)
    daily.clock.at += 30 * DAY
    off = Ledger(daily.services.engine, replace(daily.services.settings, recheck_after=()), now=daily.clock)
    assert off.recheck_articles(daily.lead) == 0
    assert daily.ledger.recheck_articles(daily.lead) == 1
    assert daily.ledger.recheck_articles(daily.lead) == 0


def test_without_the_setting_nothing_is_planned(desk: Desk) -> None:  # noqa: F811
    first(desk)
    assert count(desk, rechecks) == 0


def test_a_take_down_takes_the_earlier_versions_too(daily: Desk) -> None:
    first(daily)
    keep(daily.ledger, page(due(daily), LONG + "\n\nMore of it.", "yes"))
    assert count(daily, revisions) == 1
    daily.ledger.forget(key=entry(0).key)
    assert (count(daily, revisions), count(daily, rechecks), count(daily, deliveries)) == (0, 0, 0)
    assert balanced(daily.ledger)


def test_the_law_holds_through_a_thousand_random_answers(daily: Desk) -> None:
    chance = random.Random(13)
    daily.stored(12)
    for _ in range(40):
        daily.clock.at += HOUR
        for result in list(daily.services.articles.results()):
            if chance.random() < 0.5:
                daily.ledger.recheck([result.stored_id])
        while requests := daily.leased():
            for request in requests:
                text = f"Text {chance.randrange(6)} of page {request.item_id % 5}. " * 9
                answers = [
                    page(request, text, chance.choice(["yes", "no", "unsure"])),
                    failed(request, chance.choice(["http-404", "http-5xx", "not-article", "robots"])),
                    Unchanged(request.item_id, request.token, Http(304)),
                ]
                keep(daily.ledger, chance.choice(answers))
                assert balanced(daily.ledger)
            daily.clock.at += 3
        with daily.services.engine.connect() as connection:
            digests = list(connection.execute(select(articles.c.content_sha256)).scalars())
        assert len(digests) == len(set(digests)) == 12, "no article is stored twice, none is lost"
    assert count(daily, revisions) > 20


def test_a_person_asks_for_it_and_the_log_keeps_who(
    daily: Desk, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    item = first(daily)
    host = entry(0).host.removesuffix(":443")
    assert operations.recheck(daily.services, [], host, 10, "ann").to_dict() == {"sent": 1, "under_way": 0}
    assert operations.recheck(daily.services, [entry(0)], host, 10, "ann").to_dict() == {"sent": 0, "under_way": 1}
    daily.clock.at += 3
    [request] = daily.leased()
    keep(daily.ledger, page(request, LONG + "\n\nMore of it."))
    with pytest.raises(NotFound):
        operations.recheck(daily.services, [entry(99)], None, 10)
    monkeypatch.setenv("PRESSMARK_DATA_DIR", str(tmp_path))
    monkeypatch.setenv("PRESSMARK_DATABASE_URL", daily.services.settings.database_url or "")
    assert program.run(["show", str(item), "--revision", "1"]) == 0
    assert json.loads(capsys.readouterr().out)["text"] == LONG
    assert program.run(["show", str(item), "--revision", "7"]) == 2
    assert capsys.readouterr().err == "pressmark: revision: expected one of 1 to 1, got 7\n"
    assert program.run(["recheck"]) == 2
    assert program.run(["recheck", "--host", host, "--json"]) == 0
    assert json.loads(capsys.readouterr().out) == {"sent": 1, "under_way": 0}


@pytest.mark.parametrize("given", ["6", "6h,", "1d,6h", "6h,6h", "x", "1e9d", "nan", "6h,nan", ",", "1h," * 13, "-6h"])
def test_ages_that_mean_nothing_are_refused_in_a_line(given: str) -> None:
    if given == "6h,":
        assert load({"PRESSMARK_RECHECK_AFTER": given}).recheck_after == (6 * HOUR,)
        return
    with pytest.raises(UsageError, match="PRESSMARK_RECHECK_AFTER: expected ages in rising order"):
        load({"PRESSMARK_RECHECK_AFTER": given})

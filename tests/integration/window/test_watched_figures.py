"""What open pages ask for again and again: true at each look, and not read anew where nothing has changed."""

from __future__ import annotations

import time
from dataclasses import replace

from sqlalchemy import delete, insert

from tests.integration.window.conftest import Desk
from worker.operations import figures as figures_module
from worker.operations import queues
from worker.operations.figures import Kept, WatchedFigures, asked
from worker.operations.history import Histories, history
from worker.storage.database import writing
from worker.storage.tables import history as history_table
from worker.storage.tables import receipts


def test_watched_figures_are_those_of_the_ledger(desk: Desk) -> None:
    watched = WatchedFigures(desk.services)
    for first in (0, 100, 200):
        desk.stored(2, f"press{first}.test:443")
        desk.dead(1, first=1000 + first)
        watched.forget()
        now, shown = queues.report(desk.services), queues.report(desk.services, watched.figures)
        assert (shown.ledger, shown.balanced, shown.dead, shown.due) == (now.ledger, now.balanced, now.dead, now.due)


def test_a_figure_that_was_slow_is_kept_and_says_how_old_it_is() -> None:
    at, cost, made = [100.0], [0.0], []

    def make() -> int:
        cost[0] += 0.1
        made.append(at[0])
        return len(made)

    kept = Kept(make, share=250.0, oldest=30.0, clock=lambda: at[0], cost=lambda: cost[0])
    assert kept.age == 0
    for seconds, value, age in ((0, 1, 0), (24, 1, 24), (26, 2, 0), (30, 2, 4)):
        at[0] = 100.0 + seconds
        assert (kept.get(), kept.age) == (value, age)
    kept.forget()
    assert kept.age == 0


def test_the_age_of_watched_figures_is_that_of_the_oldest(desk: Desk, monkeypatch) -> None:
    monkeypatch.setattr(figures_module, "WATCHED_SHARE", 1e9)
    watched = WatchedFigures(desk.services)
    assert watched.age == 0
    watched.figures.dead()
    time.sleep(0.2)
    watched.figures.due()
    assert 0.2 <= watched.age < figures_module.OLDEST
    watched.forget()
    assert watched.age == 0


def test_the_ledger_moves_on_between_two_counts_of_every_row(desk: Desk, monkeypatch) -> None:
    counts: list[object] = []
    checked = desk.services.operator_ledger.checked_balance
    monkeypatch.setattr(desk.services.operator_ledger, "checked_balance", lambda: counts.append(1) or checked())
    watched = WatchedFigures(desk.services)
    for stored in (1, 2, 3):
        desk.stored(1, f"press{stored}.test:443")
        assert watched.figures.balance().states["stored"] == stored
    assert len(counts) == 1


def test_damage_is_seen_when_rows_are_counted_again_and_until_it_is_mended(desk: Desk, monkeypatch) -> None:
    monkeypatch.setattr(figures_module, "COUNTED", 0.0)
    monkeypatch.setattr(figures_module, "WATCHED_SHARE", 0.0)
    desk.stored(2)
    watched = WatchedFigures(desk.services)
    assert watched.figures.balance().balanced
    with writing(desk.services.engine) as connection:
        connection.execute(delete(receipts).where(receipts.c.item_id == 1))
    assert not watched.figures.balance().balanced
    with writing(desk.services.engine) as connection:
        connection.execute(insert(receipts).values(item_id=1, kind="article", at=1.0))
    assert watched.figures.balance().balanced


def test_what_died_lately_is_told_the_same_whoever_asks(desk: Desk) -> None:
    desk.dead(7)
    assert list(WatchedFigures(desk.services).figures.bursts()) == list(asked(desk.services).bursts())


def test_a_history_is_read_again_only_when_a_minute_was_sampled_or_a_step_has_ended(desk: Desk) -> None:
    histories = Histories(desk.services, desk.clock)
    desk.clock.at = desk.clock.at // 3600 * 3600 + 0.5
    desk.ledger.sample_minute({"waiting": 1.0, "oldest_s": 0.0})
    first = histories("hour")
    desk.clock.at += 2
    assert histories("hour") is first
    desk.clock.at += 60
    desk.ledger.sample_minute({"waiting": 2.0, "oldest_s": 0.0})
    second = histories("hour")
    assert second is not first
    assert second == history(desk.services, "hour", desk.clock)
    desk.clock.at += 60
    assert histories("hour").series["waiting"][-1] is None, "a minute that nobody sampled is a gap, and no old figure"


def test_a_month_is_made_of_days_of_the_readers_zone(desk: Desk) -> None:
    desk.services.settings = replace(desk.services.settings, timezone="Asia/Kathmandu")  # 5 h 45 min before UTC
    now = 1_790_000_000.0
    with writing(desk.services.engine) as connection:
        midnight = 1_789_928_100  # 2026-09-21 00:00 there
        rows = [{"step": 3600, "series": "stored", "at": midnight // 3600 * 3600 + 3600 * hour, "value": 1.0} for hour in range(-30, 10)]
        connection.execute(insert(history_table), rows)
    found = history(desk.services, "month", lambda: now)
    assert found.begins[-1] == "2026-09-20T18:15:00.000Z"
    assert len(found.begins) == len(found.series["stored"]) == 31
    assert list(found.series["stored"])[-3:] == [7.0, 24.0, 9.0], "an hour belongs to the day in which it begins"


def test_a_day_on_which_clocks_change_is_one_step(desk: Desk) -> None:
    desk.services.settings = replace(desk.services.settings, timezone="Europe/Berlin")
    found = history(desk.services, "month", lambda: 1_793_000_000.0)  # 2026-10-26, the day after the clocks went back
    assert found.begins[-2:] == ("2026-10-24T22:00:00.000Z", "2026-10-25T23:00:00.000Z")

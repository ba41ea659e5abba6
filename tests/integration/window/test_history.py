"""History by the minute: whole after a restart, null where nothing was sampled, and bounded in size."""

from __future__ import annotations

import pytest
from sqlalchemy import func, select

from tests.integration.parts.samples import failed
from tests.integration.parts.steps import keep
from tests.integration.window.conftest import Desk
from worker.errors import UsageError
from worker.operations.history import history
from worker.storage.database import reading
from worker.storage.ledger import Ledger
from worker.storage.tables import history as table
from worker.storage.time_series import DAY, HOUR, MINUTE


@pytest.fixture
def on_the_minute(desk: Desk) -> Desk:
    """At the beginning of a minute, of an hour and of a day (UTC)."""
    desk.clock.at = desk.clock.at // DAY * DAY
    return desk


def sample(desk: Desk, ledger: Ledger | None = None, **gauges: float) -> None:
    """A minute passes and is sampled, half a second late as the dispatcher is."""
    desk.clock.at = (desk.clock.at // MINUTE + 1) * MINUTE + 0.5
    (ledger or desk.ledger).sample_minute({"oldest_s": 0.0} | gauges)


def shown(desk: Desk, of: str = "hour") -> dict[str, list[float | None]]:
    """By series, what the range shows up to now."""
    return {name: list(values) for name, values in history(desk.services, of, lambda: desk.clock.at).series.items()}


def test_each_minute_has_what_ended_in_it_and_what_waits_at_its_end(on_the_minute: Desk) -> None:
    desk = on_the_minute
    desk.stored(1, "earlier.test")
    desk.clock.at += MINUTE
    sample(desk)
    stored = desk.stored(2)
    sample(desk, oldest_s=7.0)
    sample(desk)
    series = shown(desk)
    assert len(stored) == 2
    assert series["stored"][-3:] == [None, 2, 0], "of the first minute nobody knows what ended in it"
    assert series["waiting"][-3:] == [0, 0, 0]
    assert series["oldest_s"][-3:] == [0, 7, 0]
    assert set(series["stored"][:-3]) == {None}


def test_what_ends_in_the_first_minute_of_an_installation_is_shown(on_the_minute: Desk) -> None:
    desk = on_the_minute
    desk.stored(2)
    sample(desk)
    assert shown(desk)["stored"][-1] == 2


def test_outcomes_are_counted_by_reason_over_the_range(on_the_minute: Desk) -> None:
    desk = on_the_minute
    sample(desk)
    desk.dead(3)
    desk.dead(1, "not-html", first=2000)
    desk.accept(range(3000, 3001))
    (request,) = desk.leased()
    keep(desk.ledger, failed(request, "timeout"))
    sample(desk)
    found = history(desk.services, "hour", lambda: desk.clock.at)
    assert [(one.outcome, one.reason, one.count) for one in found.outcomes] == [
        ("dead", "http-404", 3),
        ("again", "timeout", 1),
        ("dead", "not-html", 1),
    ]
    assert shown(desk)["dead"][-1] == 4


def test_sending_a_dead_letter_again_makes_no_minute_negative(on_the_minute: Desk) -> None:
    desk = on_the_minute
    desk.dead(2)
    sample(desk)
    desk.services.operator_ledger.requeue_at(desk_filter(), None)
    sample(desk)
    assert shown(desk)["dead"][-1] == 0


def desk_filter():
    from worker.storage.values import DeadFilter

    return DeadFilter()


def test_a_restarted_dispatcher_goes_on_where_the_last_one_was(on_the_minute: Desk) -> None:
    desk = on_the_minute
    sample(desk)
    desk.stored(1)
    another = Ledger(desk.services.engine, desk.services.settings, now=desk.clock)
    sample(desk, another)
    assert shown(desk)["stored"][-1] == 1


def test_minutes_in_which_nothing_ran_are_null_and_told_as_a_gap(on_the_minute: Desk) -> None:
    desk = on_the_minute
    sample(desk)
    sample(desk)
    desk.clock.at += 3 * MINUTE
    sample(desk)
    sample(desk)
    found = history(desk.services, "hour", lambda: desk.clock.at)
    assert list(found.series["waiting"])[-7:] == [0, 0, None, None, None, 0, 0]
    assert list(found.series["stored"])[-7:] == [0, 0, None, None, None, None, 0]
    assert len(found.gaps) == 1, "what was before the first sample is no gap"
    document = found.to_dict()
    assert list(document)[:3] == ["range", "step_s", "from"]


def test_hours_and_days_are_rolled_up_and_the_ranges_agree(on_the_minute: Desk) -> None:
    desk = on_the_minute
    sample(desk)
    desk.stored(3)
    for _ in range(65):
        sample(desk, oldest_s=5.0)
    with reading(desk.services.engine) as connection:
        hours = connection.execute(select(table.c.series, table.c.value).where(table.c.step == HOUR)).all()
    assert ("stored", 3.0) in hours
    assert ("oldest_s", 5.0) in hours, "the largest, not the sum"
    assert {name for name, _ in hours if name.startswith("total")} == set()
    for of in ("hour", "day", "month"):
        values = [value for value in shown(desk, of)["stored"] if value is not None]
        assert sum(values) == (0 if of == "hour" else 3), of
    assert [len(shown(desk, of)["stored"]) for of in ("hour", "day", "month")] == [60, 96, 31]


def test_the_history_is_bounded_in_size(on_the_minute: Desk) -> None:
    desk = on_the_minute
    for _ in range(3):
        sample(desk)
    desk.clock.at += 41 * DAY
    sample(desk)
    desk.clock.at += 5 * 366 * DAY
    sample(desk)
    with reading(desk.services.engine) as connection:
        steps = dict(connection.execute(select(table.c.step, func.count(table.c.at.distinct())).group_by(table.c.step)).all())
    assert steps[MINUTE] == 1
    assert steps.get(HOUR, 0) <= 1


def test_another_range_is_a_wrong_call(desk: Desk) -> None:
    with pytest.raises(UsageError, match="expected one of hour, day, month"):
        history(desk.services, "year")

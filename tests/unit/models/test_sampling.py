"""What is picked for review: doubt first, rare topics, many outlets, no copies."""

from typing import Any

from worker.models.sampling import doubt, pick


def row(number: int, trade: float, *, outlet: str = "", cluster: int | None = None, demining: float = 0.01) -> dict[str, Any]:
    topics = [("trade", trade), ("demining", demining)]
    return {
        "item_id": number,
        "cluster_id": cluster if cluster is not None else number,
        "site_name": outlet or f"outlet {number}",
        "final_url": f"https://{number}.example/",
        "topics": [{"label": name, "probability": p, "threshold": 0.5, "decision": "yes" if p >= 0.5 else "no"} for name, p in topics],
        "source_type": {"probabilities": {"official": 0.98, "promotional": 0.01, "independent": 0.01}},
    }


def ids(rows: Any) -> list[int]:
    return [row["item_id"] for row in rows]


def test_doubt_is_greatest_at_the_threshold() -> None:
    assert doubt(row(1, 0.5)) > doubt(row(2, 0.7)) > doubt(row(3, 0.99))


def test_an_even_source_type_is_doubt_too() -> None:
    sure, even = row(1, 0.01), row(2, 0.01)
    even["source_type"] = {"probabilities": {"official": 0.4, "promotional": 0.2, "independent": 0.4}}
    assert doubt(even) > doubt(sure)


def test_the_doubtful_come_first() -> None:
    assert ids(pick([row(1, 0.01), row(2, 0.5), row(3, 0.3)], 2)) == [2, 3]


def test_copies_are_asked_for_once() -> None:
    assert len(pick([row(1, 0.5, cluster=7), row(2, 0.5, cluster=7), row(3, 0.4)], 3)) == 2


def test_one_outlet_does_not_fill_the_day() -> None:
    rows = [row(number, 0.5, outlet="loud") for number in range(1, 4)] + [row(4, 0.42, outlet="quiet")]
    assert 4 in ids(pick(rows, 2))


def test_a_rare_topic_goes_before_a_common_one() -> None:
    rows = [row(number, 0.95) for number in range(1, 9)] + [row(9, 0.01, demining=0.95)]
    assert ids(pick(rows, 1)) == [9]


def test_the_budget_is_kept_and_an_empty_shelf_is_no_error() -> None:
    assert len(pick([row(number, 0.5) for number in range(10)], 3)) == 3
    assert pick([], 3) == []

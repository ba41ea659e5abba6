from __future__ import annotations

import json
from pathlib import Path

import pytest

from tests.lab.run import HONEST, MIB
from tests.lab.table import ELSEWHERE

pytestmark = [pytest.mark.lab, pytest.mark.timeout(900)]


def failing(report: dict, wrong) -> list[tuple]:
    """The findings that are `wrong`, short enough to read."""
    return [
        (found["case"], found["variant"], found["beside"], found["expected"], found["outcome"], found["wall"], found["growth_mib"])
        for found in report["findings"]
        if wrong(found)
    ]


def test_every_case_of_the_catalogue_is_played(hostile: dict, shared: Path) -> None:
    catalogue = {case["id"] for case in json.loads((shared / "cases/hostile_server_cases.json").read_text())["cases"]}
    assert catalogue - {found["case"] for found in hostile["findings"]} == ELSEWHERE.keys()


def test_every_server_gets_the_verdict_that_the_catalogue_names(hostile: dict) -> None:
    assert failing(hostile, lambda found: not found["right"]) == []


def test_no_server_holds_a_worker_longer_than_31_seconds(hostile: dict) -> None:
    """Pages that are read as well are bounded by the parse pool's CPU and clock besides: its own tests hold these."""
    assert failing(hostile, lambda found: found["wall"] > 31 and found["group"] not in {"content", "parser"}) == []


def test_no_server_makes_the_worker_grow_by_more_than_64_mib(hostile: dict) -> None:
    assert failing(hostile, lambda found: found["growth_mib"] > 64) == []


def test_the_worker_lives_and_takes_the_next_job(hostile: dict) -> None:
    assert failing(hostile, lambda found: not found["alive"]) == []


def test_honest_fetches_beside_a_hostile_one_all_succeed(hostile: dict) -> None:
    assert failing(hostile, lambda found: found["honest_ok"] < found["beside"]) == []


def test_nobody_but_the_named_servers_was_called(hostile: dict) -> None:
    assert hostile["strangers"] == []


def test_no_cookie_or_credential_was_ever_sent(hostile: dict) -> None:
    told = {name for call in hostile["seen"] for name in call["headers"]}
    assert told & {"cookie", "authorization", "proxy-authorization", "referer"} == set()


def test_servers_saw_no_more_requests_than_they_were_due(hostile: dict) -> None:
    """What counts is what the servers saw: six requests at most for a chain, one for a plain refusal."""
    for case, most in {"r01": 6, "q04": 1, "h26": 1}.items():
        for found in (found for found in hostile["findings"] if found["case"] == case):
            during = [
                call
                for call in hostile["seen"]
                if call["address"] == found["address"] and found["began"] <= call["at"] <= found["ended"] and "robots" not in call["path"]
            ]
            assert 1 <= len(during) <= most, (case, during)


def test_endless_bodies_cost_their_budget_and_no_more(hostile: dict) -> None:
    """A server's socket buffers hold some more than was read of them; the catalogue's bound is 6 MB, for a redirect 1."""
    for case, most in {"s02": 6, "s03": 6, "s04": 1, "r16": 1, "s20": 6}.items():
        assert [found["wire"] / MIB for found in hostile["findings"] if found["case"] == case and found["wire"] > most * MIB] == [], case


def test_honest_servers_are_among_those_that_were_called(hostile: dict) -> None:
    assert set(HONEST) <= {call["address"] for call in hostile["seen"]}

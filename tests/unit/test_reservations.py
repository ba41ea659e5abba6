"""One list of reservations, for headers and for heads."""

from __future__ import annotations

import pytest

from worker.reservations import DIRECTIVES, MAX_RESERVATIONS, reservations


@pytest.mark.parametrize("name", ["x-robots-tag", "robots"])
@pytest.mark.parametrize("directive", sorted(DIRECTIVES))
def test_a_directive_reserves_in_a_header_as_in_a_meta_element(name: str, directive: str) -> None:
    assert reservations([(name, f"follow, {directive.upper()}")]) == (f"{name}: {directive}",)


@pytest.mark.parametrize("name", ["x-robots-tag", "robots"])
@pytest.mark.parametrize(
    ("value", "words"),
    [
        ("noai, NoImageAI, nofollow", ["noai", "noimageai"]),
        ("noindex, noindex,none", ["noindex", "none"]),
        ("otherbot: noindex, noai", []),
        ("otherbot: noindex, pressmark: none", ["none"]),
        ("*: noarchive", ["noarchive"]),
        ("max-snippet:-1, noai", ["noai"]),
        ("unavailable_after: 25 Jun 2030 15:00:00 PST, noarchive", ["noarchive"]),
        ("unavailable_after: Tuesday, 25-Jun-30 15:00:00 PST, noarchive", ["noarchive"]),
        ("all", []),
        ("", []),
    ],
)
def test_a_list_of_directives_is_read_alike_in_both(name: str, value: str, words: list[str]) -> None:
    assert reservations([(name, value)]) == tuple(f"{name}: {word}" for word in words)


@pytest.mark.parametrize(
    ("statements", "found"),
    [
        ([("tdm-reservation", " 1 ")], ("tdm-reservation: 1",)),
        ([("tdm-reservation", "0")], ()),
        ([("tdm-policy", "https://x.example/p"), ("tdm-reservation", "1")], ("tdm-policy: https://x.example/p", "tdm-reservation: 1")),
        ([("tdm-policy", "https://x.example/p")], ()),
        ([("tdm-policy", "https://x.example/p"), ("tdm-reservation", "0")], ()),
    ],
)
def test_a_policy_counts_beside_a_reservation_only(statements: list[tuple[str, str]], found: tuple[str, ...]) -> None:
    assert reservations(statements) == found


def test_reservations_that_are_known_come_first_and_once() -> None:
    known = ("x-robots-tag: noai", "tdm-reservation: 1")
    statements = [("tdm-reservation", "1"), ("tdm-policy", "https://x.example/p"), ("robots", "noai")]
    assert reservations(statements, known=known) == (*known, "tdm-policy: https://x.example/p", "robots: noai")


def test_a_crawler_of_another_name_is_addressed_by_that_name() -> None:
    assert reservations([("x-robots-tag", "pressmark: noai"), ("x-robots-tag", "mybot: none")], "mybot") == ("x-robots-tag: none",)


def test_a_flood_of_reservations_is_cut() -> None:
    flood = [(f"name{number}", ",".join(DIRECTIVES)) for number in range(100)]
    assert len(reservations(flood)) == MAX_RESERVATIONS

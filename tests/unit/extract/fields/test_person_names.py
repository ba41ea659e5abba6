from __future__ import annotations

import pytest

from worker.extract.fields.person_names import given_first, people_in


@pytest.mark.parametrize(
    ("said", "people"),
    [
        ("By Sok Dara and Chan Thida", ["Sok Dara", "Chan Thida"]),
        ("von Max Kolter", ["Max Kolter"]),
        ("chuck-ross", ["Chuck Ross"]),
        ("Monika Bolliger (mb)", ["Monika Bolliger"]),
        ("ដោយ៖ ចាន់ ដារ៉ា", ["ចាន់ ដារ៉ា"]),
        ("Reuters", ["Reuters"]),
        ("admin", []),
        ("Dylan Bailey, MS, RD, FAND", ["Dylan Bailey"]),
        ("Sok Dara, Kampot", ["Sok Dara"]),
        ("Maria & Katerina", ["Maria", "Katerina"]),
        ("Keith Barry Senior Autos Reporter", ["Keith Barry"]),
        ("Sofia Gonzalez December 3, 2025", ["Sofia Gonzalez"]),
        ('"David Kim"', ["David Kim"]),
        ("记者 李明", ["李明"]),
        ("โดย สมชาย ใจดี", ["สมชาย ใจดี"]),
        ("Penulis: Naufal Zuhdi", ["Naufal Zuhdi"]),
        ("Bài và ảnh: Lê Phương", ["Lê Phương"]),
        ("By SOPHENG CHEANG and GRANT PECK, Associated Press", ["SOPHENG CHEANG", "GRANT PECK"]),
        ("Written by: Sok Dara | Edited by: Chan Thida | Photo: Kim Ly", ["Sok Dara"]),
        ("(Reporting by Prak Chan Thul; Editing by Martin Petty)", ["Prak Chan Thul"]),
        ("Senior Writer", []),
        ("NOC Admin", []),
        ("Twitter Facebook", []),
        ("Super User", []),
        ("Editorial Team", []),
        ("The Mekong Times", []),
        ("https://example.org/author/1", []),
        ("d.kuckelkorn@example.org", []),
    ],
)
def test_people_are_named_and_nobody_is_not(said, people):
    assert people_in([said], {"mekongtimes"}) == people


def test_a_catalogues_surname_goes_behind():
    assert given_first(["Roy, Aniruddha", "Sok Dara"]) == ["Aniruddha Roy", "Sok Dara"]

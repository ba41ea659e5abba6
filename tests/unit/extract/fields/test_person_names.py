from __future__ import annotations

import pytest

from worker.extract.fields.person_names import author_names, given_first


@pytest.mark.parametrize(
    ("field", "names"),
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
        ("Emily Post", ["Emily Post"]),
        ("The Post", []),
        ("kim_mai", ["Kim Mai"]),
        ("Lê Phương - Trần Anh", ["Lê Phương", "Trần Anh"]),
        ("Senior Writer", []),
        ("NOC Admin", []),
        ("Twitter Facebook", []),
        ("Super User", []),
        ("Editorial Team", []),
        ("The Mekong Times", []),
        ("Watertone Feed", []),
        ("Harbour RSS Feed", []),
        ("Regional Newswire", []),
        ("Olive Brandt \u2764\ufe0f\U0001f41f", ["Olive Brandt"]),
        ("\u2714 Olive Brandt", ["Olive Brandt"]),
        ("By Olive Brandt \U0001f469\U0001f3fd\u200d\U0001f33e and Kim \U0001f30a Mai", ["Olive Brandt", "Kim Mai"]),
        ("\U00020bb7\u91ce \u5bb6\U0001f431", ["\U00020bb7\u91ce \u5bb6"]),  # Han of a later plane is a name
        ("By Joe Sandell Jr., Maria Osten and Abel King, Sr.", ["Joe Sandell Jr.", "Maria Osten", "Abel King, Sr."]),
        ("By John King Jr", ["John King Jr"]),
        ("María de la Cruz y Soto", ["María de la Cruz y Soto"]),
        ("José de Sousa e Silva; Rosa Bonet i Pau", ["José de Sousa e Silva", "Rosa Bonet i Pau"]),
        ("Por Ana García y Luis Pérez", ["Ana García", "Luis Pérez"]),
        ("Por Ana García, Luis Pérez y EFE", ["Ana García", "Luis Pérez"]),
        ("By Herald reporter Jane Doe", ["Jane Doe"]),
        ("Staff Writer Jane Doe", ["Jane Doe"]),
        ("Penulis Lalu Hamdani | Editor Maya Puspita", ["Lalu Hamdani"]),
        ("Jane Doe Editor Asia Pacific", ["Jane Doe"]),
        ("\u4e34\u6cb3\u665a\u62a5\u8bb0\u8005 \u738b\u6653\u4e1c\u3001\u674e\u9759", ["\u738b\u6653\u4e1c", "\u674e\u9759"]),
        ("https://example.org/author/1", []),
        ("d.kuckelkorn@example.org", []),
    ],
)
def test_the_names_of_people_are_read_and_other_entries_are_left_out(field, names):
    assert author_names([field], {"mekongtimes"}) == names


def test_a_surname_that_comes_first_is_moved_to_the_end():
    assert given_first(["Roy, Aniruddha", "Sok Dara"]) == ["Aniruddha Roy", "Sok Dara"]
    assert given_first(["Roy, Aniruddha K.", "Ministry of Trade, Office", "Roy, "]) == [
        "Aniruddha K. Roy",
        "Ministry of Trade, Office",
        "Roy,",
    ]

from __future__ import annotations

import pytest

from worker.extract.people import people_in


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
        ("Super User", []),
        ("Editorial Team", []),
        ("The Mekong Times", []),
        ("https://example.org/author/1", []),
        ("d.kuckelkorn@example.org", []),
    ],
)
def test_people_are_named_and_nobody_is_not(said, people):
    assert people_in([said], {"mekongtimes"}) == people

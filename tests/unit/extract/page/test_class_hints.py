"""The hints of a name are those of every part that stands anywhere in it."""

import random
import string

from worker.extract.page.class_hints import NAME_PARTS, TAGS, name_hints


def by_search(name: str) -> int:
    """The same, part by part."""
    return sum(1 << (len(TAGS) + group) for group, parts in enumerate(NAME_PARTS) if any(part in name.lower() for part in parts))


def test_parts_are_found_wherever_they_stand_and_overlap() -> None:
    # Given names that are made of parts and of pieces of them, with other letters between
    chance = random.Random(7)
    parts = [part for group in NAME_PARTS for part in group]
    pieces = [*parts, *(part[:-1] for part in parts), *(part[1:] for part in parts), *string.ascii_letters, "\u00e9", "_", "7"]
    names = ["".join(chance.choices(pieces, k=chance.randrange(1, 7)))[:100] for _ in range(20_000)]
    # Then all of them have the hints of their parts, and no other
    assert [name for name in names if name_hints(name) != by_search(name)] == []

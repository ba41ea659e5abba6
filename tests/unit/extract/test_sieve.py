"""Lines above the text: the title that stands there once more, and a letterhead above that."""

from worker.extract.sieve import without_title

TITLE = "Outcomes of the Second Consultations"
PROSE = "The Second Session took place on Monday in Phnom Penh, and was co-chaired by the two directors."


def test_a_letterhead_above_the_repeated_title_goes_with_it() -> None:
    assert without_title(["General Department of", "Europe and Africa", f'"{TITLE}"', PROSE], TITLE) == [PROSE]


def test_a_lead_above_the_repeated_title_stays() -> None:
    assert without_title([PROSE, TITLE, PROSE], TITLE) == [PROSE, PROSE]


def test_without_a_title_nothing_is_taken() -> None:
    assert without_title(["General Department of", PROSE], None) == ["General Department of", PROSE]

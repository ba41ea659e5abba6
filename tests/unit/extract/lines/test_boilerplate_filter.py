"""Lines above the text: the title that stands there once more, and a letterhead above that."""

from worker.extract.lines.boilerplate_filter import kept, without_title

TITLE = "Outcomes of the Second Consultations"
PROSE = "The Second Session took place on Monday in Phnom Penh, and was co-chaired by the two directors."


def test_a_letterhead_above_the_repeated_title_goes_with_it() -> None:
    assert without_title(["General Department of", "Europe and Africa", f'"{TITLE}"', PROSE], TITLE) == [PROSE]


def test_a_lead_above_the_repeated_title_stays() -> None:
    assert without_title([PROSE, TITLE, PROSE], TITLE) == [PROSE, PROSE]


def test_without_a_title_nothing_is_taken() -> None:
    assert without_title(["General Department of", PROSE], None) == ["General Department of", PROSE]


def test_names_and_numbers_in_a_table_that_the_layout_vouches_for_stay() -> None:
    # Given a table's cells, which read like share buttons and counters
    cells = ["YouTube", "41,097,985", "Facebook", "1/1/2013"]
    # When the page's layout vouches for them, and when it does not
    vouched, alone = kept([PROSE, *cells], None, frozenset(cells)), kept([PROSE, *cells], None)
    # Then they stay in the one text only
    assert vouched == [PROSE, *cells]
    assert alone[:1] == [PROSE]
    assert "YouTube" not in alone


def test_a_list_of_books_is_no_boilerplate() -> None:
    # Given a heading "About …" with more paragraphs after it than an issuer says about itself
    review = [PROSE] * 8
    # When the text is sieved, then all of it stays
    assert kept([*review, "About Of Empires and Dust", *review[:7]], None) == [*review, "About Of Empires and Dust", *review[:7]]


def test_an_issuers_words_about_itself_go() -> None:
    assert kept([PROSE, PROSE, "About the Ministry of Post", PROSE], None) == [PROSE, PROSE]


def test_a_pages_second_copy_of_its_text_goes_and_what_is_short_may_stand_twice() -> None:
    # Given a text with a long paragraph and a heading, all of it twice, and a line that stands in both on its own
    text = ["The agreement", f"{PROSE} {PROSE}", PROSE]
    # When it is sieved, then one copy is left
    assert kept([*text, *text], None) == text
    # And a sentence that comes back by itself stays
    assert kept([*text, "No. 2", PROSE], None) == [*text, "No. 2", PROSE]

"""Lines that the boilerplate filter removes, and lines that it must keep."""

import pytest

from worker.extract.lines.boilerplate_filter import without_boilerplate, without_title

TITLE = "Outcomes of the Second Consultations"
PROSE = "The Second Session took place on Monday in Phnom Penh, and was co-chaired by the two directors."


def test_a_repeated_title_is_removed_with_the_letterhead_above_it() -> None:
    assert without_title(["General Department of", "Europe and Africa", f'"{TITLE}"', PROSE], TITLE) == [PROSE]


def test_a_lead_above_the_repeated_title_stays() -> None:
    assert without_title([PROSE, TITLE, PROSE], TITLE) == [PROSE, PROSE]


def test_without_a_title_nothing_is_removed_at_the_top() -> None:
    assert without_title(["General Department of", PROSE], None) == ["General Department of", PROSE]


def test_names_and_numbers_stay_where_the_layout_shows_that_they_are_the_articles() -> None:
    # Given a table's cells, which look like share buttons and counters
    cells = ["YouTube", "41,097,985", "Facebook", "1/1/2013"]
    # When they are given as certain, and when they are not
    certain, alone = without_boilerplate([PROSE, *cells], None, frozenset(cells)), without_boilerplate([PROSE, *cells], None)
    # Then they stay in the first case only
    assert certain == [PROSE, *cells]
    assert alone[:1] == [PROSE]
    assert "YouTube" not in alone


def test_a_list_after_a_pointer_stays_where_the_layout_shows_that_it_is_the_articles() -> None:
    # Given a packing list in which a pointer to another page stands
    before, after = ["Tent", "Sleeping bag"], ["Two copies of the route", "Rope and small hooks for the food"]
    lines = [PROSE, *before, "See also: Best tents of the year", *after]
    # When its items are given as certain, then the pointer alone goes
    assert without_boilerplate([*lines, PROSE], None, frozenset(lines)) == [PROSE, *before, *after, PROSE]
    # And when they are not, they are headlines under the pointer, but for that directly before a sentence
    assert without_boilerplate([*lines, PROSE], None) == [PROSE, *before, after[-1], PROSE]


def test_a_list_of_books_is_not_an_issuers_description() -> None:
    # Given a heading "About …" with more paragraphs after it than an issuer says about itself
    review = [PROSE] * 8
    # When the text is filtered, then all of it stays
    assert without_boilerplate([*review, "About Of Empires and Dust", *review[:7]], None) == [
        *review,
        "About Of Empires and Dust",
        *review[:7],
    ]


def test_what_an_issuer_says_about_itself_is_removed() -> None:
    assert without_boilerplate([PROSE, PROSE, "About the Ministry of Post", PROSE], None) == [PROSE, PROSE]


def test_a_second_copy_of_the_text_is_removed_and_a_short_line_may_be_repeated() -> None:
    # Given a text with a heading and a long paragraph
    text = ["The agreement", f"{PROSE} {PROSE}", PROSE]
    # When it is there twice, then one copy is left
    assert without_boilerplate([*text, *text], None) == text
    # And a single sentence that is repeated stays
    assert without_boilerplate([*text, "No. 2", PROSE], None) == [*text, "No. 2", PROSE]


@pytest.mark.parametrize("number", ["Comment 1", "ความคิดเห็นที่ 1", "Komentar #1", "Bình luận 12", "评论1"])
def test_a_numbered_comment_begins_what_readers_say(number: str) -> None:
    after = ["The boat to the island is too dear.", "Una Orrin (12 May)", "Chamber of Trade, Market Road 4"]
    assert without_boilerplate([*[PROSE] * 3, number, *after], None) == [PROSE] * 3
    assert without_boilerplate([PROSE, number, PROSE, PROSE], None).count(PROSE) == 3


def test_a_plan_that_has_the_same_parts_each_week_stays_whole() -> None:
    # Given three weeks of the same days, each in another order
    rest = "They rest at noon for two hours, and go home before it is dark; whoever is ill stays with the nurse in the village."
    days = [f"On this day the crews clear the field behind the {place}, and mark its edge. {rest}" for place in ("school", "well", "mill")]
    plan = [line for week in range(3) for line in (f"Week {week + 1}", days[week], days[(week + 2) % 3], days[(week + 1) % 3])]
    # When boilerplate is removed, then every day of every week is left
    assert without_boilerplate(plan, None) == plan


def test_a_second_copy_of_the_text_goes() -> None:
    # Given a text that the page holds twice, its second copy without one line
    end = "hectares were cleared this year, and more is to come; the two offices will publish a map of what is left before the rains."
    text = [f"{PROSE} {number} {end}" for number in ("Ten", "Six", "Two", "Nine")]
    # When boilerplate is removed, then one copy is left
    assert without_boilerplate([*text, "Print", *text[:2], *text[3:]], None) == text


@pytest.mark.parametrize(
    "line",
    ['[button link="/tips" newwindow="yes"] Send us your story [/button]', '[ad-in-post-player video-id="x7" upload-date="2024-05-01"]'],
)
def test_a_command_for_the_sites_program_is_no_line_of_the_text(line: str) -> None:
    assert without_boilerplate([PROSE, line, PROSE], None) == [PROSE, PROSE]


@pytest.mark.parametrize("line", ["[Both sides = the two ministries]", "[The minister laughs.]", "[sic]", "[1] See the treaty of 1907."])
def test_words_in_brackets_are_the_texts(line: str) -> None:
    assert line in without_boilerplate([PROSE, line, PROSE], None)

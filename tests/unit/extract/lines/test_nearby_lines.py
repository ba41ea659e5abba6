"""The lines near a text: heading, byline and date above it, signature below it."""

import numpy as np

from worker.extract.lines.nearby_lines import NearbyLines, nearby_lines
from worker.extract.page.blocks import blocks_of
from worker.extract.page.markup import parse

TEXT = "The ministers of five countries agreed on Monday that the price of rice should be set once a year."
MORE = "They had met in the capital for two days, and spoke until late in the night about their stocks."


def near(body: str) -> NearbyLines:
    """The lines near the two paragraphs in a page."""
    blocks, _ = blocks_of(parse(f"<body>{body}</body>").root)
    return nearby_lines(blocks, np.array([block.text in (TEXT, MORE) for block in blocks]))


def test_heading_byline_and_signature_are_found_by_their_positions() -> None:
    # Given a masthead, a heading, a line of data, the text and a signature
    found = near(
        f"<p>Monday, 6 May 2024</p><h1>Ministers agree on rice</h1><p>By Sok Dara, 5 May 2024</p>"
        f"<p>{TEXT}</p><p>{MORE}</p><p>Phnom Penh, 5 May 2024</p>"
    )
    # Then each is in its part of the result
    assert found.heading == "Ministers agree on rice"
    assert found.above_heading == ["Monday, 6 May 2024"]
    assert found.below_heading[0] == "By Sok Dara, 5 May 2024"
    assert found.below_text == [MORE, "Phnom Penh, 5 May 2024"]


def test_without_a_heading_the_lines_above_the_text_are_near_it() -> None:
    found = near(f"<p>5 May 2024</p><p>{TEXT}</p><p>{MORE}</p>")
    assert found.heading is None
    assert "5 May 2024" in [*found.above_heading, *found.below_heading]


def test_a_linked_line_is_not_a_heading() -> None:
    found = near(f'<h1>Ministers agree on rice</h1><h2><a href="/x">Bridge opens after delay</a></h2><p>{TEXT}</p><p>{MORE}</p>')
    assert found.heading == "Ministers agree on rice"


def test_a_heading_is_preferred_to_a_nearer_bold_line() -> None:
    found = near(f"<h1>Ministers agree on rice</h1><p><b>What the farmers say</b></p><p>{TEXT}</p><p>{MORE}</p>")
    assert found.heading == "Ministers agree on rice"


def test_a_line_directly_below_a_picture_is_its_caption() -> None:
    picture = '<div><img src="/1.jpg"><div>The ministers agree on the price of rice once a year</div></div>'
    found = near(f"<div>Ministers agree on rice</div>{picture}<p>{TEXT}</p><p>{MORE}</p>")
    assert found.heading == "Ministers agree on rice"


def test_boilerplate_is_not_a_heading() -> None:
    found = near(f"<h2>Ministers agree on rice</h2><h1>Sign up for our newsletter</h1><p>{TEXT}</p><p>{MORE}</p>")
    assert found.heading == "Ministers agree on rice"


def test_lines_that_the_filter_removed_do_not_delimit_the_text() -> None:
    # Given kept blocks of which the boilerplate filter left only the second
    blocks, _ = blocks_of(parse(f"<body><p>{TEXT}</p><h2>A heading of three words</h2><p>{MORE}</p></body>").root)
    # When the lines near the text are found with what it left
    found = nearby_lines(blocks, np.array([True, False, True]), frozenset({MORE}))
    # Then the text begins there
    assert found.heading == "A heading of three words"


def test_a_page_without_kept_blocks_has_no_nearby_lines() -> None:
    assert nearby_lines([], np.array([], dtype=bool)) == NearbyLines()


def test_what_stands_below_a_heading_over_comments_is_not_near_the_text() -> None:
    found = near(f"<h1>Ministers agree on rice</h1><p>{TEXT}</p><p>{MORE}</p><h4>10 comments:</h4><p>Amy September 11, 2008 at 2:06 PM</p>")
    assert found.below_text == [MORE]

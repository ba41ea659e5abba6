"""Which blocks teach as the article's: what repeats its words elsewhere on the page is not among them."""

from benchmarks.extraction.oracle import best_choice

ONE = "The two ministers met on Monday and agreed on a road, a bridge and a school for the border."
TWO = "Work begins after the rains, said the older of them, and the villages will be asked where."
QUOTE = "the villages will be asked where"


def test_a_pull_quote_and_a_teaser_that_repeat_the_articles_words_are_not_chosen() -> None:
    # Given a page on which a teaser stands above the article and a pull quote within it
    blocks = ["Home", ONE, "Latest", ONE, QUOTE, TWO, "Imprint and contact"]
    # When the best choice for the article is made
    chosen = best_choice(blocks, f"{ONE}\n{TWO}")
    # Then one copy of each paragraph is in it, and nothing else
    assert [block for block, stays in zip(blocks, chosen, strict=True) if stays] == [ONE, TWO]


def test_a_short_heading_between_paragraphs_is_chosen() -> None:
    assert best_choice(["Menu", ONE, "After the rains", TWO], f"{ONE}\nAfter the rains\n{TWO}") == [False, True, True, True]


def test_a_page_without_its_article_has_no_choice() -> None:
    assert best_choice(["Home", "Contact"], ONE) == [False, False]

"""The main text of a page, and what is done where the model is in doubt."""

from datetime import date

import numpy as np
import pytest

from worker.extract.fields import metadata
from worker.extract.page.blocks import blocks_of
from worker.extract.page.markup import parse
from worker.extract.select import html_text
from worker.extract.select.html_text import Content, closed, confidence, main_text

TITLE = "Ministers agree on the price of rice"
SENTENCES = [
    "The ministers of five countries agreed on Monday that the price of rice should be set once a year, after the harvest.",
    "They had met in the capital for two days, and spoke until late in the night about the stocks that each country holds.",
    "Farmers from the northern provinces welcomed the decision, but asked that the first price should be known before planting.",
    "The next meeting will be held in March, when the figures of the harvest are known to all the offices that keep them.",
]
MENU = "".join(f'<li><a href="/{name}">{name}</a></li>' for name in ("Home", "News", "Sports", "Business", "Weather", "Contact"))


def page(article: str, head: str = "") -> str:
    menu = f'<nav class="menu"><ul>{MENU}</ul></nav>'
    footer = '<footer class="footer"><p>Copyright 2024 The Example. All rights reserved.</p></footer>'
    title = f"<title>{TITLE}</title>{head}"
    return f"<html><head>{title}</head><body>{menu}<article><h1>{TITLE}</h1>{article}</article>{footer}</body></html>"


def read(html: str, model: html_text.Model | None = None) -> Content:
    root = parse(html).root
    return main_text(root, metadata.read(root, "https://example.org/a", date(2024, 5, 1)), model)


@pytest.fixture
def column():
    blocks, _ = blocks_of(parse("<body><div>" + "".join(f"<p>{text}</p>" for text in SENTENCES) + "</div></body>").root)
    return blocks


def test_the_article_comes_out_in_paragraphs_without_title_menu_and_footer() -> None:
    assert read(page("".join(f"<p>{text}</p>" for text in SENTENCES))).text == "\n\n".join(SENTENCES)


def test_a_page_without_blocks_has_no_text() -> None:
    assert read("<html><body><script>start()</script></body></html>").text == ""


def test_a_consent_wall_longer_than_the_text_is_no_text() -> None:
    # Given a wall over a short article
    wall = "We and our 842 partners store and access cookies on your device to show advertising. " * 5
    # When the page is read
    text = read(page(f'<div class="consent"><p>{wall}</p></div>' + "".join(f"<p>{text}</p>" for text in SENTENCES))).text
    # Then the article is left
    assert text == "\n\n".join(SENTENCES)


def test_the_text_that_the_page_states_stands_in_for_one_that_scripts_would_show() -> None:
    stated = " ".join(SENTENCES)
    node = f'<script type="application/ld+json">{{"@type": "NewsArticle", "articleBody": "{stated}"}}</script>'
    assert read(page("<p>Loading</p>", node)).text == stated


@pytest.fixture
def doubting(monkeypatch: pytest.MonkeyPatch) -> html_text.Model:
    """A model that is sure of no page, beside a second opinion of one sentence."""
    monkeypatch.setattr(html_text, "_by_trafilatura", lambda root: SENTENCES[2])
    model = html_text.shipped()
    return html_text.Model(model.first, model.second, html_text.Choice(keep=model.choice.keep, sure=1.1))


def test_a_page_that_the_model_is_not_sure_of_is_left_to_the_second_opinion(doubting: html_text.Model) -> None:
    assert read(page("".join(f"<p>{text}</p>" for text in SENTENCES)), doubting).text == SENTENCES[2]


def test_a_page_of_very_many_blocks_is_not(doubting: html_text.Model) -> None:
    article = "".join(f"<p>{text}</p>" for text in SENTENCES)
    lots = "".join(f"<li><a href='/{at}'>No. {at}</a></li>" for at in range(html_text.SECOND_OPINION))
    assert SENTENCES[0] in read(page(f"{article}<ul>{lots}</ul>"), doubting).text


def test_nor_is_one_of_very_many_elements(doubting: html_text.Model) -> None:
    article = "".join(f"<p>{text}</p>" for text in SENTENCES)
    assert SENTENCES[0] in read(page(f"{article}<p>{'<i>word</i> ' * html_text.LARGE}</p>"), doubting).text


def test_confidence_is_near_one_where_every_block_is_clear_and_its_cut_lies_between_them(column) -> None:
    sure, cut = confidence(np.array([0.99, 0.99, 0.01, 0.01]), column)
    unsure, _ = confidence(np.array([0.5, 0.5, 0.5, 0.5]), column)
    assert sure > 0.95
    assert cut == 0.99
    assert unsure < 0.8


def test_a_paragraph_between_kept_ones_stays_where_it_is_not_clearly_furniture(column) -> None:
    keep = np.array([True, False, True, True])
    assert list(closed(column, np.array([0.9, 0.3, 0.9, 0.9]), keep)) == [True, True, True, True]
    assert list(closed(column, np.array([0.9, 0.1, 0.9, 0.9]), keep)) == [True, False, True, True]


def test_a_block_of_another_element_beside_the_kept_ones_does_not_stay() -> None:
    blocks, _ = blocks_of(parse(f"<body><div><p>{SENTENCES[0]}</p></div><div><p>{SENTENCES[1]}</p></div></body>").root)
    assert list(closed(blocks, np.array([0.9, 0.4]), np.array([True, False]))) == [True, False]


def blocks(markup: str):
    return blocks_and_places(markup)[0]


def blocks_and_places(markup: str):
    return blocks_of(parse(f"<body><div>{markup}</div></body>").root)


def test_a_heading_over_the_articles_text_stays_and_one_over_doubtful_text_goes() -> None:
    # Given a heading that the forests are in doubt about, between two paragraphs
    found = blocks(f"<p>{SENTENCES[0]}</p><h3>What the farmers say</h3><p>{SENTENCES[1]}</p>")
    sure, doubtful = np.array([0.9, 0.4, 0.9]), np.array([0.9, 0.4, 0.5])
    # When the text under it is the article's beyond doubt, then it stays; else it goes
    assert list(closed(found, sure, sure >= 0.45)) == [True, True, True]
    assert list(closed(found, doubtful, doubtful >= 0.45)) == [True, False, True]


def test_an_item_between_two_of_the_articles_stays_and_a_lone_name_goes() -> None:
    listed = blocks("<ul><li>Rice</li><li>Maize</li><li>Beans</li></ul>")
    signed = blocks(f"<p>{SENTENCES[0]}</p><p>FARAH IDRIS</p><p>{SENTENCES[1]}</p>")
    chances = np.array([0.9, 0.4, 0.9])
    assert list(closed(listed, chances, chances >= 0.45)) == [True, True, True]
    assert list(closed(signed, chances, chances >= 0.45)) == [True, False, True]


FIGURES = "".join(
    f"<tr><th>{name}</th><td>{value}</td></tr>" for name, value in (("Place", "Stueng Hav"), ("Cost", "4.8"), ("Start", "2027"))
)
"""A table of six cells, none of which reads like a sentence."""


@pytest.mark.parametrize(
    ("between", "kept"),
    [
        (f"<table>{FIGURES}</table>", True),
        (f"<table>{FIGURES.replace('<td>', '<td><a href=/x>').replace('<th>', '<th><a href=/y>')}</table>", False),
        ("<table><tr><td>Rate this article</td></tr></table>", False),
    ],
)
def test_a_table_of_data_between_two_blocks_of_the_article_is_its_own_and_a_box_of_links_is_not(between: str, kept: bool) -> None:
    found, places = blocks_and_places(f"<p>{SENTENCES[0]}</p>{between}<p>{SENTENCES[1]}</p>")
    keep = np.array([True, *[False] * (len(found) - 2), True])
    assert html_text.in_tables(found, places, keep).tolist() == [False, *[kept] * (len(found) - 2), False]


def test_a_table_under_the_article_is_not_its_own() -> None:
    found, places = blocks_and_places(f"<p>{SENTENCES[0]}</p><table>{FIGURES}</table><p>Contact</p>")
    assert not html_text.in_tables(found, places, np.array([True, *[False] * 7])).any()


def test_a_table_that_lays_out_the_page_holds_the_article_and_is_not_one_of_data() -> None:
    found, places = blocks_and_places(f"<table><tr><td><p>{SENTENCES[0]}</p><p>Menu</p><p>{SENTENCES[1]}</p></td></tr></table>")
    assert not html_text.in_tables(found, places, np.array([True, False, True])).any()

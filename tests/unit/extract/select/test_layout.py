"""What the page's layout says of its passages: last sections, quoted posts, other stories."""

from __future__ import annotations

from datetime import date

import pytest

from worker.extract.pipeline import extract_html

SENTENCES = [
    "The ministers of five countries agreed on Monday that the price of rice should be set once a year, after the harvest.",
    "They had met in the capital for two days, and spoke until late in the night about the stocks that each country holds.",
    "Farmers from the northern provinces welcomed the decision, but asked that the first price should be known before planting.",
    "The next meeting will be held in March, when the figures of the harvest are known to all the offices that keep them.",
]
TITLE = "Ministers agree on the price of rice"


def text_of(*parts: str) -> str:
    """The text of a page with `parts` after the first two paragraphs and before the last two."""
    first, last = ("".join(f"<p>{sentence}</p>" for sentence in half) for half in (SENTENCES[:2], SENTENCES[2:]))
    page = f"<html><head><title>{TITLE}</title></head><body><article><h1>{TITLE}</h1>{first}{''.join(parts)}{last}</article></body></html>"
    return extract_html(page, "https://example.org/a", date(2024, 5, 1)).text


def text_with_end(end: str) -> str:
    """The text of a page with `end` after its paragraphs."""
    body = "".join(f"<p>{sentence}</p>" for sentence in SENTENCES)
    page = f"<html><head><title>{TITLE}</title></head><body><article><h1>{TITLE}</h1>{body}{end}</article></body></html>"
    return extract_html(page, "https://example.org/a", date(2024, 5, 1)).text


def test_a_last_section_that_readers_open_stays() -> None:
    background = "The old mill stood for ninety years before the council took it down in the dry season."
    assert background in text_with_end(f"<details><summary>Background</summary><p>{background}</p></details>")


def test_a_post_that_the_article_quotes_stays_whole() -> None:
    post = '<p>Rice is not a toy. <a href="https://t.co/x">https://t.co/x</a></p>— Una Orrin (@una) <a href="/1">May 1, 2024</a>'
    text = text_of(f'<blockquote class="twitter-tweet">{post}</blockquote>')
    assert "Rice is not a toy." in text
    assert "— Una Orrin (@una) May 1, 2024" in text
    assert all(sentence in text for sentence in SENTENCES)


def test_a_list_of_other_stories_with_their_summaries_goes() -> None:
    items = "".join(
        f'<li><a href="/{at}">{head}</a></li><li>{summary}</li>'
        for at, (head, summary) in enumerate(
            (
                ("Record year for plots", "The market for plots along the harbour had a record year, the office said on Thursday."),
                (
                    "Hops shortage spurs brewers",
                    "A shortage of hops is forcing the breweries of the valley to rewrite their recipes.",
                ),
            )
        )
    )
    assert text_with_end(f"<h4>Bay Headlines</h4><ul>{items}</ul>") == "\n\n".join(SENTENCES)


def test_a_list_that_the_article_makes_of_links_and_their_reasons_stays() -> None:
    items = "<li><a href='/a'>The mill</a>: it has stood still since the flood of the year before last.</li>" * 3
    assert "It has stood still".casefold() in text_of(f"<p>Three places were named:</p><ul>{items}</ul>").casefold()


@pytest.mark.parametrize("label", ["BACA JUGA", "Lees ook", "See also"])
def test_a_label_without_a_mark_before_a_linked_headline_is_a_pointer(label: str) -> None:
    assert text_of(f"<p>{label} <a href='/x'>Ferry company files for bankruptcy after the flood</a></p>") == "\n\n".join(SENTENCES)


@pytest.mark.parametrize("mark", [":", " |", " –", " »"])
def test_a_label_before_a_bar_points_to_another_article_too(mark: str) -> None:
    assert text_of(f"<p><a href='/x'>Read also{mark} Ferry company files for bankruptcy after the flood</a></p>") == "\n\n".join(SENTENCES)


@pytest.mark.parametrize("label", ["See", "Read also", "À lire aussi", "Xem thêm", "延伸閱讀"])
def test_a_label_and_a_linked_headline_point_to_another_article(label: str) -> None:
    assert text_of(f"<p>{label}: <a href='/x'>Ferry company files for bankruptcy after the flood</a></p>") == "\n\n".join(SENTENCES)


def test_a_source_or_a_website_that_is_linked_after_its_label_stays() -> None:
    assert "A survey of four hundred mills in the north" in text_of(
        "<p>Study: <a href='/x'>A survey of four hundred mills in the north</a></p>"
    )


def test_a_box_of_links_that_opens_over_a_word_goes() -> None:
    links = "".join(f'<a href="/{at}">An older story about the minister, number {at}</a> ' for at in range(4))
    text = text_of(f"<p>The minister <span>Una Orrin<span><div>{links}</div></span></span> spoke last and left the hall before noon.</p>")
    assert "An older story" not in text
    assert "spoke last and left the hall before noon." in text


def test_a_paragraph_of_sentences_that_begins_like_a_pointer_stays() -> None:
    sentence = (
        "RELATED: The council's promises of last year did not fare very well. Aside from the lights, most of the list sank with the piers."
    )
    assert "most of the list sank" in text_of(f"<p>{sentence}</p>")


@pytest.mark.parametrize("element", ["h3", "div class=lead", "p class=standfirst"])
def test_a_standfirst_between_heading_and_text_stays(element: str) -> None:
    standfirst = "A barge licence costs less than a motorbike. The riverbank costs more than a house."
    body = "".join(f"<p>{sentence}</p>" for sentence in SENTENCES)
    marked = f"<{element}>{standfirst}</{element.split(maxsplit=1)[0]}><p><a href='/a'>Una Orrin</a></p><button>Share</button>"
    page = f"<html><head><title>{TITLE}</title></head><body><div><h1>{TITLE}</h1>{marked}</div><article>{body}</article></body></html>"
    assert extract_html(page, "https://example.org/a", date(2024, 5, 1)).text == "\n\n".join([standfirst, *SENTENCES])


def test_a_byline_of_the_heading_and_a_signature_are_no_text() -> None:
    by = "<p>30 août 2022 | Par Marc-Antoine de Villedieu</p>"
    body = "".join(f"<p>{sentence}</p>" for sentence in SENTENCES)
    body += "<p><b>MARC-ANTOINE DE VILLEDIEU</b></p>"
    page = f"<html><head><title>{TITLE}</title></head><body><article><h1>{TITLE}</h1>{by}{body}</article></body></html>"
    article = extract_html(page, "https://example.org/a", date(2024, 5, 1))
    assert article.text == "\n\n".join(SENTENCES)
    assert article.authors == ["Marc-Antoine de Villedieu"]


def test_a_linked_headline_in_capitals_points_to_another_story() -> None:
    assert text_of("<p><a href='/x'>FERRY COMPANY FILES FOR BANKRUPTCY</a></p>") == "\n\n".join(SENTENCES)
    assert "RICE AND MAIZE ARE UP" in text_of("<p>RICE AND MAIZE ARE UP, said the banner over the gate of the old mill.</p>")


def test_a_centred_line_below_a_picture_is_its_caption_and_a_centred_sentence_is_none() -> None:
    picture = '<p align="center"><img src="/1.jpg"></p><p align="center">The pumps of the eastern station</p>'
    assert text_of(picture) == "\n\n".join(SENTENCES)
    sentence = "The pumps of the eastern station had run for forty days without a stop."
    assert sentence in text_of(f'<p><img src="/1.jpg"></p><p style="text-align: center">{sentence}</p>')


@pytest.mark.parametrize(
    "lead",
    [
        "<div class='tomtat'><span>{}</span></div>",
        "<div class='article-sapo'><p>{}</p></div>",
        "<div class='m-1'><b>Summary:</b> {}</div>",
        "<div class='m-abs'><b>摘要：</b>{}</div>",
    ],
)
def test_a_standfirst_that_its_class_or_label_names_stays_without_the_label(lead: str) -> None:
    summary = "Rice will cost the same in five countries, and farmers are to know the price before they plant."
    body = "".join(f"<p>{sentence}</p>" for sentence in SENTENCES)
    page = (
        f"<html><head><title>{TITLE}</title></head><body><div class='t'>{TITLE}</div>{lead.format(summary)}<div>{body}</div></body></html>"
    )
    assert extract_html(page, None, date(2024, 5, 1)).text == "\n\n".join([summary, *SENTENCES])


def test_what_an_issuer_says_about_itself_goes_with_its_heading() -> None:
    about = "Maison Indra is a family of nine hotels in four countries, founded in 1998. Each is set in a building with a past."
    assert text_with_end(f"<div class='pr-about'><h3>About Maison Indra</h3><p>{about}</p></div>") == "\n\n".join(SENTENCES)


def test_a_page_of_which_another_extractor_makes_one_line_keeps_its_paragraphs() -> None:
    slide = "<li class='slide'><img src='/1.jpg'><h3>Slide</h3><div><p>{}.</p></div></li>"
    slides = "".join(slide.format(sentence[:60]) for sentence in SENTENCES)
    body = f"<article><h1>{TITLE}</h1><p>In four pictures.</p><ul>{slides}</ul></article>"
    page = f"<html><head><title>{TITLE}</title></head><body>{body}</body></html>"
    lines = extract_html(page, None, date(2024, 5, 1)).text.split("\n\n")
    assert [f"{sentence[:60]}." for sentence in SENTENCES] == [line for line in lines if len(line) > 40]


@pytest.mark.parametrize(
    "label",
    [
        "اقرأ أيضاً",
        "Zum Weiterlesen",
        "Simak juga video",
        "➤ Watch",
        "Lees ook",
        "Leggi anche",
        "Ayrıca okuyun",
        "Czytaj także",
        "Читайте також",
        "Διαβάστε επίσης",
        "Läs också",
    ],
)
def test_a_pointer_to_another_story_goes_in_more_languages(label: str) -> None:
    pointer = f"<p><strong>{label}: <a href='/x'>Ferry company files for bankruptcy after the flood</a></strong></p>"
    assert text_of(pointer) == "\n\n".join(SENTENCES)


def test_pointers_between_the_sentences_go_however_many_they_are() -> None:
    pointer = "<p><b>Läs också:</b> <a href='/{}'>Ferry company files for bankruptcy again</a></p>"
    sentences = [*SENTENCES, f"{SENTENCES[0][:-1]} too.", f"{SENTENCES[1][:-1]}, once more."]
    body = "".join(f"<p>{sentence}</p>{pointer.format(at)}" for at, sentence in enumerate(sentences[:-1]))
    article = f"<article><h1>{TITLE}</h1>{body}<p>{sentences[-1]}</p></article>"
    page = f"<html><head><title>{TITLE}</title></head><body>{article}</body></html>"
    assert "bankruptcy" not in extract_html(page, None, date(2024, 5, 1)).text

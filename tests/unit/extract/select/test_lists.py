"""Lists, notes and boxed paragraphs that belong to the article between its kept paragraphs."""

from __future__ import annotations

from datetime import date

import pytest

from worker.extract.pipeline import extract_html

TITLE = "Ferry to the island sails again"
SENTENCES = [
    "The ferry to the island sails again from Monday, after nine weeks in which its engine lay in a shed in the harbour of Kampot.",
    "Its captain, Mao Sarin, said that he had used the time to paint the hull, and to learn the names of all his passengers.",
    "Tickets cost what they cost before, he added, but chickens now travel for half the fare if they sit quietly on a lap.",
    "The next boat will have two engines, so that one of them may lie in the shed while the other sails the island route.",
]
BOOKS = [
    "The Drystone Wall, Built and Rebuilt",
    "A Winter with One Goat",
    "Murder at the Creamery",
    "How to Read a Hillside",
    "Bread without an Oven",
]


def text_with(part: str, end: str = "") -> str:
    first, last = ("".join(f"<p>{sentence}</p>" for sentence in half) for half in (SENTENCES[:2], SENTENCES[2:]))
    head = f"<head><title>{TITLE}</title></head>"
    markup = f"<html>{head}<body><main><article><h1>{TITLE}</h1>{first}{part}{last}{end}</article></main></body></html>"
    return extract_html(markup, "https://example.org/a", date(2024, 5, 1)).text


def test_a_list_of_links_that_the_article_makes_stays_whole() -> None:
    items = "".join(f"<li><a href='https://library.example/{at}'>{book}</a></li>" for at, book in enumerate(BOOKS))
    text = text_with(
        f"<p>These are the books that our readers named most, each with its page at the library of the county.</p><ul>{items}</ul>"
    )
    assert all(book in text for book in BOOKS)


def test_paragraphs_of_one_document_each_stay_whole() -> None:
    papers = [
        "Contract of the first miller, 1644",
        "Quarrel about the weir, with drawing",
        "Names of the apprentices",
        "Complaint about the cat",
    ]
    links = "".join(f"<p><a href='/p/{at}.pdf'>{paper}</a></p>" for at, paper in enumerate(papers * 2))
    text = text_with(f"<p>The society has put its papers on the net, in the order in which they lay in the chest.</p>{links}")
    assert all(paper in text for paper in papers)


@pytest.mark.parametrize("item", ["<li>{}</li>", "<li><p>{}</p></li>"])
def test_a_list_of_sentences_below_a_subheading_stays(item: str) -> None:
    points = [
        "Forty-one families have received a title to land that no one could enter before.",
        "The commune has built a road of 3.2 kilometres to the market in Komrieng.",
        "Longan trees, planted in 2022, gave their first harvest in July.",
    ]
    text = text_with(f"<h2>What grows there now</h2><ul role='list'>{''.join(map(item.format, points))}</ul>")
    assert all(point in text for point in points)


def test_the_notes_to_which_the_text_refers_stay_and_the_menu_below_goes() -> None:
    note = "The harbour was closed in 1961. Its keeper went on counting the boats until he died, and sent the bill to the ministry."
    notes = f"<div class='footnotes' role='doc-endnotes'><ol><li id='fn:1'><p>{note} <a href='#r1'>↩</a></p></li></ol></div>"
    items = "<li><a href='/t'>Terms of the harbour office and its many boats</a></li><li><a href='/p'>Privacy</a></li>"
    menu = f"<ul class='footer-links'>{items}</ul>"
    text = text_with("", notes + menu)
    assert note in text
    assert "Terms of the harbour" not in text


@pytest.mark.parametrize("heading", ["Key points", "In brief", "Những điểm chính"])
def test_the_heading_over_the_points_with_which_the_article_begins_stays(heading: str) -> None:
    points = "".join(f"<li>{sentence}</li>" for sentence in SENTENCES[:3])
    body = "".join(f"<p>{sentence} It was said on Monday.</p>" for sentence in SENTENCES)
    markup = (
        f"<html><head><title>{TITLE}</title></head><body><article><h1>{TITLE}</h1><section><h2>{heading}</h2><ul>{points}</ul></section>"
    )
    text = extract_html(f"{markup}<div>{body}</div></article></body></html>", None, date(2024, 5, 1)).text
    assert text.startswith(f"{heading}\n\n{SENTENCES[0]}")


def test_links_to_other_stories_of_the_site_between_paragraphs_go() -> None:
    heads = ["A queen in the post: how bees are sent by mail", "The quarry that hums", "Willow late, honey dear"]
    items = "".join(f"<li><a href='/{at}'>{head}</a></li>" for at, head in enumerate(heads))
    text = text_with(f"<p><strong>Recommended stories</strong></p><ul>{items}</ul><p><em>end of list</em></p>")
    assert text == "\n\n".join(SENTENCES)


TERMS = [
    ("Sweep", "A long oar at the stern, by which the ferry was steered until it had an engine."),
    ("Bollard", "The post on the quay to which the second of the two ropes is tied."),
    ("Slack", "The quarter of an hour in which the river flows neither way."),
]
QUESTIONS = [
    ("How do I get to the landing?", "The last bus leaves the town at half past nine, and waits for the boat while there is tea."),
    ("May I take my goat?", "Yes, but only on the lower deck, where the crew has painted bays for six goats and one calf."),
    ("What about old tickets?", "Nothing changes for those who hold a ticket of last year. All others ask at the shed by Friday."),
]
PANELS = {
    "buttons that name their panels": "<h3><button aria-controls='p'>{}</button></h3><div id='p' hidden><p>{}</p></div>",
    "other elements that are buttons": "<div role='button' aria-controls='p'>{}</div><div id='p' style='display:none'><p>{}</p></div>",
    "elements of the browser's own": "<details><summary>{}</summary><p>{}</p></details>",
    "Bootstrap": "<div class='accordion'><h2><button>{}</button></h2><div class='collapse'><p>{}</p></div></div>",
}


def test_the_last_definition_of_a_list_stays_with_the_others() -> None:
    terms = "".join(f"<dt>{term}</dt><dd>{meaning}</dd>" for term, meaning in TERMS)
    assert all(meaning in text_with("", f"<h2>Words of the river</h2><dl>{terms}</dl>") for _, meaning in TERMS)


@pytest.mark.parametrize("frame", ["<div>{}</div>", "{}"])
@pytest.mark.parametrize("panel", PANELS.values(), ids=PANELS)
def test_questions_that_readers_open_stay_within_the_text(panel: str, frame: str) -> None:
    # Given questions and their answers, in an element of their own or beside the paragraphs
    text = text_with(frame.format("".join(panel.format(question, answer) for question, answer in QUESTIONS)))
    assert all(question in text and answer in text for question, answer in QUESTIONS)


def test_below_the_text_a_question_stays_with_its_answer() -> None:
    text = text_with("", "".join(PANELS["elements of the browser's own"].format(*both) for both in QUESTIONS))
    assert all((question in text) == (answer in text) for question, answer in QUESTIONS)


def test_buttons_between_paragraphs_open_nothing() -> None:
    tools = "<div><button>Listen to the ferry</button><button>Save for later</button><span>Three minutes</span></div>"
    assert text_with(tools) == "\n\n".join(SENTENCES)


def test_a_paragraph_that_is_one_linked_sentence_stays() -> None:
    names = "Mao Sarin, 58, of Kampot, Chan Dara, 49, of Kep, and Som Nary, 61, of Takeo signed the letter to the governor."
    assert names in text_with(f"<div class='x1'><p><a href='/letter'><strong>{names}</strong></a></p></div>")

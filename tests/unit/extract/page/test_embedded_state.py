from __future__ import annotations

import json
import time

import pytest

from worker.errors import ItemFailed
from worker.extract.page.embedded_state import embedded_article
from worker.extract.page.markup import parse
from worker.extract.pipeline import extract_text

PARAGRAPHS = [
    "The ferry to the island sails again from Monday, after nine weeks in which its engine lay in a shed in Kampot.",
    "Its captain, Mao Sarin, said that he had used the time to paint the hull, and to learn the names of his passengers.",
    "Tickets cost what they cost before, he added, but chickens now travel for half the fare if they sit on a lap.",
    "The next boat will have two engines, so that one of them may lie in the shed while the other sails the island route.",
]
MARKUP = "".join(f'<p class="text">{paragraph}</p>' for paragraph in PARAGRAPHS)


def page(script: str) -> str:
    shell = "<html><head><title>The ferry sails again</title></head><body><div id='root'>Loading story</div>"
    return f"{shell}<script>{script}</script></body></html>"


@pytest.mark.parametrize(
    "script",
    [
        f"window.__STATE__ = {json.dumps({'article': {'title': 'x', 'body': MARKUP}})};",
        f"self.__next_f.push([1,{json.dumps('5:' + json.dumps({'body': MARKUP}))}])",
        json.dumps({"body": MARKUP}).replace("<", "\\u003c"),
    ],
)
def test_the_article_that_a_script_would_display_is_read_from_its_state(script):
    article = extract_text(page(script), "https://press.example/ferry")
    assert article.title == "The ferry sails again"
    assert article.text.split("\n\n") == PARAGRAPHS


@pytest.mark.parametrize("script", ["", "var x = 'loading';", json.dumps({"teaser": "<p>The ferry</p><p>sails again</p>"}), '"' * 50_001])
def test_a_page_without_an_article_in_its_scripts_has_no_text(script):
    with pytest.raises(ItemFailed):
        extract_text(page(script), "https://press.example/ferry")


def page_with_state(shown: str, state: str) -> str:
    head = "<head><title>The ferry sails again</title></head>"
    return f"<html>{head}<body>{shown}<script type='application/json'>{state}</script></body></html>"


def portable(paragraph: str) -> dict[str, object]:
    """A paragraph as some publishing systems keep it: in parts."""
    return {"_type": "block", "children": [{"_type": "span", "text": paragraph[:20]}, {"_type": "span", "text": paragraph[20:]}]}


@pytest.mark.parametrize(
    "body",
    [
        PARAGRAPHS,
        [{"kind": "paragraph", "html": paragraph} for paragraph in PARAGRAPHS],
        [*({"type": "p", "text": paragraph} for paragraph in PARAGRAPHS), {"type": "image", "src": "/a.jpg"}],
        [portable(paragraph) for paragraph in PARAGRAPHS],
        [{"nodeType": "paragraph", "content": [{"nodeType": "text", "value": paragraph}]} for paragraph in PARAGRAPHS],
        MARKUP,
    ],
)
def test_a_page_that_shows_the_first_paragraph_leaves_the_rest_to_its_state(body):
    state = json.dumps({"props": {"article": {"title": "The ferry sails again", "body": body}, "menu": [{"label": "Weather for sailors"}]}})
    shown = f"<h1>The ferry sails again</h1><div><p>{PARAGRAPHS[0]}</p></div>"
    assert extract_text(page_with_state(shown, state), "https://press.example/ferry").text.split("\n\n") == PARAGRAPHS


def test_the_state_may_be_assigned_to_a_name_in_a_script():
    script = f"<script>window.__DATA__ = {json.dumps({'a': {'blocks': [{'text': paragraph} for paragraph in PARAGRAPHS]}})};</script>"
    shown = f"<h1>The ferry sails again</h1><p>{PARAGRAPHS[0]}</p>"
    markup = f"<html><head><title>The ferry sails again</title></head><body>{shown}{script}</body></html>"
    assert extract_text(markup, "https://press.example/ferry").text.split("\n\n") == PARAGRAPHS


@pytest.mark.parametrize("state", [json.dumps({"other": PARAGRAPHS[1:]}), "[" * 100_000, "{", json.dumps({"body": PARAGRAPHS[:2]})])
def test_what_the_state_holds_besides_is_not_the_articles(state):
    shown = f"<h1>The ferry sails again</h1><p>{PARAGRAPHS[0]}</p><p>{PARAGRAPHS[1]}</p>"
    assert extract_text(page_with_state(shown, state), "https://press.example/ferry").text.split("\n\n") == PARAGRAPHS[:2]


def test_hostile_scripts_are_searched_in_bounded_time():
    started = time.process_time()
    for script in ('"' + "\\" * 1_000_000, '"<p>' * 45_000, '"\\"' * 300_000):
        embedded_article(parse(page(script)).root)
    assert time.process_time() - started < 5

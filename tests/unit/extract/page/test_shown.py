"""What a browser shows of an element, by its attributes and by the page's own style rules."""

from __future__ import annotations

import pytest

from worker.extract.page.blocks import blocks_of
from worker.extract.page.markup import parse
from worker.extract.page.shown import MAX_NAMES, MAX_STYLES, hidden_names


def texts_of(body: str, style: str = "") -> list[tuple[str, bool]]:
    """Text and whether it is hidden, of each block of a page."""
    root = parse(f"<html><head><title>t</title><style>{style}</style></head><body>{body}</body></html>").root
    assert root is not None
    return [(block.text, block.element.hidden) for block in blocks_of(root)[0]]


@pytest.mark.parametrize(
    "style",
    [
        ".robots { display: none; }",
        "/* for machines */ .other, .robots{color:red;display:none!important}",
        "p{margin:0} @media print{.story{color:#000}} .robots{display:none}",
        "#r{visibility:hidden;display:none}",
        ".robots{position:absolute;left:-9999px}",
        ".robots{clip:rect(0 0 0 0);height:1px}",
    ],
)
def test_a_rule_of_the_page_hides_the_elements_of_its_class_or_id(style: str) -> None:
    assert texts_of("<div class='a robots' id='r'><p>For machines</p></div><p>For people</p>", style) == [
        ("For machines", True),
        ("For people", False),
    ]


@pytest.mark.parametrize(
    "style",
    [
        "@media print{.robots{display:none}}",
        "@supports (x:y){@media (max-width:9px){.robots{display:none}}}",
        ".robots{display:none} .open .robots{display:block}",
        ".robots{display:none} @media (min-width:9px){.robots{display:flex}}",
        ".story .robots{display:none}",
        ".robots:empty{display:none}",
        ".robot{display:none}",
        ".robots{display:none",
    ],
)
def test_a_rule_for_some_readers_or_places_only_hides_nothing(style: str) -> None:
    shown = [("For all", style.endswith("none"))]  # a browser closes the last rule itself
    assert texts_of("<div class='robots'><p>For all</p></div>", style) == shown


def test_a_long_style_is_read_in_part() -> None:
    root = parse(f"<html><head><style>{'a{b:c}' * MAX_STYLES}.robots{{display:none}}</style></head><body><p>x</p></body></html>").root
    assert root is not None
    assert hidden_names(root) == frozenset()


@pytest.mark.parametrize(
    "label",
    [
        "<span class='sr-only'>, opens new tab</span>",
        "<span class='icon visually-hidden'>, opens new tab</span>",
        "<span class='screen-reader-text'>, opens new tab</span>",
        "<span style='position:absolute; clip: rect(0 0 0 0); width:1px'>, opens new tab</span>",
        "<span style='position:absolute;left:-9999px'>, opens new tab</span>",
        "<span hidden>, opens new tab</span>",
    ],
)
def test_what_is_only_read_aloud_is_no_part_of_a_line(label: str) -> None:
    assert texts_of(f"<p>The company owns <a href='/x'>four hundred boxes{label}</a> in the county.</p>") == [
        ("The company owns four hundred boxes in the county.", False)
    ]


def test_a_first_letter_that_is_written_twice_is_read_once() -> None:
    letters = "<span class='sr-only'>T</span><span aria-hidden='true' class='drop'>T</span>he dome opened."
    assert texts_of(f"<p>{letters}</p>") == [("The dome opened.", False)]


def test_a_panel_that_a_search_in_the_page_opens_is_not_hidden() -> None:
    assert texts_of("<div hidden='until-found'><p>Found</p></div><div hidden><p>Not found</p></div>") == [
        ("Found", False),
        ("Not found", True),
    ]


def test_a_template_that_a_browser_shows_is_read_and_an_inert_one_is_not() -> None:
    shadow = "<x-story><template shadowrootmode='open'><p>Shown</p></template></x-story><template><p>Inert</p></template>"
    assert [text for text, _ in texts_of(shadow)] == ["Shown"]


def test_rules_that_hide_more_names_than_any_page_has_are_not_all_followed() -> None:
    # Given a page whose style hides 10,000 names, each of which costs a search of all rules
    rules = "".join(f".n{number}{{display:none}}" for number in range(10_000))
    root = parse(f"<html><head><style>{rules}</style></head><body><p>The river rose.</p></body></html>").root
    # When they are read, then the first ones are known, and no more than a page may have
    names = hidden_names(root)
    assert {".n0", ".n100"} <= names
    assert len(names) <= MAX_NAMES

from __future__ import annotations

import time

import pytest

from worker.errors import ItemFailed
from worker.extract.page.markup import MAX_LENGTH, parse
from worker.reasons import Reason

ARTICLE = "<p>The real article ends here.</p>"


@pytest.mark.parametrize(
    ("name", "text", "warning"),
    [
        ("300 nested blocks", "<div>" * 300 + ARTICLE, None),
        ("50,000 nested inline tags", "<b>" * 49_000 + ARTICLE, "too_deep"),
        ("16,000 nested tables", "<table><tr><td>" * 16_000 + ARTICLE, "too_deep"),
        ("a million attributes", "<p " + " ".join(f"a{n}=1" for n in range(1_000_000)) + ">" + ARTICLE, "absurd_tag"),
        ("50,000 openings", "<" * 49_000 + ARTICLE, None),
        ("a million entities", "&amp;" * 1_000_000 + "&a" * 1_000_000 + ARTICLE, None),
        ("a long list of end tags", "</x>" * 190_000 + ARTICLE, None),
        ("forty thousand scripts", "<script></script>" * 40_000 + ARTICLE, None),
    ],
)
def test_hostile_markup_is_parsed_in_bounded_time_and_its_text_is_not_lost(name, text, warning):
    started = time.process_time()
    tree = parse(text)
    assert "The real article ends here." in tree.root.text_content()
    assert tree.warnings == ([warning] if warning else [])
    assert time.process_time() - started < 5, name


def test_a_long_tag_with_few_attributes_keeps_them():
    # Given an inline picture of 100 KB
    tree = parse(f'<img src="data:image/png;base64,{"A" * 100_000}" alt="x"><p title="{"word " * 2000}">text</p>')
    # Then nothing of it is cut
    assert tree.warnings == []
    assert tree.root.find(".//p").get("title").startswith("word")


@pytest.mark.parametrize(
    "text", ["word " * (MAX_LENGTH // 5 + 1), "<" * 1_000_000, "<b>" * 200_000 + ARTICLE, "<script></script>" * 100_000 + ARTICLE]
)
def test_a_page_beyond_the_parsers_budget_is_refused(text):
    with pytest.raises(ItemFailed) as failed:
        parse(text)
    assert failed.value.reason is Reason.PARSE_LIMIT


def test_no_file_is_read_for_an_entity():
    tree = parse('<!DOCTYPE html [<!ENTITY x SYSTEM "file:///etc/passwd">]><p>&x; text</p>')
    assert "root:" not in tree.root.text_content()


def test_the_article_that_a_script_would_unhide_is_there_without_it() -> None:
    page = '<html><body><template id="B:0"></template><div hidden id="S:0"><p>The ferry sails.</p></div><p hidden>Menu</p></body></html>'

    root = parse(page).root

    assert [element.get("hidden") is None for element in root.iter("div", "p")] == [True, True, False]


def test_a_broken_tag_of_the_root_does_not_empty_the_page() -> None:
    # Given a page whose first tag ran into another one on its way
    broken = '<html xmlogo.jpg" alt="Releases" width="145" /></a></td><td><p>' + "The council met on Monday. " * 200 + "</p></td></html>"
    # When it is parsed, then its text is there
    root = parse(broken).root
    assert root is not None
    assert "The council met on Monday." in root.text_content()


def test_a_script_whose_tag_lacks_a_quotation_mark_does_not_swallow_the_page():
    script = '<script src="/code.js>\nshow("a");\n</script>\n<link href="x.css">\n</head>\n<body class="news">'
    tree = parse(f"<html><head><title>T</title>{script}<p>The river rose again.</p></body></html>")
    assert tree.root.findtext(".//p") == "The river rose again."


def test_a_script_that_writes_a_page_for_the_printer_stays_one():
    script = "<script>w.write('<html><head></head><body>'); w.write('x');</script>"
    tree = parse(f"<html><head>{script}</head><body><p>The river rose again.</p></body></html>")
    assert [tree.root.findtext(".//p"), len(tree.root.findall(".//script"))] == ["The river rose again.", 1]


@pytest.mark.parametrize("first", ["article", "main", "section", "header", "page-body"])
def test_a_page_without_body_tags_has_its_text_in_the_body(first: str) -> None:
    # Given a page that leaves out what HTML lets it leave out
    head = "<!doctype html><meta charset=utf-8><title>Mill</title><link rel=icon href=/i>"
    page = f"{head}<{first}><p>The river rose.</p></{first}><p>It fell again.</p>"
    # When it is parsed
    root = parse(page).root
    # Then the text is the body's, in its order, and the head keeps what is its own
    assert root is not None
    assert [paragraph.text for paragraph in root.findall("body//p")] == ["The river rose.", "It fell again."]
    assert [child.tag for child in root.find("head")] == ["meta", "title", "link"]

"""A page's text is split where a browser would break the line."""

import pytest

from worker.extract.model.subtree_totals import subtree_totals
from worker.extract.page.blocks import MAX_DEPTH, MAX_INLINE_DEPTH, Block, BlockElement, blocks_of
from worker.extract.page.class_hints import HIDDEN
from worker.extract.page.markup import parse


def walked(body: str) -> tuple[list[Block], list[BlockElement]]:
    return blocks_of(parse(f"<html><body>{body}</body></html>").root)


def texts(body: str) -> list[str]:
    return [block.text for block in walked(body)[0]]


def test_inline_elements_continue_a_block_and_others_begin_one() -> None:
    assert texts("<p>One <b>bold</b> word</p><p>Two</p>three") == ["One bold word", "Two", "three"]


def test_text_around_an_inner_element_stays_in_order() -> None:
    assert texts("<div>before<p>inside</p>after</div>") == ["before", "inside", "after"]


def test_white_space_collapses_and_a_br_breaks_the_line() -> None:
    assert texts("<p> one\n  two <br> three<br><br></p>") == ["one two\nthree"]


def test_an_unknown_element_begins_a_block() -> None:
    assert texts("<news-lead>Lead</news-lead><news-body>Body</news-body>") == ["Lead", "Body"]


def test_the_content_of_scripts_and_forms_is_not_text() -> None:
    assert texts("<p>a<script>var x</script>b</p><select><option>c</select><p>d</p>") == ["ab", "d"]


def test_links_and_bold_characters_are_counted() -> None:
    # Given a line with a link, a link that shows nothing, and bold words
    [block] = walked('<p><a href="/x"></a>See <a href="/y">this page</a> <b>now</b></p>')[0]
    # Then characters count without the blanks around them
    assert (block.links, block.link_chars, block.bold_chars) == (2, len("this page"), len("now"))


def test_an_empty_link_is_not_counted_for_the_next_block() -> None:
    blocks, _ = walked('<div><a href="/x"><img></a></div><p>Text</p>')
    assert [(block.text, block.links) for block in blocks] == [("Text", 0)]


def test_a_block_element_within_a_link_is_linked() -> None:
    [block] = walked('<a href="/x"><h3>Another headline</h3></a>')[0]
    assert block.link_chars == len("Another headline")


def test_everything_inside_a_hidden_element_is_hidden() -> None:
    blocks, _ = walked('<div style="color:red; display: none"><p>a</p></div><div aria-hidden="true"><p>b</p></div><p>c</p>')
    assert [bool(block.element.inherited & HIDDEN) for block in blocks] == [True, True, False]


def test_elements_follow_their_parents_and_know_where_they_end() -> None:
    # Given a list within a box, and a paragraph after it
    _, elements = walked("<div><ul><li>a</li><li>b</li></ul></div><p>c</p>")
    # Then each element is followed by those inside it
    assert [(element.tag, element.number, element.end, element.depth) for element in elements] == [
        ("body", 0, 6, 0), ("div", 1, 5, 1), ("ul", 2, 5, 2), ("li", 3, 4, 3), ("li", 4, 5, 3), ("p", 5, 6, 1),
    ]  # fmt: skip


def test_elements_of_one_tag_class_and_parent_share_a_signature() -> None:
    _, elements = walked('<p class="x">a</p><p class="x">b</p><p>c</p><div><p class="x">d</p></div>')
    first, second, other, _, inner = (element.signature for element in elements[1:])
    assert first == second
    assert len({first, other, inner}) == 3


def test_totals_include_everything_inside_at_any_depth() -> None:
    # Given a box with a sentence and a link in it
    sentence = "The ministers met in the capital on Monday to speak about the price of rice in the region."
    blocks, elements = walked(f'<div><div><p>{sentence}</p></div><p><a href="/x">More</a></p></div><p>End</p>')
    # When the totals of its elements are computed
    totals = subtree_totals(blocks, elements)
    # Then body and box hold both, the inner box the sentence only
    assert list(totals.chars[:3]) == [len(sentence) + 7, len(sentence) + 4, len(sentence)]
    assert list(totals.link_chars[:3]) == [4, 4, 0]
    assert list(totals.prose_chars[:3]) == [len(sentence)] * 3
    assert list(totals.blocks[:3]) == [3, 2, 1]


def test_no_text_is_lost_below_the_maximum_depth() -> None:
    deep = "<div>" * (MAX_DEPTH + 20) + "bottom<p>under</p>" + "</div>" * (MAX_DEPTH + 20)
    assert "\n".join(texts(deep)).split("\n") == ["bottom", "under"]
    assert texts("<p>" + "<span>" * (MAX_INLINE_DEPTH + 20) + "inner" + "</span>" * (MAX_INLINE_DEPTH + 20) + " end</p>") == ["inner end"]


@pytest.mark.parametrize(
    ("names", "kept"), [("tabs-nav", True), ("my-tab", True), ("crosstab-1", True), ("tabloid", False), ("table", False)]
)
def test_a_hidden_panel_is_known_by_its_name_between_hyphens(names: str, kept: bool) -> None:
    _, elements = walked(f"<p>Rice prices rise.</p><p>They fell before.</p><div class='{names}' hidden><p>Maize is up.</p></div>")
    assert any(element.hidden for element in elements) is not kept


@pytest.mark.parametrize(
    ("ruby", "line"),
    [
        ("<ruby>商工会<rt>しょうこうかい</rt></ruby>", "商工会"),
        ("<ruby>商<rt>しょう</rt>工<rt>こう</rt>会<rt>かい</rt></ruby>", "商工会"),
        ("<ruby><rb>商工会</rb><rtc><rt>しょうこうかい</rt></rtc></ruby>", "商工会"),
        ("<ruby>商工会<rp>（</rp><rt>しょうこうかい</rt><rp>）</rp></ruby>", "商工会（しょうこうかい）"),
        ("<ruby>商工会<rp>（<rt>しょうこうかい<rp>）</ruby>", "商工会（しょうこうかい）"),
    ],
)
def test_what_ruby_writes_over_letters_is_text_only_in_brackets(ruby: str, line: str) -> None:
    assert texts(f"<p>市の{ruby}は市場を開いた。</p>") == [f"市の{line}は市場を開いた。"]

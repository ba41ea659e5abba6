"""A card's Markdown becomes an HTML page."""

from __future__ import annotations

from classifier.report.markdown import render


def test_headings_tables_lists_and_code_become_html() -> None:
    page = render("Model 1", "# Model 1\n\nDigest `ab`,\nof two.\n\n| | a |\n|---|---|\n| x | 1 |\n\n- one\n- two\n\n## More", [])
    assert "<h1>Model 1</h1>" in page
    assert "<p>Digest <code>ab</code>, of two.</p>" in page
    assert "<table><tr><th></th><th>a</th></tr><tr><td>x</td><td>1</td></tr></table>" in page
    assert "<ul><li>one</li><li>two</li></ul>" in page
    assert "<h2>More</h2>" in page


def test_html_in_a_name_is_escaped() -> None:
    page = render("<b>", "# <script>\n\n| `<i>` |\n|---|", ["<svg/>"])
    assert "<title>&lt;b&gt;</title>" in page
    assert "<h1>&lt;script&gt;</h1>" in page
    assert "<code>&lt;i&gt;</code>" in page
    assert "<figure><svg/></figure>" in page

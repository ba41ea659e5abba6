"""The people whom a page shows as its authors, beside those whom it cites, quotes, reviews or pictures."""

from __future__ import annotations

import pytest

from worker.extract.pipeline import extract_text

PROSE = "".join(
    f"<p>The ferry across the lower river carried {number} carts of rice to the far bank before the rain, the harbour master said.</p>"
    for number in ("forty", "fifty", "sixty")
)
REPORT = "".join(
    f"<p>{number}日、葦原の渡し船が修理を終えて運航を再開し、左岸の住民は石橋まで遠回りをする必要がなくなったと話した。</p>"
    for number in "一二三"
)


def authors_of(byline: str, end: str = "", head: str = "", text: str = PROSE) -> list[str]:
    page = f"<html><head>{head}</head><body><article><h1>Ferry carries rice before the rain</h1>{byline}{text}{end}</article></body></html>"
    return extract_text(page, "https://harbour.example/a").authors


@pytest.mark.parametrize("place", ["For Harrow Post Australia", "for The Lower River Herald", "in Bramholt", "from Bramholt"])
def test_outlet_and_place_after_a_name_are_no_part_of_it(place):
    assert authors_of(f'<p>By <a class="author" href="/p/1">Levi Prandtl {place}</a></p>') == ["Levi Prandtl"]


@pytest.mark.parametrize("label", ["Story:", "Text:", "Words:", "Author:", "Written by:"])
def test_a_label_names_the_writer_where_the_page_states_an_account(label):
    head = '<meta name="author" content="admin">'
    assert authors_of(f'<div class="meta"><span class="posted-by">{label} Jabari Ostwald</span></div>', head=head) == ["Jabari Ostwald"]


@pytest.mark.parametrize(
    "line",
    [
        '<a rel="author" href="/p/v">Virginia Lowther</a> in Bramholt and Jonathan Whitby',
        'By <a href="/author/v">Virginia Lowther</a> and Jonathan Whitby',
        '<span class="author">Virginia Lowther</span> &amp; Jonathan Whitby',
    ],
)
def test_a_second_author_needs_no_link(line):
    assert authors_of(f"<div>{line}</div>") == ["Virginia Lowther", "Jonathan Whitby"]


@pytest.mark.parametrize(
    "more", [" in Bramholt and on the Lower River", " and Reuters Staff", ", Lifestyle Trends", " and photos by Jonathan Whitby"]
)
def test_what_else_follows_a_linked_name_is_no_author(more):
    assert authors_of(f'<div><a rel="author" href="/p/v">Virginia Lowther</a>{more}</div>') == ["Virginia Lowther"]


@pytest.mark.parametrize(
    "cited",
    [
        '<p>Boats are known to fail in the rain, lead author <b class="author">Hanne Wisk</b> wrote in a study of ferries.</p>',
        '<blockquote>Every river is a road. <span class="author">Hanne Wisk</span></blockquote>',
        '<div class="pullquote"><p>Every river is a road.</p><span class="author">Hanne Wisk</span></div>',
        '<ul><li><cite><span class="author">Hanne Wisk</span> Ferries in the rain</cite></li></ul>',
        '<div class="references"><span class="author">Hanne Wisk</span> Ferries in the rain</div>',
    ],
)
def test_the_author_of_what_a_text_cites_is_not_its_own(cited):
    assert authors_of('<div class="storyby">By Petra Lunnan</div>', end=cited) == ["Petra Lunnan"]


@pytest.mark.parametrize(
    ("role", "kind"), [("itemReviewed", "Book"), ("image", "ImageObject"), ("comment", "Comment"), ("citation", "ScholarlyArticle")]
)
def test_the_author_of_another_item_of_microdata_is_not_the_articles(role, kind):
    item = f'<div itemprop="{role}" itemscope itemtype="https://schema.org/{kind}"><span itemprop="author">Aurelia Pym</span></div>'
    own = (
        '<div itemprop="author" itemscope itemtype="https://schema.org/Person">Reviewed by <span itemprop="name">Kasimir Dolan</span></div>'
    )
    assert authors_of(item + own) == ["Kasimir Dolan"]


@pytest.mark.parametrize(
    "byline",
    ["文・山崎楓　写真・川口湊", "取材・文＝山崎楓", "文・写真：山崎楓", "文／山崎楓　写真／川口湊", "聞き手・山崎楓"],
)
def test_the_writer_of_a_japanese_text_is_told_from_its_photographer(byline):
    assert authors_of(f'<p class="credit">{byline}</p>', text=REPORT) == ["山崎楓"]


@pytest.mark.parametrize("end", ["（プノンペン＝佐伯理央）", "【プノンペン＝佐伯理央】"])
def test_the_reporter_behind_the_place_signs_a_japanese_text(end):
    assert authors_of("", text=REPORT.removesuffix("</p>") + f"{end}</p>", end="<h2>【関連記事】</h2>") == ["佐伯理央"]
    assert authors_of("", text=f"<p>{end}{REPORT.removeprefix('<p>')}") == ["佐伯理央"]


def test_an_agency_behind_the_place_is_nobody():
    assert authors_of("", text=REPORT.removesuffix("</p>") + "（プノンペン＝共同）</p>") == []


@pytest.mark.parametrize(
    "line",
    [
        "<span>2024-03-22 07:05</span><span>来源：澜沧报</span><span>记者：陈晓雯</span><span>浏览 5,602</span>",
        "<span>18 พ.ย. 2567 15:45 น.</span><span>2,184 ครั้ง</span><span>เรื่อง: ณัฐริกา ศรีบุญเรือง / ภาพ: ธีรพงษ์ จันทะสิม</span>",
        "<em>3 May 2024</em><em>Harbour Office</em><em>Author: Dara Sok</em><em>Views 31</em>",
    ],
)
def test_a_label_and_name_in_an_element_of_their_own_are_a_byline(line):
    assert authors_of(f'<div class="info">{line}</div>')[0] in ("陈晓雯", "ณัฐริกา ศรีบุญเรือง", "Dara Sok")


def test_a_name_behind_a_label_with_a_colon_may_occur_in_the_text():
    people = "<dl><dt>Guest:</dt><dd>Khamla Sisavath, team leader</dd><dt>Presenter:</dt><dd>Fergus Whitcombe</dd></dl>"
    assert authors_of(
        people, end="<p>Fergus Whitcombe: And the rice, was it dry when the ferry came to the far bank of the river?</p>"
    ) == ["Fergus Whitcombe"]


def test_given_names_of_a_catalogue_come_first():
    head = '<meta name="citation_author" content="Tay, Ignatius Boon Keng"><meta name="citation_author" content="Roy, A.">'
    assert authors_of("", head=head)[0] == "Ignatius Boon Keng Tay"


def test_an_author_in_an_attribute_within_a_sentence_is_read():
    assert authors_of('<p>A report of the harbour office on carts and ferries. <meta itemprop="author" content="Dara Sok"></p>') == [
        "Dara Sok"
    ]


@pytest.mark.parametrize(
    "bylines",
    [
        '<p class="byline"><a href="/author/d">Dara Sok</a></p><p class="byline"><a href="/author/m">Mai Lan</a></p>',
        '<div><div><a rel="author" href="/d">Dara Sok</a></div><div><a rel="author" href="/m">Mai Lan</a></div></div>',
        '<div class="authors"><div class="who"><span>Dara Sok</span></div><div class="who"><span>Mai Lan</span></div></div>',
        "<p>By Dara Sok<br>and Mai Lan</p>",
        "<p>By Dara Sok</p><p>By Mai Lan</p>",
        "<p>Dara Sok and Mai Lan | 3 May 2024</p>",
        "<p>Dara Sok &amp; Mai Lan</p><p>3 May 2024</p>",
        "<p>Von Dara Sok</p><p>und Mai Lan</p>",
    ],
)
def test_all_of_several_authors_are_named(bylines):
    assert authors_of(bylines) == ["Dara Sok", "Mai Lan"]


@pytest.mark.parametrize(
    "more",
    [
        '<div class="row"><a rel="author" href="/m">Mai Lan</a> on carts and their wheels</div>',
        "<p>and Mai Lan the cook sang.</p>",
        "<p>Lower River</p>",
    ],
)
def test_what_follows_a_byline_is_no_author(more):
    assert authors_of(f'<div class="row"><a rel="author" href="/d">Dara Sok</a></div>{more}') == ["Dara Sok"]


@pytest.mark.parametrize(
    "line",
    [
        "Guest post by Joe Pellegrin, VP of Strategy at Fairlight Moorings",
        "A guest column by Joe Pellegrin",
        "Guest essay by Joe Pellegrin, head of research at the Fairlight trust",
        "Ein Gastbeitrag von Joe Pellegrin",
        "Gastblog door Joe Pellegrin",
        "By Joe Pellegrin, chair of the harbour board",
    ],
)
def test_the_guest_of_a_page_is_its_author_without_his_office(line):
    assert authors_of(f'<p class="post-meta"><em>{line}</em></p>', head='<meta name="author" content="admin">') == ["Joe Pellegrin"]


@pytest.mark.parametrize(
    "line",
    ["Interview: Maria Stetter", "Das Gespräch führte: Maria Stetter", "Die Fragen stellte: Maria Stetter", "Entrevista: Maria Stetter"],
)
@pytest.mark.parametrize("place", ["top", "end"])
def test_who_led_an_interview_is_its_author(line, place):
    whom = '<div class="partner"><strong>Rolf Anders</strong>, 58, is the harbour master of Bramholt.</div>'
    byline = f'<p class="credit">{line}</p>'
    assert authors_of(whom + byline if place == "top" else whom, end=byline if place == "end" else "") == ["Maria Stetter"]


@pytest.mark.parametrize("line", ["Interview: Rolf Anders", "Interview: harbour master", "Interview:"])
def test_whom_an_interview_asked_is_not_its_author(line):
    whom = "<p><strong>Rolf Anders</strong>, 58, is the harbour master of Bramholt.</p>"
    asked = "<p>“We have waited long enough,” said Anders on the stairs of the old Swan, “but the drawings are on the table.”</p>"
    assert authors_of(f"<p>{line}</p>{whom}", end=asked) == []


@pytest.mark.parametrize(
    ("line", "names"),
    [
        ("By Rose Reader and Guy Friday", ["Rose Reader", "Guy Friday"]),
        ("By Guy Friday, Monday 12 May 2025", ["Guy Friday"]),
        ("By Friday Osanebi", ["Friday Osanebi"]),
        ("By Rose Reader Friday 12 May 2025", ["Rose Reader"]),
        ("By Rose Reader, Friday", ["Rose Reader"]),
        ("By Rose Reader Friday", ["Rose Reader"]),
    ],
)
def test_a_weekday_is_a_name_beside_a_single_name(line, names):
    assert authors_of(f'<p class="byline">{line}</p>') == names


def test_the_bylines_of_a_list_of_other_articles_are_not_the_articles():
    cards = "".join(
        f'<div class="block"><h3><a href="/{name}">{name} on other boats</a></h3><p class="byline">'
        f'<time>3 hours ago</time> by <a rel="author" href="/author/{name}">{name} Reel</a></p></div>'
        for name in ("Jonas", "Steffi", "Megan")
    )
    own = '<div class="byline"><a href="/author/devin-colder/">Devin Colder</a></div>'
    assert authors_of(own, end=f"</article><section>{cards}</section>") == ["Devin Colder"]


@pytest.mark.parametrize(("others", "names"), [(("A", "A", "A"), ["Jonas Reel"]), (("A", "A", "B"), []), (("A", "A"), [])])
def test_who_wrote_all_other_articles_of_a_blog_is_its_author(others, names):
    writers = {"A": "Jonas Reel", "B": "Megan Rosedick"}
    cards = "".join(
        f'<li class="post"><h2><a href="/{at}">Another boat, {at}</a></h2><a href="/author/x/">{writers[one]}</a></li>'
        for at, one in enumerate(others)
    )
    assert authors_of("", end=f"</article><ul>{cards}</ul>") == names


def test_the_linked_title_of_the_article_itself_makes_no_list():
    page = f"""<body><h1>Harbour blog</h1><div class="post"><h2><a href="/a">Ferry carries rice before the rain</a></h2>
        <p>by <a rel="author" href="/author/devin">Devin Colder</a></p>{PROSE}</div>
        <div class="box"><h3><a href="/b">Another boat</a></h3></div>"""
    assert extract_text(page, "https://harbour.example/a").authors == ["Devin Colder"]


def test_a_menu_beside_a_date_is_no_data_of_a_book():
    byline = '<div><span class="author">Devin Colder</span><a href="/process">Editorial Process</a><span>12 May 2025</span></div>'
    assert authors_of(byline) == ["Devin Colder"]


@pytest.mark.parametrize("label", ["Publisher", "ISBN", "Verlag", "\u0e2a\u0e33\u0e19\u0e31\u0e01\u0e1e\u0e34\u0e21\u0e1e\u0e4c"])
@pytest.mark.parametrize("reviewer", ["Reviewed by Hanne Vossberg", "Rezensiert von Hanne Vossberg", "Review by Hanne Vossberg"])
def test_who_reviewed_a_book_is_the_author_of_the_review(label, reviewer):
    data = f'<dl><dt>Author</dt><dd class="authors">Salim Ortega</dd><dt>{label}</dt><dd>Lintel House</dd></dl>'
    assert authors_of(f"{data}<div>{reviewer}</div>") == ["Hanne Vossberg"]


def test_who_reviewed_a_text_is_not_its_author_beside_a_byline():
    assert authors_of("<p>Reviewed by Hanne Vossberg</p><p>By Rose Reader</p>") == ["Rose Reader"]


@pytest.mark.parametrize(
    "end",
    [
        "<p>\uff08\u4e34\u6cb3\u665a\u62a5\u8bb0\u8005 \u738b\u6653\u4e1c\u3001\u674e\u9759\uff09</p>",
        "<p>\u6765\u6e90\uff1a\u4e34\u6cb3\u665a\u62a5<span>\u672c\u62a5\u8bb0\u8005 \u738b\u6653\u4e1c\u3001\u674e\u9759</span></p>",
    ],
)
def test_the_reporter_of_a_chinese_paper_is_named_without_it(end):
    assert authors_of("", end=end, text=REPORT) == ["\u738b\u6653\u4e1c", "\u674e\u9759"]


NAME = '<span class="{0}">Ines</span> <span class="{1}">Okoro-Lund</span>'
OTHER = '<span class="{0}">Theo</span> <span class="{1}">van der Meulen</span>'


@pytest.mark.parametrize(
    "kinds",
    [("given-name", "family-name"), ("firstName", "lastName"), ("author__first-name", "author__last-name"), ("fname", "text surname")],
)
@pytest.mark.parametrize(
    "form",
    [
        '<div class="vcard">Written by <span class="fn n">{one}</span> <span>and</span> <span class="fn n">{other}</span></div>',
        '<p class="byline">By {one} and {other}</p>',
        '<div><a class="author" href="/p/1">{one}<sup>a</sup></a>, <a class="author" href="/p/2">{other}<sup>b</sup></a></div>',
    ],
)
def test_the_parts_of_a_name_in_elements_of_their_own_are_one_name(kinds, form):
    assert authors_of(form.format(one=NAME.format(*kinds), other=OTHER.format(*kinds))) == ["Ines Okoro-Lund", "Theo van der Meulen"]


@pytest.mark.parametrize(
    ("byline", "name"),
    [
        ('<span itemprop="familyName">Meulen</span>, <span itemprop="givenName">Theo</span>', "Theo Meulen"),
        ('<span class="first-name">Theo</span><i class="middle-name">B.</i><b class="last-name">Meulen</b>', "Theo B. Meulen"),
        ('<span class="last-name">Nguyen</span> <span class="first-name">Van An</span>', "Nguyen Van An"),
    ],
)
def test_the_parts_of_a_name_stay_in_the_order_of_the_page(byline, name):
    assert authors_of(f'<div class="author">{byline}</div>') == [name]


@pytest.mark.parametrize(
    "byline", ["By Theo Meulen", "By Theo van der Meulen", "Written by Ines Okoro-Lund and Theo Meulen", "Von Theo Meulen"]
)
@pytest.mark.parametrize("form", ["<p>{}</p>", "<p class='byline'>{}</p>", "<p class='author'>{}</p>"])
def test_a_given_name_that_introduces_a_source_elsewhere_is_one_behind_by(byline, form):
    names = byline.removeprefix("By ").removeprefix("Written by ").removeprefix("Von ").split(" and ")
    assert authors_of(form.format(byline)) == names


@pytest.mark.parametrize("source", ["Theo Reuters", "Theo Daily Mail", "Tác giả: Theo Daily Mail"])
def test_a_vietnamese_source_is_no_person(source):
    assert authors_of(f"<p class='author'>{source}</p>") == []


@pytest.mark.parametrize(
    ("title", "names"), [("Ferry carries rice before the rain", ["Theo Meulen"]), ("Phà chở gạo trước cơn mưa lớn ở Hải Phòng", [])]
)
def test_the_language_of_the_title_tells_whether_a_stated_author_is_a_source(title, names):
    assert authors_of("", head=f'<title>{title}</title><meta name="author" content="Theo Meulen">') == names

from __future__ import annotations

import time

import pytest

from worker.extract.fields.authors import authors_of, authors_of_blog
from worker.extract.fields.bylines import authors_near_text, is_name_and_date, name_part
from worker.extract.fields.title import site_names_of
from worker.extract.lines.nearby_lines import NearbyLines
from worker.extract.page.markup import parse
from worker.extract.page.structured_data import structured_data_of

TEXT = "My grandmother mended buckets in the capital Phnom Penh, as hers had done."


def authors(page: str, url: str = "https://mekongtimes.example.org/a") -> list[str]:
    root = parse(f"<html><head>{page}").root
    data = structured_data_of(root)
    return authors_of(root, data, site_names_of(data, root, url))


def json_ld(text: str) -> str:
    return f'<script type="application/ld+json">{text}</script></head><body><p>x</p>'


@pytest.mark.parametrize(
    ("page", "names"),
    [
        ('<body><a rel="author" href="/x">Sok Dara</a>', ["Sok Dara"]),
        (
            '<body><div class="byline">By <a href="/author/sok-dara">Sok Dara</a> and <a href="/author/ct">Chan Thida</a></div>',
            ["Sok Dara", "Chan Thida"],
        ),
        ('<body><div class="post-author"><b>Sok Dara</b><i>Senior Reporter</i><span>Dec 3</span></div>', ["Sok Dara"]),
        ('<body><p class="articleByline"><span>Sok</span> <span>Dara</span></p>', ["Sok Dara"]),
        ('<body><span class="author">3 May 2024 · Sok Dara</span>', ["Sok Dara"]),
        ('<body><span itemprop="author" itemscope><meta itemprop="url" content="/x"><b itemprop="name">Sok Dara</b></span>', ["Sok Dara"]),
        ('<body><div class="related"><span class="author">Chan Thida</span></div><span class="author">Sok Dara</span>', ["Sok Dara"]),
    ],
)
def test_the_authors_that_a_page_shows_are_found(page, names):
    assert authors(page) == names


def test_a_shown_name_is_preferred_to_a_login_name():
    assert authors('<meta name="author" content="heryadi"></head><body><div class="author-2">Naufal Zuhdi</div>') == ["Naufal Zuhdi"]
    assert authors('<meta name="author" content="Heryadi"></head><body><p>x</p>') == ["Heryadi"]


def test_the_outlets_address_is_not_an_author():
    assert authors('<meta name="author" content="Mekong Times, Phnom Penh, Cambodia"></head><body><p>x</p>') == []


def test_where_the_outlet_is_the_author_those_of_other_articles_are_not_taken():
    # Given a page whose byline is the outlet's, above cards of articles with authors
    page = '<body><div><span class="author">Mekong Times</span></div><div><span class="author">Chan Thida</span></div>'
    assert authors(page) == []


@pytest.mark.parametrize(
    ("author", "names"),
    [
        ('{"@type": "Person", "name": "Sok Dara"}', ["Sok Dara"]),
        ('[{"@type": "Person", "givenName": "Sok", "familyName": "Dara"}, "Chan Thida"]', ["Sok Dara", "Chan Thida"]),
        ('{"@type": "Organization", "name": "Mekong Times"}', []),
        ('{"@type": ["Person", "Organization"], "name": "Sok Dara"}', ["Sok Dara"]),
        ('["Sok Dara", "Mekong Times"]', ["Sok Dara"]),
        ('{"@type": "Organization", "name": "AFP"}', ["AFP"]),
        ('{"@type": "Person", "name": "Mekong Times"}', []),
        ('{"@type": "Person", "name": "Sok Dara, MA, PhD"}', ["Sok Dara"]),
    ],
)
def test_people_in_json_ld_are_authors_and_the_outlet_is_not(author, names):
    assert authors(json_ld(f'{{"@type": "Article", "headline": "x", "author": {author}}}')) == names


def test_an_author_given_by_reference_is_looked_up():
    graph = '[{"@type": "Article", "author": {"@id": "#p"}}, {"@type": "Person", "@id": "#p", "name": "Sok Dara"}]'
    assert authors(json_ld(f'{{"@graph": {graph}}}')) == ["Sok Dara"]


def test_a_person_whose_name_the_site_bears_is_its_author_and_a_newspaper_is_not():
    person = '{"@type": "BlogPosting", "author": {"@type": "Person", "name": "Sok Dara"}}'
    paper = f'[{person}, {{"@type": "Organization", "name": "Sok Dara"}}]'
    assert authors(json_ld(person), "https://sokdara.example/a") == ["Sok Dara"]
    assert authors(json_ld(paper), "https://sokdara.example/a") == []


@pytest.mark.parametrize(
    ("line", "name"),
    [
        ("Sok Dara | 3 May 2024", "Sok Dara"),
        ("Published 3 May 2024 by Sok Dara", "Sok Dara"),
        ("By Sok Dara, 3 May 2024", "By Sok Dara"),
    ],
)
def test_the_name_in_a_byline_is_separated_from_its_date(line, name):
    assert name_part(line) == name


def test_a_name_beside_a_relative_date_is_a_byline():
    assert is_name_and_date("Kofi Mensah · 2 hours ago")
    assert not is_name_and_date("Kofi Mensah · Accra")


@pytest.mark.parametrize(
    ("near", "text", "names"),
    [
        (NearbyLines(below_heading=["ရေးသားသူ - ကိုဇော်လင်း၉ ဖေဖော်ဝါရီ ၂၀၂၅"]), TEXT, ["ကိုဇော်လင်း"]),
        (NearbyLines(below_heading=["报道／摄影：郑佩珊"]), TEXT, ["郑佩珊"]),
        (NearbyLines(below_heading=["ni Liezl Macaraeg • Hulyo 8, 2025"]), TEXT, ["Liezl Macaraeg"]),
        (NearbyLines(below_heading=["윤서진 기자"]), TEXT, ["윤서진"]),
        (NearbyLines(below_text=["そのまま残すという。", "【高山美咲】"]), TEXT, ["高山美咲"]),
        (NearbyLines(below_heading=["記者吳佳穎／高雄報導"]), TEXT, ["吳佳穎"]),
        (NearbyLines(below_heading=["Zulkifli Noor", "Grace Yeo", "04 Mar 2025 10:02AM"]), TEXT, ["Zulkifli Noor", "Grace Yeo"]),
        (NearbyLines(below_text=["Hết bài.", "Một câu ngắn.", "Đoàn Thị Mai", "Nguồn: Bộ"]), TEXT, ["Đoàn Thị Mai"]),
        (NearbyLines(below_text=["【责任编辑:王晓梅】"]), TEXT, []),
        (NearbyLines(below_heading=["x"]), "南海社金边3月12日电（记者陈海涛）柬埔寨渔业部门12日说。", ["陈海涛"]),
        (NearbyLines(below_text=["One is red.", "Posted by Mireille at 18:42"]), TEXT, ["Mireille"]),
        (NearbyLines(below_text=["One is red.", "Posted by Admin at 18:42"]), TEXT, []),
        (NearbyLines(below_heading=["Zoltan Fekete", "Jul 2", "Follow"]), TEXT, ["Zoltan Fekete"]),
        (NearbyLines(below_heading=["Words and photographs by Chea Phearum"]), TEXT, ["Chea Phearum"]),
    ],
)
def test_signatures_are_read_in_the_forms_of_their_countries(near, text, names):
    assert authors_near_text(near, text, set()) == names


def test_the_site_at_the_end_of_the_pages_title_is_not_an_author():
    page = '<title>ชาวสวนเฝ้าต้น | เสียงเช้าออนไลน์</title><meta name="author" content="เสียงเช้าออนไลน์"></head><body>'
    assert authors(page) == []
    assert authors(page.replace("เสียงเช้าออนไลน์", "Sok Dara")) == ["Sok Dara"]


@pytest.mark.parametrize(
    ("near", "names"),
    [
        (NearbyLines(below_heading=["Tessa Blom", TEXT]), ["Tessa Blom"]),
        (NearbyLines(below_heading=["3 May 2024", "Tessa Blom", "Share", TEXT]), ["Tessa Blom"]),
        (NearbyLines(below_heading=["Written by", "Tessa Blom", "Share", TEXT]), ["Tessa Blom"]),
        (NearbyLines(below_heading=["x"], below_text=["Hết bài.", "Lê Phương", "Chia sẻ"]), ["Lê Phương"]),
        (NearbyLines(below_heading=["x"], below_text=["She mended buckets.", "Article by", "Tessa Blom", "Subscribe"]), ["Tessa Blom"]),
        (NearbyLines(below_heading=["x"], below_text=["She mended buckets.", "Author", "Phnom Penh", "Subscribe"]), []),
        (NearbyLines(below_heading=["Phnom Penh", TEXT]), []),
        (NearbyLines(below_heading=["x"], below_text=["Hết bài.", "Trần Thị Lan", "Chia sẻ"]), ["Trần Thị Lan"]),
        (NearbyLines(below_heading=["Tax Operations", "Blogs", TEXT]), []),
        (NearbyLines(below_heading=["x"], below_text=["She mended buckets.", "Join Today", "About"]), []),
    ],
)
def test_a_line_that_is_only_a_name_is_the_author_where_names_are_expected(near, names):
    assert authors_near_text(near, TEXT, set()) == names


def test_a_page_of_bylines_is_read_in_bounded_time():
    started = time.process_time()
    assert authors("<body>" + '<div class="author"><span>a</span></div>' * 24_000) == []
    assert time.process_time() - started < 5


@pytest.mark.parametrize(
    ("line", "names"),
    [
        ("30 août 2022 | Par Marc-Antoine de Villedieu", ["Marc-Antoine de Villedieu"]),
        ("27 janvier 2019 Publié par Josiane", ["Josiane"]),
        ("by Tessa Blom ● December 23, 2025 ● 6 min read", ["Tessa Blom"]),
        ("Đăng bởi Phạm Thu Trang vào 12 Tháng Bảy, 2023", ["Phạm Thu Trang"]),
        ("2024/01/27 13:30記者黃雅琪／台南報導", ["黃雅琪"]),
        ("2023-04-11 10:26 来源：岷江晚报 作者：何思远", ["何思远"]),
        ("本报记者 林晓波 陈佳怡", ["林晓波", "陈佳怡"]),
        ("Bài: Hà Linh - Tuấn Kiệt", ["Hà Linh", "Tuấn Kiệt"]),
        ("Text Size", []),
        ("Par Infos Delta avec APF", []),
    ],
)
def test_a_byline_is_read_after_its_date_and_its_label(line: str, names: list[str]) -> None:
    assert authors_near_text(NearbyLines("A library on a boat", [], [line, TEXT], []), TEXT, {"infosdelta"}) == names


def test_a_name_directly_before_the_date_is_the_authors_above_the_heading_too() -> None:
    above = NearbyLines("A library on a boat", ["Maly Phan", "Nov 8, 2023", "3 min read"], [TEXT], [])
    assert authors_near_text(above, TEXT, set()) == ["Maly Phan"]


def test_a_name_that_ends_the_text_signs_it() -> None:
    text = f"{TEXT}\nAgnès Morin"
    assert authors_near_text(NearbyLines("A letter", [], [TEXT], [TEXT, "Agnès Morin"]), text, set()) == ["Agnès Morin"]


def test_a_marked_element_with_nothing_but_a_time_does_not_hide_the_byline_below() -> None:
    time_of_day = '<div class="author-time"><span>03/06/2025 07:15 GMT+7</span></div>'
    assert authors(f'<body>{time_of_day}<p class="author">Hà Linh - Tuấn Kiệt</p>') == ["Hà Linh", "Tuấn Kiệt"]


def test_a_blog_is_by_the_nickname_in_its_link_or_by_its_owner_who_signs_with_the_date() -> None:
    # Given a page of a blog with a link to its author, and one whose site bears its author's name
    linked = parse('<html><body><article><h1>A mill</h1><a rel="author" href="/author/mill">millhand</a></article></body></html>').root
    signed = parse('<html><head><meta name="author" content="Mattias Orrin"></head><body><p>x</p></body></html>').root
    near = NearbyLines("A mill", [], ["Mattias Orrin, April 19, 2020", TEXT], [])
    # When nothing else names an author, then these are
    assert authors_of_blog(linked, structured_data_of(linked), NearbyLines(), TEXT, set()) == ["millhand"]
    assert authors_of_blog(signed, structured_data_of(signed), near, TEXT, {"mattias"}) == ["Mattias Orrin"]
    # Unless the site signs
    assert authors_of_blog(linked, structured_data_of(linked), NearbyLines(), TEXT, {"millhand"}) == []


def named(kind: str, name: str) -> str:
    return f'<script type="application/ld+json">{{"@type": "{kind}", "name": "{name}"}}</script>'


@pytest.mark.parametrize(
    ("name", "more", "names"),
    [
        ("Sok Dara", "", ["Sok Dara"]),
        ("Sok Dara", named("Organization", "Sok Dara") + named("Person", "Sok Dara"), ["Sok Dara"]),
        ("Sok Dara", named("Organization", "Sok Dara"), []),
        ("Bucket Capital", "", []),
        ("The Mekong", "", []),
        ("TTK Dara", "", []),
        ("Dara Store", "", []),
        ("Dara Contributor", "", []),
    ],
    ids=["owner", "typed as both", "organisation", "words of the text", "article", "capitals", "shop", "role"],
)
def test_a_site_is_by_the_person_whose_name_it_bears_and_not_by_an_outlet(name: str, more: str, names: list[str]) -> None:
    # Given a page that states a name as author, which is also the site's
    root = parse(f'<html><head><meta name="author" content="{name}">{more}</head><body><p>{TEXT}</p>').root
    # When nothing else names an author, then it is one where it is a person's
    text = f"{TEXT} A bucket is worth a day."
    assert authors_of_blog(root, structured_data_of(root), NearbyLines(), text, {"x"}) == names


def test_the_first_of_several_marked_elements_names_the_author_whichever_word_marks_it() -> None:
    # Given elements that are marked by different words, in another order than these are looked for
    first, second = '<p class="story-writer">Sok Dara</p>', '<p class="post-author">Una Orrin</p>'
    # Then the first on the page counts
    assert authors(f"<body>{first}<div>{second}</div>") == ["Sok Dara"]
    assert authors(f"<body>{second}<div>{first}</div>") == ["Una Orrin"]
    assert authors(f'<body><p class="postAuthor">Una Orrin</p><div>{first}</div>') == ["Una Orrin"]


@pytest.mark.parametrize("name", ["og:author", "author"])
def test_links_around_the_names_of_a_field_are_no_part_of_them(name):
    long = "https://mekongtimes.example.org/people/" + 9 * "reporters-of-the-lower-river-"
    links = [f"&lt;a href=&quot;{long}{number}&quot;&gt;{one}&lt;/a&gt;" for number, one in enumerate(("Sok Dara", "Chan Thida"))]
    meta = f'<meta property="{name}" content="By {links[0]}, Kim Mai, {links[1]} and Seán O&#x27;Roe, MTN">'
    assert authors(f"{meta}</head><body><p>x</p>") == ["Sok Dara", "Kim Mai", "Chan Thida", "Seán O'Roe"]

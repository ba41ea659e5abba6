from __future__ import annotations

import time

import pytest

from worker.extract.fields.authors import authors_of, is_name_and_date, named_in, signed
from worker.extract.fields.title import site_keys
from worker.extract.lines.nearby_lines import NearbyLines
from worker.extract.page.markup import parse
from worker.extract.page.structured_data import gather

TEXT = "My grandmother mended buckets in the capital Phnom Penh, as hers had done."


def authors(page: str, url: str = "https://mekongtimes.example.org/a") -> list[str]:
    root = parse(f"<html><head>{page}").root
    said = gather(root)
    return authors_of(root, said, site_keys(said, url))


def json_ld(text: str) -> str:
    return f'<script type="application/ld+json">{text}</script></head><body><p>x</p>'


@pytest.mark.parametrize(
    ("page", "people"),
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
def test_the_people_a_page_shows_as_its_authors_are_found(page, people):
    assert authors(page) == people


def test_a_login_yields_to_the_name_that_is_shown():
    assert authors('<meta name="author" content="heryadi"></head><body><div class="author-2">Naufal Zuhdi</div>') == ["Naufal Zuhdi"]
    assert authors('<meta name="author" content="Heryadi"></head><body><p>x</p>') == ["Heryadi"]


def test_the_outlets_address_is_nobody():
    assert authors('<meta name="author" content="Mekong Times, Phnom Penh, Cambodia"></head><body><p>x</p>') == []


def test_where_the_outlet_signs_the_neighbours_authors_are_not_taken():
    # Given a page that the outlet signs, above cards of articles that people wrote
    page = '<body><div><span class="author">Mekong Times</span></div><div><span class="author">Chan Thida</span></div>'
    assert authors(page) == []


@pytest.mark.parametrize(
    ("author", "people"),
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
def test_json_ld_names_people_and_the_outlet_is_nobody(author, people):
    assert authors(json_ld(f'{{"@type": "Article", "headline": "x", "author": {author}}}')) == people


def test_an_author_given_by_reference_is_looked_up():
    graph = '[{"@type": "Article", "author": {"@id": "#p"}}, {"@type": "Person", "@id": "#p", "name": "Sok Dara"}]'
    assert authors(json_ld(f'{{"@graph": {graph}}}')) == ["Sok Dara"]


def test_who_writes_alone_on_a_site_of_their_name_is_its_author_and_a_papers_name_is_not():
    person = '{"@type": "BlogPosting", "author": {"@type": "Person", "name": "Sok Dara"}}'
    paper = f'[{person}, {{"@type": "Organization", "name": "Sok Dara"}}]'
    assert authors(json_ld(person), "https://sokdara.example/a") == ["Sok Dara"]
    assert authors(json_ld(paper), "https://sokdara.example/a") == []


@pytest.mark.parametrize(
    ("line", "named"),
    [
        ("Sok Dara | 3 May 2024", "Sok Dara"),
        ("Published 3 May 2024 by Sok Dara", "Sok Dara"),
        ("By Sok Dara, 3 May 2024", "By Sok Dara"),
    ],
)
def test_a_byline_is_parted_from_its_date(line, named):
    assert named_in(line) == named


def test_a_name_beside_a_day_that_only_counts_from_today_is_a_byline():
    assert is_name_and_date("Kofi Mensah · 2 hours ago")
    assert not is_name_and_date("Kofi Mensah · Accra")


@pytest.mark.parametrize(
    ("around", "text", "people"),
    [
        (NearbyLines(over=["ရေးသားသူ - ကိုဇော်လင်း၉ ဖေဖော်ဝါရီ ၂၀၂၅"]), TEXT, ["ကိုဇော်လင်း"]),
        (NearbyLines(over=["报道／摄影：郑佩珊"]), TEXT, ["郑佩珊"]),
        (NearbyLines(over=["ni Liezl Macaraeg • Hulyo 8, 2025"]), TEXT, ["Liezl Macaraeg"]),
        (NearbyLines(over=["윤서진 기자"]), TEXT, ["윤서진"]),
        (NearbyLines(under=["そのまま残すという。", "【高山美咲】"]), TEXT, ["高山美咲"]),
        (NearbyLines(over=["記者吳佳穎／高雄報導"]), TEXT, ["吳佳穎"]),
        (NearbyLines(over=["Zulkifli Noor", "Grace Yeo", "04 Mar 2025 10:02AM"]), TEXT, ["Zulkifli Noor", "Grace Yeo"]),
        (NearbyLines(under=["Hết bài.", "Một câu ngắn.", "Đoàn Thị Mai", "Nguồn: Bộ"]), TEXT, ["Đoàn Thị Mai"]),
        (NearbyLines(under=["【责任编辑:王晓梅】"]), TEXT, []),
        (NearbyLines(over=["x"]), "南海社金边3月12日电（记者陈海涛）柬埔寨渔业部门12日说。", ["陈海涛"]),
        (NearbyLines(under=["One is red.", "Posted by Mireille at 18:42"]), TEXT, ["Mireille"]),
        (NearbyLines(under=["One is red.", "Posted by Admin at 18:42"]), TEXT, []),
        (NearbyLines(over=["Zoltan Fekete", "Jul 2", "Follow"]), TEXT, ["Zoltan Fekete"]),
        (NearbyLines(over=["Words and photographs by Chea Phearum"]), TEXT, ["Chea Phearum"]),
    ],
)
def test_writers_sign_in_the_ways_of_their_countries(around, text, people):
    assert signed(around, text, set()) == people


def test_the_site_that_ends_the_pages_title_is_no_author():
    page = '<title>ชาวสวนเฝ้าต้น | เสียงเช้าออนไลน์</title><meta name="author" content="เสียงเช้าออนไลน์"></head><body>'
    assert authors(page) == []
    assert authors(page.replace("เสียงเช้าออนไลน์", "Sok Dara")) == ["Sok Dara"]


@pytest.mark.parametrize(
    ("around", "people"),
    [
        (NearbyLines(over=["Tessa Blom", TEXT]), ["Tessa Blom"]),
        (NearbyLines(over=["3 May 2024", "Tessa Blom", "Share", TEXT]), ["Tessa Blom"]),
        (NearbyLines(over=["Written by", "Tessa Blom", "Share", TEXT]), ["Tessa Blom"]),
        (NearbyLines(over=["x"], under=["Hết bài.", "Lê Phương", "Chia sẻ"]), ["Lê Phương"]),
        (NearbyLines(over=["Phnom Penh", TEXT]), []),
        (NearbyLines(over=["x"], under=["Hết bài.", "Trần Thị Lan", "Chia sẻ"]), ["Trần Thị Lan"]),
        (NearbyLines(over=["Tax Operations", "Blogs", TEXT]), []),
        (NearbyLines(over=["x"], under=["She mended buckets.", "Join Today", "About"]), []),
    ],
)
def test_a_line_that_is_only_a_name_signs_where_names_stand(around, people):
    assert signed(around, TEXT, set()) == people


def test_a_page_of_bylines_is_read_in_bounded_time():
    started = time.process_time()
    assert authors("<body>" + '<div class="author"><span>a</span></div>' * 50_000) == []
    assert time.process_time() - started < 5

from __future__ import annotations

from contextlib import nullcontext

import pytest

from worker.errors import ItemFailed
from worker.extract.page.markup import parse
from worker.extract.page.structured_data import StructuredData, structured_data_of
from worker.extract.page_type import require_article
from worker.extract.pipeline import extract_text
from worker.reasons import Reason

SUMMARIES = [
    "The seed fair will now be held on the second Saturday of the month, since its field has become a pond.",
    "Teams have vaccinated 4,812 buffaloes in nine communes, and the office thanks the chiefs for ropes.",
    "From the first of June the laboratory accepts samples only in the morning, as the balance drifts.",
]
ITEMS = "".join(f'<div><h2><a href="/{at}">Item {at}</a></h2><p>{summary}</p></div>' for at, summary in enumerate(SUMMARIES))


def refusal(page: str, text: str, title: str | None = None, url: str = "https://x.example/news/one") -> Reason | None:
    root = parse(f"<html><body>{page}").root
    try:
        require_article(text, title, url, structured_data_of(root), root)
    except ItemFailed as failed:
        return failed.reason
    return None


@pytest.mark.parametrize(
    ("page", "url"),
    [
        (ITEMS, "https://x.example/"),
        (ITEMS + '<a href="/0">Read more: item</a><a href="/1">Read more</a>', "https://x.example/index.php/news?start=10"),
        (ITEMS + "<p>Page 2 of 14</p>", "https://x.example/news?p=2"),
    ],
)
def test_the_beginnings_of_other_articles_are_not_an_article(page, url):
    assert refusal(page, "\n\n".join(SUMMARIES), "News", url) is Reason.NOT_ARTICLE


def test_an_article_with_an_introduction_over_linked_headings_is_one():
    # Given a collection that has a sentence of its own, at an address of its own
    text = "\n\n".join(["Small offices ask us each year how they may keep seeds dry, and here we answer.", *SUMMARIES])
    assert refusal(ITEMS + "<p>Page 2 of 14</p>", text, "Keeping seeds dry") is None


def test_a_round_up_whose_headings_lead_to_its_own_parts_is_an_article():
    page = ITEMS.replace('href="/', 'href="#')
    assert refusal(page + "<p>Page 1 of 2</p>", "\n\n".join(SUMMARIES)) is None


def test_a_page_titled_as_a_login_is_a_wall_and_an_article_about_logins_is_not():
    form = '<form><input type="email"><input type="password"></form>'
    text = "This report is for those who have paid, and they receive the telephone number of an analyst as well."
    assert refusal(form, text, "Sign in to continue") is Reason.NOT_ARTICLE
    assert refusal(form, text, "Banks want customers to sign in with their faces") is None


@pytest.mark.parametrize(
    "lines",
    [
        [
            "Chúng tôi và 214 đối tác lưu trữ thông tin trên thiết bị của bạn, chẳng hạn như cookie, để hiển thị quảng cáo.",
            "Bạn có quyền phản đối.",
        ],
        ["เว็บไซต์นี้ใช้คุกกี้เพื่อพัฒนาประสบการณ์การใช้งานของท่าน โปรดอ่านนโยบายความเป็นส่วนตัวของเราก่อนใช้งาน"],
        ["Situs ini menyimpan kuki dan mengolah data pribadi Anda dengan persetujuan Anda untuk menampilkan iklan."],
    ],
)
def test_a_consent_wall_is_recognised_in_the_regions_languages(lines):
    assert refusal("<button>OK</button>", "\n\n".join(lines)) is Reason.NOT_ARTICLE


def test_a_page_that_only_asks_for_a_subscription_is_a_wall_without_a_form():
    assert (
        refusal("<p>x</p>", "本文为付费内容，请订阅后阅读全文，谢谢您的支持。\n\n已订阅？立即登录", "棕榈油库存五年最低")
        is Reason.NOT_ARTICLE
    )


def test_words_without_a_sentence_are_not_a_text():
    assert refusal("<p>Loading story</p>", "Loading story") is Reason.NO_TEXT


@pytest.mark.parametrize(
    "page",
    [
        "".join(f'<a href="/{at}"><h3>Item {at}</h3><p>{summary}</p></a>' for at, summary in enumerate(SUMMARIES)),
        "".join(f'<div><b><a href="/{at}">Item {at}</a></b><div>{summary}</div></div>' for at, summary in enumerate(SUMMARIES)),
    ],
)
@pytest.mark.parametrize(
    "url",
    [
        *("https://x.example/", "https://x.example/author/sok-dara", "https://x.example/news/page/2/", "https://x.example/TAG/rice?x=1"),
        *("https://x.example/archives/2024/11/", "https://x.example/archive"),
    ],
)
def test_a_front_page_and_an_authors_page_are_recognised_by_their_cards(page, url):
    assert refusal(page, "\n\n".join(SUMMARIES), "News", url) is Reason.NOT_ARTICLE


@pytest.mark.parametrize(
    "url",
    [
        "https://x.example/archives/2024/ferry",
        "https://x.example/archives/123456",
        "https://x.example/page/ferry",
        "https://x.example/tagus",
    ],
)
def test_an_articles_address_among_archives_is_no_listings(url):
    cards = "".join(f'<div><b><a href="/{at}">Item {at}</a></b><div>{summary}</div></div>' for at, summary in enumerate(SUMMARIES))
    assert refusal(cards, "\n\n".join(SUMMARIES), "News", url) is None


@pytest.mark.parametrize(
    ("title", "text"),
    [
        ("Oops! That page can’t be found.", "It looks like nothing was found at this location. Maybe try one of the links below?"),
        ("We’ll be back soon", "Our website is undergoing scheduled maintenance, and we thank you for your patience."),
        ("Không tìm thấy trang", "Trang bạn tìm kiếm không tồn tại hoặc đã bị xóa. Vui lòng quay lại trang chủ của chúng tôi."),
        (
            "News",
            "You are attempting to access this website from a country belonging to the European Economic Area, and we cannot let you.",
        ),
    ],
)
def test_an_error_page_is_not_an_article(title, text):
    assert refusal("<p>x</p>", text, title) is Reason.NOT_ARTICLE


def test_a_page_of_menus_with_a_password_field_is_a_wall():
    text = "Home\n\nNational\n\nMembers\n\nForgot your password? Register a new account to read our reports and the weekly outlook."
    assert refusal('<input type="password">', text, "Observer") is Reason.NOT_ARTICLE


@pytest.mark.parametrize(
    ("title", "text"),
    [
        (
            "Boy missing since Monday not found",
            "Divers have searched the river for three days, and the boy was not found on Wednesday either.",
        ),
        (
            "Bridge under construction sways",
            "The bridge, which is under construction at Neak Loeung, swayed on Monday, and work was stopped.",
        ),
        ("Power cut on Friday", "Scheduled maintenance of two transformers will leave six villages without power on Friday morning."),
        ("500 riel notes to be replaced", "The central bank will replace notes of 500 riel from the first of June, it said on Monday."),
    ],
)
def test_short_news_of_things_not_found_or_under_construction_is_an_article(title, text):
    assert refusal("<p>x</p>", text, title) is None


MENU = [f"Section {at} of the paper" for at in range(80)]
LINKS = [f'<a href="/section/{at}">{name}</a>' for at, name in enumerate(MENU)]


@pytest.mark.parametrize(
    ("page", "text"),
    [
        (f"<nav><ul><li>{'</li><li>'.join(LINKS)}</li></ul></nav>", "\n\n".join(MENU)),
        (f"<nav>{''.join(LINKS)}</nav>", "".join(MENU)),
        (f"<h1>All sections</h1><div>{' '.join(LINKS)}</div>", " ".join(MENU)),
    ],
    ids=["list", "without blanks", "under a heading"],
)
def test_a_page_of_nothing_but_menu_links_is_no_article(page, text):
    assert refusal(page, text, "All sections") is Reason.NOT_ARTICLE


def test_an_article_among_menu_links_is_one():
    assert refusal(f"<nav>{''.join(LINKS)}</nav><p>{'</p><p>'.join(SUMMARIES)}</p>", "\n\n".join(SUMMARIES), "Field") is None


def test_a_collection_of_links_that_says_it_is_an_article_is_one():
    claim = '<meta property="og:type" content="article">'
    assert refusal(claim + "".join(LINKS), "\n\n".join(MENU), "Eighty sections") is None


@pytest.mark.parametrize(
    "text",
    [
        "404 Not Found\n\nThe page you are looking for was not found. It may have been removed or its address may have changed since.",
        "Log in\n\nPlease log in or subscribe to continue reading this article of the daily paper. Your password was sent to you by mail.",
    ],
)
def test_a_flat_text_is_judged_by_the_same_words_as_a_page(text: str) -> None:
    with pytest.raises(ItemFailed) as failed:
        extract_text(text, "https://press.example/a", "text/plain")
    assert failed.value.reason in (Reason.NOT_ARTICLE, Reason.NO_TEXT)


@pytest.mark.parametrize("kind", [None, "text/plain", "text/html; charset=iso-8859-1"])
@pytest.mark.parametrize("body", [b"\xff" * 1000, b"\xff\xff\xfe" * 400, (b"\xff" * 6 + b" ") * 150, "\u2014".encode() * 1000, b"5" * 1000])
def test_one_character_again_and_again_is_no_article(body: bytes, kind: str | None) -> None:
    for page in (body, b"<html><head><title>Accord</title></head><body><h1>Accord</h1><p>" + body + b"</p></body></html>"):
        if page is body or kind != "text/plain":
            with pytest.raises(ItemFailed, match="one character"):
                extract_text(page, "https://x.example/news/one", kind)


def test_marks_upon_a_letter_of_the_headline_cost_no_article() -> None:
    marked = "Safe title a" + "\u0301" * 10_000
    body = "".join(
        f"<p>The council repaired {number} street lamps before the rains, the mayor of the town said.</p>" for number in range(9)
    )
    page = f"<html><head><title>{marked}</title></head><body><article><h1>{marked}</h1>{body}</article></body></html>"
    assert "repaired 3 street lamps" in extract_text(page.encode(), "https://x.example/news/one", None).text


def test_bytes_that_no_charset_turns_into_text_are_told_as_that() -> None:
    with pytest.raises(ItemFailed, match="no charset") as refused:
        extract_text(b"\xff\xfe" + b"\x00\xd8" * 20_000, "https://x.example/news/one", "text/html; charset=utf-16")
    assert refused.value.reason is Reason.DECODE


@pytest.mark.parametrize(
    ("text", "refused"),
    [
        ("\u2014" * 49 + "rice " * 13, False),
        ("\u2014" * 50 + "rice " * 12, True),
        ("\u2014" * 40 + "r" * 41, False),
        ("r" * 500, True),
        ("r" * 500 + "\u0301" * 10, True),
        ("r" * 500 + "\u2014", False),
        ("\u2014\u0301" * 50 + "rice " * 12, True),
        ("ri" * 20 + "\u0301" * 500, False),
    ],
)
def test_a_text_of_one_character_is_one_with_half_of_its_letters_beyond_ascii(text: str, refused: bool) -> None:
    with pytest.raises(ItemFailed, match="one character") if refused else nullcontext():
        require_article(text, None, None, StructuredData(metas={"og:type": ["article"]}), None)


CARDS = [
    "<div class='t'><a href='/{0}'>Item {0}</a></div><p>{1}</p>",
    "<article><h2><a href='/{0}'>Item {0}</a></h2><div><p>{1}</p></div></article>",
    "<a href='/{0}'><h3>Item {0}</h3><p>{1}</p></a>",
]


@pytest.mark.parametrize("card", CARDS)
def test_a_section_of_summaries_without_dates_or_pages_is_a_listing(card: str) -> None:
    # Given many summaries below linked headlines and nothing else, at the address of a section
    summaries = [f"In the {number} week of the month: {summary}" for number in ("first", "last") for summary in SUMMARIES]
    page = "".join(card.format(at, summary) for at, summary in enumerate(summaries))

    # Then it is refused, and the same below an introduction or at an article's address is not
    text, url = "\n\n".join(summaries), "https://x.example/news/farms/"
    assert refusal(page, text, "Farms", url) is Reason.NOT_ARTICLE
    assert refusal(page, f"Six offices wrote to us this month, and here is what they said.\n\n{text}", "Farms", url) is None
    assert refusal(page, text, "Six weeks", "https://x.example/news/six-weeks-of-farming-1204") is None


def test_links_to_numbered_pages_make_a_listing() -> None:
    pages = "<ul><li>1</li><li><a href='?p=2'>2</a></li><li><a href='?p=3'>3</a></li></ul>"
    assert refusal(ITEMS + pages, "\n\n".join(SUMMARIES), "News", "https://x.example/news-1.html") is Reason.NOT_ARTICLE

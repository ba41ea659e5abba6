"""Dialects of feeds, sitemaps and addresses beside those of the shared cases, each in its smallest form."""

from __future__ import annotations

import pytest

from worker.config import load
from worker.intake import feeds, sitemaps
from worker.intake.canonical_url import admit

A = "https://h.example/a"
TYPE_091 = '<!DOCTYPE rss PUBLIC "-//Netscape//DTD RSS 0.91//EN" "http://my.netscape.com/rss-0.91.dtd">'
ENTITIES = "<!DOCTYPE rss [<!ENTITY nbsp '&#160;'><!ENTITY eacute \"&#233;\">]>"
BASE = "https://h.example/f/feed.xml"
RDF = "xmlns:rdf='http://www.w3.org/1999/02/22-rdf-syntax-ns#'"
ATOM = "xmlns='http://www.w3.org/2005/Atom'"
MAPS = "www.sitemaps.org/schemas/sitemap/0.9"
LINK = f"<link>{A}</link>"
JSON = '{"version":"https://jsonfeed.org/version/1.1","items":[%s]}'


def rss(items: str) -> str:
    return f"<rss version='2.0'><channel><title>t</title>{items}</channel></rss>"


FEEDS = {
    "RSS 0.90": f"<rdf:RDF {RDF} xmlns='http://my.netscape.com/rdf/simple/0.9/'><channel/><item>{LINK}</item></rdf:RDF>",
    "RSS 0.91 with its document type": TYPE_091 + rss(f"<item>{LINK}</item>"),
    "RSS 0.92, items beside the channel": f"<rss version='0.92'><channel/><item>{LINK}</item></rss>",
    "RSS 1.0, rdf:about alone": f"<rdf:RDF {RDF} xmlns='http://purl.org/rss/1.0/'><item rdf:about='{A}'><title/></item></rdf:RDF>",
    "RSS 1.0 with a prefix": f"<x:RDF xmlns:x='http://purl.org/rss/1.0/'><x:item><x:link>{A}</x:link></x:item></x:RDF>",
    "capitals": f"<RSS><CHANNEL><ITEM><LINK>{A}</LINK></ITEM></CHANNEL></RSS>",
    "guid alone": rss(f"<item><guid>{A}</guid></item>"),
    "an empty link, then guid": rss(f"<item><link/><guid>{A}</guid><enclosure url='https://h.example/x.mp3'/></item>"),
    "a guid that is none": rss(f"<item><guid isPermaLink='false'>https://h.example/no</guid>{LINK}</item>"),
    "CDATA": rss(f"<item><link><![CDATA[ {A} ]]></link></item>"),
    "a name of its own, whole": rss(f"<item><feedburner:origLink>{A}</feedburner:origLink><link>https://proxy.example/x</link></item>"),
    "no scheme": rss("<item><link>//h.example/a</link></item>"),
    "a search box with a link": rss(f"<textinput><link>https://h.example/find</link></textinput><item>{LINK}</item>"),
    "an entity of HTML": rss(f"<item><title>a&nbsp;b</title>{LINK}</item>"),
    "entities of HTML, declared": ENTITIES + rss(f"<item><title>&eacute;</title>{LINK}</item>"),
    "a notice of PHP before it": f"<br />\n<b>Warning</b>: x in <b>/x.php</b><br />\n{rss(f'<item>{LINK}</item>')}",
    "an XML declaration on the second line": f"\n<?xml version='1.0' encoding='utf-8'?>{rss(f'<item>{LINK}</item>')}",
    "control characters": rss(f"<item><title>a\x0bb\0</title>{LINK}</item>"),
    "Atom 0.3": f"<feed version='0.3' xmlns='http://purl.org/atom/ns#'><entry><link rel='alternate' href='{A}'/></entry></feed>",
    "Atom with a prefix": f"<a:feed xmlns:a='http://www.w3.org/2005/Atom'><a:entry><a:link href='{A}'/></a:entry></a:feed>",
    "Atom by https": f"<a:feed xmlns:a='https://www.w3.org/2005/Atom'><a:entry><a:link href='{A}'/></a:entry></a:feed>",
    "Atom, one entry": f"<entry {ATOM}><link href='{A}'/></entry>",
    "Atom, links of all kinds": f"<feed {ATOM}><entry><link rel='self' href='/s'/><link rel='alternate' type='application/json' href='/j'/>"
    f"<link rel='alternate' type='text/html' href='{A}'/></entry></feed>",
    "Atom, its source": f"<feed {ATOM}><entry><source><link href='https://o.example/'/></source><link href='{A}'/></entry></feed>",
    "JSON Feed, url": JSON % f'{{"id":7,"url":"{A}"}}',
    "JSON Feed, id": JSON % f'{{"id":"{A}","url":null}}',
    "JSON Feed, external_url": JSON % f'{{"id":"1","external_url":"{A}"}}',
    "JSON Feed, a comma too many": JSON % f'{{"id":"7","url":"{A}"}},',
    "JSON Feed, a comment behind it": JSON % f'{{"id":"7","url":"{A}"}}' + "<!-- cached -->",
}


@pytest.mark.parametrize("name", FEEDS)
def test_a_dialect_of_feeds_gives_its_address(name: str) -> None:
    assert feeds.links(FEEDS[name].encode(), BASE).urls == [A]


@pytest.mark.parametrize(
    ("encoding", "declared", "header"),
    [
        ("utf-16", "UTF-16", None),
        ("utf-16-be", None, None),
        ("utf-32", None, None),
        ("cp1251", "windows-1251", None),
        ("koi8-r", "koi8-r", "text/xml; charset=utf-8"),
        ("cp1251", None, "application/rss+xml; charset=windows-1251"),
        ("cp1251", None, 'text/xml; charset="windows-1251"'),
        ("cp1251", "utf-8", "text/xml; charset=windows-1251"),
        ("utf-8", "utf-8", "text/xml; charset=iso-8859-1"),
        ("utf-8", None, "text/xml; charset=iso-8859-1"),
    ],
)
def test_an_encoding_is_that_of_the_bytes_whoever_says_so(encoding: str, declared: str | None, header: str | None) -> None:
    declaration = f"<?xml version='1.0' encoding='{declared}'?>" if declared else ""
    body = (declaration + rss("<item><title>Привет</title><link>https://h.example/путь</link></item>")).encode(encoding)
    assert feeds.links(body, BASE, header).urls == ["https://h.example/%D0%BF%D1%83%D1%82%D1%8C"]


def test_one_broken_letter_makes_no_other_encoding_of_utf8() -> None:
    body = b"<?xml version='1.0' encoding='utf-8'?>" + rss("<item><title>Привет X</title><link>https://h.example/п</link></item>").encode()
    assert feeds.links(body.replace(b"X", b"\xff"), BASE, "text/xml; charset=windows-1251").urls == ["https://h.example/%D0%BF"]


@pytest.mark.parametrize("host", ["b\u00fccher.example", "ข่าว.example", "новости.example"])
def test_a_host_in_its_own_letters_is_fetched_by_its_ascii_name(host: str) -> None:
    (address,) = feeds.links(rss(f"<item><link>https://{host}/п</link></item>").encode(), BASE).urls
    assert admit(address, load({})).url == f"https://{host.encode('idna').decode()}/%D0%BF"


def urlset(inside: str, *, name: str = f"http://{MAPS}") -> bytes:
    return f"<urlset xmlns='{name}' xmlns:news='http://www.google.com/schemas/sitemap-news/0.9'>{inside}</urlset>".encode()


SITEMAPS = {
    "with a prefix": f"<s:urlset xmlns:s='http://{MAPS}'><s:url><s:loc>{A}</s:loc></s:url></s:urlset>".encode(),
    "with a prefix, by https": f"<s:urlset xmlns:s='https://{MAPS}'><s:url><s:loc>{A}</s:loc></s:url></s:urlset>".encode(),
    "of 2005": urlset(f"<url><loc>{A}</loc></url>", name="http://www.google.com/schemas/sitemap/0.84"),
    "an image before its page": urlset(f"<url><image:image><image:loc>https://h.example/i</image:loc></image:image><loc>{A}</loc></url>"),
    "other languages": urlset(f"<url><loc>{A}</loc><xhtml:link rel='alternate' hreflang='de' href='https://h.example/de'/></url>"),
    "CDATA": urlset(f"<url><loc><![CDATA[{A}]]></loc></url>"),
    "relative": urlset("<url><loc>/a</loc></url>"),
    "cut": urlset(f"<url><loc>{A}</loc></url><url><loc>https://h.ex").removesuffix(b"</urlset>"),
    "lines": f"# pages\n{A}\r\n{A}\n".encode(),
    "lines in UTF-16": f"{A}\n".encode("utf-16"),
}


@pytest.mark.parametrize("name", SITEMAPS)
def test_a_dialect_of_sitemaps_gives_its_address(name: str) -> None:
    assert sitemaps.links(SITEMAPS[name], "https://h.example/sitemap.xml").urls == [A]


@pytest.mark.parametrize("title", ["Fish and rice", "Fish & rice<br>"])  # for each of the two readers
def test_news_say_when_they_were_published(title: str) -> None:
    news = (
        f"<news:news><news:publication_date>2026-11-30T08:00:00+07:00</news:publication_date><news:title>{title}</news:title></news:news>"
    )
    found = sitemaps.links(urlset(f"<url><loc>{A}</loc>{news}<lastmod>2026-12-01</lastmod></url>"))
    assert (found.urls, found.published) == ([A], {A: "2026-11-30T01:00:00Z"})


@pytest.mark.parametrize(
    "twin",
    [
        "hss_channel=tw-1",
        "utm%5Fsource=x",
        "gaa_at=g&gaa_n=1",
        "sfmc_id=1",
        "__cf_chl_tk=z",
        "msockid=1",
        "etcc_cmp=1",
        "mkevt=1",
        "wt_mc=x",
    ],
)
def test_a_click_names_no_other_page(twin: str) -> None:
    assert admit(f"{A}?id=3&{twin}", load({})).url == f"{A}?id=3"


@pytest.mark.parametrize("other", ["?id=4", "/", "?page=2", "?lang=km", "?ref=2", "?sid=12", "?share=1", "%2Fb"])
def test_another_page_has_a_key_of_its_own(other: str) -> None:
    assert admit(A + other, load({})).key != admit(A, load({})).key

"""Whatever a server sends as a feed or a sitemap, the answer is its addresses or a reason."""

import contextlib

import pytest
from hypothesis import given
from hypothesis import strategies as st

from worker.errors import ItemFailed
from worker.intake import feeds, sitemaps
from worker.intake.links import Links

PIECES = [b"<rss>", b"<urlset>", b"<item>", b"<url>", b"<link>", b"<loc>", b"</link>", b"</item>", b"<entry>", b'<link href="', b'"/>']
PIECES += [b"<!DOCTYPE a [", b"<!ENTITY", b"]>", b"<!--", b"-->", b"<?", b"?>", b"<![CDATA[", b"]]>", b"&", b"http://", b"[", b"\n", b"\0"]
PIECES += [b'{"items":[', b'{"url":"', b'"}', b"]}", b"\\ud800", b"\xff\xfe", b"\x1f\x8b\x08", b"x.example/1", "ខ្មែរ".encode()]
BODIES = st.lists(st.sampled_from(PIECES) | st.binary(max_size=8), max_size=12).map(b"".join)


@pytest.mark.parametrize("read", [lambda body: feeds.links(body, "https://x.example/"), sitemaps.links])
@given(body=BODIES)
def test_any_bytes_give_links_that_a_message_can_carry_or_a_reason(read, body: bytes) -> None:
    with contextlib.suppress(ItemFailed):
        found = read(body)
        assert isinstance(found, Links)
        "".join([*found.urls, *found.sitemaps, *found.warnings]).encode()

"""The page that a redirector's address states is found; whatever states none stays as it is."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from worker.config import load
from worker.errors import ItemFailed
from worker.intake.canonical_url import admit
from worker.intake.redirect_url import stated_page
from worker.reasons import Reason

PAGE = "https://paper.example/a?id=7"
QUOTED = "https%3A%2F%2Fpaper.example%2Fa%3Fid%3D7"


@pytest.mark.parametrize(
    "url",
    [
        "https://www.google.com/url?rct=j&sa=t&url=https://paper.example/a%3Fid%3D7&ct=ga&cd=CAEY&usg=AOv",
        f"https://www.google.com.kh/url?q={QUOTED}",
        f"https://google.fr/url?sa=t&source=web&url={QUOTED}",
        "https://www.google.co.uk/amp/s/paper.example/a?id=7",
        "https://paper-example.cdn.ampproject.org/c/s/paper.example/a?id=7",
        f"https://eur03.safelinks.protection.outlook.com/?url={QUOTED}&data=05%7C02&sdata=x&reserved=0",
        f"https://EUR03.safelinks.protection.outlook.com/GetUrlReputation?url={QUOTED}",
        f"http://www.bing.com/news/apiclick.aspx?ref=FexRss&aid=&tid=1&url={QUOTED}&c=1&mkt=en-us",
        "https://urldefense.proofpoint.com/v2/url?u=https-3A__paper.example_a-3Fid-3D7&d=DwMF&c=x",
        "https://urldefense.com/v3/__https://paper.example/a?id=7__;!!Abc!x$",
        f"https://l.facebook.com/l.php?u={QUOTED}&h=AT1",
        f"https://www.youtube.com/redirect?event=video_description&q={QUOTED}",
        f"https://duckduckgo.com/l/?uddg={QUOTED}",
        "https://eur03.safelinks.protection.outlook.com/?url=https%3A%2F%2Fwww.google.com%2Furl%3Furl%3Dhttps%253A%252F%252Fpaper.example%252Fa%253Fid%253D7",
    ],
)
def test_the_page_in_the_address_of_a_redirector_is_found(url: str) -> None:
    assert stated_page(url) == PAGE
    assert admit(url, load({})).key == admit(PAGE, load({})).key


@pytest.mark.parametrize(
    "url",
    [
        PAGE,
        f"https://google.evil.example/url?url={QUOTED}",
        f"https://mygoogle.com/url?url={QUOTED}",
        f"https://www.google.com/search?q={QUOTED}",
        f"https://www.google.com/urls?url={QUOTED}",
        "https://www.google.com/url?url=javascript:alert(1)",
        "https://www.google.com/url?url=/relative",
        f"https://www.facebook.com/story.php?u={QUOTED}",
        f"https://paper.example/url?url={QUOTED}",
        f"https://user@www.google.com/url?url={QUOTED}",
        "https://www.google.com/amp/s/nothing/a",
        "https://urldefense.com/v3/__https://paper.example/a*b__;Kw!!Abc!x$",
        "https://news.google.com/rss/articles/CBMiX2h0dHBz?oc=5",
        "http://[bad",
        "",
    ],
)
def test_other_addresses_stay(url: str) -> None:
    assert stated_page(url) == url


def test_what_a_redirector_states_passes_the_same_door() -> None:
    with pytest.raises(ItemFailed) as refused:
        admit("https://www.google.com/url?url=http%3A%2F%2F127.0.0.1%2F", load({}))
    assert refused.value.reason is Reason.PRIVATE_ADDRESS


def test_an_item_that_was_known_by_the_redirectors_address_is_known_still() -> None:
    url = f"https://www.bing.com/news/apiclick.aspx?url={QUOTED}"
    entry = admit(url, load({}))
    assert entry.url == PAGE
    assert len(entry.known_as) > len(admit(PAGE, load({})).known_as)


@given(st.text(), st.sampled_from(["https://www.google.com/url?url=", "https://urldefense.com/v3/__", "https://www.google.com/amp/s/", ""]))
def test_it_never_raises(text: str, start: str) -> None:
    stated_page(start + text)

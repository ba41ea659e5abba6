"""One spelling for every way to write an address, and no spelling for what may not pass the door."""

import hashlib
import json
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from worker.config import load
from worker.errors import ItemFailed
from worker.intake.canonical_url import admit, canonical, identity, url_key
from worker.intake.tracking import CLICKS, PREFIXES, SESSIONS
from worker.reasons import Reason

HERE = load({})


@pytest.mark.parametrize(
    ("written", "spelled"),
    [
        ("http://pub.example", "http://pub.example/"),
        ("HTTP://Pub.Example:80/Story", "http://pub.example/Story"),
        ("https://pub.example:443/a", "https://pub.example/a"),
        ("https://pub.example./a", "https://pub.example/a"),
        ("http://pub.example/a/./b/../c", "http://pub.example/a/c"),
        ("http://pub.example/a/%2e%2e/c", "http://pub.example/c"),
        ("http://pub.example/a/..", "http://pub.example/"),
        ("http://pub.example/a#top", "http://pub.example/a"),
        ("http://pub.example/a?", "http://pub.example/a"),
        ("http://pub.example/%7Ereporter", "http://pub.example/~reporter"),
        ("http://pub.example/%e2%9c%93", "http://pub.example/%E2%9C%93"),
        ("http://pub.example/a%2fb", "http://pub.example/a%2Fb"),
        ("http://pub.example/100%", "http://pub.example/100%25"),
        ("http://pub.example/cafe\u0301", "http://pub.example/caf%C3%A9"),
        ("http://pub.example/caf\u00e9", "http://pub.example/caf%C3%A9"),
        ("http://pub.example/ក្រចេះ", "http://pub.example/%E1%9E%80%E1%9F%92%E1%9E%9A%E1%9E%85%E1%9F%81%E1%9F%87"),
        ("http://bücher.example/", "http://xn--bcher-kva.example/"),
        ("http://pub.example/a?utm_source=x&id=7&UTM_Medium=y&fbclid=z", "http://pub.example/a?id=7"),
        ("http://pub.example/a?utm_source=x", "http://pub.example/a"),
        ("http://pub.example/a?b=2&a=1", "http://pub.example/a?b=2&a=1"),
        ("http://pub.example/a?q=%20&&c=3", "http://pub.example/a?q=%20&c=3"),
        ("http://pub.example/a?u=http://127.0.0.1/", "http://pub.example/a?u=http://127.0.0.1/"),
    ],
)
def test_an_address_has_one_spelling(written: str, spelled: str) -> None:
    assert canonical(written, HERE) == spelled
    assert canonical(spelled, HERE) == spelled


@pytest.mark.parametrize("name", sorted(CLICKS | SESSIONS | {prefix + "x" for prefix in PREFIXES}))
def test_no_click_parameter_makes_another_item(name: str) -> None:
    assert admit(f"http://pub.example/a?{name}=1&id=2", HERE).key == url_key("http://pub.example/a?id=2")


TWINS = [
    ("https://www.pub.example/a", "http://pub.example/a"),
    ("https://m.pub.example/a?id=1", "https://www.pub.example/a?id=1"),
    ("https://pub.example/a/amp", "https://pub.example/a"),
    ("https://amp.pub.example/a", "https://pub.example/a"),
    ("https://pub.example/a.amp.html", "https://pub.example/a.html"),
    ("https://pub.example/a?amp=1&id=2", "https://pub.example/a?id=2"),
    ("https://pub.example/a;jsessionid=E460A9.tp?id=2", "https://pub.example/a?id=2"),
    ("https://pub.example/a?id=3&amp;utm_source=x", "https://pub.example/a?id=3"),
    ("https://pub.example/a?id=3&amp;b=2", "https://pub.example/a?id=3&b=2"),
    ("https://pub.example/a?sid=0123456789abcdef0123456789abcdef", "https://pub.example/a"),
    ("https://pub.example/a?WT.mc_id=x&ns_mchannel=social", "https://pub.example/a"),
]


@pytest.mark.parametrize(("one", "other"), TWINS)
def test_twins_are_one_item_under_one_key(one: str, other: str) -> None:
    assert admit(one, HERE).key == admit(other, HERE).key


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("https://pub.example/a?sid=12", "https://pub.example/a?sid=13"),
        ("https://pub.example/a?ref=1", "https://pub.example/a"),
        ("https://pub.example/a?output=html", "https://pub.example/a"),
        ("https://pub.example/a/", "https://pub.example/a"),
        ("https://m.example/a", "https://example/a"),
        ("https://mail.pub.example/a", "https://pub.example/a"),
        ("https://pub.example/stamp", "https://pub.example/st"),
        ("https://pub.example/amp", "https://pub.example/"),
        ("https://pub.example/?p=1", "https://pub.example/?p=2"),
    ],
)
def test_what_may_be_another_page_is_another_item(one: str, other: str) -> None:
    assert admit(one, HERE).key != admit(other, HERE).key


@pytest.mark.parametrize("url", ["https://example.org/#!/story/1", "https://example.org/news#!id=5"])
def test_a_page_that_scripts_alone_tell_apart_is_refused_and_says_why(url: str) -> None:
    with pytest.raises(ItemFailed, match="after #! by scripts alone"):
        admit(url, HERE)


@pytest.mark.parametrize("url", ["https://pub.example/a#!", "https://pub.example/a#top!"])
def test_other_fragments_are_no_part_of_an_address(url: str) -> None:
    assert canonical(url, HERE) == "https://pub.example/a"


def test_an_item_of_a_version_before_is_found_under_the_key_that_it_has() -> None:
    # The digest of the spelling of that time, parameters of today included
    before = hashlib.sha256(b"https://www.pub.example/a?id=3&gad_source=1").hexdigest()[:32]
    plain = hashlib.sha256(b"https://www.pub.example/a").hexdigest()[:32]
    assert before in admit("https://www.pub.example/a?id=3&gad_source=1&utm_source=x", HERE).known_as
    assert plain in admit("https://www.pub.example/a", HERE).known_as


@pytest.mark.parametrize("kind", ["feed", "sitemap"])
def test_a_feed_keeps_the_key_that_it_always_had(kind: str) -> None:
    found = admit("https://www.pub.example/feed?format=amp", HERE, kind)
    assert found.key == hashlib.sha256(b"https://www.pub.example/feed?format=amp").hexdigest()[:32]


def test_a_host_with_a_port_of_its_own_has_no_twins() -> None:
    assert identity("http://www.pub.example:8080/a/amp") == "http://www.pub.example:8080/a/amp"


def test_bytes_of_another_encoding_stay_as_they_are() -> None:
    assert canonical("http://pub.example/?q=%a1%d2", HERE) == "http://pub.example/?q=%A1%D2"


def test_the_place_that_is_paced_is_host_and_port() -> None:
    assert admit("https://Pub.Example/a", HERE).host == "pub.example:443"


@pytest.mark.parametrize(
    ("url", "reason"),
    [
        ("pub.example/a", Reason.BAD_URL),
        ("//pub.example/a", Reason.BAD_URL),
        ("http://pub.example/\nX", Reason.BAD_URL),
        ("http://pub.example/\udcff", Reason.BAD_URL),
        ("http://pub.example/\x1b]0;x\x07", Reason.BAD_URL),
        ("http://pub.example/" + "a" * 9000, Reason.BAD_URL),
        ("-x", Reason.BAD_URL),
        ("", Reason.BAD_URL),
        ("file:///etc/passwd", Reason.SCHEME),
        ("javascript:alert(1)", Reason.SCHEME),
        ("http://user:secret@pub.example/", Reason.CREDENTIALS),
        ("http://pub.example:6379/", Reason.PORT),
        ("http://127.8.8.8/", Reason.PRIVATE_ADDRESS),
        ("http://[::ffff:10.0.0.5]/", Reason.PRIVATE_ADDRESS),
    ],
)
def test_what_may_not_pass_has_a_reason(url: str, reason: Reason) -> None:
    with pytest.raises(ItemFailed) as failed:
        canonical(url, HERE)
    assert failed.value.reason is reason


def passes(url: str) -> bool:
    try:
        canonical(url, HERE)
    except ItemFailed:
        return False
    return True


def test_the_catalogue_of_private_addresses_stops_at_the_door_where_a_url_alone_tells(shared: Path) -> None:
    cases = json.loads((shared / "cases" / "ssrf_urls.json").read_text(encoding="utf-8"))["cases"]
    judged_here = [case for case in cases if case["layer"] in {"parse", "address", "policy"}]
    passed = {case["id"] for case in judged_here if passes(case["url"])} - {"ui-nonascii-host"}  # a name that only DNS can refuse
    assert passed == {case["id"] for case in judged_here if case["expected"] == "allow"}
    assert len(judged_here) > 50


@settings(max_examples=300, deadline=None)
@given(st.text(st.characters(exclude_categories=["Cs", "Cc", "Zs", "Zl", "Zp"], exclude_characters="\\#"), max_size=60))
def test_spelling_twice_changes_nothing(tail: str) -> None:
    try:
        once = canonical("http://pub.example/" + tail, HERE)
    except ItemFailed:
        return
    assert canonical(once, HERE) == once
    assert once.isascii()

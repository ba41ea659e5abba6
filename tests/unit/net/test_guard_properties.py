"""Generated URLs and addresses: the guard beside a second opinion (ssrfguard).

The differences that are allowed here are explained in docs/decisions/second-opinion.md.
"""

from __future__ import annotations

import ipaddress
import random
import re
import unicodedata
from collections.abc import Callable

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as some
from ssrfguard import Policy, SSRFGuardError

from worker.config import load
from worker.errors import ItemFailed
from worker.net.policy import is_public, parse
from worker.net.url import Address

PLAIN, POLICY = load({}), Policy()

NAMES = [
    *(
        "pub.example",
        "PUB.Example",
        "pub.example.",
        "a-b.c.example",
        "xn--bcher-kva.example",
        "bücher.example",
        "例え.jp",
        "ｐub.example",
        "faß.de",
    ),
    *(
        "localhost",
        "foo.localhost",
        "loca\u00adlhost",
        "LOCALHOST.",
        "a_b.example",
        "-a.example",
        "a..b",
        ".a",
        "*.example",
        "xn--a",
        "a%2eb",
        "",
    ),
    *(
        "0x7f.1",
        "2130706433",
        "127.1",
        "1.2.3",
        "0",
        "256.1.1.1",
        "1.1.1.1.",
        "0xabc.example",
        "1.2.3.example",
        "①②⑦.①",
        "127。0。0。1",
        "1.٣",
    ),
    *("[::1%25lo]", "[v1.a]", "[pub.example]", "[::1", "::1", "[]"),
]
SCHEMES = ["http", "https"] * 6 + ["HTTP", "hTtPs", "ftp", "file", "http ", "", "javascript"]
MARKS = ["://"] * 12 + [":/", ":", ":///", "//", ":\\\\", ":/\\"]
USERS = [""] * 12 + ["u@", "u:p@", "@", "a@b@", "pub.example\\@", "%40@"]
PORTS = [""] * 8 + [":80", ":443", ":8080", ":", ":0", ":65536", ":٨٠", ":-1", ":+80", ":080", ": 80", ":80:80", ":６4"]
TAILS = ["", "/", "/a?b=c", "?x", "#f", "/ü", "/%zz", "/../x", "?u=http://127.0.0.1/", "#@127.0.0.1/", "/\\x", "\\@x/", "/a b", "/\x00"]
HOSTS = some.one_of(
    some.sampled_from(NAMES),
    some.ip_addresses(v=4).map(str),
    some.ip_addresses(v=6).map(lambda ip: f"[{ip}]"),
    some.from_regex(r"[a-z0-9-]{1,10}(\.[a-z0-9-]{1,10}){0,3}", fullmatch=True),
    some.text(max_size=12),
)
ENDS = some.sampled_from(TAILS) | some.text(max_size=10).map(lambda text: "/" + text)
URLS = some.one_of(
    some.builds(
        lambda *parts: "".join(parts), some.sampled_from(["http://", "https://"]), HOSTS, some.sampled_from(["", ":80", ":"]), ENDS
    ),
    some.builds(lambda *parts: "".join(parts), *map(some.sampled_from, (SCHEMES, MARKS, USERS)), HOSTS, some.sampled_from(PORTS), ENDS),
    some.text(max_size=40),
)


def made(chance: random.Random) -> str:
    """One URL by plain chance: what hypothesis would take minutes for, a hundred thousand times in seconds."""
    version = chance.choice((4, 6))
    address = ipaddress.ip_address(chance.getrandbits(32) if version == 4 else chance.getrandbits(125) | 1 << 125)
    letters = "".join(chance.choices("abcz019-_.%@:[]\u00df\u3002\u0660\u2460\u00e9", k=chance.randint(1, 9)))
    host = chance.choice((chance.choice(NAMES), f"[{address}]" if version == 6 else str(address), letters, f"{letters}.example"))
    if chance.random() < 0.5:
        return chance.choice(("http://", "https://")) + host + chance.choice(("", ":80", ":443", ":")) + chance.choice(TAILS)
    return chance.choice(SCHEMES) + chance.choice(MARKS) + chance.choice(USERS) + host + chance.choice(PORTS) + chance.choice(TAILS)


SPECIAL6 = [
    "2001::",
    "2001:db8::",
    "2002::",
    "64:ff9b::",
    "64:ff9b:1::",
    "3fff::",
    "::ffff:0:0",
    "2001:1::",
    "2001:20::",
    "5f00::",
    "100::",
    "fc00::",
    "fe80::",
    "ff00::",
]
NEAR6 = some.builds(
    lambda start, low: ipaddress.IPv6Address(int(ipaddress.ip_address(start)) + low),
    some.sampled_from(SPECIAL6),
    some.integers(0, 2**96 - 1),
)


def ours(url: str) -> Address | None:
    """What the guard makes of it; any other error than ItemFailed is a finding."""
    try:
        return parse(url, PLAIN)
    except ItemFailed:
        return None


def second_opinion(url: str) -> tuple[str, str, int] | None:
    """What ssrfguard makes of it."""
    try:
        target = POLICY.check_url(url)
    except SSRFGuardError:
        return None
    return target.scheme, target.host.removesuffix("."), target.port


def explained(url: str, address: Address) -> bool:
    """Names with an underscore exist; `ß` and its kin are letters of their own since IDNA 2008; newer letters than Python's Unicode."""
    newer = any(unicodedata.category(letter) == "Cn" for letter in url)
    return "_" in address.host or newer or re.search("[ßς\u200c\u200d]", url) is not None


def agrees(url: str) -> None:
    """What the guard lets through, the other lets through, to the same host and port; what it refuses needs no second opinion."""
    address = ours(url)
    if address is None or explained(url, address):
        return
    assert second_opinion(url) == (address.scheme, address.host, address.port)


def is_stable(url: str) -> None:
    """A URL that was let through is spelled in a way that means the same when it is read again."""
    address = ours(url)
    if address is not None:
        assert address.url.isascii()
        assert parse(address.url, PLAIN) == address


def lets_through_no_more(ip: ipaddress.IPv4Address | ipaddress.IPv6Address) -> None:
    """An address that is public here is public there."""
    if is_public(ip):
        assert POLICY.permits_address(ip)


PROPERTIES = [(agrees, URLS), (is_stable, URLS), (lets_through_no_more, some.ip_addresses() | NEAR6)]


def check(prop: Callable[..., None], values: some.SearchStrategy, examples: int) -> None:
    """Holds `prop` against so many generated values."""
    runner = settings(max_examples=examples, deadline=None, suppress_health_check=list(HealthCheck), database=None)
    runner(given(values)(prop))()


@pytest.mark.parametrize(("prop", "values"), PROPERTIES)
def test_generated_values_hold(prop: Callable[..., None], values: some.SearchStrategy) -> None:
    check(prop, values, 800)


def test_a_hundred_thousand_urls_made_by_chance_hold() -> None:
    # Given a seed, and what passes and what does not
    chance, seen = random.Random(20261124), [0, 0]
    # When so many URLs are judged by both
    for _ in range(100_000):
        url = made(chance)
        seen[ours(url) is not None] += 1
        agrees(url)
        is_stable(url)
    # Then all differences are the explained ones, and both kinds were there in numbers
    assert min(seen) > 5_000

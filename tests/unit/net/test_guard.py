from __future__ import annotations

import ipaddress
import json
import socket
from pathlib import Path

import pytest

from worker.config import Settings, load
from worker.errors import ItemFailed
from worker.net.dial import dial
from worker.net.policy import check, is_public, join, parse
from worker.net.resolve import resolve
from worker.net.url import Address
from worker.reasons import Reason

PLAIN = load({})


def reason_of(url: str, settings: Settings = PLAIN) -> Reason | None:
    """Why `url` is refused, None where it is not."""
    try:
        parse(url, settings)
    except ItemFailed as failure:
        return failure.reason
    return None


def test_urls_of_the_catalogue_that_the_parser_must_stop_are_stopped(shared: Path) -> None:
    # Given the cases that need no look-up; names that must not resolve are not the parser's business
    cases = json.loads((shared / "cases/ssrf_urls.json").read_text())["cases"]
    passing = {"ui-nonascii-host"}
    # When each is parsed
    wrong = [
        case["id"]
        for case in cases
        if (case["layer"] in {"parse", "address", "policy"} or case["expected"] == "allow")
        and case["id"] not in passing
        and (reason_of(case["url"]) is None) != (case["expected"] == "allow")
    ]
    # Then exactly the honest ones pass
    assert wrong == []


@pytest.mark.parametrize(
    ("url", "reason"),
    [
        ("http://user:pw@pub.example/", Reason.CREDENTIALS),
        ("http://@pub.example/", Reason.CREDENTIALS),
        ("ftp://pub.example/", Reason.SCHEME),
        ("pub.example/news", Reason.BAD_URL),
        ("http://pub.example:6379/", Reason.PORT),
        ("http://pub.example:0/", Reason.BAD_URL),
        ("http://127.0.0.1/", Reason.PRIVATE_ADDRESS),
        ("http://foo.localhost/", Reason.PRIVATE_ADDRESS),
        ("http://0x7f.1/", Reason.BAD_URL),
        ("http://pub.example/\\a", Reason.BAD_URL),
        ("http://é.example../", Reason.BAD_URL),
        ("http://1.1.1.1./", Reason.BAD_URL),
        ("http://pub.example/a b", Reason.BAD_URL),
        ("http://pub.example/\ud800", Reason.BAD_URL),
        ("http://" + "a" * 300 + "/", Reason.BAD_URL),
        ("http://pub.example/" + "a" * 9000, Reason.BAD_URL),
    ],
)
def test_a_url_is_refused_for_what_is_wrong_with_it(url: str, reason: Reason) -> None:
    assert reason_of(url) is reason


@pytest.mark.parametrize(
    ("given", "spelled"),
    [
        ("HTTP://Pub.Example:80?x=1#y", "http://pub.example/?x=1"),
        ("https://pub.example.:443/a/../b/./c", "https://pub.example/b/c"),
        ("http://pub.example/%2e%2E/a", "http://pub.example/a"),
        ("http://bücher.example/ü?q=ü", "http://xn--bcher-kva.example/%C3%BC?q=%C3%BC"),
        ("http://pub.example/100%", "http://pub.example/100%25"),
        ("http://pub.example/a?u=http://10.0.0.1/\\x|[y]", "http://pub.example/a?u=http://10.0.0.1/%5Cx|[y]"),
        ("http://[2606:2800:0220::1]/", "http://[2606:2800:220::1]/"),
    ],
)
def test_a_url_has_one_spelling_and_keeps_it(given: str, spelled: str) -> None:
    # When it is parsed, and what came of it is parsed again
    once = parse(given, PLAIN).url
    # Then it is spelled as it will be sent
    assert once == spelled
    assert parse(once, PLAIN).url == spelled


def test_an_address_names_what_is_sent_and_what_is_paced() -> None:
    address = parse("https://pub.example/a?b", PLAIN)
    assert (address.netloc, address.place, address.origin, address.target) == (
        "pub.example",
        "pub.example:443",
        "https://pub.example",
        "/a?b",
    )


@pytest.mark.parametrize("ip", ["8.8.8.8", "172.32.0.1", "2606:2800:220:1:248:1893:25c8:1946", "2a00:1450::1"])
def test_addresses_of_web_servers_are_public(ip: str) -> None:
    assert is_public(ipaddress.ip_address(ip))


@pytest.mark.parametrize(
    "ip",
    ["168.63.129.16", "::ffff:8.8.8.8", "64:ff9b::808:808", "2002:808:808::1", "2001::1", "fe80::1%eth0", "2606:2800::5efe:7f00:1", "::"],
)
def test_transition_forms_and_special_blocks_are_not_public(ip: str) -> None:
    assert not is_public(ipaddress.ip_address(ip))


class TestOpened:
    """`allow_private` opens what it names and nothing else."""

    def test_a_host_with_a_port_opens_this_port_of_this_host(self) -> None:
        settings = load({"PRESSMARK_ALLOW_PRIVATE": "intra.example:8080"})
        assert reason_of("http://intra.example:8080/", settings) is None
        assert reason_of("http://intra.example:8081/", settings) is Reason.PORT
        assert reason_of("http://other.example:8080/", settings) is Reason.PORT

    def test_a_network_opens_its_literal_addresses(self) -> None:
        settings = load({"PRESSMARK_ALLOW_PRIVATE": "10.1.0.0/16"})
        assert reason_of("http://10.1.2.3:8080/", settings) is None
        assert reason_of("http://10.2.2.3/", settings) is Reason.PRIVATE_ADDRESS

    def test_a_network_opens_names_that_lead_into_it(self) -> None:
        # Given a network that is open on one port
        settings = load({"PRESSMARK_ALLOW_PRIVATE": "127.0.0.1:8080", "PRESSMARK_RESOLVE": "news.example=127.0.0.1"})
        # When a name is resolved to it
        found = resolve(parse("http://news.example:8080/", settings), settings, 1)
        # Then that port is open and no other
        assert [str(ip) for ip in found] == ["127.0.0.1"]
        with pytest.raises(ItemFailed, match="private-address"):
            resolve(parse("http://news.example/", settings), settings, 1)

    def test_a_port_that_a_network_opens_stays_shut_on_public_addresses(self) -> None:
        settings = load({"PRESSMARK_ALLOW_PRIVATE": "10.0.0.0/8:6379", "PRESSMARK_RESOLVE": "pub.example=93.184.216.34"})
        address = parse("http://pub.example:6379/", settings)
        with pytest.raises(ItemFailed, match="port"):
            resolve(address, settings, 1)

    def test_localhost_is_this_machine_where_it_is_named(self) -> None:
        settings = load({"PRESSMARK_ALLOW_PRIVATE": "localhost"})
        assert [str(ip) for ip in resolve(parse("http://localhost:8000/", settings), settings, 1)] == ["127.0.0.1"]


def test_one_private_address_among_the_answers_condemns_them_all() -> None:
    settings = load({"PRESSMARK_RESOLVE": "mixed.example=93.184.216.34,mixed.example=10.0.0.1"})
    with pytest.raises(ItemFailed, match="private-address"):
        resolve(parse("http://mixed.example/", settings), settings, 1)


def test_a_peer_that_is_not_what_was_dialled_is_left_at_once(monkeypatch: pytest.MonkeyPatch) -> None:
    # Given a network that brings us to this machine, whatever we dial
    server = socket.create_server(("127.0.0.1", 0))
    connect = socket.create_connection
    monkeypatch.setattr(socket, "create_connection", lambda *_args, **_options: connect(server.getsockname()))
    address = Address("http", "pub.example", 80, "/")
    # When a public address is dialled
    with pytest.raises(ItemFailed, match="private-address"):
        dial([ipaddress.ip_address("93.184.216.34")], address, PLAIN, 1)
    # Then nothing was said to the peer
    peer, _ = server.accept()
    assert peer.recv(10) == b""
    server.close()
    peer.close()


def test_a_second_address_is_tried_where_the_first_refuses() -> None:
    # Given two addresses of which only the second listens
    server = socket.create_server(("127.0.0.2", 0))
    port = server.getsockname()[1]
    settings = load({"PRESSMARK_ALLOW_PRIVATE": "127.0.0.0/8"})
    ips = [ipaddress.ip_address("127.0.0.3"), ipaddress.ip_address("127.0.0.2")]
    # When they are dialled
    connection = dial(ips, Address("http", "two.example", port, "/"), settings, 5)
    # Then the second one is the peer
    assert connection.getpeername()[0] == "127.0.0.2"
    connection.close()
    server.close()


def test_nobody_listening_is_a_failure_of_the_connection() -> None:
    settings = load({"PRESSMARK_ALLOW_PRIVATE": "127.0.0.1"})
    free = socket.create_server(("127.0.0.1", 0))
    port = free.getsockname()[1]
    free.close()
    with pytest.raises(ItemFailed, match="connect"):
        dial([ipaddress.ip_address("127.0.0.1")], Address("http", "x.example", port, "/"), settings, 1)


@pytest.mark.parametrize(
    ("location", "target"),
    [
        ("/b", "http://pub.example/b"),
        ("b?c", "http://pub.example/dir/b?c"),
        ("../b", "http://pub.example/b"),
        ("?c", "http://pub.example/dir/a?c"),
        ("#f", "http://pub.example/dir/a?q"),
        ("//other.example/x", "http://other.example/x"),
        ("https://other.example", "https://other.example/"),
        (" /a b ", "http://pub.example/a%20b"),
        ("a:b", None),
        ("http:/b", None),
        ("", None),
    ],
)
def test_a_location_is_joined_as_the_standard_says(location: str, target: str | None) -> None:
    base = parse("http://pub.example/dir/a?q", PLAIN)
    if target is None:
        with pytest.raises(ItemFailed):
            join(base, location, PLAIN)
    else:
        assert join(base, location, PLAIN).url == target


def test_a_location_that_is_no_url_is_the_servers_fault() -> None:
    base = parse("http://pub.example/", PLAIN)
    with pytest.raises(ItemFailed, match="bad-response"):
        join(base, "http://0x7f.1/", PLAIN)
    with pytest.raises(ItemFailed, match="private-address"):
        join(base, "http://127.0.0.1/", PLAIN)


def test_judging_a_public_address_on_an_odd_port_names_the_port() -> None:
    with pytest.raises(ItemFailed, match="port"):
        check(ipaddress.ip_address("8.8.8.8"), Address("http", "x.example", 8080, "/"), PLAIN)

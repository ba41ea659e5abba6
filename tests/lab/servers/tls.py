"""Servers whose TLS will not do."""

from __future__ import annotations

import datetime
import ssl

import trustme

from tests.lab.site import Call
from tests.lab.variant import Variant, honest

DAY = datetime.timedelta(days=1)


class Certificates:
    """The lab's authority, which the worker trusts, and another one, which it does not."""

    def __init__(self) -> None:
        self.trusted, self.stranger = trustme.CA(), trustme.CA()

    def context(self, *names: str, authority: trustme.CA | None = None, **validity: datetime.datetime) -> ssl.SSLContext:
        """A server's context with a certificate for `names`."""
        context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        (authority or self.trusted).issue_cert(*names, **validity).configure_cert(context)
        return context


NAME = "*.lab.example"
NOW = datetime.datetime.now(datetime.UTC)


def old_protocol(certificates: Certificates) -> ssl.SSLContext:
    context = certificates.context(NAME)
    context.set_ciphers("ALL:@SECLEVEL=0")
    context.minimum_version = context.maximum_version = ssl.TLSVersion.TLSv1_1
    return context


def wanting_ours(certificates: Certificates) -> ssl.SSLContext:
    """A server that only talks to whom it knows."""
    context = certificates.context(NAME)
    context.verify_mode = ssl.CERT_REQUIRED
    certificates.stranger.configure_trust(context)
    return context


def with_certificate(make) -> Variant:
    return Variant(honest, scheme="https", certificate=make)


def cut(call: Call) -> None:
    call.socket.recv(100)


def cut_by_reset(call: Call) -> None:
    call.socket.recv(100)
    call.reset()


def plain(call: Call) -> None:
    call.socket.recv(100)
    call.answer(b"plain HTTP here", "400 Bad Request")


def half_record(call: Call) -> None:
    call.socket.recv(4096)
    call.say(b"\x16\x03\x03\x00\x50" + b"\x02\x00\x00\x40")


SERVERS = {
    "x01": [with_certificate(lambda made: made.context(NAME, authority=made.stranger))],
    "x02": [with_certificate(lambda made: made.context(NAME, not_before=NOW - 3 * DAY, not_after=NOW - DAY))],
    "x03": [with_certificate(lambda made: made.context("other.example")), with_certificate(lambda made: made.context("45.33.0.1"))],
    "x04": [with_certificate(lambda made: made.context(NAME, not_before=NOW + DAY, not_after=NOW + 3 * DAY))],
    "x05": [with_certificate(old_protocol)],
    "x06": [
        Variant(cut, raw=True, scheme="https"),
        Variant(cut_by_reset, raw=True, scheme="https"),
        Variant(half_record, raw=True, scheme="https"),
    ],
    "x07": [Variant(plain, raw=True, scheme="https")],
    "own-good-tls": [with_certificate(lambda made: made.context(NAME))],
}
SERVERS["own-good-tls"][0].verdict = "ok"
SERVERS["own-client-certificate"] = [with_certificate(wanting_ours)]
# The server may be gone before its alert was read
SERVERS["own-client-certificate"][0].verdict = "permanent:tls_untrusted|transient:tls_closed"

"""The words of the catalogue in the words of the contract: the catalogue's are finer, the contract's list is closed."""

from __future__ import annotations

from worker.reasons import Fate, Reason

FINER = {
    "timeout_connect": {"timeout"},
    "timeout_tls": {"timeout"},
    "timeout_first_byte": {"timeout"},
    "timeout_header": {"timeout"},
    "timeout_total": {"timeout"},
    "dns_timeout": {"dns"},
    "connection_reset": {"connect"},
    "tls_closed": {"connect"},
    "truncated": {"truncated"},
    "http_5xx": {"http-5xx"},
    "too_many_informational": {"bad-response"},
    "too_large": {"too-big"},
    "decompression_bomb": {"too-big", "bad-response"},  # a bomb in a coding that was not offered is refused unopened
    "header_flood": {"too-big"},
    "too_many_codings": {"bad-response"},
    "unexpected_coding": {"bad-response"},
    "bad_encoding": {"bad-response"},
    "bad_response": {"bad-response"},
    "bad_redirect": {"bad-response"},
    "too_many_redirects": {"too-many-redirects"},
    "blocked_address": {"private-address"},
    "blocked": {"private-address", "scheme", "port", "credentials-in-url", "bad-response"},
    "empty_document": {"no-text"},
    "http_401": {"http-4xx"},
    "http_407": {"http-4xx"},
    "http_4xx": {"http-404", "http-410", "http-4xx"},
    "tls_untrusted": {"tls"},
    "tls_expired": {"tls"},
    "tls_hostname": {"tls"},
    "tls_protocol": {"tls"},
    "not_html": {"not-html"},
    "bad_charset": {"decode"},
    "opted_out": {"opted-out"},
    "parse_limit": {"parse-limit", "too-big", "poison"},  # too big to be parsed, or killed by its limits three times
    "parser_crash": {"poison"},
}
CLASSES = {
    "permanent": {Fate.REFUSED, Fate.DEAD, Fate.STRIKE},
    "transient": {Fate.AGAIN},
    "defer": {Fate.AGAIN, Fate.WAITS},
}


def agrees(expected: str, outcome: dict) -> bool:
    """Whether the outcome of the worker is what one of the words `a|b` in `expected` says."""
    return any(_agrees(word, outcome) for word in expected.split("|"))


def _agrees(word: str, outcome: dict) -> bool:
    if word == "ok":
        return outcome["type"] == "extracted"
    reason = "poison" if outcome["type"] == "struck" else outcome["reason"]
    if reason is None:
        return False
    if word == "skip:robots":
        return reason == "robots"
    kind, _, finer = word.partition(":")
    return Reason.of(reason).fate in CLASSES[kind] and (not finer or reason in FINER[finer])

"""Compare settings with one another and with known bounds: refuse or warn of those that contradict, with the reason."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass

KIB, MIB = 1024, 1024 * 1024
HOUR, DAY = 3600.0, 86400.0
ONE_MESSAGE = 105.0
"""Seconds after which a worker gives up a message of URLs (END_WITHIN in worker.pipeline.fetch_worker)."""


@dataclass(frozen=True, slots=True)
class Rule:
    """`low` is at most `high`; each is the name of a setting or a number."""

    low: str | float
    high: str | float
    reason: str
    """What happens where it is not so."""
    refused: bool = False
    """Only where no meaning is left; the others are warned of, since a test may want a limit that is met at once."""


RULES = (
    # No meaning is left
    Rule("window_min", "window_max", "the dispatcher cannot send at least the one and at most the other", refused=True),
    Rule("backoff", "backoff_cap", "the second attempt would already wait longer than any attempt may", refused=True),
    # Limits of one fetch
    Rule("dns_timeout", "total_timeout", "a page ends before its name may be resolved"),
    Rule("connect_timeout", "total_timeout", "a page ends before its connection may be made"),
    Rule("first_byte_timeout", "total_timeout", "a page ends before its first byte may arrive"),
    Rule("max_wire_bytes", "max_decoded_bytes", "a page without a coding may be fetched and is then refused as too big"),
    Rule(8 * KIB, "max_header_bytes", "common servers send headers of up to 8 KiB, and their pages are refused"),
    Rule(500 * KIB, "robots_max_bytes", "RFC 9309 section 2.5 asks to read at least 500 KiB, and rules after the limit are not followed"),
    Rule("robots_ttl", DAY, "RFC 9309 section 2.4 asks to keep a robots.txt no longer than 24 hours"),
    Rule("retry_after_cap", "host_wait_max", "an item is dead before the time that its server asked for is over"),
    # Limits of one parse
    Rule("parse_cpu", "parse_timeout", "a page is ended by the clock before it may use its CPU"),
    Rule(1.0, "parse_cpu", "honest large pages take a second, and would be strikes"),
    Rule(100 * MIB, "parse_memory", "honest large pages need up to 100 MiB, and would be strikes"),
    # Limits of one article that is labelled
    Rule(1.0, "label_cpu", "the longest articles take a second, and would be strikes"),
    Rule(100 * MIB, "label_memory", "a batch of the longest articles needs 100 MiB; they would be labelled one by one, or be strikes"),
    Rule("label_cpu", "lease", "an article may take longer to label than its lease; it would be sent a second time meanwhile"),
    # The public stream
    Rule("keep_batch", "publish_max", "one batch of Results would push its own first ones off the public stream"),
    Rule(16 * MIB, "publish_max_bytes", "at 40 articles a second, of 6 KB, a reader that is away for a minute misses some"),
    Rule(HOUR / DAY, "publish_days", "a reader that is away for an hour misses Results"),
    # The engine
    Rule(ONE_MESSAGE, "lease", f"a worker may need {ONE_MESSAGE:.0f} s for one message; its URLs would be sent a second time meanwhile"),
    Rule("total_timeout", "lease", "a page may take longer than its lease; it would be sent a second time meanwhile"),
    Rule("parse_timeout", "lease", "a page may take longer to parse than its lease; it would be sent a second time meanwhile"),
    Rule("window_seconds", "lease", "URLs that are sent this far ahead lose their lease while they wait"),
    Rule("chunk_size", "window_max", "no message is ever full"),
    Rule(1.0, "stop_grace", "it takes about a second to return unfinished work; what is not returned waits for the end of its lease"),
)
"""Every pair of settings that can contradict, and every bound that is lawful to pass but seldom meant."""


def broken(values: Mapping[str, object]) -> Iterator[tuple[Rule, str]]:
    """Each rule that these settings break, with a sentence that names them; `values` are settings by name."""
    for rule in RULES:
        low, high = _value(rule.low, values), _value(rule.high, values)
        if low > high:
            yield rule, _sentence(rule, low, high)


def _value(side: str | float, values: Mapping[str, object]) -> float:
    found = values[side] if isinstance(side, str) else side
    if not isinstance(found, (int, float)):
        raise TypeError(f"expected a rule between numbers, got {side}")
    return found


def _sentence(rule: Rule, low: float, high: float) -> str:
    """`PRESSMARK_A: expected at least B, got 1: the reason`; a rule with one setting names that one."""
    if isinstance(rule.high, str):
        return f"{_variable(rule.high)}: expected at least {_shown(rule.low, low)}, got {high:.15g}: {rule.reason}"
    return f"{_variable(str(rule.low))}: expected at most {_shown(rule.high, high)}, got {low:.15g}: {rule.reason}"


def _shown(side: str | float, value: float) -> str:
    return f"{_variable(side)} ({value:.15g})" if isinstance(side, str) else f"{value:.15g}"


def _variable(name: str) -> str:
    return f"PRESSMARK_{name.upper()}"

"""The closed list of reasons, held against the contract's own words."""

import re
from pathlib import Path

import pytest

from worker.reasons import Fate, Reason, http_reason

HEADINGS = {
    "refused": Fate.REFUSED,
    "dead at once": Fate.DEAD,
    "tried 5 times, then dead": Fate.AGAIN,
    "waits for the host, costs no try, dead after 7 days": Fate.WAITS,
    "dead after 3 strikes": Fate.STRIKE,
    "other": Fate.NOTE,
}


def reasons_in(contract: str) -> dict[str, Fate]:
    """Word → fate, as the contract's section lists them; words of one letter case, outside parentheses."""
    section = contract.split("## Reasons", 1)[1].split("\n## ", 1)[0]
    found = {}
    for line in section.splitlines():
        if match := re.match(r"- ([^:]+): (.*)", line):
            fate = HEADINGS[match[1]]
            words = re.sub(r"\([^)]*\)", "", match[2]).replace("`", " ")
            found.update({word: fate for word in re.split(r"[,\s]+", words) if word})
    return found


def test_code_and_contract_hold_the_same_reasons_with_the_same_fates(shared: Path) -> None:
    contract = (shared / "contract.md").read_text(encoding="utf-8")
    assert {reason.word: reason.fate for reason in Reason} == reasons_in(contract)


STATUSES = {404: "http-404", 410: "http-410", 403: "http-4xx", 408: "timeout", 429: "http-429"}
STATUSES |= {500: "http-5xx", 599: "http-5xx", 700: "bad-response", 101: "bad-response"}


@pytest.mark.parametrize(("status", "word"), STATUSES.items())
def test_a_status_that_is_no_success_gives_its_reason(status: int, word: str) -> None:
    assert str(http_reason(status)) == word


def test_a_success_gives_no_reason() -> None:
    assert http_reason(200) is None


def test_a_word_that_is_not_on_the_list_is_refused() -> None:
    with pytest.raises(KeyError):
        Reason.of("http-418")

"""The reference is what the code says, and has everything that the contract promises."""

import re
from pathlib import Path

import pytest

from docs.build_python import PAGE, page
from docs.build_reference import REFERENCE, reference

TEXT = REFERENCE.read_text(encoding="utf-8")


@pytest.fixture(scope="session")
def contract(shared: Path) -> str:
    return (shared / "contract.md").read_text(encoding="utf-8")


def section(contract: str, title: str) -> str:
    """The text under a heading that begins so."""
    return contract.split(f"## {title}", 1)[1].split("\n## ", 1)[0]


def test_the_reference_is_what_the_code_says() -> None:
    assert reference() == TEXT, "run `make reference` and commit docs/reference.md"


def test_the_page_on_python_is_what_the_docstrings_say() -> None:
    assert page() == PAGE.read_text(encoding="utf-8"), "run `make reference` and commit docs/python.md"


@pytest.mark.parametrize("title", ["Article", "Labels", "Result", "Queues"])
def test_every_field_of_the_contract_is_in_the_reference(contract: str, title: str) -> None:
    shape = re.search(r"```\s*(?P<block>\{.*?\})\s*```|`(?P<line>\{.*?\})`", section(contract, title), re.DOTALL)
    assert shape
    text = re.sub(r':\s*"[^"]*"', ":", shape["block"] or shape["line"])
    promised = set(re.findall(r'"([a-z_0-9]+)"(?=[,:}…\s\]])', text))
    listed = set(re.findall(r"^\| `([a-z_0-9]+)` \|", TEXT, re.MULTILINE)) | {"official", "promotional", "independent", "oldest_waiting_s"}
    values = {"border_dispute", "trade", "demining", "culture", "yes", "no", "unsure", "sure"}
    assert promised - listed - values == set()


def test_every_reason_of_the_contract_has_a_sentence(contract: str) -> None:
    quoted = " ".join(re.findall(r"`([^`]*)`", section(contract, "Reasons")))
    for word in set(re.findall(r"[a-z][a-z0-9-]*", quoted)):
        assert re.search(rf"^\| `{word}` \| \S", TEXT, re.MULTILINE), word


def test_every_command_of_the_contract_is_described(contract: str) -> None:
    cells = [line.split("|")[1] for line in section(contract, "Commands").splitlines() if line.startswith("| `")]
    named = {word for cell in cells for part in re.findall(r"`([a-z]+)", cell) for word in [part]}
    for name in named:
        assert f"### `pressmark {name}" in TEXT, name


def test_every_exit_code_of_the_contract_is_explained(contract: str) -> None:
    codes = set(re.findall(r"`(\d)`", section(contract, "Everywhere").split("Exit codes", 1)[1].split("\n- ", 1)[0])) | {"130"}
    for code in codes:
        assert f"| `{code}` | " in TEXT


def test_every_setting_of_the_contract_is_listed_or_comes_later(contract: str) -> None:
    named = set(re.findall(r"`(PRESSMARK_[A-Z_]+)`", section(contract, "Everywhere")))
    later = {"PRESSMARK_DASHBOARD_ADDRESS"}
    assert {name for name in named if f"`{name}`" not in TEXT} <= {*later, "PRESSMARK_CONFIG"} - set()

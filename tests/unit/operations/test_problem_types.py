from __future__ import annotations

import pytest

from worker.cli.main import COMMANDS as PROGRAM
from worker.operations.problem_types import COMMANDS, Act, Problem, command_of


def problem(code: str, href: str = "/x") -> Problem:
    return Problem("needs", code, "Something is odd.", None, 2, "news.example:443", Act("Look at it", href))


@pytest.mark.parametrize(
    ("found", "command"),
    [
        (problem("asked"), "pressmark due --host news.example:443"),
        (problem("paused-host"), "pressmark resume --host news.example:443"),
        (problem("incident"), "pressmark dead show --host news.example:443"),
        (problem("source-failing", "/sources/7"), "pressmark sources show 7"),
        (problem("source-failing", "/sources"), "pressmark sources list"),
        (problem("no-worker"), None),
    ],
)
def test_the_next_command_is_named_by_its_problem(found: Problem, command: str | None) -> None:
    assert command_of(found) == command


def test_every_next_command_is_one_of_the_program() -> None:
    assert {form.split()[0] for form in COMMANDS.values()} <= set(PROGRAM)

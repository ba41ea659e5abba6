"""`completion` prints what the shell's start file needs."""

import pytest

from worker.cli.main import run


@pytest.mark.parametrize("shell", ["bash", "zsh", "fish"])
def test_completion_is_one_line_for_the_shells_file(shell: str, capsys: pytest.CaptureFixture[str]) -> None:
    assert run(["completion", shell]) == 0
    assert capsys.readouterr().out.count("\n") == 1

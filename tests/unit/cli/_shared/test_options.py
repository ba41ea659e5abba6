"""What the commands have in common."""

from __future__ import annotations

import os
import pwd

import pytest

from worker.cli._shared.options import who


def test_a_user_whose_number_has_no_name_is_called_by_it(monkeypatch: pytest.MonkeyPatch) -> None:
    def nobody(_: int) -> None:
        raise KeyError("uid not found")

    for name in ("LOGNAME", "USER", "LNAME", "USERNAME"):
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setattr(pwd, "getpwuid", nobody)
    assert who() == f"uid-{os.getuid()}"


def test_a_user_with_a_name_is_called_by_that(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("LOGNAME", "ann")
    assert who() == "ann"

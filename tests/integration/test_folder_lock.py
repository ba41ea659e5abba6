"""The data folder's lock: one `up` at a time, free again however its holder ended."""

from __future__ import annotations

import multiprocessing
import os
import time

import pytest

from worker.errors import Unavailable, UsageError
from worker.processes.folder_lock import FolderLock


def test_one_up_a_folder_and_the_second_learns_who_holds_it(tmp_path):
    with (
        FolderLock(tmp_path),
        pytest.raises(UsageError, match=f"in use by process {os.getpid()} since"),
        FolderLock(tmp_path),
    ):
        pass


def test_the_lock_of_a_killed_holder_is_free(tmp_path):
    # Given
    holder = multiprocessing.get_context("spawn").Process(target=_hold, args=(tmp_path,))
    holder.start()
    while not (tmp_path / "held").exists():
        time.sleep(0.02)
    # When
    holder.kill()
    holder.join()
    # Then
    with FolderLock(tmp_path):
        pass


def _hold(folder):
    with FolderLock(folder):
        (folder / "held").touch()
        time.sleep(600)


def test_a_folder_that_cannot_be_made_is_one_clear_line(tmp_path):
    (tmp_path / "file").write_text("in the way")
    with pytest.raises(Unavailable, match="expected a data folder"), FolderLock(tmp_path / "file" / "data"):
        pass

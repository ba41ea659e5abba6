"""A9: settings that make no sense, and files that are no files, end in one line and exit 2 within bounded time and memory.

Models, seeds, imports, lists and settings are handed over as pipes, devices, folders and broken arrays.
"""

from __future__ import annotations

import json
import os
from pathlib import Path

import pytest

from tests.attack.parts.broken_models import BROKEN, sound_model
from tests.attack.parts.commands import Done, pressmark

BOUNDED = 12.0
"""Seconds after which a call is killed: those that refuse take two on a busy machine."""
MEMORY = 400.0
"""Megabytes: a call with the model that ships takes 120; numpy and scikit-learn are most of it."""
NO_MORE_MEMORY = ("prlimit", "--as=1500000000")
"""Bytes of address space, so that a file without an end harms nobody but the call that reads it."""
TEXT = b"The two ministries of commerce signed a free trade agreement on Monday, and lorries crossed the border on the same day."

# Settings ----------------------------------------------------------------------------------------

NONSENSE: dict[str, dict[str, str]] = {
    "everything private is open": {"ALLOW_PRIVATE": "0.0.0.0/0"},
    "everything private is open, IPv6": {"ALLOW_PRIVATE": "::/0"},
    "a lease shorter than a chunk": {"LEASE": "5"},
    "a fetch shorter than its connection": {"TOTAL_TIMEOUT": "1", "CONNECT_TIMEOUT": "30"},
    "a fetch shorter than its first byte": {"TOTAL_TIMEOUT": "1"},
    "less decoded than on the wire": {"MAX_DECODED_BYTES": "1000"},
    "a parse with more CPU than time": {"PARSE_CPU": "60", "PARSE_TIMEOUT": "1"},
    "a window that ends before it begins": {"WINDOW_MIN": "5000", "WINDOW_MAX": "10"},
    "a window longer than a lease": {"WINDOW_SECONDS": "600"},
    "a back-off above its cap": {"BACKOFF": "600", "BACKOFF_CAP": "1"},
    "a robots.txt that is never read whole": {"ROBOTS_MAX_BYTES": "1"},
    "a robots.txt kept for a week": {"ROBOTS_TTL": "604800"},
    "headers of one byte": {"MAX_HEADER_BYTES": "1"},
    "no time to stop": {"STOP_GRACE": "0.001"},
}


def configured(folder: Path, settings: dict[str, str]) -> Done:
    """`config` under these settings: the cheapest command that reads them all."""
    return pressmark(folder, "config", settings={f"PRESSMARK_{name}": value for name, value in settings.items()}, patience=BOUNDED)


@pytest.mark.parametrize("name", list(NONSENSE))
def test_a_setting_that_makes_no_sense_is_refused_or_warned_of(tmp_path, name):
    done = configured(tmp_path, NONSENSE[name])
    assert done.code in (0, 2)
    assert any(f"PRESSMARK_{setting}" in done.err for setting in NONSENSE[name]), done.err
    assert done.code == 0 or done.is_one_line_and_exit_2()


@pytest.mark.parametrize("settings", [{}, {"ALLOW_PRIVATE": "10.1.0.0/16"}, {"TOTAL_TIMEOUT": "60"}, {"LEASE": "600"}], ids=json.dumps)
def test_settings_that_make_sense_are_taken_without_a_word(tmp_path, settings):
    done = configured(tmp_path, settings)
    assert done.code == 0
    assert done.err == ""


# Models ------------------------------------------------------------------------------------------


@pytest.mark.parametrize("name", list(BROKEN))
def test_a_broken_model_is_refused_in_one_line(tmp_path, name, figure):
    # Given
    folder = sound_model(tmp_path / "model")
    BROKEN[name](folder)
    # When
    settings = {"PRESSMARK_MODEL_DIR": str(folder)}
    done = pressmark(tmp_path, "label", stdin=TEXT, settings=settings, patience=BOUNDED, inside=NO_MORE_MEMORY)
    # Then
    figure(f"{name}: seconds", round(done.seconds, 1))
    figure(f"{name}: MB", round(done.memory))
    assert done.code is not None, f"no end within {BOUNDED:.0f} s"
    assert done.is_one_line_and_exit_2(), f"{done.code}: {done.told[-400:]}"
    assert done.memory < MEMORY


def test_the_sound_copy_of_the_model_labels(tmp_path):
    done = pressmark(tmp_path, "label", stdin=TEXT, settings={"PRESSMARK_MODEL_DIR": str(sound_model(tmp_path / "model"))})
    assert done.code == 0
    assert done.memory < MEMORY


# Files -------------------------------------------------------------------------------------------


def pipe(path: Path) -> Path:
    """A named pipe that nobody writes to."""
    os.mkfifo(path)
    return path


def device(path: Path) -> Path:
    """A link to a device without an end."""
    path.symlink_to("/dev/zero")
    return path


def folder_of_that_name(path: Path) -> Path:
    """A folder."""
    path.mkdir()
    return path


NO_FILES = {"pipe": pipe, "device": device, "folder": folder_of_that_name}
COMMANDS: dict[str, tuple[str, ...]] = {
    "enqueue": ("enqueue", "-f", "{}"),
    "extract": ("extract", "{}"),
    "extract lines": ("extract", "--jsonl", "{}"),
    "label": ("label", "{}"),
    "label lines": ("label", "--jsonl", "{}"),
    "try": ("try", "{}"),
    "import": ("seeds", "import", "{}"),
    "config": ("--config", "{}", "config"),
    "evaluate": ("evaluate", "--on", "{}"),
    "train": ("train", "--on", "{}"),
}
SEEDS: dict[str, tuple[str, ...]] = {
    "seeds check": ("seeds", "check", "--seeds", "{}"),
    "seeds export": ("seeds", "export", "--seeds", "{}"),
    "train": ("train", "--seeds", "{}"),
    "evaluate": ("evaluate", "--seeds", "{}"),
}


def handed_over(folder: Path, words: tuple[str, ...], path: Path) -> Done:
    """A command with that path among its words."""
    return pressmark(folder, *(word.format(path) for word in words), patience=BOUNDED, inside=NO_MORE_MEMORY)


@pytest.mark.parametrize("kind", list(NO_FILES))
@pytest.mark.parametrize("command", list(COMMANDS))
def test_what_is_no_file_is_refused_in_one_line(tmp_path, command, kind):
    done = handed_over(tmp_path, COMMANDS[command], NO_FILES[kind](tmp_path / "given"))
    assert done.code is not None, f"no end within {BOUNDED:.0f} s"
    assert done.is_one_line_and_exit_2(), f"{done.code}: {done.told[-400:]}"


@pytest.mark.parametrize("kind", list(NO_FILES))
@pytest.mark.parametrize("command", list(SEEDS))
def test_seeds_that_are_no_files_are_refused_in_one_line(tmp_path, command, kind):
    # Given: a folder of seeds in which one file is none
    (tmp_path / "seeds").mkdir()
    NO_FILES[kind](tmp_path / "seeds" / "a.jsonl")
    # When
    done = handed_over(tmp_path, SEEDS[command], tmp_path / "seeds")
    # Then
    assert done.code is not None, f"no end within {BOUNDED:.0f} s"
    assert done.is_one_line_and_exit_2(), f"{done.code}: {done.told[-400:]}"


SETTINGS = ("CONFIG", "REDIS_URL_FILE", "DATABASE_URL_FILE", "CA_FILE", "MODEL_DIR", "DATA_DIR")
CALLS = {"CA_FILE": ("try", "http://192.0.2.1/"), "MODEL_DIR": ("label", "-"), "DATA_DIR": ("status",)}


@pytest.mark.parametrize("kind", ["pipe", "device"])
@pytest.mark.parametrize("setting", SETTINGS)
def test_a_setting_that_names_no_file_is_refused_in_one_line(tmp_path, setting, kind):
    path = NO_FILES[kind](tmp_path / "given")
    words = CALLS.get(setting, ("status",))
    settings = {f"PRESSMARK_{setting}": str(path)}
    done = pressmark(tmp_path, *words, settings=settings, stdin=TEXT, patience=BOUNDED, inside=NO_MORE_MEMORY)
    assert done.code is not None, f"no end within {BOUNDED:.0f} s"
    assert done.code in ((2, 3) if setting == "DATA_DIR" else (2,)), f"{done.code}: {done.told[-400:]}"
    assert len(done.err.splitlines()) == 1
    assert "unexpected" not in done.err

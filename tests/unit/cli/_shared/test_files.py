"""Files, pipes and lines as they come, good and bad."""

import io
import os
import subprocess
import sys
from pathlib import Path

import pytest

from worker.cli._shared.files import decoded, expect_text, lines, opened
from worker.errors import UsageError


@pytest.fixture
def loop(tmp_path: Path) -> Path:
    (tmp_path / "a").symlink_to(tmp_path / "b")
    (tmp_path / "b").symlink_to(tmp_path / "a")
    return tmp_path / "a"


def refused(name: str) -> str:
    with pytest.raises(UsageError) as error, opened(name):
        pass
    assert name.replace("\0", "") in str(error.value).replace("\0", "")
    return str(error.value)


def test_a_missing_file_is_named(tmp_path: Path) -> None:
    assert "No such file" in refused(str(tmp_path / "none.txt"))


def test_a_folder_is_no_file(tmp_path: Path) -> None:
    assert "got a folder" in refused(str(tmp_path))


def test_a_loop_of_links_is_told(loop: Path) -> None:
    assert "symbolic links" in refused(str(loop))


def test_an_endless_device_is_not_read() -> None:
    assert "got a device" in refused("/dev/zero")


def test_a_pipe_that_nobody_writes_to_is_not_waited_for(tmp_path: Path) -> None:
    os.mkfifo(tmp_path / "fifo")
    assert "got a named pipe" in refused(str(tmp_path / "fifo"))


def test_a_nul_in_the_name_is_told() -> None:
    refused("a\0b")


def test_a_pipe_that_the_shell_hands_over_is_read() -> None:
    script = "import sys\nfrom worker.cli._shared.files import opened\nwith opened(sys.argv[1]) as file: print(file.read())"
    command = f"{sys.executable} -c '{script}' <(echo hi)"
    done = subprocess.run(["bash", "-c", command], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "b'hi\\n'"


def test_lines_come_with_their_numbers_and_without_their_ends() -> None:
    assert list(lines(io.BytesIO(b"a\r\n\nb"), 10)) == [(1, b"a"), (2, b""), (3, b"b")]


def test_a_line_beyond_the_limit_is_skipped_and_the_next_one_read() -> None:
    found = list(lines(io.BytesIO(b"short\n" + b"x" * 5_000_000 + b"\nafter\n"), 100))
    assert found == [(1, b"short"), (2, None), (3, b"after")]


def test_a_line_at_the_limit_is_whole() -> None:
    assert list(lines(io.BytesIO(b"x" * 100 + b"\r\ny"), 100)) == [(1, b"x" * 100), (2, b"y")]


def test_a_long_line_without_an_end_is_refused() -> None:
    assert list(lines(io.BytesIO(b"x" * 1000), 100)) == [(1, None)]


@pytest.mark.parametrize(
    ("content", "told"),
    [
        ("ok\nกรุงเทพ\n".encode("cp874"), ":2: expected UTF-8 text, got the byte 0xa1"),
        ("http://a.example/\n".encode("utf-16"), ":1: expected UTF-8 text, got the byte 0xff"),
        (b"\x1f\x8b\x08\x00", ":1: expected UTF-8 text, got the byte 0x8b"),
    ],
)
def test_what_is_no_utf_8_is_told_with_its_line(tmp_path: Path, content: bytes, told: str) -> None:
    (tmp_path / "list").write_bytes(content)
    with (tmp_path / "list").open("rb") as file, pytest.raises(UsageError) as error:
        expect_text("list", file)
    assert str(error.value) == "list" + told


def test_text_cut_between_two_reads_is_still_text(tmp_path: Path) -> None:
    (tmp_path / "list").write_bytes(b"x" * ((1 << 20) - 1) + "ក\n".encode())
    with (tmp_path / "list").open("rb") as file:
        expect_text("list", file)
        assert file.tell() == 0


def test_a_letter_that_ends_too_early_is_told(tmp_path: Path) -> None:
    (tmp_path / "list").write_bytes(b"a\n" + "ក".encode()[:2])
    with (tmp_path / "list").open("rb") as file, pytest.raises(UsageError) as error:
        expect_text("list", file)
    assert ":2:" in str(error.value)


def test_utf_16_without_a_mark_is_told_at_its_first_line() -> None:
    with pytest.raises(UsageError, match="list:1: expected UTF-8 text, got the byte 0x00"):
        decoded("list", 1, "http://a.example/".encode("utf-16-le"))
    assert decoded("list", 36, b"http://a.example/\0") == "http://a.example/\0"


def test_the_mark_of_an_editor_goes() -> None:
    assert decoded("list", 1, b"\xef\xbb\xbfhttp://a.example/") == "http://a.example/"

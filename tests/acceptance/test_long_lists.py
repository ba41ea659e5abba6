"""Lists without an end: memory stays where it was."""

import os
import subprocess
import threading
from collections.abc import Iterator

import pytest

from tests.acceptance.conftest import Home

MIB = 1024


def fed(home: Home, blocks: Iterator[bytes], *arguments: str) -> tuple[int, int, bytes]:
    """Feeds `enqueue -f -`: exit code, peak memory in KiB, standard error."""
    process = home.start("enqueue", "-f", "-", *arguments, stdin=subprocess.PIPE, stdout=subprocess.DEVNULL, stderr=subprocess.PIPE)
    assert process.stdin is not None
    assert process.stderr is not None
    told: list[bytes] = []
    listener = threading.Thread(target=lambda: told.append(process.stderr.read()))  # type: ignore[union-attr]
    listener.start()
    for block in blocks:
        process.stdin.write(block)
    process.stdin.close()
    listener.join()
    process.stderr.close()
    _, status, usage = os.wait4(process.pid, 0)
    process.returncode = os.waitstatus_to_exitcode(status)
    return process.returncode, usage.ru_maxrss, told[0]


def urls(count: int) -> Iterator[bytes]:
    for start in range(0, count, 1000):
        yield b"".join(b"http://h%d.example/%d\n" % (number % 977, number) for number in range(start, start + 1000))


@pytest.mark.soak
@pytest.mark.timeout(1800)
def test_a_million_lines_are_accepted_in_constant_memory(home: Home) -> None:
    _, few, _ = fed(home, urls(10_000))
    code, many, told = fed(home, urls(1_000_000))
    assert code == 0
    assert b"1000000 URLs: 990000 accepted, 10000 known" in told
    assert many < min(200 * MIB, few + 64 * MIB)


@pytest.mark.soak
@pytest.mark.timeout(1800)
def test_a_line_of_a_gibibyte_is_refused_in_constant_memory(home: Home) -> None:
    _, few, _ = fed(home, urls(1000))
    code, many, told = fed(home, (b"a" * (1 << 20) for _ in range(1024)))
    assert code == 2
    assert told.count(b"\n") == 1
    assert many < few + 64 * MIB


def test_twenty_thousand_lines_take_no_more_memory_than_two_thousand(home: Home) -> None:
    _, few, _ = fed(home, urls(2000))
    code, many, _ = fed(home, urls(20_000))
    assert code == 0
    assert many < few + 24 * MIB

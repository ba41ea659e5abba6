"""Pages come back from the archive as they were; nothing that is damaged, foreign or too long does, and a full disk costs no page."""

from __future__ import annotations

import errno
import multiprocessing
import os
import signal
import time
from dataclasses import replace
from pathlib import Path

import pytest
import zstandard

from worker.archive import page_archive
from worker.archive.page_archive import PageArchive
from worker.archive.page_files import archive_of, path_of, settled_in
from worker.config import Settings
from worker.errors import UsageError
from worker.messages import Page

PAGE = Page(
    "http://a.test/1",
    "http://a.test/2",
    200,
    b"\xff\x00<p>\xe9t\xe9\n\n</p>" * 500,
    content_type="text/html; charset=latin-1",
    etag='"e"',
    opt_outs=("x-robots-tag: noai",),
    warnings=("downgraded",),
    ms=12,
    wire_bytes=99,
    fetched_at="2026-11-24T06:00:00Z",
)


@pytest.fixture
def settings(tmp_path: Path) -> Settings:
    return Settings(data_dir=tmp_path, disk_free_min=0, max_decoded_bytes=1 << 20)


def files(settings: Settings) -> list[Path]:
    return [path for path in settings.data_dir.rglob("*") if path.is_file()]


def test_a_page_comes_back_byte_for_byte_with_its_headers(settings):
    kept = PageArchive(settings).keep(PAGE)
    assert kept is not None
    assert PageArchive(settings).read(kept.sha256) == PAGE
    [path] = files(settings)
    assert path == settings.data_dir / "archive" / kept.sha256[:2] / kept.sha256[2:4] / f"{kept.sha256}.page"
    assert path.stat().st_size == kept.bytes < len(PAGE.body) / 4
    assert path.stat().st_mode & 0o077 == 0


def test_the_same_page_is_one_file_and_another_fetch_of_it_is_another(settings):
    archive = PageArchive(settings)
    assert archive.keep(PAGE) == archive.keep(PAGE)
    archive.keep(replace(PAGE, fetched_at="2026-11-25T06:00:00Z"))
    assert len(files(settings)) == 2


def test_a_page_that_is_not_there_is_none(settings):
    assert PageArchive(settings).read("0" * 64) is None


@pytest.mark.parametrize("name", ["../../etc/passwd", "a" * 63, "A" * 64, "", "a" * 63 + "/"])
def test_what_is_no_digest_leads_nowhere(settings, name):
    with pytest.raises(ValueError, match="expected a SHA-256"):
        PageArchive(settings).read(name)


@pytest.mark.parametrize(
    ("damage", "says"),
    [
        (lambda data: data[:-3], "damaged"),
        (lambda data: b"no zstd at all", "zstd cannot read"),
        (lambda data: zstandard.compress(b'{"url": "http://other.test/"}\n<p>'), "damaged or another"),
        (lambda data: zstandard.compress(bytes(64 << 20)), "at most 1048576 bytes"),
    ],
)
def test_a_damaged_foreign_or_exploding_file_is_refused(settings, damage, says):
    kept = PageArchive(settings).keep(PAGE)
    path = path_of(archive_of(settings.data_dir), kept.sha256)
    path.write_bytes(damage(path.read_bytes()))
    with pytest.raises(UsageError, match=says):
        PageArchive(settings).read(kept.sha256)


def test_a_full_disk_keeps_nothing_warns_once_and_leaves_no_half_file(settings, monkeypatch, caplog):
    def full(part, data):
        part.write_bytes(data[:10])
        raise OSError(errno.ENOSPC, "No space left on device")

    monkeypatch.setattr(Path, "replace", lambda part, path: full(part, b"half of the page"))
    archive = PageArchive(settings)
    assert archive.keep(PAGE) is None
    assert archive.keep(PAGE) is None
    assert files(settings) == []
    assert caplog.text.count("pages are not kept: [Errno 28] No space left on device") == 1


def test_the_archive_leaves_the_disk_what_the_dispatcher_needs(settings, caplog):
    assert PageArchive(replace(settings, disk_free_min=1 << 49)).keep(PAGE) is None
    assert files(settings) == []
    assert "bytes are free, and the archive leaves" in caplog.text


def test_a_folder_that_is_a_file_costs_no_page(settings):
    archive_of(settings.data_dir).write_bytes(b"")
    assert PageArchive(settings).keep(PAGE) is None


def _keep_for_ever(settings: Settings) -> None:
    archive = PageArchive(settings)
    for number in range(1_000_000):
        archive.keep(replace(PAGE, url=f"http://a.test/{number}", body=os.urandom(300_000)))


def test_a_killed_writer_leaves_whole_pages_only(settings):
    process = multiprocessing.get_context("fork").Process(target=_keep_for_ever, args=(settings,))
    process.start()
    end = time.monotonic() + 60
    while len(files(settings)) < 20 and time.monotonic() < end:
        time.sleep(0.01)
    os.kill(process.pid or 0, signal.SIGKILL)
    process.join()
    whole = [path for path in files(settings) if path.suffix == ".page"]
    assert len(whole) >= 15
    assert all(PageArchive(settings).read(path.stem) for path in whole)


def test_only_settled_files_of_the_folder_are_listed(settings):
    kept = PageArchive(settings).keep(PAGE)
    archive, number = archive_of(settings.data_dir), int(kept.sha256[:2], 16)
    part = path_of(archive, kept.sha256).with_name("x.part")
    part.write_bytes(b"half")
    assert list(settled_in(archive, number, time.time() - 10)) == []
    assert sorted(settled_in(archive, number + 256, time.time() + 10)) == sorted([part, path_of(archive, kept.sha256)])
    assert list(settled_in(archive, number + 1, time.time() + 10)) == []
    assert page_archive.RESERVE > 1

"""Lists of URLs in every form that people bring."""

import json
from pathlib import Path

import pytest

from worker.cli._shared.url_lists import MAX_LINE, Candidate, check_files, from_arguments, from_file
from worker.errors import UsageError


def read(tmp_path: Path, content: bytes, form: str = "lines") -> list[Candidate]:
    (tmp_path / "list").write_bytes(content)
    return list(from_file(str(tmp_path / "list"), form))  # type: ignore[arg-type]


def urls(found: list[Candidate]) -> list[tuple[str, int]]:
    return [(candidate.url, int(candidate.where.rpartition(":")[2])) for candidate in found]


def test_blank_lines_comments_marks_and_windows_ends_are_no_urls(tmp_path: Path) -> None:
    content = b"\xef\xbb\xbf# sources\r\n\r\n  http://a.example/ \r\n#http://b.example/\r\nhttp://c.example/"
    assert urls(read(tmp_path, content)) == [("http://a.example/", 3), ("http://c.example/", 5)]


def test_an_empty_list_is_empty(tmp_path: Path) -> None:
    assert read(tmp_path, b"") == []


def test_an_endless_line_costs_that_line(tmp_path: Path) -> None:
    found = read(tmp_path, b"a" * (MAX_LINE * 40) + b"\nhttp://a.example/\n")
    assert found[0].fault is not None
    assert found[1].url == "http://a.example/"


def test_a_table_is_recognised_and_the_remedy_named(tmp_path: Path) -> None:
    with pytest.raises(UsageError, match="--format csv"):
        read(tmp_path, b"url,title\nhttp://a.example/,x\n")


def test_csv_gives_its_first_column(tmp_path: Path) -> None:
    content = b'url,title\nhttp://a.example/,x\n"http://b.example/?a,b",y\n"broken\n'
    found = read(tmp_path, content, "csv")
    assert urls(found[:2]) == [("http://a.example/", 2), ("http://b.example/?a,b", 3)]
    assert found[2].fault


def test_json_lines_give_their_urls_and_their_faults(tmp_path: Path) -> None:
    content = b'{"url":"http://a.example/"}\n{"url":5}\n{"url":null}\n[]\n{"url":"a","url":"b"}\n'
    found = read(tmp_path, content, "jsonl")
    assert found[0].url == "http://a.example/"
    assert all(candidate.fault for candidate in found[1:])
    assert [candidate.where.rpartition(":")[2] for candidate in found] == ["1", "2", "3", "4", "5"]


def test_results_of_feeds_and_sitemaps_come_in_as_such_again(tmp_path: Path) -> None:
    kinds = ("article", "feed", "sitemap", "page", ["feed"], None)
    content = "".join(json.dumps({"url": "http://a.example/", "kind": kind}) + "\n" for kind in kinds).encode()
    assert [candidate.kind for candidate in read(tmp_path, content, "jsonl")] == ["article", "feed", "sitemap", *["article"] * 3]


def test_arguments_say_where_they_stood_and_what_they_are() -> None:
    found = list(from_arguments(["http://a.example/"], ["http://a.example/feed"], ["http://a.example/map"]))
    assert [(c.where, c.kind) for c in found] == [("argument 1", "article"), ("--feed", "feed"), ("--sitemap", "sitemap")]


def test_a_bad_second_list_is_told_before_the_first_is_accepted(tmp_path: Path) -> None:
    (tmp_path / "good").write_text("http://a.example/\n", encoding="utf-8")
    with pytest.raises(UsageError, match="missing"):
        check_files([str(tmp_path / "good"), str(tmp_path / "missing")])

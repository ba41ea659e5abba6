"""What people see at a terminal of 80 and of 120 columns, through a pseudo-terminal; programs get JSON from the same commands."""

from __future__ import annotations

import json
import re
import subprocess
import sys
import unicodedata
from collections.abc import Iterator

import click
import pytest

from tests.acceptance.conftest import ROOT, Home, Served
from tests.acceptance.terminal import Terminal
from worker.cli.main import COMMANDS, program

PAGE = "/2025/08/21/the-village-with-two-maps/"
HTML = """<html><head><title>Customs post opens</title><meta property="article:published_time" content="2026-11-20T06:30:00+07:00"></head>
<body><nav><a href="/">Home</a></nav><article><h1>Customs post opens</h1><p>By Sok Dara</p>
<p>The two governments opened the first joint customs post on Monday, and lorries crossed within an hour.</p>
<p>Exporters of rice and cassava said that the new post would save them two days on every shipment.</p>
<p>The minister of commerce told reporters that duties on farm goods would fall again in the new year.</p></article></body></html>"""


def width(line: str) -> int:
    """Columns of a line: marks have none, wide letters two."""
    marks = ("Mn", "Mc", "Me", "Cf")
    return sum(2 if unicodedata.east_asian_width(c) in "WF" else 1 for c in line.rstrip() if unicodedata.category(c) not in marks)


def screen(home: Home, *arguments: str, columns: int = 80, **more: str) -> tuple[int, str]:
    """The exit code and all that a call shows in a window of so many columns."""
    terminal = Terminal(home.command(*arguments), {**home.environment, **more}, home.folder, columns)
    try:
        return terminal.end(), terminal.screen
    finally:
        terminal.close()


def too_wide(shown: str, columns: int) -> list[str]:
    return [line for line in shown.split("\n") if width(line) > columns]


@pytest.fixture
def page(home: Home) -> Home:
    (home.folder / "page.html").write_text(HTML, encoding="utf-8")
    return home


@pytest.mark.parametrize("columns", [80, 120])
@pytest.mark.parametrize("arguments", [["try", "page.html"], ["label", "page.html"]])
def test_a_page_is_shown_with_its_labels_and_the_sentences_that_speak_for_them(page: Home, arguments: list[str], columns: int) -> None:
    code, shown = screen(page, *arguments, columns=columns)
    assert code == 0
    assert re.search(r"^Customs post opens$", shown, re.MULTILINE)
    assert re.search(r"^trade +yes +\d+\.\d%, yes from \d+%, primary$", shown, re.MULTILINE)
    assert re.search(r"^source type +\w+, (sure|unsure) \d+\.\d%$", shown, re.MULTILINE)
    assert "“Exporters of rice" in re.sub(r"\s+", " ", shown) or "“The minister of commerce" in re.sub(r"\s+", " ", shown)
    assert "<p>" not in shown
    assert not shown.lstrip().startswith("{")
    assert too_wide(shown, columns) == []


def test_an_article_is_shown_with_its_day_in_the_zone_of_the_reader_and_its_people(page: Home) -> None:
    _, shown = screen(page, "extract", "page.html", PRESSMARK_TIMEZONE="Asia/Phnom_Penh")
    assert "2026-11-20 06:30" in shown
    assert "Sok Dara" in shown
    _, shown = screen(page, "extract", "page.html")
    assert "2026-11-19 23:30" in shown


@pytest.mark.parametrize("command", ["try", "extract", "label"])
def test_a_program_gets_json_with_and_without_the_option_and_a_terminal_with_it(page: Home, command: str) -> None:
    piped, asked = page.call(command, "page.html"), page.call(command, "page.html", "--json")
    assert piped.lines[0].keys() == asked.lines[0].keys()
    code, shown = screen(page, command, "page.html", "--json", columns=200)
    assert code == 0
    assert json.loads(re.sub(r"\n", "", shown)).keys() == piped.lines[0].keys()


def test_html_is_labelled_as_the_article_in_it(page: Home) -> None:
    [labels] = page.call("label", "page.html").lines
    assert labels["primary_topic"] == "trade"
    assert all("<" not in sentence["text"] for sentence in labels["evidence"])
    text = page.call("extract", "page.html").lines[0]["text"]
    for sentence in labels["evidence"]:
        if sentence["field"] == "text":
            assert text[sentence["start"] : sentence["end"]] == sentence["text"]


def test_an_explained_label_has_probabilities_too(page: Home) -> None:
    explained = page.call("label", "page.html", "--explain").out
    assert re.search(r"^trade +yes +\d+\.\d%", explained, re.MULTILINE)
    assert "⟦trade: " in explained


@pytest.mark.parametrize("columns", [80, 120])
def test_queues_fit_and_show_clock_bars_and_workers(served: Served, columns: int) -> None:
    code, shown = screen(served.home, "queues", columns=columns, PRESSMARK_TIMEZONE="Asia/Phnom_Penh")
    assert code == 0
    assert re.search(r"^\d{4}-\d\d-\d\d \d\d:\d\d Asia/Phnom_Penh, model seeds-", shown, re.MULTILINE)
    heads = next(line for line in shown.splitlines() if "waiting" in line and "queue" in line)
    assert re.split(r"\s{2,}", heads.strip()) == ["queue", "waiting", "at work", "oldest", "in/min", "out/min"]
    for name in ("fetch", "fetch.urgent", "label", "label.bulk", "results"):
        assert re.search(rf"^ *{re.escape(name)} ", shown, re.MULTILINE), name
    assert re.search(r"fetch@\S+", shown)
    assert "dead because of" in shown
    assert too_wide(shown, columns) == []


@pytest.mark.parametrize("columns", [80, 120])
def test_watched_queues_fit_the_window_whatever_a_host_is_called_and_why_it_waits(home: Home, columns: int) -> None:
    # Given a host with a long name that is paused for a long reason
    host = f"a-{'very-' * 3}long-name.provincial-newspaper.example.org"
    home.call("enqueue", f"https://{host}/story")
    home.call("pause", "--host", host, "--note", "the editor asked us by telephone to wait until the move to their new servers is done")
    # When
    terminal = Terminal(home.command("queues", "--watch"), home.environment, home.folder, columns)
    try:
        terminal.see("model seeds-")
        shown = terminal.see("model seeds-")
        terminal.press("\x03")
        code = terminal.end()
    finally:
        terminal.close()
    # Then
    assert code == 130
    assert f"{host}:443" in shown
    assert re.search(r"servers\s+is\s+done", shown)
    assert too_wide(shown, columns) == []


TABLES = (["status"], ["jobs"], ["dead", "list"], ["dead", "show"], ["workers"], ["models"], ["search"], ["due"])


@pytest.mark.parametrize("arguments", TABLES, ids=" ".join)
@pytest.mark.parametrize("columns", [80, 120])
def test_tables_fit_the_window(served: Served, arguments: list[str], columns: int) -> None:
    code, shown = screen(served.home, *arguments, columns=columns)
    assert code == 0
    if arguments != ["status"]:  # whose lines are sentences, which a terminal wraps
        assert too_wide(shown, columns) == []
    assert not re.search(r"\d{4}-\d\d-\d\dT\d\d:\d\d", shown), "times for people have no T"
    assert not re.search(r"refused_at_door|in_per_min|oldest_waiting_s|last_seen|created_at", shown)


def test_trace_and_show_give_times_as_a_clock_shows_them(served: Served) -> None:
    for command in ("trace", "show"):
        _, shown = screen(served.home, command, served.url("press.example", PAGE), columns=120)
        assert re.search(r"\d{4}-\d\d-\d\d \d\d:\d\d", shown)
        assert "stored" in shown
        assert not re.search(r"\d{4}-\d\d-\d\dT\d\d", shown)


def test_trace_says_when_the_next_try_is_and_why(home: Home) -> None:
    home.call("enqueue", "https://example.org/a")
    shown = home.call("trace", "https://example.org/a").out.splitlines()
    assert "next try as soon as its host may be asked: it was not tried yet" in shown


@pytest.mark.parametrize(("what", "told"), [(["--host", "example.org"], "its host is paused"), (["fetch"], "fetching is paused")])
def test_trace_says_that_what_waits_is_paused_by_whom_and_why(home: Home, what: list[str], told: str) -> None:
    home.call("enqueue", "https://example.org/a")
    home.call("pause", *what, "--note", "they move today")
    held = home.call("trace", "https://example.org/a").out.splitlines()[2]
    assert re.fullmatch(rf"held back: {told} by \S+: they move today", held)
    home.call("resume", *what)
    assert "held back" not in home.call("trace", "https://example.org/a").out


def test_waiting_ends_with_what_became_of_them(served: Served) -> None:
    good, missing = served.url("press.example", PAGE), served.url("press.example", "/no-such-page-at-all")
    done = served.home.run("enqueue", good, missing, "--job", "outcomes", "--force", "--wait")
    assert done.code == 1
    assert done.told[-3:-1] == ["2 ended: 1 stored, 1 dead", "  1 dead: Page not found (http-404)"]
    assert "dead list" in done.told[-1]


def test_a_job_without_a_name_is_called_by_the_day(home: Home) -> None:
    home.call("enqueue", "https://example.org/a")
    [job] = home.call("jobs", "--json").lines
    assert re.fullmatch(r"\d{4}-\d\d-\d\d-1", job["name"])


def test_the_shipped_model_has_one_name(home: Home) -> None:
    [model] = home.call("models", "--json").lines
    assert (model["id"][:6], model["active"], model["shipped"]) == ("seeds-", True, True)
    assert home.call("status", "--json").lines[0]["model"]["id"] == model["id"]
    assert model["id"] in home.call("models").out
    for name in (model["id"], "shipped"):
        assert home.call("promote", name, "--json").lines[0]["id"] == model["id"]


@pytest.mark.parametrize("command", [["promote", "nosuch"], ["diff", "nosuch"], ["evaluate", "--on", "texts.jsonl", "--model", "nosuch"]])
def test_an_unknown_model_is_named_with_the_remedy(home: Home, command: list[str]) -> None:
    (home.folder / "texts.jsonl").write_text("", encoding="utf-8")
    done = home.call(*command)
    assert (done.code, done.told) == (2, ["pressmark: no model 'nosuch'; `pressmark models` lists them"])


def test_seeds_check_prints_how_the_labels_are_spread(home: Home) -> None:
    (home.folder / "seeds").mkdir()
    seed = {"id": "a", "title": "Rice", "text": " ".join(["Rice is sold abroad."] * 10), "topics": ["trade"], "primary": "trade"}
    lines = [json.dumps({**seed, "source_type": "official", "language": "en", "origin": "authored"})]
    (home.folder / "seeds" / "a.jsonl").write_text("\n".join(lines), encoding="utf-8")
    done = home.call("seeds", "check")
    assert re.search(r"^ *trade +1 +100% +1 *$", done.out, re.MULTILINE)
    assert re.search(r"^ *culture +0 +0% +0 *$", done.out, re.MULTILINE)
    assert re.search(r"^0 without a topic; 1 authored$", done.out, re.MULTILINE)


def test_nothing_paused_is_said_so(home: Home) -> None:
    assert home.call("resume", "all").told[-1] == "nothing is paused"


def test_the_disk_is_measured_in_words(home: Home) -> None:
    assert re.search(r"\d+(\.\d)? (MB|GB|TB) free in", re.sub(r"\s+", " ", home.call("doctor").out))


def _commands() -> Iterator[list[str]]:
    with click.Context(program) as context:
        for name in COMMANDS:
            yield [name]
            command = program.get_command(context, name)
            if isinstance(command, click.Group):
                yield from ([name, child] for child in command.list_commands(context))


@pytest.mark.parametrize("command", [[], *_commands()], ids=" ".join)
def test_every_help_has_an_example_that_the_program_understands(home: Home, command: list[str]) -> None:
    shown = home.call(*command, "--help")
    assert shown.code == 0
    found = re.search(r"Example: pressmark (?P<call>.+)", " ".join(shown.out.split()))
    assert found, shown.out
    call = re.split(r" [>|]", found["call"])[0]
    with click.Context(program) as context:
        words = [part.strip('"') for part in re.findall(r'"[^"]*"|\S+', call)]
        name, called, rest = program.resolve_command(context, words)
        assert name == (command[0] if command else name)
        assert called is not None
        called.make_context(name, rest, parent=context, resilient_parsing=True)


@pytest.mark.parametrize("columns", [80, 120])
def test_help_fits_the_window(columns: int) -> None:
    environment = {"COLUMNS": str(columns), "PYTHONPATH": str(ROOT)}
    call = [sys.executable, "-m", "worker", "enqueue", "--help"]
    done = subprocess.run(call, env=environment, capture_output=True, text=True, check=True)
    assert max(map(len, done.stdout.splitlines())) <= columns

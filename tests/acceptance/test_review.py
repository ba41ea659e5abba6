"""Review at a real terminal: one key labels and moves on, and whoever leaves in the middle loses nothing."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from contextlib import ExitStack
from pathlib import Path
from typing import Any

import pytest

from tests.acceptance.conftest import Home
from tests.acceptance.terminal import Terminal
from tests.integration.parts.samples import admit, delivered, digest, entry, labelled
from worker.bootstrap import Services
from worker.config import Settings
from worker.storage.database import migrate
from worker.storage.ledger import Ledger

TEXT = "The ministry of commerce said on Monday that tariffs on rice would fall, and that lorries would cross again within a week."
Window = Callable[..., Terminal]
SOURCE_LINE = "source type: ?"


@pytest.fixture
def desk(home: Home) -> Home:
    """A home with five stored articles, each of its own outlet."""
    services = Services(Settings(data_dir=home.folder / "data"))
    migrate(services.engine)
    ledger = Ledger(services.engine, services.settings)
    ledger.accept([entry(number, f"outlet{number}.test:443") for number in range(5)], ledger.open_job("job"))
    lead = ledger.take_lead(ledger.leadership(), "test")
    assert lead
    requests = [request for _, request in ledger.lease(lead, 10)]
    texts = [f"Story {request.item_id}. {TEXT}" for request in requests]
    outcomes = [labelled(request, text, digest(text)[:16]) for request, text in zip(requests, texts, strict=True)]
    ledger.keep(delivered(*outcomes), admit)
    services.close()
    return home


@pytest.fixture
def at(desk: Home) -> Iterator[Window]:
    """Opens terminals with `review` in them."""
    with ExitStack() as windows:

        def opened(*options: str, columns: int = 80) -> Terminal:
            window = Terminal(desk.command("review", *options), desk.environment, desk.folder, columns)
            windows.callback(window.close)
            return window

        yield opened


def seeds(desk: Home) -> list[dict[str, Any]]:
    file: Path = desk.folder / "data" / "seeds" / "reviewed.jsonl"
    return [json.loads(line) for line in file.read_text(encoding="utf-8").splitlines()] if file.exists() else []


def test_one_key_labels_and_moves_on_and_the_answers_become_seeds(desk: Home, at: Window) -> None:
    # Given
    window = at("--who", "ann")
    window.see("[1/5]")
    window.see(SOURCE_LINE)
    # When topics are set, one of them made the primary one, and the source type given
    window.press("bt2")
    window.see("topics: border_dispute, trade; primary: trade; source type: ?")
    window.press("o")
    window.see("kept: topics: border_dispute, trade; primary: trade; source type: official")
    # And keys are typed ahead: one as the model has it, one skipped
    window.press("yys")
    window.see("[4/5]")
    window.press("q")
    window.see("2 seeds written")
    # Then
    assert window.end() == 0
    second, first = sorted(seeds(desk), key=lambda seed: len(seed["topics"]))
    assert (first["topics"], first["primary"], first["source_type"]) == (["border_dispute", "trade"], "trade", "official")
    assert (second["topics"], second["primary"], second["source_type"]) == ([], None, "independent")
    assert {seed["origin"] for seed in (first, second)} == {"reviewed"}
    assert first["labelled_by"] == "ann"
    assert first["labelled_at"].endswith("Z")
    assert len(desk.call("review", "--json").lines) == 3, "what is answered is not asked for again"


def test_one_can_go_back_and_answer_anew(desk: Home, at: Window) -> None:
    window = at()
    window.see(SOURCE_LINE)
    window.press("u")
    window.see("this is the first one")
    window.press("p")
    window.see("[2/5]")
    window.press("u")
    window.see("[1/5]")
    window.press("i")
    window.see("[2/5]")
    window.press("q")
    window.see("1 seeds written")
    assert window.end() == 0
    assert [seed["source_type"] for seed in seeds(desk)] == ["independent"]


def test_an_answer_taken_back_is_gone(desk: Home, at: Window) -> None:
    window = at()
    window.see(SOURCE_LINE)
    window.press("puq")
    window.see("0 seeds written")
    assert window.end() == 0
    assert seeds(desk) == []
    assert len(desk.call("review", "--json").lines) == 5


def test_ctrl_c_in_the_middle_loses_no_answer(desk: Home, at: Window) -> None:
    window = at()
    window.see("[1/5]")
    window.see(SOURCE_LINE)
    window.press("o")
    window.see("[2/5]")
    window.see(SOURCE_LINE)
    window.press("c\x03")
    assert window.end() == 130
    assert "Traceback" not in window.screen
    assert [seed["source_type"] for seed in seeds(desk)] == ["official"]


def test_the_text_is_folded_to_the_window_as_it_is_now(desk: Home, at: Window) -> None:
    window = at(columns=100)
    wide = window.see(SOURCE_LINE)
    window.resize(40)
    window.press("s")
    window.see("[2/5]")
    narrow = window.see(SOURCE_LINE)
    window.press("\x04")
    assert window.end() == 0
    lines = {
        name: [line for line in shown.split("\n") if "tariffs" in line or "lorries" in line] for name, shown in (("w", wide), ("n", narrow))
    }
    assert max(map(len, lines["n"])) <= 40 < max(map(len, lines["w"]))


def test_unknown_keys_and_arrows_show_the_keys(desk: Home, at: Window) -> None:
    window = at()
    window.see(SOURCE_LINE)
    window.press("x")
    window.see("skip; the article is asked for again another day")
    window.press("\x1b[A")
    window.see("skip; the article is asked for again another day")
    window.press("q")
    assert window.end() == 0


def test_without_a_terminal_it_says_in_one_line_what_to_do_instead(desk: Home) -> None:
    done = desk.call("review", stdin=b"oooo")
    assert done.code == 2
    assert len(done.told) == 1
    assert "expected a terminal" in done.err
    assert "--answers" in done.err


def test_two_people_who_differ_are_both_kept_and_the_seed_is_withdrawn(desk: Home, at: Window) -> None:
    # Given one review that became a seed
    window = at("--who", "ann", "--budget", "1")
    window.see(SOURCE_LINE)
    window.press("o")
    assert window.end() == 0
    [seed] = seeds(desk)
    # When another person is asked for a second view, and differs
    window = at("--who", "ben", "--second")
    window.see("[1/1]")
    window.see(SOURCE_LINE)
    window.press("t2p")
    window.see("people disagree")
    assert window.end() == 0
    # Then both views are kept, shown with the article, and there is no seed
    assert seeds(desk) == []
    [result] = [row for row in desk.call("export", "--format", "jsonl").lines if row["review"]]
    assert result["review"]["who"] == ["ann", "ben"]
    assert result["review"]["disagreement"] is True
    # When they agree, it is one again
    answer = {"item_id": result["item_id"], "topics": ["trade"], "primary": "trade", "source_type": "promotional"}
    done = desk.call("review", "--who", "ann", "--answers", "-", stdin=json.dumps(answer).encode())
    assert done.code == 0
    assert [(s["id"], s["source_type"], s["labelled_by"]) for s in seeds(desk)] == [(seed["id"], "promotional", "ann, ben")]
    assert desk.call("review", "--who", "ben", "--second", "--json").lines == []


def test_answers_that_cannot_be_used_cost_a_line_each_and_the_good_ones_are_kept(desk: Home) -> None:
    [item, *_] = [row["item_id"] for row in desk.call("review", "--json").lines]
    good = json.dumps({"item_id": item, "topics": [], "primary": None, "source_type": "official"}).encode()
    bad = [
        b"{",
        b"\xff",
        b"[1]",
        b'{"item_id":999,"topics":[],"source_type":"official"}',
        b'{"item_id":1,"topics":[["x"]],"source_type":"official"}',
    ]
    done = desk.call("review", "--answers", "-", stdin=b"\n".join([*bad, good]))
    assert done.code == 1
    assert [line.split(": ")[1] for line in done.told[:5]] == [f"standard input:{number}" for number in range(1, 6)]
    assert len(seeds(desk)) == 1
    assert desk.call("review", "--answers", "nowhere.jsonl").code == 2


def test_one_stored_article_becomes_a_seed_with_the_labels_given(desk: Home) -> None:
    labels = ("--topics", "trade,culture", "--primary", "trade", "--source-type", "official")
    done = desk.call("seeds", "add", "--from-article", "2", *labels, "--json")
    assert (done.code, json.loads(done.out)) == (0, {"written": 1, "disputed": []})
    [seed] = seeds(desk)
    assert (seed["topics"], seed["primary"], seed["source_type"], seed["origin"]) == (["trade", "culture"], "trade", "official", "reviewed")
    assert seed["labelled_by"]
    assert seed["labelled_at"].endswith("Z")
    # And what is wrong is told in one line, and changes nothing
    for wrong, told in (
        (("--topics", "sport"), "expected `topics` to be a list"),
        (("--topics", "trade", "--primary", "culture"), "expected `primary`"),
        (("--source-type", "press"), "expected `source_type`"),
    ):
        done = desk.call("seeds", "add", "--from-article", "3", *wrong)
        assert (done.code, len(done.told)) == (2, 1)
        assert told in done.err
    assert seeds(desk) == [seed]

"""Seeds exchanged with other tools, as a user does it: what goes out comes in again, and what is broken costs a line."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from tests.acceptance.conftest import Home

SEEDS = (
    {
        "id": "a1",
        "title": "Rice",
        "text": "Exports of rice rose by a tenth.",
        "topics": ["trade"],
        "primary": "trade",
        "source_type": "official",
    },
    {
        "id": "a2",
        "title": "",
        "text": "=A dance, and a court case.\n\nNothing else.",
        "topics": [],
        "primary": None,
        "source_type": "independent",
    },
)


@pytest.fixture
def seeds(home: Home) -> Path:
    folder = home.folder / "seeds"
    folder.mkdir()
    (folder / "own.jsonl").write_text("".join(json.dumps(seed | {"language": "en", "origin": "authored"}) + "\n" for seed in SEEDS))
    return folder


@pytest.mark.parametrize("kind", ["jsonl", "csv", "doccano", "label-studio"])
def test_an_export_comes_in_again_elsewhere_and_changes_nothing_at_home(kind: str, home: Home, seeds: Path) -> None:
    exported = home.call("seeds", "export", "--format", kind).out
    (home.folder / "out").write_text(exported, encoding="utf-8")
    # When it is read where its seeds are, and where none are
    here = home.call("seeds", "import", "out", "--json")
    there = home.call("seeds", "import", "out", "--seeds", "elsewhere", "--json")
    # Then
    assert json.loads(here.out) == {"written": 0, "known": 2, "bad": 0}
    assert json.loads(there.out) == {"written": 2, "known": 0, "bad": 0}
    found = [json.loads(line) for line in (home.folder / "elsewhere" / "imported.jsonl").read_text().splitlines()]
    labels = ("title", "text", "topics", "primary", "source_type")
    assert [[seed[name] for name in labels] for seed in found] == [[seed[name] for name in labels] for seed in SEEDS]
    assert [path.name for path in seeds.iterdir()] == ["own.jsonl"]


def test_an_import_may_mend_an_import_and_never_contradict_a_seed(home: Home, seeds: Path) -> None:
    first = json.dumps({"text": "A new text on mines.", "label": ["demining", "official"]})
    mended = json.dumps({"text": "A new text on mines.", "label": ["demining", "independent"]})
    other = json.dumps({"title": "Rice", "text": SEEDS[0]["text"], "label": ["culture", "official"]})
    assert home.run("seeds", "import", "-", stdin=first.encode()).code == 0
    done = home.run("seeds", "import", "-", stdin=f"{mended}\n{other}".encode())
    assert done.code == 1
    assert "standard input:2: expected the labels of seed a1" in done.err
    [seed] = [json.loads(line) for line in (seeds / "imported.jsonl").read_text().splitlines()]
    assert (seed["source_type"], seed["origin"]) == ("independent", "imported")


def test_bad_lines_cost_one_line_each_and_the_good_ones_come_in(home: Home) -> None:
    good = json.dumps(SEEDS[0])
    lines = [good, "{", "[]", '{"text": "no labels"}', '{"text": "", "topics": [], "source_type": "official"}']
    done = home.run("seeds", "import", "-", "--json", stdin="\n".join(lines).encode())
    assert (done.code, json.loads(done.out)) == (1, {"written": 1, "known": 0, "bad": 4})
    assert [line.split(": ")[1] for line in done.told] == [f"standard input:{number}" for number in range(2, 6)]
    assert all("expected" in line for line in done.told)


def test_what_is_no_text_is_refused_whole(home: Home) -> None:
    done = home.run("seeds", "import", "-", stdin=b"text,topics\xff")
    assert (done.code, done.told) == (2, ["pressmark: standard input: expected UTF-8 text, byte 11 is not valid UTF-8"])


def test_a_broken_line_among_the_seeds_is_named_by_every_command_that_reads_them(home: Home, seeds: Path) -> None:
    (seeds / "imported.jsonl").write_text("{broken\n")
    for arguments in (("import", "-"), ("check",), ("export",)):
        done = home.run("seeds", *arguments, stdin=json.dumps(SEEDS[0]).encode())
        assert done.code == 2
        assert len(done.told) == 1
        assert "imported.jsonl:1: expected one JSON object a line" in done.err

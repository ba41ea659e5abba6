from __future__ import annotations

import io
import json
import sys
import unicodedata
from pathlib import Path

import pytest

from classifier.cli import _Clock, main
from classifier.model import artifact


def test_a_text_is_labelled_for_people_and_as_json(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    file = tmp_path / "a.txt"
    file.write_text("Deminers cleared 300 landmines from a minefield in Battambang, CMAC said.")
    assert main(["label", str(file)]) == 0
    assert "demining" in capsys.readouterr().out
    assert main(["label", "--json", str(file)]) == 0
    assert json.loads(capsys.readouterr().out)["topics"][2]["label"] == "demining"


def test_bad_lines_are_reported_and_the_others_labelled_in_order(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    file = tmp_path / "a.jsonl"
    file.write_bytes(b'{"id":1,"text":"Rice was exported."}\n{\n\n[]\n{"id":4}\n{"id":5,"text":"x","title":3}\n\xff\n{"id":7,"text":""}\n')
    assert main(["label", "--jsonl", str(file)]) == 1
    said = capsys.readouterr()
    lines = [json.loads(line) for line in said.out.splitlines()]
    assert [line["id"] for line in lines] == [1, None, None, 4, 5, None, 7]
    assert ["error" in line for line in lines] == [False, True, True, True, True, True, True]
    assert [line["error"]["reason"] for line in lines[1:]] == ["schema"] * 5 + ["no-text"]
    assert f"{file}:2: expected a JSON object" in said.err
    assert len(said.err.splitlines()) == 6


def test_a_text_without_a_word_is_told_and_one_that_is_not_in_nfc_has_offsets_in_nfc(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    empty, marks = tmp_path / "empty.txt", tmp_path / "marks.txt"
    empty.write_text(" \n")
    text = "Cafe\u0301. Deminers cleared 300 landmines from a minefield in Battambang, CMAC said."
    marks.write_text(text, encoding="utf-8")
    assert main(["label", "--json", str(empty), str(marks)]) == 1
    said = capsys.readouterr()
    assert said.err == f"error: {empty}: expected a text, got none\n"
    evidence = json.loads(said.out)["evidence"][0]
    assert unicodedata.normalize("NFC", text)[evidence["start"] : evidence["end"]] == evidence["text"]


def test_standard_input_is_read_where_no_file_is_named(monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> None:
    monkeypatch.setattr(sys, "stdin", io.TextIOWrapper(io.BytesIO(b'{"id":"a","text":"Hello there."}\n')))
    assert main(["label", "--jsonl"]) == 0
    assert json.loads(capsys.readouterr().out)["id"] == "a"


@pytest.mark.parametrize(
    "arguments",
    [
        ["label", "nowhere.txt"],
        ["label", "--no-such-option"],
        ["fly"],
        [],
        ["train", "--seeds", "nowhere"],
        ["label", "--model", "nowhere", "-"],
    ],
)
def test_a_wrong_call_costs_one_line_and_exit_code_2(arguments: list[str], capsys: pytest.CaptureFixture[str]) -> None:
    assert main(arguments) == 2
    said = capsys.readouterr()
    assert said.out == ""
    assert len(said.err.splitlines()) == 1
    assert said.err.startswith("error: ")


def test_a_broken_seed_stops_the_training_and_leaves_the_model(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (tmp_path / "seeds").mkdir()
    (tmp_path / "seeds" / "a.jsonl").write_text('{"id": 1}\n')
    assert main(["train", "--seeds", str(tmp_path / "seeds"), "--out", str(tmp_path / "model")]) == 1
    assert "a.jsonl:1" in capsys.readouterr().err
    assert not (tmp_path / "model").exists()


def test_training_never_replaces_a_folder_of_other_files(
    tmp_path: Path, few_seeds_folder: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    (tmp_path / "precious.txt").write_text("mine")
    assert main(["train", "--seeds", str(few_seeds_folder), "--out", str(tmp_path)]) == 2
    assert (tmp_path / "precious.txt").exists()
    assert "other files" in capsys.readouterr().err


def test_a_trained_model_labels_and_is_named_in_the_labels(tmp_path: Path, trained: Path, capsys: pytest.CaptureFixture[str]) -> None:
    text = tmp_path / "a.txt"
    text.write_text("Exports rose.")
    assert main(["label", "--json", "--model", str(trained), str(text)]) == 0
    assert json.loads(capsys.readouterr().out)["model"] == {"id": "carded", "sha256": artifact.load(trained).sha256}


@pytest.mark.parametrize(
    ("content", "code"),
    [
        (b"\xff\n", 2),
        (b"\n", 2),
        (b"{", 1),
        (b'{"id":"a","text":"b","topics":[],"primary":null,"source_type":"press"}', 1),
        (b"[]", 1),
    ],
)
def test_labelled_articles_that_cannot_be_read_cost_one_line(
    content: bytes, code: int, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    file = tmp_path / "on.jsonl"
    file.write_bytes(content)
    assert main(["evaluate", "--on", str(file)]) == code
    [message] = capsys.readouterr().err.splitlines()
    assert str(file) in message
    assert "expected" in message


def test_progress_says_how_long_the_rest_takes_at_the_pace_so_far() -> None:
    # Given a clock that moves by 100 s a step
    times = iter([0.0, 0.0, 100.0, 300.0])
    clock = _Clock(lambda: next(times))
    # When three of seven steps begin, then the first promises nothing and the others go by what was seen
    assert clock.line("fold", 1, 7) == "fold 1 of 7"
    assert clock.line("fold", 2, 7) == "fold 2 of 7, about 2 min so far, about 10 min left"
    assert clock.line("fold", 4, 7) == "fold 4 of 7, about 5 min so far, about 7 min left"

"""Words, figures, marks and charts: what pages say and draw."""

from __future__ import annotations

from itertools import pairwise
from zoneinfo import ZoneInfo

import pytest

from classifier.labels import SOURCE_TYPES, TOPICS, Evidence, Term, TopicLabel
from worker.dashboard.view import charts, figures, guide, words
from worker.dashboard.view.figures import Clock
from worker.dashboard.view.marks import Piece, paragraphs
from worker.dashboard.view.words import LANES
from worker.operations.dead import REASONS
from worker.reasons import Lane, Reason
from worker.storage.values import Stage, State

BANNED = ("please", "oops", "successfully", "invalid", "error occurred", "!")


@pytest.mark.parametrize("reason", Reason, ids=str)
def test_every_reason_has_words_and_advice(reason: Reason) -> None:
    told = (words.reason(reason.word), words.advice(reason.word))
    assert all(told)
    assert told[0] != reason.word
    assert told[1].endswith(".")
    assert not [banned for banned in BANNED if banned in " ".join(told).lower()]


def test_the_words_cover_every_state_stage_lane_and_label() -> None:
    assert set(words.STATES) == set(State)
    assert set(words.STAGES) == set(Stage)
    assert set(LANES) == set(Lane.__args__)
    assert {str(label) for label in (*TOPICS, *SOURCE_TYPES)} <= set(words.LABELS)
    assert set(words.TONES) == set(map(str, TOPICS))
    assert len(REASONS) > 20


def test_a_word_of_a_newer_version_is_shown_as_it_stands() -> None:
    assert words.reason("from-the-future") == "from-the-future"
    assert words.advice("from-the-future") == ""
    assert (words.reason(None), words.label("own_topic"), words.label(None)) == ("", "Own topic", "None")


def test_the_guide_has_an_entry_and_a_key_of_its_own_for_every_label() -> None:
    entries = [*guide.topics(), *guide.source_types()]
    assert [entry.name for entry in entries] == [str(label) for label in (*TOPICS, *SOURCE_TYPES)]
    assert [entry.key for entry in entries] == list("btdcopi")
    assert all(entry.counts for entry in entries)
    assert not {entry.key for entry in entries} & guide.TAKEN


@pytest.mark.parametrize(
    ("probability", "shown"), [(0.0, "<1%"), (0.009, "<1%"), (0.01, "1%"), (0.314, "31%"), (0.99, "99%"), (0.991, ">99%"), (1.0, ">99%")]
)
def test_a_probability_is_never_none_and_never_all(probability: float, shown: str) -> None:
    assert figures.share(probability) == shown


@pytest.mark.parametrize(
    ("decision", "probability", "told"),
    [
        ("yes", 0.9, "Well above the line at 19%"),
        ("no", 0.01, "Well below the line at 19%"),
        ("unsure", 0.2, "Just above the line at 19%"),
        ("unsure", 0.18, "Just below the line at 19%"),
    ],
)
def test_a_decision_says_where_it_stands_beside_its_line(decision: str, probability: float, told: str) -> None:
    assert words.beside_line(TopicLabel("demining", probability, 0.19, decision)) == told


@pytest.mark.parametrize(
    ("seconds", "shown"), [(0, "0 s"), (59, "59 s"), (60, "1 min"), (3600, "1 h"), (4800, "1 h 20 min"), (187200, "2 d 4 h"), (None, "?")]
)
def test_a_stretch_of_time_is_told_in_its_two_largest_units(seconds: float | None, shown: str) -> None:
    assert figures.span(seconds) == shown


@pytest.mark.parametrize(
    ("size", "shown"), [(0, "0 bytes"), (999, "999 bytes"), (7500, "7.5 kB"), (70e9, "70 GB"), (2e12, "2.0 TB"), (None, "?")]
)
def test_a_size_is_told_in_a_unit_that_fits(size: float | None, shown: str) -> None:
    assert figures.size(size) == shown


def test_a_moment_is_told_in_the_zone_of_the_readers_and_in_utc_for_machines() -> None:
    clock = Clock(ZoneInfo("Asia/Phnom_Penh"), 1_795_990_000.0)  # 2026-11-29 22:06:40 UTC, the 30th in Phnom Penh
    assert clock.name == "Phnom Penh"
    assert clock.moment("2026-11-29T22:00:00Z").shown == "05:00"
    assert clock.moment("2026-11-29T10:00:00Z").shown == "yesterday 17:00"
    assert clock.moment("2026-11-01T10:00:00Z").shown == "1 Nov 2026"
    assert clock.moment("2026-11-29T22:00:01Z", seconds=True).machine == "2026-11-29T22:00:01Z"
    assert (clock.moment(None).shown, clock.moment("nonsense").shown) == ("?", "?")
    assert (clock.ago(clock.now - 2), clock.ago(clock.now - 720), clock.until(clock.now + 2340)) == ("just now", "12 min ago", "in 39 min")
    assert clock.midnight == 1_795_971_600.0


def mark(label: str, text: str, start: int, end: int, *terms: str, field: str = "text") -> Evidence:
    return Evidence(label, field, text[start:end], start, end, [Term(term, 1.0) for term in terms])  # type: ignore[arg-type]


def whole(pieces: list[Piece]) -> str:
    return "".join(text for piece in pieces for text, _ in piece.parts)


def test_evidence_is_cut_by_code_points_and_nothing_of_the_text_is_lost() -> None:
    text = "🙂 One 𝒯wo. Three mines.\n\nព្រំដែន កម្ពុជា។"
    found = paragraphs(text, [mark("demining", text, 11, 23, "mines"), mark("trade", text, 25, 32, "ព្រំដែន")], "text", {"trade": True})
    assert [whole(paragraph) for paragraph in found] == text.split("\n\n")
    marked = [piece for paragraph in found for piece in paragraph if piece.labels]
    assert [whole([piece]) for piece in marked] == [text[11:23], text[25:32]]
    assert [part for part in marked[0].parts if part[1]] == [("mines", True)]
    assert not any(bold for _, bold in marked[1].parts)  # no words to tell in a script without spaces
    assert marked[1].labels[0].unsure


def test_a_sentence_that_speaks_for_two_topics_has_both_names_once() -> None:
    text = "Mines on the border. More."
    [pieces] = paragraphs(text, [mark("demining", text, 0, 20), mark("border_dispute", text, 0, 20)], "text", {})
    assert [[name.label for name in piece.ends] for piece in pieces] == [["demining", "border_dispute"], []]


def test_sentences_that_overlap_are_cut_where_either_ends() -> None:
    text = "abcdefghij"
    [pieces] = paragraphs(text, [mark("trade", text, 0, 6), mark("culture", text, 4, 10)], "text", {})
    assert [(whole([piece]), [name.label for name in piece.labels]) for piece in pieces] == [
        ("abcd", ["trade"]),
        ("ef", ["trade", "culture"]),
        ("ghij", ["culture"]),
    ]


def test_a_term_is_told_only_where_it_stands_as_a_whole_word() -> None:
    text = "Mine, miners, mines and MINE."
    [pieces] = paragraphs(text, [mark("demining", text, 0, len(text), "mine", "nes")], "text", {})
    assert [part for part, bold in pieces[0].parts if bold] == ["Mine", "MINE"]


def test_evidence_beyond_the_text_breaks_nothing() -> None:
    text = "short"
    assert whole(paragraphs(text, [mark("trade", text, 2, 900), mark("culture", text, 50, 60)], "text", {})[0]) == text


@pytest.mark.parametrize(("most", "top"), [(0, 2), (1, 2), (2, 2), (3, 4), (9, 10), (11, 20), (47, 50), (400, 400), (468, 500)])
def test_an_axis_ends_at_a_round_number_above_all(most: float, top: float) -> None:
    assert charts.top_of(most) == top


def test_what_was_not_sampled_is_a_gap_in_a_line_and_no_bar() -> None:
    assert charts.line([1, 2, None, 3]).paths[0].count("M") == 2
    stacked = charts.stacked([[1, None, 2], [1, None, None]])
    assert [path.count("M") for path in stacked.paths] == [2, 1]


def test_names_under_bars_have_room() -> None:
    bars, _ = charts.bars([(str(number), number) for number in range(92)], [f"day {number}" for number in range(92)])
    named = [bar for bar in bars if bar.text]
    assert len(named) <= 12
    assert all(later.x - bar.x > 80 for bar, later in pairwise(named))

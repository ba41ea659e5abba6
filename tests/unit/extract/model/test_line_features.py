"""Features of the lines of a flat text, and the forest's probabilities."""

from __future__ import annotations

import numpy as np

from worker.extract.lines.line import classify_line
from worker.extract.model.line_features import line_probabilities, line_table, names

SENTENCES = [
    "The bridge over the river opened on Monday after three years of work by two hundred men.",
    "Its builders said that the river had been patient, and that the next one would take less time.",
    "“We can now carry the rice across in the morning,” said a farmer who had waited since the war.",
    "The old ferry will be kept for visitors, and its captain has been made keeper of the bridge.",
]
HEADLINES = ["Court Fines Three Over Sand", "Lake Ferry Gets Life Jackets", "Choir Wins in Busan", "Rice Price Falls Again"]


def column(texts: list[str], name: str) -> list[float]:
    return line_table([classify_line(text) for text in texts]).column(name).tolist()


def test_every_line_has_a_number_in_every_column():
    for count in range(1, 5):
        assert line_table([classify_line(text) for text in SENTENCES[:count]]).rows.shape == (count, len(names()))


def test_a_run_counts_consecutive_lines_of_prose_or_of_other_lines():
    assert column([*HEADLINES[:2], *SENTENCES[:3], HEADLINES[2]], "run") == [-2, -2, 3, 3, 3, -1]


def test_the_distance_from_a_heading_over_other_articles_is_counted():
    texts = [SENTENCES[0], "Related News", HEADLINES[0], HEADLINES[1]]
    assert column(texts, "since_related") == [30, 30, 1, 2]
    assert column(texts, "until_related") == [1, 30, 30, 30]


def test_a_passage_ends_at_a_gap_of_more_lines_than_an_article_has():
    shares = column([*SENTENCES, *HEADLINES, SENTENCES[0]], "mass")
    assert shares[:4] == [1.0] * 4
    assert shares[4:8] == [0.0] * 4
    assert 0 < shares[8] < 0.5


def test_words_that_other_sentences_use_are_shared():
    shared = column([*SENTENCES, "Bridge over river", HEADLINES[2]], "shared_words")
    assert shared[4] > shared[5]


def test_sentences_in_a_row_are_likelier_the_article_than_a_list_of_headlines():
    found = line_probabilities(
        [classify_line(text) for text in ["Home » News", *SENTENCES, "Related News", *HEADLINES, "© 2024 The Daily"]]
    )
    assert np.all(found[1:5] > 0.5)
    assert np.all(found[5:] < 0.5)

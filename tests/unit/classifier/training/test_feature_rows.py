"""Feature rows teach like seeds without their texts, hold no sentence, and are refused by name where they do not fit."""

from __future__ import annotations

import gzip
import json
import logging
import shutil
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
from scipy import sparse

from classifier.errors import BadSeeds
from classifier.features.encoder import STYLE_COLUMNS, Encoder, learn_vocabulary
from classifier.features.word_vectors import read_vectors
from classifier.label_set import LabelSet, TopicEntry
from classifier.lexicon.lexicon import read_feature_lexicon
from classifier.model.first_level import unit
from classifier.model.model import Model
from classifier.seeds.dataset import Seed, read_seeds
from classifier.text.document import parse_text
from classifier.training.corpus import read_material
from classifier.training.feature_rows import MANIFEST, UNKNOWN, FeatureRows, OtherFeatures, packed, read_feature_rows, sparse_arrays
from classifier.training.real_figures import RealFigures, real_figures
from classifier.training.train import train
from tests.conftest import ROOT
from training import feature_rows
from training.feature_rows import LEAD, MOST_SENTENCES, Text, chosen_sentences, shared_terms, without_tested_outlets


@pytest.fixture(scope="module")
def rows() -> FeatureRows:
    found = read_feature_rows(ROOT / "seeds")
    assert found is not None
    return found


def test_no_outlet_both_teaches_and_tests(rows: FeatureRows) -> None:
    teaching, testing = rows.teaching(), rows.testing()
    assert len(teaching) + len(testing) == len(rows) > 1000
    assert not set(teaching.notes.outlet.tolist()) & set(testing.notes.outlet.tolist())


def test_rows_that_teach_the_source_type_alone_say_nothing_of_topics(rows: FeatureRows) -> None:
    source_only = rows.notes.source_only
    assert 300 < source_only.sum() < len(rows.teaching())
    assert not source_only[rows.notes.test].any()
    assert (rows.topics[source_only] == UNKNOWN).all()
    assert (rows.primary[source_only] == UNKNOWN).all()
    assert (rows.topics[~source_only] != UNKNOWN).all()


def test_the_rows_hold_no_pair_of_words_that_only_a_few_outlets_have_but_those_of_seeds_in_rows_that_test(rows: FeatureRows) -> None:
    has, outlets = (rows.figures.terms > 0).tocsc(), rows.notes.outlet
    taught = (rows.teaching().figures.terms > 0).tocsc()
    of_seeds = set(learn_vocabulary([parse_text(seed.title, seed.text) for seed in read_seeds(ROOT / "seeds")]).terms)
    pairs = [column for column, term in enumerate(rows.vocabulary) if " " in term]
    few = [column for column in pairs[::20] if len(set(outlets[has[:, [column]].indices].tolist())) < 5]
    assert few
    assert all(rows.vocabulary[column] in of_seeds and not taught[:, [column]].nnz for column in few)


def test_pages_are_read_by_their_truth_or_extracted_and_those_without_a_topic_teach_the_source_type(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    folder = tmp_path / "pages" / "town"
    folder.mkdir(parents=True)
    (tmp_path / "real").mkdir()
    sentence = "The council of Varne bought the old mill by the river on Monday, and will turn it into a school for forty children."
    page = f"<title>Mill sold</title><article><h1>Mill sold</h1><p>{sentence}</p><p>{sentence.replace('Monday', 'Friday')}</p></article>"
    (folder / "b.html.gz").write_bytes(gzip.compress(page.encode()))
    truths = [{"id": "a", "url": "https://a.example/1", "title": "Dam", "text": "A dam."}]
    truths += [{"id": name, "url": f"https://{name}.example/1", "file": "b.html.gz"} for name in ("b", "c")]
    write_lines(folder / "truth.jsonl", truths)
    label = {"in": "pages/town", "split": "teach", "language": "en", "confident": True, "source_type": "independent", "kind": "news"}
    write_lines(tmp_path / "real" / "train.jsonl", [{**label, "id": "a", "host": "A.example", "topics": []}])
    write_lines(tmp_path / "real" / "more.jsonl", [])
    more = [{**label, "id": "b", "host": "b.example", "topics": []}, {**label, "id": "c", "host": "c.example", "topics": ["culture"]}]
    write_lines(tmp_path / "more_labels.jsonl", more)
    monkeypatch.setattr(feature_rows, "PAGE_LABELS", tmp_path / "more_labels.jsonl")

    first, second, third = feature_rows.read_texts(tmp_path)

    assert (first.title, first.text, first.outlet, first.source_only) == ("Dam", "A dam.", "a.example", False)
    assert second.title == "Mill sold"
    assert second.text.startswith(sentence)
    assert (second.source_only, third.source_only) == (True, False), "nine in ten of these pages carry no topic"


def write_lines(path: Path, records: list[dict[str, object]]) -> None:
    path.write_text("".join(json.dumps(record) + "\n" for record in records), encoding="utf-8")


def test_terms_that_few_outlets_have_are_left_out() -> None:
    counts = np.array([[1, 1, 1, 1]] * 4 + [[1, 0, 0, 1]])
    outlets = ["a", "b", "c", "d", "e"]
    kept = shared_terms(counts_of(counts), ["a pair", "two words", "unheard", "seeded"], {"seeded"}, outlets)
    assert kept.tolist() == [0, 2, 3], "a pair of five outlets, a word of four, and one that the seeds have"
    assert shared_terms(counts_of(counts[:3]), ["a pair", "two words", "unheard", "seeded"], {"seeded"}, outlets[:3]).tolist() == [3]


def counts_of(counts: np.ndarray) -> sparse.csr_array:
    return sparse.csr_array(counts.astype(np.float32))


def test_sentences_after_the_lead_are_put_out_of_order_and_long_articles_are_cut() -> None:
    random = np.random.default_rng(3)
    vectors, matches = random.integers(0, 255, (200, 64)).astype(np.uint8), np.zeros(200)
    matches[[40, 150]] = 1
    chosen = chosen_sentences(matches, vectors, 10, 190).tolist()
    assert chosen[:LEAD] == [10, 11, 12, 13]
    assert len(set(chosen)) == len(chosen) == MOST_SENTENCES
    assert {40, 150} <= set(chosen)
    assert chosen[LEAD:] != sorted(chosen[LEAD:])


def test_vectors_in_four_bits_keep_their_direction() -> None:
    vectors = unit(np.random.default_rng(1).normal(size=(20, 128)).astype(np.float32))
    back = unit(unpacked(packed(vectors)))
    assert (vectors * back).sum(axis=1).min() > 0.98


def unpacked(array: np.ndarray) -> np.ndarray:
    from classifier.training.feature_rows import _unpacked

    return _unpacked(array)


def test_rows_of_other_features_are_refused_by_name_and_training_goes_on(tmp_path: Path, caplog: pytest.LogCaptureFixture) -> None:
    # Given rows that were counted with another lexicon
    seeds = copied_seeds(tmp_path)
    manifest = json.loads((seeds / "real" / MANIFEST).read_text())
    (seeds / "real" / MANIFEST).write_text(json.dumps(manifest | {"features": "f" * 64}))
    with pytest.raises(OtherFeatures, match=r"expected rows of the features \w{12}, got ffffffffffff"):
        read_feature_rows(seeds)
    # When the material is read, then a line says so and the seeds are there
    with caplog.at_level(logging.WARNING):
        material = read_material(seeds)
    assert material.rows is None
    assert material.seeds
    assert "training goes on without them" in caplog.text


def test_damaged_rows_are_an_error(tmp_path: Path) -> None:
    seeds = copied_seeds(tmp_path)
    file = seeds / "real" / "terms_data.npy"
    content = bytearray(file.read_bytes())
    content[-7] ^= 1
    file.write_bytes(bytes(content))
    with pytest.raises(BadSeeds, match="SHA-256"):
        read_feature_rows(seeds)


def copied_seeds(folder: Path) -> Path:
    seeds = folder / "seeds"
    seeds.mkdir()
    shutil.copy(ROOT / "seeds" / "base.jsonl", seeds)
    shutil.copytree(ROOT / "seeds" / "real", seeds / "real")
    return seeds


def test_figures_for_another_vocabulary_count_the_same_words(rows: FeatureRows, few_seeds: list[Seed]) -> None:
    texts = [parse_text(seed.title, seed.text) for seed in few_seeds]
    vocabulary = Encoder(learn_vocabulary(texts), read_vectors(), read_feature_lexicon()).vocabulary
    counted = rows.counted(vocabulary, rows.figures.articles.lexicon.shape[1])
    assert counted.terms.shape == (len(rows), len(vocabulary.terms))
    own = rows.figures.terms[:, [rows.vocabulary.index("government")]].toarray()
    assert np.array_equal(counted.terms[:, [vocabulary.index["government"]]].toarray(), own)
    assert (counted.known <= counted.articles.words).all()
    assert counted.styles.shape[1] == len(STYLE_COLUMNS)


def test_topics_that_the_rows_do_not_know_stay_unknown(rows: FeatureRows) -> None:
    other = rows.with_topics(("fisheries", "culture"))
    assert (other.topics[:, 0] == UNKNOWN).all()
    assert np.array_equal(other.topics[:, 1], rows.topics[:, 3])


def test_real_articles_teach_what_seeds_do_not(few_seeds: list[Seed], small_model: Model, rows: FeatureRows) -> None:
    # Given a model of few seeds, and one of the same seeds and the rows that teach
    teaching = rows.teaching()
    alone, taught = small_model, train(few_seeds, rows=teaching[np.arange(0, len(teaching), 2)]).model
    # When both are measured on outlets that taught neither
    before, after = real_figures(alone, rows.testing()), real_figures(taught, rows.testing())
    # Then the rows have helped by far
    assert before is not None
    assert after is not None
    assert share_right(after) > share_right(before) + 0.05
    assert after.all.source_type.macro_f1 > before.all.source_type.macro_f1
    assert after.all.topics.macro_f1 > before.all.topics.macro_f1


def share_right(figures: RealFigures) -> float:
    """The share of the source types that are right."""
    return float(np.trace(figures.all.source_type.confusion) / figures.all.articles)


@pytest.mark.parametrize("words", [(), ("minefield*", "landmine*")], ids=["without words of their own", "with words of their own"])
def test_rows_teach_the_source_type_to_a_model_of_other_topics(few_seeds: list[Seed], rows: FeatureRows, words: tuple[str, ...]) -> None:
    label_set = LabelSet((TopicEntry("trade", ""), TopicEntry("culture", ""), TopicEntry("mines", "", words)))
    few_seeds = [
        replace(
            seed,
            topics=frozenset("mines" if topic == "demining" else topic for topic in seed.topics),
            primary="mines" if seed.primary == "demining" else seed.primary,
        )
        for seed in few_seeds
    ]
    seeds = [seed for seed in few_seeds if "border_dispute" not in seed.topics]
    teaching = rows.teaching().with_topics(label_set.topics)
    trained = train(seeds, label_set=label_set, rows=teaching[np.arange(0, len(teaching), 2)])
    figures = real_figures(trained.model, rows.testing().with_topics(label_set.topics))
    assert figures is not None
    assert list(figures.all.topics.labels) == ["trade", "culture"]  # what the rows know
    assert figures.all.source_type.macro_f1 > 0.6


WORDS = [
    "The",
    "harbour",
    "of",
    "the",
    "small",
    "town",
    "was",
    "dredged",
    "last",
    "year",
    "so",
    "that",
    "the",
    "ferries",
    "could",
    "land",
    "at",
    "low",
    "water",
    "too",
]


def real_text(outlet: str, split: str, words: int = 20, start: int = 0) -> Text:
    return Text("", " ".join(f"{word}{start}" for word in WORDS[:words]), outlet, {"split": split, "url": f"https://{outlet}/x"})


@pytest.mark.parametrize(
    ("tests", "teaches", "left_out"),
    [
        ("blog.daily-of-nowhere.org", "daily-of-nowhere.org", True),
        ("north.guide.com.au", "south.guide.com.au", True),
        ("one.com.au", "two.com.au", False),
        ("anna.substack.com", "ben.substack.com", False),
        ("anna.blogspot.com", "ben.blogspot.com", False),
        ("wire.example", "wire.test", True),
    ],
)
def test_an_outlet_that_tests_teaches_nothing_under_another_host(tests: str, teaches: str, left_out: bool) -> None:
    texts = [real_text(tests, "test", start=1), real_text(teaches, "teach", start=2)]
    assert (len(without_tested_outlets(texts)) == 1) is left_out


def test_a_text_that_copies_one_that_tests_teaches_nothing() -> None:
    texts = [real_text("one.example", "test"), real_text("two.test", "teach", 14), real_text("three.org", "teach", 14, start=3)]
    assert [text.outlet for text in without_tested_outlets(texts)] == ["one.example", "three.org"]


def test_more_columns_than_two_bytes_count_stay_where_they_are() -> None:
    matrix = sparse.csr_array((np.array([3, 1]), (np.array([0, 1]), np.array([69_999, 65_537]))), shape=(2, 70_000))
    assert sparse_arrays("terms", matrix)["terms_columns"].tolist() == [69_999, 65_537]

"""Topics of one's own: a `labels.toml` beside the seeds names them, and training, labels and figures take what it names."""

from __future__ import annotations

import json
from dataclasses import replace
from pathlib import Path

import pytest

from classifier.errors import BadSeeds
from classifier.label_set import DEFAULT, read_label_set
from classifier.labels import TOPICS
from classifier.model import artifact
from classifier.predict import Document, label
from classifier.seeds.dataset import Seed
from classifier.training_process import rebuild

FISH = """[topics.fisheries]
description = "catches, fleets and the rules of the sea"
words = ["trawler*", "herring", "fishing ground*"]

[topics.trade]
description = "commerce between countries"
"""
CATCH = "Trawlers landed 4,000 tonnes of herring at the northern port last week, the harbour office said."


def test_without_a_file_the_topics_are_the_programs_own(tmp_path: Path) -> None:
    assert read_label_set(tmp_path) is DEFAULT
    assert DEFAULT.topics == tuple(map(str, TOPICS))


def test_a_file_names_topics_in_its_order_with_their_words(tmp_path: Path) -> None:
    (tmp_path / "labels.toml").write_text(FISH)
    found = read_label_set(tmp_path)
    assert found.topics == ("fisheries", "trade")
    assert found.entries[0].words == ("trawler*", "herring", "fishing ground*")


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("topics = 3", r"expected 1 to 64 tables \[topics.NAME\], got 3"),
        ("[topics]\n", "expected 1 to 64 tables"),
        ("[topics.Fish-1]\n", "expected a topic's name of a to z"),
        ("[topics.official]\n", "expected a topic's name"),
        ("[topics.fish]\nwords = 'herring'", "expected `words` to be a list"),
        ("[topics.fish]\ndescription = 4", "expected `description` to be a line of text"),
        ("[topics.fish]\ndescription = 'a \\u001b[31m bell'".replace("'", '"'), "expected `description` to be a line of text"),
        ("[topics.fish]\nwords = [' ']", "expected `words` to be a list"),
        ("[topics.fish]\ncolour = 'red'", "fish: expected no keys but description, words, got 'colour'"),
        ("[topic.fish]\n", "expected no keys but topics, got 'topic'"),
        ("[topics.fish]\n[topics.fish]\n", "expected TOML"),
        ("[topics.'fish and chips']\n", "expected a topic's name of a to z"),
        ("[topics.none]\n", "expected a topic's name that has no other meaning here, got 'none'"),
        ("[topics.primary]\n", "expected a topic's name that has no other meaning"),
        ("".join(f"[topics.t{number}]\n" for number in range(500)), "expected 1 to 64 tables"),
        ("[topics.fish", "expected TOML"),
    ],
)
def test_a_file_that_names_no_topics_is_refused_in_one_line(tmp_path: Path, text: str, expected: str) -> None:
    (tmp_path / "labels.toml").write_text(text)
    with pytest.raises(BadSeeds, match=expected) as caught:
        read_label_set(tmp_path)
    assert "\n" not in str(caught.value)


def seeds_of_fish(few_seeds: list[Seed], folder: Path) -> Path:
    """Seeds on trade and none, and the same on fish: every other article gets a sentence about a catch."""
    folder.mkdir()
    (folder / "labels.toml").write_text(FISH)
    lines = []
    for number, seed in enumerate(replace(seed, topics=seed.topics & {"trade"}) for seed in few_seeds):
        topics = sorted(seed.topics | ({"fisheries"} if number % 2 else set()))
        paragraphs = [{"text": p.text, "topics": sorted((p.topics or frozenset()) & {"trade"})} for p in seed.paragraphs]
        if number % 2:
            catch = CATCH.replace("4,000", str(1000 + number))
            paragraphs.insert(0, {"text": catch, "topics": ["fisheries"]})
        record = {"id": seed.id, "title": seed.title, "paragraphs": paragraphs, "topics": topics, "primary": None}
        lines.append(json.dumps(record | {"source_type": seed.source_type, "language": seed.language, "origin": "authored"}))
    (folder / "fish.jsonl").write_text("\n".join(lines))
    return folder


def test_training_and_labels_take_the_topics_that_the_file_names(few_seeds: list[Seed], tmp_path: Path) -> None:
    # Given seeds on two topics of one's own
    seeds = seeds_of_fish(few_seeds, tmp_path / "seeds")
    # When a model is trained from them, saved and loaded
    manifest = rebuild(seeds, tmp_path / "model", "fish", lambda *_: None)
    model = artifact.load(tmp_path / "model")
    # Then it labels with these topics, quotes for them, and says how well it does
    [labels] = label(model, [Document("Herring is back", CATCH)])
    assert [topic.label for topic in labels.topics] == ["fisheries", "trade"]
    assert labels.topics[0].decision == "yes"
    assert any(entry.label == "fisheries" and entry.text == CATCH for entry in labels.evidence)
    assert "fisheries.strong" in model.first_level.encoder.lexicon.groups
    assert list(manifest["held_out"]["topics"]["labels"]) == ["fisheries", "trade"]


def test_a_seed_with_a_topic_that_the_file_does_not_name_is_refused(few_seeds: list[Seed], tmp_path: Path) -> None:
    seeds = seeds_of_fish(few_seeds, tmp_path / "seeds")
    (seeds / "labels.toml").write_text("[topics.trade]\n")
    with pytest.raises(BadSeeds, match=r"fish\.jsonl:\d+: expected `topics` to be a list of trade, got"):
        rebuild(seeds, tmp_path / "model", None, lambda *_: None)

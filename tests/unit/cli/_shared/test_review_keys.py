"""Keys change a draft of labels; a session keeps each answer and takes it back on request."""

from __future__ import annotations

import pytest

from classifier.label_set import DEFAULT
from classifier.labels import SourceTypeLabel, TopicLabel
from worker.cli._shared.review_keys import Draft, Keys, Session, after_key, of_model
from worker.results import Result
from worker.storage.reviews import Answer

KEYS = Keys.of(DEFAULT.topics)
EMPTY = Draft(frozenset(), None, None)


def article(number: int, source_type: str | None = "official") -> Result:
    return Result(
        item_id=number,
        url=f"https://x.example/{number}",
        outcome="stored",
        text="A text.",
        topics=[TopicLabel("trade", 0.9, 0.5, "yes"), TopicLabel("culture", 0.5, 0.5, "unsure")],
        primary_topic="trade",
        source_type=SourceTypeLabel(source_type, {}, "sure"),
    )


def typed(keys: str, draft: Draft = EMPTY) -> Draft:
    for key in keys:
        draft = after_key(draft, key, KEYS)
    return draft


def test_the_models_draft_is_what_it_is_sure_of() -> None:
    assert of_model(article(1)) == Draft(frozenset({"trade"}), "trade", "official")


@pytest.mark.parametrize(
    ("keys", "draft"),
    [
        ("bt", Draft(frozenset({"border_dispute", "trade"}), None, None)),
        ("bb", EMPTY),
        ("2", Draft(frozenset({"trade"}), "trade", None)),
        ("2t", EMPTY),
        ("20", Draft(frozenset({"trade"}), None, None)),
        ("o", Draft(frozenset(), None, "official", complete=True)),
        ("y", EMPTY),
        ("x", EMPTY),
    ],
)
def test_each_key_changes_one_label(keys: str, draft: Draft) -> None:
    assert typed(keys) == draft


def test_as_shown_is_complete_only_with_a_source_type() -> None:
    assert typed("y", Draft(frozenset(), None, "official")).complete


def test_a_session_keeps_answers_skips_and_takes_back() -> None:
    # Given three articles; the second has no source type
    kept: list[Answer] = []
    removed: list[int] = []
    session = Session(KEYS, kept.append, removed.append, iter("yyusyym" + "i"))
    # When the first is answered as the model has it, taken back and skipped, and the second answered, where the model has no source type
    labelled = session.label([article(1), article(2, None), article(3)])
    # Then
    assert kept == [Answer(1, ("trade",), "trade", "official"), Answer(2, ("trade",), "trade", "independent")]
    assert removed == [1]
    assert labelled == 1


def test_topics_of_ones_own_have_the_first_letter_that_is_free() -> None:
    own = Keys.of(["migration", "mining", "sport", "trade"])
    assert dict(own.topics) == {"g": "migration", "n": "mining", "r": "sport", "t": "trade"}
    assert own.line.startswith("g n r t topics · 1-4 0 primary")
    assert after_key(EMPTY, "1", own) == Draft(frozenset({"migration"}), "migration", None)


def test_the_keys_of_the_programs_own_topics_stay() -> None:
    told = "b t d c topics · 1-4 0 primary · o p i source type, next · y the model's, then as shown · m more · s skip · u back"
    assert KEYS.line == f"{told} · ? help · q stop"


def test_a_topic_for_which_no_letter_is_left_has_no_key() -> None:
    many = Keys.of([f"topic_{number}" for number in range(40)])
    assert len(many.topics) == 26 - len("opiymsuq")


def test_the_models_answer_is_hidden_until_the_person_asks_or_has_answered(capsys: pytest.CaptureFixture[str]) -> None:
    # When an article is shown
    Session(KEYS, lambda _: None, lambda _: None, iter("")).label([article(1)])
    # Then the line of labels is empty
    assert "topics: none; primary: none; source type: ?" in capsys.readouterr().err
    # And only with `y`, or after an answer that differs, it says what the model says
    Session(KEYS, lambda _: None, lambda _: None, iter("yq")).label([article(1)])
    assert "the model: topics: trade; primary: trade; source type: official" in capsys.readouterr().err
    Session(KEYS, lambda _: None, lambda _: None, iter("di")).label([article(1)])
    assert "kept: topics: demining; primary: none; source type: independent (the model: topics: trade;" in capsys.readouterr().err


def test_the_help_shows_what_counts_as_each_topic() -> None:
    told = Keys.of(["fisheries"], {"fisheries": "catches and fleets"}).help
    assert "fisheries: catches and fleets" in told
    assert "official: an office speaks" in told

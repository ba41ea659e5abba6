from __future__ import annotations

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from classifier.labels import SOURCE_TYPES, TOPICS, Labels
from classifier.model.model import Model
from classifier.predict import Document, label
from classifier.seeds.dataset import Seed

TRADE = "Exports of milled rice to China rose by a fifth last year, the ministry of commerce said, after both countries cut their tariffs."


def check(labels: Labels, document: Document) -> None:
    assert [topic.label for topic in labels.topics] == list(TOPICS)
    assert list(labels.source_type.probabilities) == list(SOURCE_TYPES)
    assert sum(labels.source_type.probabilities.values()) == pytest.approx(1, abs=0.001)
    for entry in labels.evidence:
        field = document.title if entry.field == "title" else document.text
        assert field[entry.start : entry.end] == entry.text != ""
    shown = {entry.label for entry in labels.evidence}
    for topic in labels.topics:
        assert 0 <= topic.probability <= 1
        assert topic.decision in {"yes", "no", "unsure"}
        assert topic.decision != "yes" or topic.label in shown
    assert labels.source_type.decision != "sure" or labels.source_type.label in shown


def test_labels_follow_the_contract_for_every_seed(small_model: Model, few_seeds: list[Seed]) -> None:
    documents = [Document(seed.title, seed.text) for seed in few_seeds]
    for labels, document in zip(label(small_model, documents), documents, strict=True):
        check(labels, document)


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture], max_examples=60, deadline=None)
@given(st.text(max_size=300), st.text(max_size=60))
def test_any_text_at_all_gets_labels(small_model: Model, text: str, title: str) -> None:
    document = Document(title, text)
    check(label(small_model, [document])[0], document)


def test_a_sentence_about_exports_is_trade_and_quoted(shipped: Model) -> None:
    [labels] = label(shipped, [Document("Rice sells well abroad", TRADE)])
    assert labels.topics[1].decision == "yes"
    assert any(entry.text == TRADE for entry in labels.evidence)
    assert any("export" in term.term for entry in labels.evidence for term in entry.terms)


def test_a_text_gets_the_same_labels_alone_and_among_others(small_model: Model, few_seeds: list[Seed]) -> None:
    documents = [Document(seed.title, seed.text) for seed in few_seeds[:20]]
    together = label(small_model, documents)
    assert together == [label(small_model, [document])[0] for document in documents]


def test_an_empty_text_carries_nothing_and_has_no_source_type(shipped: Model) -> None:
    [labels] = label(shipped, [Document("", "")])
    assert {topic.decision for topic in labels.topics} == {"no"}
    assert labels.source_type.label is None
    assert labels.primary_topic is None


@pytest.mark.parametrize(
    "text",
    [
        "Die Regierung hat am Dienstag beschlossen, die Zölle auf Stahl aus dem Ausland zu senken, sagte der Minister in Berlin.",
        "Hallitus päätti tiistaina laskea ulkomaisen teräksen tulleja, ministeri sanoi kokouksen jälkeen Helsingissä toimittajille.",
        "政府は火曜日、外国産鉄鋼の関税を引き下げることを決定したと大臣が述べた。",
    ],
)
def test_a_language_that_the_seeds_lack_is_unsure_and_reported_as_unsupported(shipped: Model, text: str) -> None:
    [labels] = label(shipped, [Document("", text)])
    assert labels.language_supported is False
    assert {topic.decision for topic in labels.topics} == {"unsure"}
    assert labels.source_type.decision == "unsure"


def test_no_texts_give_no_labels(shipped: Model) -> None:
    assert label(shipped, []) == []


def test_a_short_notice_is_not_out_of_distribution_for_being_short(shipped: Model) -> None:
    # Given a notice of one sentence, and a text of the same length whose words no article has together
    notice = "Deminers cleared 40 landmines and two cluster bombs near Pailin on Monday."
    salad = "Zebra yoghurt trombone fjord pickle dentist kayak saxophone broccoli penguin hammock oyster tinsel"

    # When both are labelled
    decided, odd = label(shipped, [Document("", notice), Document("", salad)])

    # Then the notice is decided, and the other is unsure
    assert decided.topics[2].decision == "yes"
    assert {topic.decision for topic in odd.topics} == {"unsure"}


RELEASE = """The Ministry of Foreign Affairs issued the following statement on Monday. The Minister received the Ambassador at the Ministry.
Both sides reaffirmed bilateral relations and exchanged views on regional issues of common concern. The Minister expressed deep gratitude
for the support of the Government and reiterated the commitment of the Royal Government to the strategic partnership. The Ambassador
congratulated the Ministry and conveyed the greetings of the Secretary General."""


def test_a_sure_source_type_quotes_the_sentences_that_speak_for_it(shipped: Model) -> None:
    [labels] = label(shipped, [Document("Courtesy call on the Minister", RELEASE, "https://mfa.gov.kh/x")])
    quoted = [entry for entry in labels.evidence if entry.label == "official"]
    assert (labels.source_type.label, labels.source_type.decision) == ("official", "sure")
    assert quoted
    assert any(term.term in {"both sides", "reaffirmed", "minister", "the minister"} for entry in quoted for term in entry.terms)


def test_a_short_lede_is_sure_of_its_source_type_only_with_its_outlet(shipped: Model) -> None:
    lede = RELEASE[:330]
    alone, known = label(shipped, [Document("Courtesy call", lede), Document("Courtesy call", lede, "https://mfa.gov.kh/x")])
    assert alone.source_type.decision == "unsure"
    assert (known.source_type.label, known.source_type.decision) == ("official", "sure")


def test_where_an_outsider_speaks_only_the_outlet_makes_an_official_text_sure(shipped: Model) -> None:
    # Given a statement of a ministry, and the same with the voice of somebody outside
    said = f"{RELEASE} An analyst at an institute of international relations said that the neighbours had heard such words before."
    alone, disputed, known = label(shipped, [Document("", RELEASE), Document("", said), Document("", said, "https://mfa.gov.kh/x")])
    # Then the first is surely official, and the other only where its address is that of an office
    assert (alone.source_type.label, alone.source_type.decision) == ("official", "sure")
    assert (disputed.source_type.label, disputed.source_type.decision) == ("official", "unsure")
    assert (known.source_type.label, known.source_type.decision) == ("official", "sure")

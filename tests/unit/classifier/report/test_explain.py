from __future__ import annotations

from classifier.labels import Evidence, Labels, ModelName, SourceTypeLabel, Term
from classifier.model.model import Model
from classifier.predict import Document, label
from classifier.report.explain import explained

LABELS = Labels(
    topics=[],
    primary_topic=None,
    source_type=SourceTypeLabel(None, {}, "unsure"),
    evidence=[
        Evidence("trade", "text", "Exports rose.", 0, 13, [Term("exports", 2.0)]),
        Evidence("culture", "text", "Exports rose.", 0, 13, []),
        Evidence("trade", "title", "Rice", 0, 4, []),
    ],
    language_supported=True,
    model=ModelName("m-1", "0" * 64),
)


def test_evidence_is_marked_where_it_is_and_its_terms_are_in_capitals_or_colour() -> None:
    document = Document("Rice", "Exports rose. It rained.")
    assert explained(document, LABELS, colour=False) == "⟦trade: Rice⟧\n\n⟦trade, culture: EXPORTS rose.⟧ It rained."
    assert "\x1b[1;4mExports\x1b[22;24m" in explained(document, LABELS, colour=True)


def test_only_marks_are_added_to_the_text(shipped: Model) -> None:
    document = Document("", "Exports of rice rose. Deminers cleared mines near the border.")
    [labels] = label(shipped, [document])
    bare = explained(document, labels, colour=False).replace("⟧", "")
    for entry in labels.evidence:
        assert entry.label in bare
    assert bare.lower().count("deminers cleared mines") == 1

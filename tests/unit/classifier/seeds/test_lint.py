"""The linter of seeds finds copies, contradictions, rare labels and breaches of the labelling guide."""

from classifier.seeds.dataset import Paragraph, Seed
from classifier.seeds.lint import lint, near_copies

LONG = (
    "The ministry of commerce said on Monday that exports of milled rice to the neighbouring country had risen "
    "by a third in a year, and that two new checkpoints would open before the harvest."
)


def seed(
    name: str, text: str = LONG, *, topics: tuple[str, ...] = ("trade",), carried: tuple[str, ...] = ("trade",), title: str = ""
) -> Seed:
    labelled = frozenset(carried)
    return Seed(name, title, (Paragraph(text, labelled),), frozenset(topics), None, "official", "en", "authored", where=f"f.jsonl:{name}")


def kinds(*seeds: Seed) -> set[str]:
    return {finding.kind for finding in lint(seeds) if finding.kind != "balance"}


def test_a_text_that_occurs_twice_is_a_copy() -> None:
    assert kinds(seed("1"), seed("2", LONG + " and nobody was surprised.")) == {"copy"}


def test_one_text_with_two_labels_is_a_contradiction() -> None:
    assert kinds(seed("1"), seed("2", topics=(), carried=())) == {"contradiction"}


def test_different_texts_are_left_alone() -> None:
    other = (
        "Dancers in gilded masks moved slowly round the courtyard while an old man beat a drum of his grandfather's, and children slept."
    )
    assert list(near_copies([seed("1"), seed("2", other)])) == []


def test_a_headline_may_add_one_topic_but_not_two() -> None:
    assert kinds(seed("1", topics=("trade", "culture"), title="Old songs of the rice traders")) == set()
    assert kinds(seed("1", topics=("trade", "culture", "demining"), title="All at once")) == {"guide"}


def test_a_topic_without_paragraph_or_headline_is_against_the_guide() -> None:
    assert kinds(seed("1", topics=("trade", "culture"))) == {"guide"}


def test_a_text_too_short_for_a_sentence_is_reported() -> None:
    assert kinds(seed("1", "Rice sold.")) == {"short"}


def test_a_label_that_hardly_occurs_is_out_of_balance() -> None:
    findings = [finding for finding in lint([seed("1")]) if finding.kind == "balance"]
    assert any("only 0 of 1 seeds are demining" in finding.detail for finding in findings)

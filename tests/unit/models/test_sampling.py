"""What is chosen for review: doubt first, rare topics, many outlets, no copies."""

from dataclasses import replace

from classifier.labels import SourceTypeLabel, TopicLabel
from worker.models.sampling import doubt, sample
from worker.results import Result

SURE = SourceTypeLabel("official", {"official": 0.98, "promotional": 0.01, "independent": 0.01}, "sure")
EVEN = SourceTypeLabel("official", {"official": 0.4, "promotional": 0.2, "independent": 0.4}, "unsure")


def article(number: int, trade: float, *, outlet: str = "", cluster: int | None = None, demining: float = 0.01) -> Result:
    """A stored article with two topics."""
    topics = [("trade", trade), ("demining", demining)]
    return Result(
        item_id=number,
        url=f"https://{number}.example/",
        final_url=f"https://{number}.example/",
        outcome="stored",
        cluster_id=cluster if cluster is not None else number,
        site_name=outlet or f"outlet {number}",
        topics=[TopicLabel(name, p, 0.5, "yes" if p >= 0.5 else "no") for name, p in topics],
        source_type=SURE,
    )


def ids(articles: list[Result]) -> list[int | None]:
    return [article.item_id for article in articles]


def test_doubt_is_greatest_at_the_threshold() -> None:
    assert doubt(article(1, 0.5)) > doubt(article(2, 0.7)) > doubt(article(3, 0.99))


def test_an_even_source_type_is_doubt_too() -> None:
    sure = article(1, 0.01)
    assert doubt(replace(sure, source_type=EVEN)) > doubt(sure)


def test_the_doubtful_are_chosen_first() -> None:
    assert ids(sample([article(1, 0.01), article(2, 0.5), article(3, 0.3)], 2)) == [2, 3]


def test_copies_are_asked_for_once() -> None:
    assert len(sample([article(1, 0.5, cluster=7), article(2, 0.5, cluster=7), article(3, 0.4)], 3)) == 2


def test_one_outlet_does_not_fill_the_day() -> None:
    articles = [article(number, 0.5, outlet="loud") for number in range(1, 4)] + [article(4, 0.42, outlet="quiet")]
    assert 4 in ids(sample(articles, 2))


def test_a_rare_topic_goes_before_a_common_one() -> None:
    articles = [article(number, 0.95) for number in range(1, 9)] + [article(9, 0.01, demining=0.95)]
    assert ids(sample(articles, 1)) == [9]


def test_the_budget_is_kept_and_nothing_stored_is_no_error() -> None:
    assert len(sample([article(number, 0.5) for number in range(10)], 3)) == 3
    assert sample([], 3) == []

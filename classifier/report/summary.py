"""Say in words how far a model's labels can be relied on, from its figures on real articles."""

from __future__ import annotations

from classifier.training.real_figures import RealFigures

GOOD, FAIR = 0.9, 0.8
"""F1 from which a label is called good enough to decide by, and from which it is called a first sorting."""


def in_words(real: RealFigures | None) -> list[str]:
    """The first paragraph of a card, as lines."""
    if real is None:
        return [
            "No real articles measured this model: its figures are on seeds of authors that it had not seen, and on texts of real",
            "outlets it will do worse. Read some of its answers before you rely on them.",
        ]
    trust, every = real.trust, real.all
    return [
        f"Measured on {every.articles} real articles of {real.outlets} outlets that taught it nothing: {_pieces(real)}",
        f"A topic is answered `yes` or `no` {_of_100(trust.topics_decided)}, and that is right {_of_100(trust.topics_right)}; the rest is",
        f"`unsure`. A source type is `sure` {_of_100(trust.source_sure)}, and that is right {_of_100(trust.source_right)}. The main topic,",
        f"none included, is right {_of_100(every.primary_right)}. Rely on what is decided; let a person look at what is `unsure`.",
        "All of this is without the registry of outlets, which helps where an address is known.",
    ]


def _pieces(real: RealFigures) -> str:
    labels = {**real.all.topics.labels, **real.all.source_type.labels}
    good = [f"`{name}` ({label.f1:.2f})" for name, label in labels.items() if label.f1 >= GOOD]
    fair = [f"`{name}` ({label.f1:.2f})" for name, label in labels.items() if FAIR <= label.f1 < GOOD]
    weak = [f"`{name}` ({label.f1:.2f}, {label.support} articles)" for name, label in labels.items() if label.f1 < FAIR]
    said = [
        f"{', '.join(good)} can be decided by" if good else "",
        f"{', '.join(fair)} are a first sorting" if fair else "",
        f"{', '.join(weak)} need a person" if weak else "",
    ]
    return f"by F1, {'; '.join(filter(None, said))}."


def _of_100(share: float) -> str:
    return f"{100 * share:.0f} times in 100"

"""Check the seeds: near copies, contradictions, rare labels, and what the labelling guide forbids."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from classifier.label_set import DEFAULT
from classifier.labels import SOURCE_TYPES
from classifier.seeds.dataset import Seed

SHORT = 25
"""Words; a shorter text rarely has the one whole sentence that the guide asks for."""
SPACED_LANGUAGES = ("en", "fr", "vi")
"""Languages whose words can be counted at spaces."""
RARE = 0.08
"""Share of all seeds under which a label is out of balance: half of what the corpus gives the rarest one."""

RUN = 5
"""Words in a run: two articles on one subject share few runs of this length by chance."""
SAME_TEXT = 0.5
"""Share of common runs from which two texts are one text, edited."""


@dataclass(frozen=True)
class Finding:
    """One problem of one seed, or of all of them (`where` empty)."""

    where: str
    seed_id: str | None
    kind: str
    """guide, short, copy, contradiction or balance."""
    detail: str


def lint(seeds: Sequence[Seed], topics: Sequence[str] = DEFAULT.topics) -> list[Finding]:
    """Every problem, in the order of the seeds."""
    return [*(finding for seed in seeds for finding in _of_one(seed)), *_copies(seeds), *_balance(seeds, topics)]


def _of_one(seed: Seed) -> Iterator[Finding]:
    for detail in _against_guide(seed):
        yield Finding(seed.where, seed.id, "guide", detail)
    if len(seed.text.split()) < SHORT and seed.language in SPACED_LANGUAGES:
        yield Finding(seed.where, seed.id, "short", f"expected {SHORT} words or more, got {len(seed.text.split())}")


def _against_guide(seed: Seed) -> Iterator[str]:
    labelled = [paragraph.topics for paragraph in seed.paragraphs if paragraph.topics is not None]
    missing = seed.topics - frozenset().union(*labelled) if labelled else frozenset()
    if len(missing) > 1:
        yield f"no paragraph carries {', '.join(sorted(missing))}; a headline may add one topic"
    if missing and not seed.title:
        yield f"no paragraph carries {', '.join(sorted(missing))}, and there is no headline"
    if not seed.topics and seed.primary:
        yield "a primary topic without topics"


def _copies(seeds: Sequence[Seed]) -> Iterator[Finding]:
    for one, other in near_copies(seeds):
        kind = "contradiction" if (one.topics, one.source_type) != (other.topics, other.source_type) else "copy"
        yield Finding(other.where, other.id, kind, f"nearly the text of {one.id} ({one.where})")


def near_copies(seeds: Sequence[Seed]) -> Iterator[tuple[Seed, Seed]]:
    """Pairs of seeds, the earlier first, that share SAME_TEXT of the shorter one's runs of RUN words."""
    holders: dict[tuple[str, ...], list[int]] = defaultdict(list)
    for number, seed in enumerate(seeds):
        runs = _runs(seed)
        shared = Counter(other for run in runs for other in holders[run])
        for other, count in sorted(shared.items()):
            if count >= SAME_TEXT * min(len(runs), len(_runs(seeds[other]))):
                yield seeds[other], seed
        for run in runs:
            holders[run].append(number)


def _runs(seed: Seed) -> set[tuple[str, ...]]:
    words = seed.text.lower().split()
    return {tuple(words[start : start + RUN]) for start in range(max(1, len(words) - RUN + 1))}


def _balance(seeds: Sequence[Seed], topics: Sequence[str]) -> Iterator[Finding]:
    counts = Counter(name for seed in seeds for name in (*seed.topics, seed.source_type))
    for name in (*topics, *SOURCE_TYPES):
        if counts[name] < RARE * len(seeds):
            yield Finding("", None, "balance", f"only {counts[name]} of {len(seeds)} seeds are {name}")

"""Seeds checked: what training would stumble over, and what the labelling guide forbids or finds odd."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from classifier.labels import SOURCE_TYPES, TOPICS
from classifier.seeds.dataset import Seed

SHORT = 25
"""Words; under it a text has hardly the one whole sentence that the guide asks for."""
SCARCE = 0.08
"""Share of all seeds under which a label is out of balance: half of what the corpus gives the rarest one."""

RUN = 5
"""Words in a run: two articles on one subject share few of them by chance."""
SAME = 0.5
"""Share of common runs from which two texts are one text, edited."""


@dataclass(frozen=True)
class Objection:
    """One thing about one seed, or about all of them (`where` empty)."""

    where: str
    seed_id: str | None
    kind: str
    detail: str


def lint(seeds: Sequence[Seed]) -> list[Objection]:
    """Everything there is to say, in the order of the seeds; nothing where all is well."""
    return [*(objection for seed in seeds for objection in _of_one(seed)), *_copies(seeds), *_balance(seeds)]


def _of_one(seed: Seed) -> Iterator[Objection]:
    labelled = [paragraph.topics for paragraph in seed.paragraphs if paragraph.topics is not None]
    carried = frozenset().union(*labelled) if labelled else seed.topics
    bare = seed.topics - carried
    if labelled and len(bare) > 1:
        yield Objection(seed.where, seed.id, "guide", f"no paragraph carries {', '.join(sorted(bare))}; a headline may add one topic")
    if labelled and bare and not seed.title:
        yield Objection(seed.where, seed.id, "guide", f"no paragraph carries {', '.join(sorted(bare))}, and there is no headline")
    if not seed.topics and seed.primary:
        yield Objection(seed.where, seed.id, "guide", "a primary topic without topics")
    if len(seed.text.split()) < SHORT and seed.language in ("en", "fr", "vi"):
        yield Objection(seed.where, seed.id, "short", f"{len(seed.text.split())} words, expected {SHORT} or more")


def _copies(seeds: Sequence[Seed]) -> Iterator[Objection]:
    for one, other in near_copies(seeds):
        kind = "contradiction" if (one.topics, one.source_type) != (other.topics, other.source_type) else "copy"
        yield Objection(other.where, other.id, kind, f"nearly the text of {one.id} ({one.where})")


def near_copies(seeds: Sequence[Seed]) -> Iterator[tuple[Seed, Seed]]:
    """Pairs of seeds, the earlier first, that share half of the shorter one's runs of five words."""
    holders: dict[tuple[str, ...], list[int]] = defaultdict(list)
    for number, seed in enumerate(seeds):
        runs = _runs(seed)
        shared = Counter(other for run in runs for other in holders[run])
        for other, count in sorted(shared.items()):
            if count >= SAME * min(len(runs), len(_runs(seeds[other]))):
                yield seeds[other], seed
        for run in runs:
            holders[run].append(number)


def _runs(seed: Seed) -> set[tuple[str, ...]]:
    words = seed.text.lower().split()
    return {tuple(words[start : start + RUN]) for start in range(max(1, len(words) - RUN + 1))}


def _balance(seeds: Sequence[Seed]) -> Iterator[Objection]:
    counts = Counter(name for seed in seeds for name in (*seed.topics, seed.source_type))
    for name in (*TOPICS, *SOURCE_TYPES):
        if counts[name] < SCARCE * len(seeds):
            yield Objection("", None, "balance", f"{name} stands on {counts[name]} of {len(seeds)} seeds")

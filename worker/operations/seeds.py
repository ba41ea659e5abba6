"""Check, extend and import the seeds: the labelled articles that models are trained on, one JSON object a line."""

from __future__ import annotations

import json
import time
from collections import Counter
from collections.abc import Container, Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path

from classifier.label_set import LabelSet
from classifier.labels import SOURCE_TYPES
from worker.bootstrap import Services
from worker.errors import UsageError
from worker.models import seeds as seed_files
from worker.models.annotation_formats import Entry, Record, read_labelled
from worker.models.seeds import Finding, Seed
from worker.operations.document import Document
from worker.operations.times import rfc3339
from worker.results import Result
from worker.storage.reviews import Review, by_item, disagree

REVIEWED, IMPORTED = "reviewed.jsonl", "imported.jsonl"
"""The files of a seeds folder that commands write."""


@dataclass(frozen=True, slots=True)
class GivenLabels:
    """A person's labels for a stored article; where one is None, the model's is taken."""

    topics: tuple[str, ...] | None = None
    primary: str | None = None
    source_type: str | None = None


@dataclass(frozen=True, slots=True)
class AddedReviews:
    """What became of the reviewed articles."""

    written: int
    disputes: tuple[tuple[Review, ...], ...]
    """The reviews of each article on which people differ; it becomes a seed when they agree."""


@dataclass(frozen=True, slots=True)
class Imported(Document):
    """What became of the labelled articles of a file: seeds written, seeds known already, and lines that could not be used."""

    written: int
    known: int
    bad: int


@dataclass(frozen=True, slots=True)
class Balance(Document):
    """How the seeds are spread over labels, languages and origins."""

    seeds: int
    labels: tuple[tuple[str, int, dict[str, int]], ...]
    """Each topic and source type with its seeds, and these by language."""
    without_topic: int
    languages: tuple[tuple[str, int], ...]
    """The most frequent first."""
    origins: tuple[tuple[str, int], ...]


def balance(folder: Path) -> Balance:
    """Counts the seeds of a folder. Raises UsageError for a line that is no seed."""
    found = seed_files.read(folder)
    by_label: dict[str, Counter[str]] = {name: Counter() for name in (*seed_files.label_set(folder).topics, *SOURCE_TYPES)}
    for seed in found:
        for name in (*seed.topics, seed.source_type):
            by_label[name][seed.language] += 1
    return Balance(
        seeds=len(found),
        labels=tuple((name, sum(counts.values()), dict(counts)) for name, counts in by_label.items()),
        without_topic=sum(not seed.topics for seed in found),
        languages=tuple(Counter(seed.language for seed in found).most_common()),
        origins=tuple(Counter(seed.origin for seed in found).most_common()),
    )


def check(folder: Path) -> list[Finding]:
    """What is wrong with the seeds of a folder. Raises UsageError for a line that is no seed."""
    return seed_files.check(folder)


def read(folder: Path) -> list[Seed]:
    """Every seed of a folder, in the order of ids. Raises UsageError for a line that is no seed."""
    return seed_files.read(folder)


def add_article(services: Services, item_id: int, labels: GivenLabels, by: str, folder: Path) -> int:
    """Adds one stored article, and returns how many seeds were written: 0 where it is one already. Raises UsageError."""
    article = next(iter(services.articles.of([item_id])), None)
    if article is None or article.text is None:
        raise UsageError(f"expected the item of a stored article, got {item_id}")
    topics = list(labels.topics) if labels.topics is not None else article.decided("yes") or []
    primary = labels.primary or (article.primary_topic if article.primary_topic in topics else None)
    source_type = labels.source_type or (article.source_type and article.source_type.label)
    given = {"topics": topics, "primary": primary, "source_type": source_type}
    return _append(folder / REVIEWED, [_seed(article) | given | {"labelled_by": by, "labelled_at": rfc3339(time.time())}])


def add_reviewed(services: Services, folder: Path) -> AddedReviews:
    """Adds the reviewed articles that people agree on and that are no seeds yet, and removes those that they no longer agree on."""
    reviews = by_item(services.reviews.all())
    disputed = {item_id for item_id, of_one in reviews.items() if disagree(of_one)}
    articles = services.articles.of(list(reviews))
    agreed = [article for article in articles if article.item_id not in disputed and article.text is not None]
    removed = {_id(article) for article in articles if article.item_id in disputed}
    written = _append(folder / REVIEWED, [_reviewed(article, reviews[article.stored_id]) for article in agreed], removed)
    return AddedReviews(written, tuple(tuple(reviews[item_id]) for item_id in reviews if item_id in disputed))


def _reviewed(article: Result, reviews: list[Review]) -> Record:
    newest = max(reviews, key=lambda review: review.at)
    given = {"topics": list(newest.topics), "primary": newest.primary, "source_type": newest.source_type}
    people = ", ".join(sorted({review.who for review in reviews}))
    return _seed(article) | given | {"labelled_by": people, "labelled_at": rfc3339(newest.at)}


def _seed(article: Result) -> Record:
    return {
        "id": _id(article),
        "title": article.title or "",
        "text": article.text,
        "language": article.language or "en",
        "origin": "reviewed",
        "url": article.url,
        "site_name": article.site_name,
    }


def _id(article: Result) -> str:
    return f"item-{article.item_id}-{(article.content_sha256 or '')[:8]}"


def import_labelled(text: str, name: str, folder: Path) -> tuple[Imported, list[str]]:
    """Adds the labelled articles of a file's text; what is a seed already is left alone. `name` is the file's, for messages.

    Returns a message for each line that could not be used, too. Raises UsageError where the seeds themselves cannot be read.
    """
    others, topics = _not_imported(folder), seed_files.label_set(folder)
    fresh, faults, known = [], [], 0
    for entry in read_labelled(text, name):
        try:
            new = _new(entry, others, topics)
        except UsageError as error:
            faults.append(str(error))
        else:
            fresh += [new] if new else []
            known += new is None
    return Imported(_append(folder / IMPORTED, fresh), known, len(faults)), faults


def _not_imported(folder: Path) -> dict[str, Seed]:
    """The seeds that no import wrote, by their words: an import may correct an earlier import only."""
    seeds = seed_files.read(folder) if any(folder.glob("*.jsonl")) else []
    return {_words(seed): seed for seed in seeds if not seed.id.startswith("import-")}


def _new(entry: Entry, others: dict[str, Seed], topics: LabelSet) -> Record | None:
    """The record, None where a seed has the same words; raises UsageError for what is no seed, or contradicts one."""
    if entry.record is None:
        raise UsageError(f"{entry.where}: {entry.fault}")
    seed = seed_files.parse(entry.record, entry.where, topics)
    same = others.get(_words(seed))
    if same is None:
        return entry.record
    if (same.topics, same.primary, same.source_type) != (seed.topics, seed.primary, seed.source_type):
        raise UsageError(f"{entry.where}: expected the labels of seed {same.id}, which has the same words, got others")
    return None


def _words(seed: Seed) -> str:
    return " ".join(f"{seed.title} {seed.text}".split())


def _append(file: Path, records: Iterable[Record], removed: Container[object] = ()) -> int:
    """Writes the records that are new or changed by id, all at once or none, without those `removed`; returns how many."""
    topics = seed_files.label_set(file.parent)
    found = {record["id"]: record for record in _lines(file, topics)} if file.exists() else {}
    old = {name: record for name, record in found.items() if name not in removed}
    new = {record["id"]: record for record in records if old.get(record["id"]) != record}
    for record in new.values():
        seed_files.parse(record, "the seed", topics)
    if new or len(old) < len(found):
        _write(file, (old | new).values())
    return len(new)


def _write(file: Path, records: Iterable[Record]) -> None:
    try:
        file.parent.mkdir(parents=True, exist_ok=True)
        fresh = file.with_suffix(".new")
        fresh.write_text("".join(json.dumps(record, ensure_ascii=False) + "\n" for record in records), encoding="utf-8")
        fresh.rename(file)
    except OSError as error:
        raise UsageError(f"{file}: expected a file that can be written: {error.strerror}") from error


def _lines(file: Path, topics: LabelSet) -> Iterator[Record]:
    """The records as they are in the file; raises UsageError for a line that is no seed."""
    for number, line in enumerate(seed_files.read_lines(file), start=1):
        if line.strip():
            seed_files.parse_line(line, f"{file}:{number}", topics)
            yield json.loads(line)

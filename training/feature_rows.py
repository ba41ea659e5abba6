"""Make the feature rows of real texts that stand beside the seeds, where the shared texts are: figures and labels, no sentence.

    python -m training.feature_rows ../shared

`real/train.jsonl` labels pages whose texts are in the folders that it names, `page_labels.jsonl` beside this file labels others of
them, `real/more.jsonl` has texts of its own. A row that teaches is left out where its outlet also tests. What cannot be read back,
and how: classifier/training/feature_rows.py.
"""

from __future__ import annotations

import argparse
import gzip
import hashlib
import json
import re
from collections.abc import Container, Iterator, Mapping, Sequence, Set
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import numpy as np
from numpy.typing import NDArray
from scipy import sparse
from tld import get_fld

from classifier.features.counts import CountedArticles, Indices
from classifier.features.encoder import Encoder, learn_vocabulary
from classifier.features.word_vectors import read_vectors
from classifier.labels import SOURCE_TYPES, TOPICS
from classifier.lexicon.lexicon import read_feature_lexicon
from classifier.model.first_level import unit
from classifier.seeds.dataset import read_seeds
from classifier.text.document import parse_text
from classifier.training.feature_rows import packed, sparse_arrays, write_feature_rows
from worker.extract.pipeline import extract_text

ROOT = Path(__file__).resolve().parent.parent
PAGE_LABELS = Path(__file__).with_name("page_labels.jsonl")
"""Labels of shared pages beyond `real/train.jsonl`, by the same guide; all teach. Those that carry no topic, nine in ten, teach the source
type alone: most are guides and companies' pages, and as examples of no topic they make the model miss topics in what the press
writes (docs/decisions/feature-rows.md). Of those marked `source_only` only host, beginning and end were read."""
MOST_SENTENCES = 64
"""Of an article: the headline, the lead, those with words of a topic, then some of the rest. Two thirds of the articles have fewer."""
LEAD = 4
"""Headline and three sentences: their place is kept, since the lead decides the main topic; the others are put out of order."""
PLATFORMS = (".substack.com",)
"""Platforms on which anybody writes, besides those that the list of public suffixes has."""
RUN, COPIED = 8, 0.2
"""Words of a run, and the share of its runs that a text has from others, from which it is a copy: of the texts of different outlets all but
agencies' copies share less than .05."""
WORD_OUTLETS = 4
"""Outlets that must have a word or word beginning which fewer than MIN_ARTICLES seeds have."""
PAIR_OUTLETS = 5
"""Outlets that must have a pair of words: of a sentence only such pairs are left as everybody writes."""
_KINDS = {
    "release, statement or speech": r"release|statement|speech|transcript|communiqu|government|ministry|embassy|official|state ",
    "company, product or travel copy": r"company|product page|firm|marketing|hotel|shop|clinic|agency|advert|promot|sponsor|fund|listing",
    "review, feature or guide": r"review|feature|guide|how-to|profile|recipe|explainer|tips|listicle|travel",
    "opinion, blog or analysis": r"opinion|blog|column|newsletter|analysis|essay|comment|editorial|NGO|academic|research",
    "news": r"news|report|wire|match|sport|brief|crime|digest|broadcast|paper",
}
"""Coarse kinds, the first that matches: the readers' own words are too many to count by."""


@dataclass(frozen=True)
class Text:
    """One labelled real text."""

    title: str
    text: str
    outlet: str
    label: Mapping[str, Any]
    source_only: bool = False
    """Whether it says nothing of topics."""

    @property
    def tests(self) -> bool:
        """Whether it only tests."""
        return bool(self.label["split"] == "test")


def main() -> None:
    """Write `seeds/real/`."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("shared", type=Path)
    parser.add_argument("--seeds", type=Path, default=ROOT / "seeds")
    options = parser.parse_args()
    expect_labels(parser, options.shared)
    texts = without_tested_outlets(list(read_texts(options.shared)))
    arrays, names = rows_of(texts, options.seeds)
    write_feature_rows(options.seeds, arrays, names)
    tests = sum(text.tests for text in texts)
    print(f"{len(texts) - tests} rows teach, {tests} test; {sum(array.nbytes for array in arrays.values()) / 1e6:.1f} MB")


def expect_labels(parser: argparse.ArgumentParser, shared: Path) -> None:
    """Ends the program in one line where the labels of the shared texts are missing."""
    if not (labels := shared / "real" / "train.jsonl").exists():
        parser.error(f"expected the labels of the shared real texts in {labels}, got no such file")


def read_texts(shared: Path) -> Iterator[Text]:
    """Every labelled text of the shared material."""
    pages: dict[str, dict[str, Any]] = {}
    more = list(_lines(PAGE_LABELS))
    source_only = {label["id"] for label in more if not label.get("topics")}
    for label in (*_lines(shared / "real" / "train.jsonl"), *more):
        folder = label["in"]
        if folder not in pages:
            pages[folder] = {page["id"]: page for page in _lines(shared / folder / "truth.jsonl")}
        title, text = title_and_text(shared / folder, pages[folder][label["id"]])
        yield Text(title, text, label["host"].lower(), label, label["id"] in source_only)
    for label in _lines(shared / "real" / "more.jsonl"):
        yield Text(label.get("title") or "", label["text"], (label.get("outlet") or _host(label)).lower(), label)


def title_and_text(folder: Path, page: Mapping[str, Any]) -> tuple[str, str]:
    """Those of the page's truth; where it has no text, those that are extracted from the page."""
    if page.get("text"):
        return page.get("title") or "", page["text"]
    article = extract_text(gzip.decompress((folder / page["file"]).read_bytes()), page["url"])
    return article.title or "", article.text


def _lines(path: Path) -> Iterator[dict[str, Any]]:
    with path.open(encoding="utf-8") as lines:
        yield from map(json.loads, lines)


def _host(label: Mapping[str, Any]) -> str:
    return (urlsplit(label.get("url") or "").hostname or "").removeprefix("www.")


def without_tested_outlets(texts: Sequence[Text]) -> list[Text]:
    """Without those that teach though a text of the same outlet tests, under whatever host, or one with much of the same text."""
    testing = [text for text in texts if text.tests]
    outlets = set().union(*map(outlet_names, testing))
    runs = set().union(*map(_runs, testing))

    def may_teach(text: Text) -> bool:
        return outlets.isdisjoint(outlet_names(text)) and _shared(_runs(text), runs) < COPIED

    return [text for text in texts if text.tests or may_teach(text)]


def outlet_names(text: Text) -> set[str]:
    """What names the outlet of a text: the domain that its host is registered under, and its name, which may be the domain's first word.
    Those who write on a platform are outlets of their own."""
    hosts = {host for host in (text.outlet if "." in text.outlet else "", _host(text.label)) if host}
    domains = {
        host if host.endswith(PLATFORMS) else get_fld(f"http://{host}/", fail_silently=True, search_private=True) or host for host in hosts
    }
    name = "".join(filter(str.isalnum, text.outlet)) if "." not in text.outlet else ""
    return {*domains, *(f"{domain.partition('.')[0]} by name" for domain in domains), *([f"{name} by name"] if name else [])}


def _runs(text: Text) -> set[tuple[str, ...]]:
    """All runs of RUN words of a text."""
    words = text.text.lower().split()
    return {tuple(words[at : at + RUN]) for at in range(len(words) - RUN + 1)}


def _shared(runs: Set[tuple[str, ...]], others: Set[tuple[str, ...]]) -> float:
    """The share of some runs of words that are among others."""
    return len(runs & others) / max(len(runs), 1)


def rows_of(texts: Sequence[Text], seeds_folder: Path) -> tuple[dict[str, NDArray[Any]], dict[str, object]]:
    """The arrays and the manifest's entries."""
    seeds = read_seeds(seeds_folder)
    of_seeds = set(learn_vocabulary([parse_text(seed.title, seed.text) for seed in seeds]).terms)
    parsed = [parse_text(text.title, text.text) for text in texts]
    vocabulary = learn_vocabulary(parsed)
    encoder = Encoder(vocabulary, read_vectors(), read_feature_lexicon())
    counted = encoder.count(parsed)
    shared = shared_terms(counted.terms, vocabulary.terms, of_seeds, [text.outlet for text in texts])
    tests = np.array([text.tests for text in texts])
    tested = np.asarray((counted.terms[np.flatnonzero(tests)] > 0).sum(axis=0)).ravel().tolist()
    pairs = [column for column, term in enumerate(vocabulary.terms) if tested[column] and " " in term and term in of_seeds]
    columns = np.union1d(shared, np.array(pairs, np.int64))
    terms = "\n".join(vocabulary.terms[column] for column in columns.tolist())
    names, notes = _notes(texts)
    counts = _for_tests_only(sparse.csr_array(counted.terms[:, columns]), ~np.isin(columns, shared), tests)
    arrays = {"vocabulary": np.frombuffer(terms.encode(), np.uint8), **sparse_arrays("terms", counts)}
    return {**arrays, **_articles(counted), **_sentences(counted, encoder, tests), **_labels(texts), **notes}, names


def _for_tests_only(counts: sparse.csr_array, columns: NDArray[np.bool_], tests: NDArray[np.bool_]) -> sparse.csr_array:
    """The counts without those in some columns of rows that teach. A row that tests has every pair that the seeds have, as a text that is
    labelled has; what teaches has only those that many outlets write."""
    found = counts.tocoo()
    stay = tests[found.row] | ~columns[found.col]
    return sparse.csr_array((found.data[stay], (found.row[stay], found.col[stay])), shape=counts.shape)


def shared_terms(counts: sparse.csr_array, terms: Sequence[str], of_seeds: Container[str], outlets: Sequence[str]) -> Indices:
    """The columns of the terms that enough outlets have: a pair PAIR_OUTLETS, one that the seeds lack WORD_OUTLETS, any other 1."""
    has = sparse.csr_array(counts > 0, dtype=np.float32)
    order = {name: number for number, name in enumerate(sorted(set(outlets)))}
    by_outlet = sparse.csr_array((np.ones(len(outlets), np.float32), ([order[name] for name in outlets], np.arange(len(outlets)))))
    found_in = np.asarray(((by_outlet @ has) > 0).sum(axis=0)).ravel()
    wanted = [PAIR_OUTLETS if " " in term else 1 if term in of_seeds else WORD_OUTLETS for term in terms]
    return np.flatnonzero(found_in >= np.array(wanted))


def _articles(counted: CountedArticles) -> dict[str, NDArray[Any]]:
    return {
        "article_vectors": counted.articles.vectors.astype(np.float16),
        "article_lexicon": counted.articles.lexicon.astype(np.uint16),
        "article_clause_roles": counted.articles.clause_roles.astype(np.uint16),
        "article_words": counted.articles.words.astype(np.int32),
        "styles": counted.styles.astype(np.float16),
        "has_headline": counted.has_headline.astype(np.uint8),
    }


def _sentences(counted: CountedArticles, encoder: Encoder, tests: NDArray[np.bool_]) -> dict[str, NDArray[Any]]:
    """The chosen sentences of every article; all of one that tests, as a text that is labelled has."""
    topical = [column for column, name in enumerate(encoder.lexicon.groups) if not name.startswith("source.")]
    matches = counted.sentences.lexicon[:, topical].sum(axis=1)
    vectors = packed(unit(counted.sentences.vectors))
    ends = np.cumsum(counted.lengths)
    most = np.where(tests, counted.lengths, MOST_SENTENCES)
    articles = zip(ends, counted.lengths, most, strict=True)
    chosen = [chosen_sentences(matches, vectors, int(end - length), int(end), int(least)) for end, length, least in articles]
    rows = np.concatenate(chosen)
    sentences = counted.sentences[rows]
    counts = sparse.csr_array(np.hstack([sentences.lexicon, sentences.clause_roles]))
    return {
        "lengths": np.array(list(map(len, chosen)), np.uint16),
        "sentence_vectors": vectors[rows],
        "sentence_words": np.minimum(sentences.words, 255).astype(np.uint8),
        **sparse_arrays("sentence_counts", counts),
    }


def chosen_sentences(
    matches: NDArray[np.floating], vectors: NDArray[np.uint8], start: int, end: int, most: int = MOST_SENTENCES
) -> Indices:
    """Up to `most` of an article's sentences `start` to `end`: the LEAD in order, the others ordered by their vectors."""
    others = np.arange(min(start + LEAD, end), end)
    wanted = most - LEAD
    spread = np.random.default_rng(len(others)).permutation(len(others))
    best = others[spread[np.argsort(-matches[others[spread]], kind="stable")]][:wanted]
    order = sorted(best.tolist(), key=lambda row: vectors[row].tobytes())
    return np.array([*range(start, min(start + LEAD, end)), *order], np.int64)


def _labels(texts: Sequence[Text]) -> dict[str, NDArray[Any]]:
    labels = [text.label for text in texts]
    return {
        "topics": np.array([[topic in label.get("topics", ()) for topic in TOPICS] for label in labels], np.int8),
        "primary": np.array([TOPICS.index(label["primary"]) if label.get("primary") else -1 for label in labels], np.int8),
        "sources": np.array([SOURCE_TYPES.index(label["source_type"]) for label in labels], np.int8),
    }


def _notes(texts: Sequence[Text]) -> tuple[dict[str, object], dict[str, NDArray[Any]]]:
    """The manifest's entries, and arrays with positions in its lists."""
    names: dict[str, object] = {"topics": list(map(str, TOPICS))}
    arrays: dict[str, NDArray[Any]] = {
        "confident": np.array([text.label["confident"] for text in texts], np.uint8),
        "test": np.array([text.label["split"] == "test" for text in texts], np.uint8),
        "source_only": np.array([text.source_only for text in texts], np.uint8),
        "characters": np.array([len(text.text) for text in texts], np.int32),
        "digests": np.array([list(hashlib.sha256(text.text.encode()).digest()) for text in texts], np.uint8),
    }
    values = {
        "outlet": [text.outlet for text in texts],
        "kind": [kind_of(text.label["kind"]) for text in texts],
        "language": [text.label["language"] for text in texts],
    }
    for key, found in values.items():
        listed = sorted(set(found))
        names[key], arrays[key] = listed, np.array([listed.index(value) for value in found], np.uint16)
    return names, arrays


def kind_of(words: str) -> str:
    """The coarse kind for a reader's words, `other` where none matches."""
    return next((kind for kind, pattern in _KINDS.items() if re.search(pattern, words, re.IGNORECASE)), "other")


if __name__ == "__main__":
    main()

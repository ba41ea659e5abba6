"""Languages told apart: by their script, else by the share of a language's commonest words."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence

from classifier.text.document import Reading

COMMONEST = 120
"""Words kept for a language. On 129 news pages in 20 languages their share was .33 or more in the language itself,
and .24 or less in its nearest neighbour (Spanish read as French)."""
LEAST = 0.27
"""Share of the commonest words from which a text counts as written in the language."""
SHORT = 25
"""Words; under it the share says little, and LEAST_KNOWN decides instead."""
LEAST_KNOWN = 0.55
"""Share of known words from which a short text counts as supported: English seeds have .69 or more, Spanish pages .38 or less."""
LEAST_SCRIPT = 0.3
"""Share of the letters: quoted names in another script stay under it."""

_SCRIPTS = {
    "th": re.compile("[\u0e00-\u0e7f]"),
    "lo": re.compile("[\u0e80-\u0eff]"),
    "my": re.compile("[\u1000-\u109f]"),
    "km": re.compile("[\u1780-\u17ff]"),
    "ja": re.compile("[\u3040-\u30ff]"),
    "zh": re.compile("[\u4e00-\u9fff]"),
}


def profiles(languages: Sequence[str], readings: Sequence[Reading]) -> dict[str, tuple[str, ...]]:
    """The commonest words of each language of some articles, sorted; none for a language known by its script."""
    counts: dict[str, Counter[str]] = {}
    for language, reading in zip(languages, readings, strict=True):
        words = counts.setdefault(language, Counter())
        if language not in _SCRIPTS:
            words.update(set(_words(reading)))
    return {language: _commonest(words) for language, words in sorted(counts.items())}


def _commonest(words: Counter[str]) -> tuple[str, ...]:
    return tuple(sorted(sorted(words, key=lambda word: (-words[word], word))[:COMMONEST]))


def _words(reading: Reading) -> Iterable[str]:
    return (word for sentence in reading.sentences for word in sentence.words if word[0] != "#")


def supported(reading: Reading, known: float, languages: Mapping[str, Sequence[str]]) -> bool:
    """Whether an article is in one of `languages`; `known` is the share of its words in the vocabulary."""
    script = _script(reading.text or reading.title)
    if script:
        return script in languages
    words = list(_words(reading))
    if len(words) < SHORT:
        return known >= LEAST_KNOWN
    return any(sum(map(set(common).__contains__, words)) >= LEAST * len(words) for common in languages.values() if common)


def _script(text: str) -> str | None:
    """The language whose script writes the text, None for spaced scripts."""
    sample = text[:1000]
    if sample.isascii():
        return None
    letters = max(1, sum(map(str.isalpha, sample)))
    shares = {language: len(script.findall(sample)) / letters for language, script in _SCRIPTS.items()}
    likeliest = max(shares, key=lambda language: shares[language])
    return likeliest if shares[likeliest] >= LEAST_SCRIPT else None

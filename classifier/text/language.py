"""Decide whether an article is in a language of the seeds: by its script, else by the share of the language's commonest words."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Mapping, Sequence
from itertools import chain

from classifier.text.document import ParsedText
from classifier.text.scripts import UNSPACED_SCRIPTS
from classifier.text.tokens import NUMBERS

COMMON_WORDS = 120
"""Words kept for a language. On 129 news pages in 20 languages their share was .33 or more in the language itself,
and .24 or less in its nearest neighbour (Spanish compared with French)."""
MIN_COMMON_SHARE = 0.27
"""Share of the commonest words from which a text counts as written in the language."""
SHORT_TEXT = 25
"""Words; in a shorter text that share varies too much, and MIN_KNOWN_SHARE decides instead."""
MIN_KNOWN_SHARE = 0.55
"""Share of known words from which a short text counts as supported: English seeds have .69 or more, Spanish pages .38 or less."""
MIN_SCRIPT_SHARE = 0.3
"""Share of the letters: quoted names in another script stay under it."""
SCRIPT_SAMPLE = 1000
"""Code points from the start of a text whose script is counted; enough to tell, and bounded in cost."""

_SCRIPTS = {script.language: re.compile(f"[{script.letters}]") for script in UNSPACED_SCRIPTS}


def profiles(languages: Sequence[str], texts: Sequence[ParsedText]) -> dict[str, tuple[str, ...]]:
    """The commonest words of each language, sorted; `languages` names that of each text. Empty for one recognised by its script."""
    counts: dict[str, Counter[str]] = {}
    for language, parsed in zip(languages, texts, strict=True):
        words = counts.setdefault(language, Counter())
        if language not in _SCRIPTS:
            words.update(set(_words(parsed)))
    return {language: _commonest(words) for language, words in sorted(counts.items())}


def _commonest(words: Counter[str]) -> tuple[str, ...]:
    return tuple(sorted(sorted(words, key=lambda word: (-words[word], word))[:COMMON_WORDS]))


def _words(parsed: ParsedText) -> list[str]:
    """The words of a text without its numbers."""
    return [word for sentence in parsed.sentences for word in sentence.words if word not in NUMBERS]


def supported(parsed: ParsedText, known_words: float, languages: Mapping[str, Sequence[str]]) -> bool:
    """Whether an article is in one of `languages` (from `profiles`); `known_words` is the share of its words in the vocabulary."""
    script_language = _language_of_script(parsed.text or parsed.title)
    if script_language:
        return script_language in languages
    words = list(chain.from_iterable([sentence.words for sentence in parsed.sentences]))
    count = len(words) - sum(map(words.count, NUMBERS))
    if count < SHORT_TEXT:
        return known_words >= MIN_KNOWN_SHARE
    return any(sum(map(set(common).__contains__, words)) >= MIN_COMMON_SHARE * count for common in languages.values() if common)


def _language_of_script(text: str) -> str | None:
    """The language whose script the text is written in; None for scripts that several languages share."""
    sample = text[:SCRIPT_SAMPLE]
    if sample.isascii():
        return None
    letters = max(1, sum(map(str.isalpha, sample)))
    shares = {language: len(script.findall(sample)) / letters for language, script in _SCRIPTS.items()}
    likeliest = max(shares, key=lambda language: shares[language])
    return likeliest if shares[likeliest] >= MIN_SCRIPT_SHARE else None

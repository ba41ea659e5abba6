"""Look each word of some sentences up once: its terms, its vector's rows, and the phrases of the lexicons that it begins.

What is counted is then counted by whole arrays, not word by word.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from itertools import chain, groupby, islice

import numpy as np
from numpy.typing import NDArray

from classifier.lexicon.lexicon import Lexicon, Match
from classifier.text.document import Sentence
from classifier.text.tokens import CACHED_WORDS, beginning

Ids = NDArray[np.int64]
NONE = -1
"""Stands for a word, or a pair of words, that is no term."""


@dataclass(frozen=True)
class Lists:
    """A list of numbers for each word."""

    values: Ids
    """All lists one behind the other."""
    starts: Ids
    lengths: Ids

    @classmethod
    def of(cls, lists: Sequence[Sequence[int]]) -> Lists:
        """Those lists."""
        lengths = np.array(list(map(len, lists)), np.int64)
        return cls(np.array(list(chain.from_iterable(lists)), np.int64), np.cumsum(lengths) - lengths, lengths)

    def joined(self, other: Lists) -> Lists:
        """Those of `other` behind these."""
        starts = np.concatenate([self.starts, other.starts + len(self.values)])
        return Lists(np.concatenate([self.values, other.values]), starts, np.concatenate([self.lengths, other.lengths]))

    def take(self, ids: Ids) -> tuple[Ids, Ids]:
        """The lists of some words one behind the other, and for each number the position in `ids` of its word."""
        lengths = self.lengths[ids]
        ends = np.cumsum(lengths)
        total = int(ends[-1]) if len(ends) else 0
        within = np.arange(total) - np.repeat(ends - lengths, lengths)
        return self.values[np.repeat(self.starts[ids], lengths) + within], np.repeat(np.arange(len(ids)), lengths)


@dataclass(frozen=True)
class _Known:
    """What is known of each word, by its number."""

    terms: Ids
    """The column of the word among the terms, or NONE."""
    beginnings: Ids
    """The same for its beginning."""
    in_pairs: Ids
    """Its number among the words of pairs, or NONE."""
    vector_rows: Lists
    groups: tuple[Lists, ...]
    """For each lexicon the groups of its phrases that are this word."""
    several: tuple[NDArray[np.bool_], ...]
    """For each lexicon whether the word begins a phrase of several words."""
    continues: tuple[NDArray[np.bool_], ...]
    """For each lexicon whether the word can be the second one of such a phrase."""

    def joined(self, other: _Known) -> _Known:
        return _Known(
            terms=np.concatenate([self.terms, other.terms]),
            beginnings=np.concatenate([self.beginnings, other.beginnings]),
            in_pairs=np.concatenate([self.in_pairs, other.in_pairs]),
            vector_rows=self.vector_rows.joined(other.vector_rows),
            groups=tuple(mine.joined(new) for mine, new in zip(self.groups, other.groups, strict=True)),
            several=tuple(np.concatenate(pair) for pair in zip(self.several, other.several, strict=True)),
            continues=tuple(np.concatenate(pair) for pair in zip(self.continues, other.continues, strict=True)),
        )


class _Numbers(dict[str, int]):
    """The number of each word; a new word gets the next one."""

    def __missing__(self, word: str) -> int:
        self[word] = number = len(self)
        return number


class WordTable:
    """The numbers of words, and what is known of each; forgotten where there are more than CACHED_WORDS."""

    def __init__(self, index: Mapping[str, int], vector_rows: Callable[[str], Sequence[int]], lexicons: Sequence[Lexicon]) -> None:
        self._index = index
        self._vector_rows = vector_rows
        self.lexicons = tuple(lexicons)
        pairs = [(tuple(term.split(" ")), column) for term, column in index.items() if " " in term]
        self._in_pairs = {word: number for number, word in enumerate(sorted({word for pair, _ in pairs for word in pair}))}
        keys = np.array([self._key(*map(self._in_pairs.__getitem__, pair)) for pair, _ in pairs], np.int64)
        order = np.argsort(keys)
        self._pair_keys = np.concatenate([keys[order], [np.iinfo(np.int64).max]])
        self._pair_columns = np.concatenate([np.array([column for _, column in pairs], np.int64)[order], [NONE]])
        self._forget()

    def _key(self, first: int, second: int) -> int:
        return first * len(self._in_pairs) + second

    def _forget(self) -> None:
        self._numbers = _Numbers()
        self.known = self._look_up([])

    def read(self, sentences: Sequence[Sentence]) -> Reading:
        """The sentences with their words as numbers."""
        words = [sentence.words for sentence in sentences]
        lengths = np.array(list(map(len, words)), np.int64)
        known = len(self._numbers)
        ids = self._ids(words, int(lengths.sum()))
        if len(self._numbers) > CACHED_WORDS and known:
            self._forget()
            known, ids = 0, self._ids(words, len(ids))
        if len(self._numbers) > known:
            self.known = self.known.joined(self._look_up(list(islice(self._numbers, known, None))))
        return Reading(self, sentences, ids, lengths)

    def _ids(self, words: Sequence[Sequence[str]], count: int) -> Ids:
        """The number of each word of all sentences in order."""
        return np.fromiter(map(self._numbers.__getitem__, chain.from_iterable(words)), np.int64, count)

    def numbers_of(self, words: Iterable[str]) -> list[int]:
        """The numbers of those of some words that were met."""
        return [self._numbers[word] for word in words if word in self._numbers]

    def _look_up(self, words: Sequence[str]) -> _Known:
        """What is known of some words."""

        def numbers(values: Sequence[int]) -> Ids:
            return np.array(values, np.int64)

        return _Known(
            terms=numbers([self._index.get(word, NONE) for word in words]),
            beginnings=numbers([self._index.get(beginning(word) or "", NONE) for word in words]),
            in_pairs=numbers([self._in_pairs.get(word, NONE) for word in words]),
            vector_rows=Lists.of([self._vector_rows(word) for word in words]),
            groups=tuple(Lists.of([lexicon.groups_of(word) for word in words]) for lexicon in self.lexicons),
            several=tuple(np.array(list(map(lexicon.begins_several, words)), bool) for lexicon in self.lexicons),
            continues=tuple(np.array(list(map(lexicon.continues, words)), bool) for lexicon in self.lexicons),
        )

    def pair_columns(self, first: Ids, second: Ids) -> Ids:
        """The columns of the terms that are pairs of words, or NONE, (pairs,); the words are given by their numbers."""
        one, other = self.known.in_pairs[first], self.known.in_pairs[second]
        columns = np.full(len(one), NONE, np.int64)
        possible = np.flatnonzero((one != NONE) & (other != NONE))
        keys = one[possible] * len(self._in_pairs) + other[possible]
        found = np.searchsorted(self._pair_keys, keys)
        columns[possible] = np.where(self._pair_keys[found] == keys, self._pair_columns[found], NONE)
        return columns


@dataclass(frozen=True)
class Reading:
    """Some sentences, whose words are looked up."""

    table: WordTable
    sentences: Sequence[Sentence]
    ids: Ids
    """The number of each word of all sentences in order, (words,)."""
    lengths: Ids
    """Words of each sentence, (sentences,)."""

    @cached_property
    def sentence_of(self) -> Ids:
        """The sentence of each word, (words,)."""
        return np.repeat(np.arange(len(self.lengths)), self.lengths)

    @cached_property
    def _starts(self) -> Ids:
        """The position of each sentence's first word, (sentences,)."""
        return np.cumsum(self.lengths) - self.lengths

    def of_sentences(self, rows: Ids) -> Reading:
        """Only some of the sentences; `rows` are their positions in ascending order."""
        chosen = np.zeros(len(self.lengths), bool)
        chosen[rows] = True
        return Reading(self.table, [self.sentences[row] for row in rows.tolist()], self.ids[chosen[self.sentence_of]], self.lengths[rows])

    def have(self, words: Iterable[str], within: int | None = None) -> NDArray[np.bool_]:
        """Whether each sentence has one of some words, or has one among its first `within`, (sentences,)."""
        found = np.zeros(len(self.ids), bool)
        for number in self.table.numbers_of(words):
            found |= self.ids == number
        positions = np.flatnonzero(found)
        rows = self.sentence_of[positions]
        if within is not None:
            rows = rows[positions - self._starts[rows] < within]
        flags = np.zeros(len(self.lengths), bool)
        flags[rows] = True
        return flags

    @cached_property
    def _followed(self) -> Ids:
        """The positions of the words that another one of their sentence follows."""
        followed = np.ones(len(self.ids), bool)
        followed[np.cumsum(self.lengths)[self.lengths > 0] - 1] = False
        return np.flatnonzero(followed)

    def words(self) -> tuple[Ids, Ids]:
        """The columns of the terms that are words, and the sentence of each."""
        return _known_terms(self.table.known.terms[self.ids], self.sentence_of)

    def pairs_and_beginnings(self) -> tuple[Ids, Ids]:
        """The columns of the terms that are pairs of words or beginnings of words, and the sentence of each."""
        first = self._followed
        pairs = self.table.pair_columns(self.ids[first], self.ids[first + 1])
        columns = np.concatenate([pairs, self.table.known.beginnings[self.ids]])
        return _known_terms(columns, np.concatenate([self.sentence_of[first], self.sentence_of]))

    def vector_rows(self) -> tuple[Ids, Ids]:
        """The rows of all words' vectors in order, and how many rows each sentence has."""
        rows, word = self.table.known.vector_rows.take(self.ids)
        return rows, np.bincount(self.sentence_of[word], minlength=len(self.lengths))

    def matches(self, lexicon: int, wanted: NDArray[np.bool_]) -> tuple[NDArray[np.float32], dict[int, list[Match]]]:
        """Counts of the matches of one of the table's lexicons, (sentences, groups), and by sentence those of `wanted` groups."""
        known, phrases = self.table.known, self.table.lexicons[lexicon]
        groups, word = known.groups[lexicon].take(self.ids)
        sentence_of, starts = self.sentence_of, self._starts
        shape = len(self.lengths), len(phrases.groups)
        counts = np.bincount(sentence_of[word] * shape[1] + groups, minlength=shape[0] * shape[1]).reshape(shape).astype(np.float32)
        chosen = np.flatnonzero(wanted[groups])
        found = [
            (row, Match(group, start, start + 1))
            for row, group, start in zip(
                sentence_of[word[chosen]].tolist(),
                groups[chosen].tolist(),
                (word[chosen] - starts[sentence_of[word[chosen]]]).tolist(),
                strict=True,
            )
        ]
        first = self._followed
        longer = first[known.several[lexicon][self.ids[first]] & known.continues[lexicon][self.ids[first + 1]]]
        rows = sentence_of[longer]
        for row, start in zip(rows.tolist(), (longer - starts[rows]).tolist(), strict=True):
            for match in phrases.longer_at(self.sentences[row].words, start):
                counts[row, match.group] += 1
                if wanted[match.group]:
                    found.append((row, match))
        found.sort()
        return counts, {row: [match for _, match in group] for row, group in groupby(found, key=lambda pair: pair[0])}


def _known_terms(columns: Ids, sentence: Ids) -> tuple[Ids, Ids]:
    found = columns != NONE
    return columns[found], sentence[found]

"""Article read: its sentences with their words, the headline found, the form noted; all that features are made of."""

from __future__ import annotations

import re
from dataclasses import dataclass, replace
from typing import Literal

from classifier.text.sentences import Span, sentences
from classifier.text.tokens import words_and_pauses

Field = Literal["title", "text"]
HEADLINE_WORDS = 30
"""A first line at most this long and without a full stop is taken for the headline where no title is given."""
LOOSE_WORDS = 20
"""A line without a full stop that is longer is a sentence whose stop was lost."""
_STOPS = frozenset(".!?…:;,\"'”’»)]។៕。！？")


@dataclass(frozen=True, slots=True)
class Sentence:
    """One sentence: the field it stands in, where, its words and pauses."""

    field: Field
    span: Span
    words: list[str]
    pauses: list[int]
    """Places of the words that a comma, bracket, colon or dash precedes."""
    loose: bool = False
    """A short line without a full stop that is not the headline: a heading, or what the page had around the article."""


@dataclass(frozen=True, slots=True)
class Reading:
    """An article as the features see it; the headline comes first where there is one."""

    title: str
    text: str
    sentences: list[Sentence]
    has_headline: bool

    def quote(self, sentence: Sentence) -> str:
        """The sentence as it stands in its field."""
        field = self.title if sentence.field == "title" else self.text
        return field[sentence.span.start : sentence.span.end]


def read(title: str, text: str) -> Reading:
    """The reading of an article; either part may be empty."""
    body = [_sentence(text, span) for span in sentences(text)]
    body = [sentence for sentence in body if sentence.words]
    headline = _headline(title)
    starts_with_headline = bool(headline) or (bool(body) and _looks_like_headline(text, body[0]))
    if starts_with_headline and not headline:
        body[0] = replace(body[0], loose=False)
    return Reading(title, text, headline + body, starts_with_headline)


def _sentence(text: str, span: Span) -> Sentence:
    words, pauses = words_and_pauses(text[span.start : span.end])
    ends_line = text[span.end : span.end + 1] in ("", "\n", "\r")
    return Sentence("text", span, words, pauses, ends_line and len(words) <= LOOSE_WORDS and text[span.end - 1] not in _STOPS)


def _headline(title: str) -> list[Sentence]:
    start = len(title) - len(title.lstrip())
    words, pauses = words_and_pauses(title)
    return [Sentence("title", Span(start, len(title.rstrip())), words, pauses)] if words else []


def _looks_like_headline(text: str, first: Sentence) -> bool:
    """A short first line that ends without a full stop and has text after it."""
    line_ends = text.startswith("\n", first.span.end)
    stops = re.search(r"[.!:;]$", text[: first.span.end]) is not None
    return line_ends and not stops and len(first.words) <= HEADLINE_WORDS

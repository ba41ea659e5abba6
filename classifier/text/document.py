"""Parse an article into sentences with their words and pauses, and find its headline."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Literal, NamedTuple

from classifier.text.scripts import CLOSING_MARKS, SPACED_SENTENCE_ENDS, UNSPACED_SENTENCE_ENDS
from classifier.text.sentences import Span, sentences
from classifier.text.tokens import pauses, tokens

Field = Literal["title", "text"]
HEADLINE_WORDS = 30
"""A first line at most this long and without a full stop is taken for the headline where no title is given."""
FRAGMENT_WORDS = 20
"""A longer line without a full stop is a sentence whose full stop was lost."""
_LINE_STOPS = frozenset(SPACED_SENTENCE_ENDS + UNSPACED_SENTENCE_ENDS + CLOSING_MARKS + ":;,»")
"""Last characters of a line that is a sentence, or part of one."""


class Sentence(NamedTuple):
    """One sentence with its words."""

    field: Field
    span: Span
    """Where it is in `field`."""
    text: str
    """Exactly as `field` has it."""
    words: list[str]
    fragment: bool = False
    """A short line without a full stop that is not the headline: a subheading, or page boilerplate around the article."""

    @property
    def pauses(self) -> list[int]:
        """Positions in `words` of those that a comma, bracket, colon or dash precedes; few sentences are asked for them."""
        return pauses(self.text)


@dataclass(frozen=True, slots=True)
class ParsedText:
    """An article split into sentences; the headline comes first where there is one."""

    title: str
    text: str
    sentences: list[Sentence]
    has_headline: bool
    word_count: int
    """Words of all sentences, the headline's included."""


def parse_text(title: str, text: str) -> ParsedText:
    """The sentences of an article; either part may be empty."""
    body = [sentence for sentence in (_sentence(text, span) for span in sentences(text)) if sentence.words]
    headline = _title_sentence(title)
    first_is_headline = not headline and bool(body) and _looks_like_headline(text, body[0])
    if first_is_headline:
        body[0] = body[0]._replace(fragment=False)
    every = headline + body
    return ParsedText(title, text, every, bool(headline) or first_is_headline, sum([len(sentence.words) for sentence in every]))


def _sentence(text: str, span: Span) -> Sentence:
    start, end = span
    sentence = text[start:end]
    words = tokens(sentence)
    ends_line = text[end : end + 1] in ("", "\n", "\r")
    fragment = ends_line and len(words) <= FRAGMENT_WORDS and sentence[-1] not in _LINE_STOPS
    return Sentence("text", span, sentence, words, fragment)


def _title_sentence(title: str) -> list[Sentence]:
    """The title as one sentence; none where it has no words."""
    start, end = len(title) - len(title.lstrip()), len(title.rstrip())
    words = tokens(title)
    return [Sentence("title", Span(start, end), title[start:end], words)] if words else []


def _looks_like_headline(text: str, first: Sentence) -> bool:
    """Whether the first sentence is a short line without a full stop, with another line after it."""
    line_ends = text.startswith("\n", first.span.end)
    stops = re.search(r"[.!:;]$", text[: first.span.end]) is not None
    return line_ends and not stops and len(first.words) <= HEADLINE_WORDS

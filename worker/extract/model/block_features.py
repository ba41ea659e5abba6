"""Describe each block of a page as a row of numbers: its text, its element, its position and its neighbours."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass
from functools import cached_property, lru_cache

import numpy as np
from numpy.typing import NDArray

from worker.extract.lines.character_classes import CharacterClass
from worker.extract.model.element_features import element_table, levels_between, main_element
from worker.extract.model.manifest import vocabulary
from worker.extract.model.subtree_totals import subtree_totals
from worker.extract.model.table import Features, Table, join, measure
from worker.extract.model.text_features import BOILERPLATE_WORDS, DATE_LIKE, TextMeasures, has_address
from worker.extract.page.blocks import Block, BlockElement
from worker.extract.page.class_hints import BITS, NAME_PARTS
from worker.extract.page.class_hints import TAGS as CLASS_TAGS
from worker.extract.words.languages import pattern

WORD = re.compile(r"\w+")
COMMENTS_HEADING = r"\W*(?:\d+\s+|no |all |show |view )?<comments_heading>\b"
OTHERS_HEADING = r"\W*<others_heading>"
"""Headings over comments and over other articles, with the words of all languages; both are for text in lower case."""
COMMENTS_BEGIN, OTHERS_BEGIN = pattern(COMMENTS_HEADING, 0), pattern(OTHERS_HEADING, 0)
HEADING_LENGTH = 60  # characters: headings over comments and over other articles are shorter
FAR = 60  # blocks: a heading farther above has no influence
FIRST_WORDS, FIRST_CHARS = 30, 60  # of a block that are analysed: boilerplate is recognised by its beginning
ENOUGH_CHARS = 300  # which nearly always hold that many words
DATE_DIGITS = 3  # of the shortest date or time: a cheap check before the pattern
PROSE_CHARS, PROSE_LINKS = 80, 0.33  # running text is longer than a headline, and less than a third of it is linked
TAGS = {
    name: number
    for number, names in enumerate(
        ("p", "div section article main td", "li dd dt", "h1", "h2", "h3 h4", "h5 h6", "blockquote", "figcaption"), 1
    )
    for name in names.split()
}
VOCABULARY = vocabulary(
    class_names=[*CLASS_TAGS, *(" ".join(group) for group in NAME_PARTS)],
    tags=[f"{tag} {number}" for tag, number in TAGS.items()],
    boilerplate_words=BOILERPLATE_WORDS,
    headings=[COMMENTS_HEADING, OTHERS_HEADING],
    dates=[DATE_LIKE.pattern],
)
"""What the forests of blocks have to be fitted on."""
NEARBY = ("chars", "link_share", "sentences", "tag", "boilerplate_words", "upper_share")
REACH = (-3, -2, -1, 1, 2, 3)


@dataclass(frozen=True)
class HeadHints:
    """What the page's head states, with which its blocks are compared."""

    title: str
    description: str
    body_text: str
    """The article's text from JSON-LD, "" where there is none."""


@dataclass(frozen=True)
class _Blocks:
    """The blocks of a page by themselves; every array has shape (blocks,)."""

    blocks: list[Block]
    hints: HeadHints

    @cached_property
    def texts(self) -> list[str]:
        return [block.text for block in self.blocks]

    @cached_property
    def measures(self) -> TextMeasures:
        return TextMeasures(self.texts, FIRST_CHARS)

    @cached_property
    def copies(self) -> Counter[str]:
        return Counter(self.texts)

    @cached_property
    def starts(self) -> list[list[str]]:
        """The first words of every block."""
        return [_first_words(text) for text in self.texts]

    @cached_property
    def start_counts(self) -> NDArray[np.int64]:
        return np.array([max(1, len(start)) for start in self.starts])

    @cached_property
    def boilerplate_words(self) -> NDArray[np.int64]:
        """How many of each block's first words are typical of boilerplate."""
        return _count_in(self.starts, BOILERPLATE_WORDS)

    @cached_property
    def title(self) -> frozenset[str]:
        return frozenset(_words(self.hints.title))

    @cached_property
    def title_words(self) -> NDArray[np.int64]:
        """How many of each block's first words the title has."""
        return _count_in(self.starts, self.title)

    def share_of_chars(self, chars: Iterable[int]) -> NDArray[np.float64]:
        return np.minimum(1.0, np.array([*chars]) / self.measures.sizes)

    def date_like(self) -> list[bool]:
        pairs = zip(self.texts, self.measures.first_digits, strict=True)
        return [digits >= DATE_DIGITS and DATE_LIKE.search(text[:FIRST_CHARS]) is not None for text, digits in pairs]

    def is_title(self) -> NDArray[np.float64]:
        """The share of the title's words that are among a block's first words; 0 for blocks much longer than the title."""
        pairs = zip(self.starts, self.title_words, strict=True)
        shown = [len(self.title.intersection(start)) / len(self.title) if some else 0 for start, some in pairs]
        return np.where(self.measures.word_runs < 3 * len(self.title), shown, 0)

    def description_share(self) -> NDArray[np.float64]:
        """The share of the first words that occur in the description; -1 where the page has none."""
        description = frozenset(_words(self.hints.description))
        return _count_in(self.starts, description) / self.start_counts if description else np.full(len(self.blocks), -1.0)

    def in_body_text(self) -> list[float]:
        """Whether the beginning of a block occurs in the article's text in JSON-LD; -1 where the page has none."""
        body = _letters(self.hints.body_text)
        return [float(_letters(text[:120])[:60] in body) if body else -1.0 for text in self.texts]


OWN: Features[_Blocks] = {
    "chars": lambda page: page.measures.sizes,
    "words": lambda page: page.measures.words,
    "link_share": lambda page: page.share_of_chars(block.link_chars for block in page.blocks),
    "links": lambda page: [block.links for block in page.blocks],
    "bold_share": lambda page: page.share_of_chars(block.bold_chars for block in page.blocks),
    "sentences": lambda page: page.measures.sentences,
    "commas": lambda page: page.measures.count(CharacterClass.COMMA),
    "digits_share": lambda page: page.measures.digits_share,
    "upper_share": lambda page: page.measures.upper_share,
    "ends_sentence": lambda page: page.measures.end(CharacterClass.END),
    "ends_colon": lambda page: page.measures.end(CharacterClass.COLON),
    "starts_upper": lambda page: page.measures.begin(CharacterClass.UPPER),
    "starts_quote": lambda page: page.measures.begin(CharacterClass.QUOTE),
    "boilerplate_words": lambda page: page.boilerplate_words,
    "boilerplate_share": lambda page: page.boilerplate_words / page.start_counts,
    "date_like": _Blocks.date_like,
    "mean_word": lambda page: page.measures.mean_word,
    "lines": lambda page: page.measures.count(CharacterClass.BREAK),
    "tag": lambda page: [TAGS.get(block.element.tag, 0) for block in page.blocks],
    "copies": lambda page: [page.copies[text] for text in page.texts],
    "has_at_or_url": lambda page: [has_address(text) for text in page.texts],
    "title_share": lambda page: page.title_words / page.start_counts,
    "is_title": _Blocks.is_title,
    "description_share": _Blocks.description_share,
    "in_body_text": _Blocks.in_body_text,
}


@dataclass(frozen=True)
class _Positions:
    """The positions of the blocks on their page; every array has shape (blocks,)."""

    blocks: list[Block]
    own: Table
    levels_up: NDArray[np.float64]
    """From the main element to the common ancestor of it and the block's element."""
    levels_down: NDArray[np.float64]
    """From that ancestor to the block's element."""

    @cached_property
    def index(self) -> NDArray[np.intp]:
        return np.arange(len(self.blocks))

    @cached_property
    def sizes(self) -> NDArray[np.float32]:
        return self.own.column("chars")

    @cached_property
    def prose(self) -> NDArray[np.float32]:
        """The characters of blocks of running text; 0 for other blocks."""
        return ((self.sizes > PROSE_CHARS) & (self.own.column("link_share") < PROSE_LINKS)).astype(np.float32) * self.sizes

    @cached_property
    def prose_before(self) -> NDArray[np.float32]:
        return np.cumsum(self.prose) - self.prose

    @cached_property
    def heading(self) -> int:
        return _title_position(self.own)

    def chars_before_share(self) -> NDArray[np.float32]:
        share: NDArray[np.float32] = (np.cumsum(self.sizes) - self.sizes) / max(1.0, float(self.sizes.sum()))
        return share

    def since(self, heading: re.Pattern[str]) -> NDArray[np.intp]:
        """How many blocks above each the last heading that matches a pattern is, FAR at most."""
        found = [len(block.text) <= HEADING_LENGTH and heading.match(block.text.lower()) is not None for block in self.blocks]
        return np.minimum(FAR, self.index - np.maximum.accumulate(np.where(found, self.index, -FAR)))


PAGE: Features[_Positions] = {
    "depth": lambda page: [block.element.depth for block in page.blocks],
    "index_share": lambda page: page.index / len(page.blocks),
    "chars_before_share": _Positions.chars_before_share,
    "prose_before": lambda page: page.prose_before,
    "prose_after": lambda page: page.prose.sum() - page.prose_before - page.prose,
    "after_title": lambda page: page.index > page.heading if page.heading >= 0 else np.full(len(page.blocks), -1),
    "from_title": lambda page: page.index - page.heading if page.heading >= 0 else np.full(len(page.blocks), -99),
    "levels_to_best": lambda page: page.levels_up,
    "best_levels": lambda page: page.levels_down,
    "in_best": lambda page: page.levels_up == 0,
    "since_comments": lambda page: page.since(COMMENTS_BEGIN),
    "since_others": lambda page: page.since(OTHERS_BEGIN),
}


@lru_cache(maxsize=1)
def names() -> tuple[str, ...]:
    """The names of the columns, in order: those of a page with one block."""
    body = BlockElement(None, 0, "body", 0, 0, 0, end=1)
    return block_table([Block(body, "text", 0, 0, 0, 0)], [body], HeadHints("", "", "")).names


def block_table(blocks: list[Block], elements: list[BlockElement], hints: HeadHints) -> Table:
    """The features of all blocks, one row each; at least one block is required."""
    totals = subtree_totals(blocks, elements)
    own = measure(OWN, _Blocks(blocks, hints))
    at = np.array([block.element.number for block in blocks])
    up, down = levels_between(main_element(elements, totals.prose_chars.tolist()), elements)
    page = measure(PAGE, _Positions(blocks, own, up[at], down[at]))
    nearby = join(own.select(*NEARBY), Table(("levels",), page.select("levels_to_best").rows))
    own_bits = _bits("own_bit", [block.element.own | block.inline for block in blocks])
    any_bits = _bits("any_bit", [block.element.inherited | block.inline for block in blocks])
    return join(own, element_table(at, elements, totals), page, *(nearby.shifted(by) for by in REACH), own_bits, any_bits)


def _bits(name: str, values: list[int]) -> Table:
    """A column for every bit of the class-name hints in `values`."""
    packed = np.array(values, dtype="<u8")[:, None].view(np.uint8)
    bits = np.unpackbits(packed, axis=1, count=BITS, bitorder="little")
    return Table(tuple(f"{name}{number}" for number in range(BITS)), bits.astype(np.float32))


def _title_position(own: Table) -> int:
    """The position of the block that shows the title: most of its words, in the highest heading; -1 where there is none."""
    tags = own.column("tag")
    scores = own.column("is_title") + 0.5 * (tags == TAGS["h1"]) + 0.2 * (tags == TAGS["h2"])
    at = int(np.argmax(scores))
    return at if scores[at] > 0.5 else -1


def _count_in(starts: list[list[str]], words: frozenset[str]) -> NDArray[np.int64]:
    """How many of each block's first words are among `words`."""
    return np.array([0 if words.isdisjoint(start) else sum(map(words.__contains__, start)) for start in starts])


def _first_words(text: str) -> list[str]:
    words = _words(text[:ENOUGH_CHARS])
    if len(words) <= FIRST_WORDS and len(text) > ENOUGH_CHARS:
        words = _words(text)
    return words[:FIRST_WORDS]


def _letters(text: str) -> str:
    """The letters and digits of a text, without case."""
    return re.sub(r"\W+", "", text).casefold()


def _words(text: str) -> list[str]:
    return WORD.findall(text.casefold())

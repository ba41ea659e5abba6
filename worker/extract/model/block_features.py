"""Features: each block as a row of numbers, from its text, its place, its neighbours and the page."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

from worker.extract.lines.character_classes import CharacterClass, CharacterCounts
from worker.extract.page.blocks import Block, Place
from worker.extract.page.class_hints import BITS
from worker.extract.page.subtree_totals import SubtreeTotals, subtree_totals

FURNITURE_WORDS = frozenset(
    """
    share subscribe newsletter sign login log comment comments reply copyright rights reserved privacy cookie cookies
    terms read more related also follow us facebook twitter instagram whatsapp email advertisement sponsored photo
    image credit getty reuters afp ap updated published posted minutes ago edited tags topics next previous menu search
    home contact download app skip click here view all latest popular trending recommended watch video gallery print
    save abo abonnieren anmelden teilen kommentare mehr lesen foto bild quelle anzeige suscríbete compartir comentarios
    leer más partager lire aussi abonnez commentaires publicité condividi leggi copyright© © author editor reporter by
    """.split()  # noqa: SIM905 - words read best as words
)
WORD = re.compile(r"\w+")
DATE_LIKE = re.compile(r"\b(?:19|20)\d\d\b|\b\d{1,2}[:.]\d{2}\b|\b\d{1,2}[./]\d{1,2}[./]\d{2,4}\b")
COMMENTS_BEGIN = re.compile(
    r"\W*(?:\d+\s+|no |all |show |view )?(?:comments?|repl(?:y|ies)|responses?|discussion|leave a |join the |post a |kommentare?|"
    r"commentaires?|comentarios|reacties|мнения|комментари|ความคิดเห็น|แสดงความ|មតិ|bình luận|评论|コメント)\b"
)
OTHERS_BEGIN = re.compile(
    r"\W*(?:related|read (?:more|also|next)|also (?:read|see)|more (?:from|stories|news|on|like|in)|recommended|you (?:may|might)|"
    r"popular|latest|trending|most (?:read|popular|viewed)|top (?:stories|\d)|"
    r"see also|don['’]t miss|editor|featured|mehr (?:zum|von|aus)|"
    r"lire aussi|à lire|lesen sie|das könnte|leer más|te puede|อ่าน|ข่าวที่|ข่าวล่า|ข่าวอื่น|អត្ថបទ|អាន|"
    r"tin (?:liên|khác|mới)|xem thêm|相关|推荐|関連)"
)
"""Headings, in lower case."""
HEADING_LENGTH = 60  # characters: headings over comments and over other articles are shorter
FAR = 60  # blocks: beyond as many a heading says nothing
CHARS_A_WORD = 5  # of a script without spaces
CHARS_A_SENTENCE = 100
FIRST_WORDS, FIRST_CHARS = 30, 60  # of a block that are looked at closely: furniture shows itself early
ENOUGH_CHARS = 300  # in which as many words nearly always stand
DATE_DIGITS = 3  # that the shortest date or time has: a cheap question before the costly one
TAGS = {
    name: number
    for number, names in enumerate(
        ("p", "div section article main td", "li dd dt", "h1", "h2", "h3 h4", "h5 h6", "blockquote", "figcaption"), 1
    )
    for name in names.split()
}
OWN_NAMES = (
    "chars", "words", "link_share", "links", "bold_share", "sentences", "commas", "digits_share", "upper_share", "ends_sentence",
    "ends_colon", "starts_upper", "starts_quote", "furniture_words", "furniture_share", "date_like", "mean_word", "lines", "tag",
    "copies", "has_at_or_url", "title_share", "is_title", "description_share", "in_body_text",
)  # fmt: skip
PLACE_NAMES = ("chars", "prose_share", "link_share", "blocks", "page_share", "same_signature", "signature_chars")
PAGE_NAMES = (
    "depth",
    "index_share",
    "chars_before_share",
    "prose_before",
    "prose_after",
    "after_title",
    "from_title",
    "levels_to_best",
    "best_levels",
    "in_best",
    "since_comments",
    "since_others",
)
AROUND = ("chars", "link_share", "sentences", "tag", "furniture_words", "upper_share", "levels")
REACH = (-3, -2, -1, 1, 2, 3)


@dataclass(frozen=True)
class Hints:
    """What the page's head says that its text can be held against."""

    title: str
    description: str
    body_text: str
    """The article's text from JSON-LD, "" where there is none."""


def names() -> list[str]:
    """The names of the columns, in order."""
    found = [*OWN_NAMES]
    for level in ("place", "outer", "outer2"):
        found += [f"{level}_{name}" for name in PLACE_NAMES]
    found += PAGE_NAMES
    found += [f"{name}{at:+d}" for at in REACH for name in AROUND]
    return found + [f"own_bit{n}" for n in range(BITS)] + [f"any_bit{n}" for n in range(BITS)]


def matrix(blocks: list[Block], places: list[Place], hints: Hints) -> Any:
    """The features of all blocks, float32 of shape (len(blocks), len(names()))."""
    own, sums = _own(blocks, hints), subtree_totals(blocks, places)
    at = np.array([block.place.number for block in blocks])
    page = _page(blocks, own, at, places, sums)
    own_bits, any_bits = ([block.place.own | block.inline for block in blocks], [block.place.inherited | block.inline for block in blocks])
    parts = [own, _places(at, places, sums), page, _around(own, page), _bits(own_bits), _bits(any_bits)]
    return np.concatenate(parts, axis=1, dtype=np.float32)


def _bits(values: list[int]) -> Any:
    packed = np.array(values, dtype="<u8")[:, None].view(np.uint8)
    return np.unpackbits(packed, axis=1, count=BITS, bitorder="little")


def table(names: Sequence[str], columns: dict[str, Any]) -> Any:
    """The columns side by side in the order of their names, float32."""
    return np.stack([np.asarray(columns[name], dtype=np.float32) for name in names], axis=1)


def _own(blocks: list[Block], hints: Hints) -> Any:
    texts = [block.text for block in blocks]
    letters = CharacterCounts(texts)
    words = letters.words()
    columns = of_letters(letters, words, FIRST_CHARS) | _of_links(blocks, letters.sizes) | _of_words(texts, words, hints)
    copies = Counter(texts)
    starts, digits = [text[:FIRST_CHARS] for text in texts], letters.count_first(CharacterClass.DIGIT, FIRST_CHARS)
    columns |= {
        "date_like": [found >= DATE_DIGITS and DATE_LIKE.search(text) is not None for text, found in zip(starts, digits, strict=True)],
        "tag": [TAGS.get(block.place.tag, 0) for block in blocks],
        "copies": [copies[text] for text in texts],
        "has_at_or_url": ["@" in text or "http" in text or "www." in text for text in texts],
        "in_body_text": _within(texts, _squeezed(hints.body_text)),
    }
    return table(OWN_NAMES, columns)


def of_letters(letters: CharacterCounts, words: Any, reach: int) -> dict[str, Any]:
    """What the letters of the texts show; of shares, the first `reach` letters."""
    sizes, shown = letters.sizes, np.minimum(letters.sizes, reach)
    spaceless = letters.count(CharacterClass.SPACELESS) * 2 > sizes
    total = np.maximum(1, np.where(spaceless, sizes // CHARS_A_WORD, words))
    sentences = letters.sentences()
    return {
        "chars": sizes,
        "words": total,
        "sentences": np.where(spaceless, np.maximum(sentences, sizes // CHARS_A_SENTENCE), sentences),
        "commas": letters.count(CharacterClass.COMMA),
        "digits_share": letters.count_first(CharacterClass.DIGIT, reach) / shown,
        "upper_share": letters.count_first(CharacterClass.UPPER, reach) / shown,
        "ends_sentence": letters.end(CharacterClass.END),
        "ends_colon": letters.end(CharacterClass.COLON),
        "starts_upper": letters.begin(CharacterClass.UPPER),
        "starts_quote": letters.begin(CharacterClass.QUOTE),
        "mean_word": sizes / total,
        "lines": letters.count(CharacterClass.BREAK),
    }


def _of_links(blocks: list[Block], sizes: Any) -> dict[str, Any]:
    """What of the texts is linked or bold."""
    return {
        "link_share": np.minimum(1.0, np.array([block.link_chars for block in blocks]) / sizes),
        "links": [block.links for block in blocks],
        "bold_share": np.minimum(1.0, np.array([block.bold_chars for block in blocks]) / sizes),
    }


def _of_words(texts: list[str], words: Any, hints: Hints) -> dict[str, Any]:
    """What the first words of the texts share with furniture, title and description."""
    title, description = frozenset(_words(hints.title)), frozenset(_words(hints.description))
    starts = [_first_words(text) for text in texts]
    counts = np.array([max(1, len(start)) for start in starts])
    furniture, shared = _held(starts, FURNITURE_WORDS), _held(starts, title)
    shown = [len(title.intersection(start)) / len(title) if some else 0 for start, some in zip(starts, shared, strict=True)]
    return {
        "furniture_words": furniture,
        "furniture_share": furniture / counts,
        "title_share": shared / counts,
        "is_title": np.where(words < 3 * len(title), shown, 0),
        "description_share": _held(starts, description) / counts if description else np.full(len(texts), -1),
    }


def _held(starts: list[list[str]], words: frozenset[str]) -> Any:
    """How many of each text's first words are among `words`."""
    return np.array([0 if words.isdisjoint(start) else sum(map(words.__contains__, start)) for start in starts])


def _first_words(text: str) -> list[str]:
    words = _words(text[:ENOUGH_CHARS])
    if len(words) <= FIRST_WORDS and len(text) > ENOUGH_CHARS:
        words = _words(text)
    return words[:FIRST_WORDS]


def _within(texts: list[str], body: str) -> list[float]:
    """Whether the article's text of JSON-LD holds the beginnings of the texts; -1 where the page gives none."""
    return [float(_squeezed(text[:120])[:60] in body) if body else -1 for text in texts]


def _squeezed(text: str) -> str:
    return re.sub(r"\W+", "", text).casefold()


def _words(text: str) -> list[str]:
    return WORD.findall(text.casefold())


def _places(at: Any, places: list[Place], sums: SubtreeTotals) -> Any:
    """What is known of each block's place and of the two around it; `at`: the places' numbers."""
    _, alike, same = np.unique([place.signature for place in places], return_inverse=True, return_counts=True)
    size = np.maximum(1, sums.chars)
    columns = {
        "chars": sums.chars,
        "prose_share": sums.prose_chars / size,
        "link_share": np.minimum(1.0, sums.link_chars / size),
        "blocks": sums.blocks,
        "page_share": sums.chars / size[0],
        "same_signature": same[alike],
        "signature_chars": (np.bincount(alike, weights=sums.chars) / same)[alike],
    }
    rows = table(PLACE_NAMES, columns)
    outer = np.array([place.parent.number if place.parent else 0 for place in places])
    return np.concatenate([rows[at], rows[outer[at]], rows[outer[outer[at]]]], axis=1)


def _best_place(places: list[Place], prose: list[float]) -> Place:
    """The smallest place that holds most of the running text of its surroundings: from the body inwards, while one child
    holds 0.7 of it."""
    best = places[0]
    for place in places:
        if place.parent is best and prose[place.number] >= 0.7 * prose[best.number] > 0:
            best = place
    return best


def _page(blocks: list[Block], own: Any, at: Any, places: list[Place], sums: SubtreeTotals) -> Any:
    total = len(blocks)
    sizes = own[:, 0]
    prose = ((sizes > 80) & (own[:, 2] < 0.33)).astype(np.float32) * sizes
    before, prose_before = np.cumsum(sizes) - sizes, np.cumsum(prose) - prose
    heading = _title_place(own)
    index = np.arange(total)
    up, down = _levels(_best_place(places, sums.prose_chars.tolist()), places)
    columns = {
        "depth": [block.place.depth for block in blocks],
        "index_share": index / total,
        "chars_before_share": before / max(1.0, float(sizes.sum())),
        "prose_before": prose_before,
        "prose_after": prose.sum() - prose_before - prose,
        "after_title": index > heading if heading >= 0 else np.full(total, -1),
        "from_title": index - heading if heading >= 0 else np.full(total, -99),
        "levels_to_best": up[at],
        "best_levels": down[at],
        "in_best": up[at] == 0,
        "since_comments": _since(blocks, COMMENTS_BEGIN),
        "since_others": _since(blocks, OTHERS_BEGIN),
    }
    return table(PAGE_NAMES, columns)


def _since(blocks: list[Block], heading: re.Pattern[str]) -> Any:
    """How many blocks ago a heading of one kind stood, FAR at most."""
    found = [len(block.text) <= HEADING_LENGTH and heading.match(block.text.lower()) is not None for block in blocks]
    index = np.arange(len(blocks))
    return np.minimum(FAR, index - np.maximum.accumulate(np.where(found, index, -FAR)))


def _title_place(own: Any) -> int:
    """The block that shows the title: most of its words, in the highest heading; -1 where none does."""
    scores = own[:, 22] + 0.5 * (own[:, 18] == TAGS["h1"]) + 0.2 * (own[:, 18] == TAGS["h2"])
    at = int(np.argmax(scores))
    return at if scores[at] > 0.5 else -1


def _levels(best: Place, places: list[Place]) -> tuple[Any, Any]:
    """For every place: levels up from the best one to their common ancestor, and down from there to it."""
    up, down = np.zeros(len(places)), np.array([place.depth for place in places])
    line = [best]
    while line[-1].parent is not None:
        line.append(line[-1].parent)
    for level, place in reversed(list(enumerate(line))):  # from the body inwards, each over what is inside
        up[place.number : place.end] = level
    return up, down - (best.depth - up)


def _around(own: Any, page: Any) -> Any:
    picked = np.stack(
        [own[:, OWN_NAMES.index(name)] if name != "levels" else page[:, PAGE_NAMES.index("levels_to_best")] for name in AROUND], axis=1
    )
    return np.concatenate([shifted(picked, reach) for reach in REACH], axis=1)


def shifted(rows: Any, by: int) -> Any:
    """Rows of the neighbour `by` places on; -1 beyond the ends."""
    result = np.full_like(rows, -1)
    if abs(by) >= len(rows):
        return result
    if by > 0:
        result[:-by] = rows[by:]
    else:
        result[-by:] = rows[:by]
    return result

"""Features: each block as a row of numbers, from its text, its place, its neighbours and the page."""

from __future__ import annotations

import re
from collections import Counter
from dataclasses import dataclass
from typing import Any

import numpy as np

from worker.extract.blocks import Block, Place
from worker.extract.cues import BITS
from worker.extract.dates import SPACELESS

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
BREAKS = re.compile(r"[.!?…]+[\"'”’)\]]*(?:\s|$)|[。！？।។]")
DATE_LIKE = re.compile(r"\b(?:19|20)\d\d\b|\b\d{1,2}[:.]\d{2}\b|\b\d{1,2}[./]\d{1,2}[./]\d{2,4}\b")
COMMENTS_BEGIN = re.compile(
    r"\W*(?:\d+\s+|no |all |show |view )?(?:comments?|repl(?:y|ies)|responses?|discussion|leave a |join the |post a |kommentare?|"
    r"commentaires?|comentarios|reacties|мнения|комментари|ความคิดเห็น|แสดงความ|មតិ|bình luận|评论|コメント)\b",
    re.IGNORECASE,
)
OTHERS_BEGIN = re.compile(
    r"\W*(?:related|read (?:more|also|next)|also (?:read|see)|more (?:from|stories|news|on|like|in)|recommended|you (?:may|might)|"
    r"popular|latest|trending|most (?:read|popular|viewed)|top (?:stories|\d)|"
    r"see also|don['’]t miss|editor|featured|mehr (?:zum|von|aus)|"
    r"lire aussi|à lire|lesen sie|das könnte|leer más|te puede|อ่าน|ข่าวที่|ข่าวล่า|ข่าวอื่น|អត្ថបទ|អាន|"
    r"tin (?:liên|khác|mới)|xem thêm|相关|推荐|関連)",
    re.IGNORECASE,
)
HEADING_LENGTH = 60  # characters: headings over comments and over other articles are shorter
FAR = 60  # blocks: beyond as many a heading says nothing
CHARS_A_WORD = 5  # of a script without spaces
CHARS_A_SENTENCE = 100
ENDS = (".", "!", "?", "…", "”", '"', "។", "。")
FIRST_WORDS, FIRST_CHARS = 30, 60  # of a block that are looked at closely: furniture shows itself early
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
    own = _own(blocks, hints)
    best = _best_place(places)
    page = _page(blocks, own, best)
    around = _around(own, page)
    bits = np.concatenate([_bits([b.place.own | b.inline for b in blocks]), _bits([b.place.inherited | b.inline for b in blocks])], axis=1)
    return np.concatenate([own, _places(blocks, places), page, around, bits], axis=1, dtype=np.float32)


def _bits(values: list[int]) -> Any:
    packed = np.array(values, dtype=np.uint64)[:, None]
    return ((packed >> np.arange(BITS, dtype=np.uint64)) & np.uint64(1)).astype(np.float32)


def _own(blocks: list[Block], hints: Hints) -> Any:
    copies = Counter(block.text for block in blocks)
    title, description = set(_words(hints.title)), set(_words(hints.description))
    body = _squeezed(hints.body_text)
    rows = [_row(block, copies[block.text], title, description, body) for block in blocks]
    return np.array(rows, dtype=np.float32).reshape(len(blocks), len(OWN_NAMES))


def _row(block: Block, copies: int, title: set[str], description: set[str], body: str) -> tuple[float, ...]:
    text = block.text
    size = len(text)
    words = _words(text)
    spaceless = not text.isascii() and len(SPACELESS.findall(text)) * 2 > size
    total = max(1, size // CHARS_A_WORD if spaceless else len(words))
    sentences = len(BREAKS.findall(text))
    start = words[:FIRST_WORDS]
    count = max(1, len(start))
    furniture = sum(map(FURNITURE_WORDS.__contains__, start))
    sample = text[:FIRST_CHARS]
    shown = len(sample)
    return (
        size,
        total,
        min(1.0, block.link_chars / size),
        block.links,
        min(1.0, block.bold_chars / size),
        max(sentences, size // CHARS_A_SENTENCE) if spaceless else sentences,
        text.count(",") + text.count("、"),
        sum(map(str.isdigit, sample)) / shown,
        sum(map(str.isupper, sample)) / shown,
        text.endswith(ENDS),
        text[-1] == ":",
        text[0].isupper(),
        text[0] in "\"“„«'‘",
        furniture,
        furniture / count,
        DATE_LIKE.search(sample) is not None,
        size / total,
        text.count("\n"),
        TAGS.get(block.place.tag, 0),
        copies,
        "@" in text or "http" in text or "www." in text,
        sum(map(title.__contains__, start)) / count,
        sum(map(title.__contains__, set(start))) / max(1, len(title)) if len(words) < 3 * len(title) else 0,
        sum(map(description.__contains__, start)) / count if description else -1,
        _within(text, body),
    )


def _within(text: str, body: str) -> float:
    """Whether the article's text of JSON-LD holds the beginning of `text`; -1 where the page gives none."""
    if not body:
        return -1
    return float(_squeezed(text[:120])[:60] in body)


def _squeezed(text: str) -> str:
    return re.sub(r"\W+", "", text).casefold()


def _words(text: str) -> list[str]:
    return re.findall(r"\w+", text.casefold())


def _places(blocks: list[Block], places: list[Place]) -> Any:
    page = max(1, places[0].chars)
    same = Counter(place.signature for place in places)
    chars: Counter[int] = Counter()
    for place in places:
        chars[place.signature] += place.chars
    known: dict[int, tuple[float, ...]] = {}
    for place in places:
        size = max(1, place.chars)
        sign = place.signature
        known[id(place)] = (
            place.chars,
            place.prose_chars / size,
            min(1.0, place.link_chars / size),
            place.blocks,
            place.chars / page,
            same[sign],
            chars[sign] / same[sign],
        )
    rows = []
    for block in blocks:
        outer = block.place.parent or block.place
        outer2 = outer.parent or outer
        rows.append(known[id(block.place)] + known[id(outer)] + known[id(outer2)])
    return np.array(rows, dtype=np.float32).reshape(len(blocks), 3 * len(PLACE_NAMES))


def _best_place(places: list[Place]) -> Place:
    """The smallest place that holds most of the running text of its surroundings: from the body inwards, while one child "
    "holds 0.7 of it."""
    best = places[0]
    for place in places:
        if place.parent is best and place.prose_chars >= 0.7 * best.prose_chars > 0:
            best = place
    return best


def _page(blocks: list[Block], own: Any, best: Place) -> Any:
    total = len(blocks)
    sizes = own[:, 0]
    prose = ((sizes > 80) & (own[:, 2] < 0.33)).astype(np.float32) * sizes
    before = np.cumsum(sizes) - sizes
    prose_before = np.cumsum(prose) - prose
    heading = _title_place(blocks, own)
    index = np.arange(total, dtype=np.float32)
    line = _ancestors(best)
    levels = [_levels(block.place, line) for block in blocks]
    columns = [
        [block.place.depth for block in blocks],
        index / max(1, total),
        before / max(1.0, float(sizes.sum())),
        prose_before,
        prose.sum() - prose_before - prose,
        index > heading if heading >= 0 else np.full(total, -1),
        index - heading if heading >= 0 else np.full(total, -99),
        [up for up, _ in levels],
        [down for _, down in levels],
        [up == 0 for up, _ in levels],
        _since(blocks, COMMENTS_BEGIN),
        _since(blocks, OTHERS_BEGIN),
    ]
    return np.array([np.asarray(column, dtype=np.float32) for column in columns]).T.reshape(total, len(PAGE_NAMES))


def _since(blocks: list[Block], heading: re.Pattern[str]) -> list[int]:
    """How many blocks ago a heading of one kind stood, FAR at most."""
    found, ago = [], FAR
    for block in blocks:
        text = block.text
        ago = 0 if len(text) <= HEADING_LENGTH and heading.match(text) else min(FAR, ago + 1)
        found.append(ago)
    return found


def _title_place(blocks: list[Block], own: Any) -> int:
    """The block that shows the title: most of its words, in the highest heading; -1 where none does."""
    scores = own[:, 22] + 0.5 * (own[:, 18] == TAGS["h1"]) + 0.2 * (own[:, 18] == TAGS["h2"])
    at = int(np.argmax(scores)) if len(blocks) else 0
    return at if len(blocks) and scores[at] > 0.5 else -1


def _ancestors(place: Place | None) -> dict[int, int]:
    line: dict[int, int] = {}
    level = 0
    while place is not None:
        line[id(place)] = level
        place, level = place.parent, level + 1
    return line


def _levels(place: Place | None, line: dict[int, int]) -> tuple[int, int]:
    """Levels up from the best place to the common ancestor with `place`, and down from there to it."""
    down = 0
    while place is not None and id(place) not in line:
        place, down = place.parent, down + 1
    return (line[id(place)] if place is not None else 99), down


def _around(own: Any, page: Any) -> Any:
    picked = np.stack(
        [own[:, OWN_NAMES.index(name)] if name != "levels" else page[:, PAGE_NAMES.index("levels_to_best")] for name in AROUND], axis=1
    )
    return np.concatenate([_shifted(picked, reach) for reach in REACH], axis=1)


def _shifted(rows: Any, by: int) -> Any:
    """Rows of the neighbour `by` places on; -1 beyond the ends."""
    result = np.full_like(rows, -1)
    if abs(by) >= len(rows):
        return result
    if by > 0:
        result[:-by] = rows[by:]
    else:
        result[-by:] = rows[:by]
    return result

"""Which kept blocks are in an element that is not the article's, whatever the forests say: readers' comments, the next article on the
page, cards of other stories, boxes with a form, a label or a name of their own, and buttons."""

from __future__ import annotations

from collections import Counter
from itertools import takewhile

import numpy as np

from worker.extract.page.blocks import Block, BlockElement
from worker.extract.page.characters import letters_of
from worker.extract.select.boxes import BUTTON, Inside, boxes_among, inserts, is_headline, is_named, is_within, players
from worker.extract.select.lists import Mask, span_of
from worker.extract.select.related_links import COLONS
from worker.extract.words.boilerplate import FULL_STOPS, Kind
from worker.extract.words.sentences import ends_sentence

COMMENTS = frozenset(
    """
    comment comments commentlist comment-list commentslist comment-body comment-content comment-text comment-item comments-area
    comment-thread comments-list comments-section comment-section usercomments user-comments reader-comments
    #comments #commentlist #comment-list #comments-area #disqus_thread #reader-comments
    """.split()  # noqa: SIM905 - words read best as words
)
"""Classes, and ids with a hash, of readers' comments."""
CAPTIONS = ("caption-text", "image-caption", "photo-caption", "img-caption", "figure-caption", "imagecaption", "spip_doc_")
"""Parts of the classes of captions."""
CAPTION_LENGTH = 300  # characters: longer ones tell a part of the story
CALLS, CALL_WORDS = 3, 4  # links at the end of an article, at most: more are a list; and words of each: names and files have fewer
MOST = 0.4  # of the kept characters: more are no boxes beside an article, but the page's content
REPEATED = 3  # equal buttons, from which they are tools beside the parts of a page
ARTICLE_LEAST = 2  # paragraphs of an article before its comments, or before other stories
HEADLINES = 2  # of other stories below the heading that announces them: one may be a source
OFFER, OFFER_LINK = 250, 40  # characters of an offer of a subscription, and of its link: a sentence that links to one is longer
OFFERS = ("subscri", "abonn", "suscri", "assina", "abbonam", "langganan", "berlangganan", "donat", "spende", "membership", "prenumer")
"""How a part of the address of a page for subscriptions or gifts begins."""
SUMMARY_REACH = 2  # blocks from a headline to its summary: a date or an author may be between
LABELS = ("h2", "h3", "h4", "h5", "h6", "p", "div")
"""Elements of such a heading."""


def other_elements(blocks: list[Block], elements: list[BlockElement], keep: Mask, title: str | None) -> Mask:
    """Which blocks are in an element that is not the article's, kept ones or beside kept ones; shape (blocks,)."""
    inside = _inside(blocks, keep)
    result = _comments(blocks, keep, inside) | _next_articles(blocks, inside, title) | _buttons(blocks) | _captions(blocks, keep)
    result |= players(blocks, inside) | _last_links(blocks, keep) | _announced(blocks, keep)
    result[[at for at in np.flatnonzero(keep).tolist() if _is_offer(blocks[at])]] = True
    boxes = boxes_among(blocks, elements, keep, inside) | inserts(blocks, keep, inside)
    sizes = np.array([len(block.text) for block in blocks])
    result |= _related(blocks, keep, inside)
    return result | boxes if sizes[boxes & keep].sum() < MOST * sizes[keep].sum() else result


def _inside(blocks: list[Block], keep: Mask) -> Inside:
    """The kept blocks inside each element that holds any, the page's body left out."""
    result: Inside = {}
    for at in np.flatnonzero(keep).tolist():
        element = blocks[at].element
        while element.parent is not None:
            result.setdefault(element, []).append(at)
            element = element.parent
    return result


def _comments(blocks: list[Block], keep: Mask, inside: Inside) -> Mask:
    """The blocks of elements named as readers' comments, below the article's own paragraphs."""
    result = np.zeros(len(blocks), dtype=bool)
    for element, held in inside.items():
        if ("comment" in element.names or "disqus" in element.names) and _holds_comments(element):
            result[held] = True
    if not result.any():
        return result
    before = sum(blocks[at].prose for at in np.flatnonzero(keep[: int(np.argmax(result))]).tolist())
    return result if before >= ARTICLE_LEAST else np.zeros(len(blocks), dtype=bool)


def _holds_comments(element: BlockElement) -> bool:
    """Whether a class, or the id outside of `article` elements, names readers' comments: ids in an article are made of its headings."""
    names = element.names.lower().split()
    found = [name for name in names if name in COMMENTS or name.endswith(("-comments", "_comments"))]
    return any(not name.startswith("#") for name in found) or (bool(found) and not is_within(element, "article"))


def _next_articles(blocks: list[Block], inside: Inside, title: str | None) -> Mask:
    """The blocks of further `article` elements beside the one whose heading is the page's title, each with a heading like it."""
    result = np.zeros(len(blocks), dtype=bool)
    articles = [element for element in inside if element.tag == "article" and not is_within(element.parent, "article")]
    if len(articles) < 2 or not title:
        return result
    heads = {element: _headings(blocks, span_of(blocks, element, inside[element][0])) for element in articles}
    key = letters_of(title)
    own = [(element, tag) for element in articles for tag, text in heads[element][:1] if letters_of(text) == key]
    for element in articles if len(own) == 1 else ():
        other_heading = heads[element][:1]
        result[inside[element]] = element is not own[0][0] and bool(other_heading) and other_heading[0][0] == own[0][1]
    return result


def _headings(blocks: list[Block], span: list[int]) -> list[tuple[str, str]]:
    """The tags and texts of headings of the first two levels."""
    return [(blocks[at].element.tag, blocks[at].text) for at in span if blocks[at].element.tag in ("h1", "h2")]


def _last_links(blocks: list[Block], keep: Mask) -> Mask:
    """The last kept paragraphs that are nothing but a link and end like a headline, below a sentence: "Order your first set today". Below
    a colon or a heading they are sources."""
    result = np.zeros(len(blocks), dtype=bool)
    kept = np.flatnonzero(keep).tolist()
    links = list(takewhile(lambda at: _is_call(blocks[at]), reversed(kept)))
    above = blocks[kept[-len(links) - 1]] if len(links) < len(kept) else None
    result[links] = len(links) <= CALLS and above is not None and above.prose and not above.text.endswith(COLONS)
    return result


def _is_call(block: Block) -> bool:
    """Whether a paragraph is one link of several words, no sentence and no address."""
    words = block.text.split()
    linked = block.links == 1 and block.element.tag == "p" and is_headline(block) and not ends_sentence(block.text)
    return linked and len(words) >= CALL_WORDS and not any("/" in word or "@" in word for word in words)


def _related(blocks: list[Block], keep: Mask, inside: Inside) -> Mask:
    """The blocks of sections that begin with a heading like "Related posts", below the article's own paragraphs, and hold at
    least two linked headlines with their summaries, however long, and no other paragraph: an article may go on below its links."""
    result = np.zeros(len(blocks), dtype=bool)
    prose = [at for at in np.flatnonzero(keep).tolist() if blocks[at].prose]
    for element, held in inside.items():
        if len(held) < 2 * HEADLINES or len(prose) < ARTICLE_LEAST or held[0] <= prose[ARTICLE_LEAST - 1]:
            continue
        first, *rest = span_of(blocks, element, held[0])
        if blocks[first].element.tag not in LABELS or blocks[first].kind is not Kind.RELATED:
            continue
        headlines = [at for at in rest if is_headline(blocks[at])]
        above = [max((one for one in headlines if 0 < at - one <= SUMMARY_REACH), default=-1) for at in rest if blocks[at].prose]
        result[[first, *rest]] |= len(set(above)) >= HEADLINES and -1 not in above
    return result


def _announced(blocks: list[Block], keep: Mask) -> Mask:
    """The kept paragraphs that are nothing but a link, directly below a label like "Related" or "Sponsored content"; more than a few are
    sources, or what the page lists."""
    result = np.zeros(len(blocks), dtype=bool)
    links = [block.links == 1 and block.element.tag in LABELS and is_headline(block) for block in blocks]
    for at in np.flatnonzero(keep[1:]).tolist():
        label = blocks[at]
        if links[at + 1] and len(label.text) <= BUTTON and not label.links and label.kind in (Kind.RELATED, Kind.ADVERT):
            run = list(takewhile(links.__getitem__, range(at + 1, len(blocks))))
            result[run] = label.element.tag in LABELS
    return result if result.sum() <= CALLS else np.zeros(len(blocks), dtype=bool)


def _is_offer(block: Block) -> bool:
    """Whether a short paragraph ends with no full stop and has one short link, to a page for subscriptions or gifts: "Subscribe now"."""
    if block.links != 1 or len(block.text) > OFFER or block.link_chars > OFFER_LINK or block.element.tag not in ("p", "div"):
        return False
    parts = block.target.lower().partition("?")[0].replace("-", "/").replace(".", "/").split("/")
    return any(part.startswith(OFFERS) for part in parts) and not block.text.endswith(FULL_STOPS)


def _captions(blocks: list[Block], keep: Mask) -> Mask:
    """The short kept blocks that are named as captions."""
    result = np.zeros(len(blocks), dtype=bool)
    for at in np.flatnonzero(keep).tolist():
        result[at] = len(blocks[at].text) <= CAPTION_LENGTH and _is_caption(blocks[at].element)
    return result


def _is_caption(element: BlockElement) -> bool:
    """Whether an element, or the one around a paragraph, is named as a picture's caption."""
    if element.tag == "p" and element.parent is not None and is_named(element.parent, CAPTIONS):
        return True
    return not element.tag.startswith("h") and is_named(element, CAPTIONS)


def _buttons(blocks: list[Block]) -> Mask:
    """The buttons that the page repeats beside each of its parts, links that lead nowhere among them."""
    buttons = [at for at, block in enumerate(blocks) if len(block.text) <= BUTTON and _is_button(block)]
    counts = Counter(blocks[at].text for at in buttons)
    result = np.zeros(len(blocks), dtype=bool)
    result[[at for at in buttons if counts[blocks[at].text] >= REPEATED]] = True
    return result


def _is_button(block: Block) -> bool:
    """Whether a block is a button, or nothing but a link that only a script makes use of."""
    if block.element.tag == "button":
        return True
    linked = block.links == 1 and block.only_linked and not block.element.tag.startswith("h")
    return linked and (block.target in ("", "#") or block.target.startswith("javascript:"))

"""Which kept blocks are in short boxes that want something of the reader or lead elsewhere: adverts, forms, newsletters, gifts, players,
cards of other stories, and inserts that end in a button."""

from __future__ import annotations

from collections import Counter

import numpy as np

from worker.extract.page.blocks import Block, BlockElement
from worker.extract.select.lists import Mask, span_of
from worker.extract.words.boilerplate import Kind

Inside = dict[BlockElement, list[int]]
"""The kept blocks inside each element that holds any, by position."""
BOXES = (
    "newsletter", "signup", "sign-up", "donat", " don ", " poll", "-poll ", "advert", " ad-", "-ad ", "ad-wrap", "ad_wrap", " dfp ",
    " ads", "-ads ", "iklan", "quangcao", "quang-cao", "publicite", "publicidad", "werbung",
)  # fmt: skip
"""Parts of the classes of boxes that want something of the reader, in the languages that developers write them in."""
PLAYERS = (
    "audio-player", "audio_player", "audioplayer", "audio__player", "listen-to-article", "article-listen", "article-audio",
    "text-to-speech", "tts-player", "speechkit", "beyondwords", "readspeaker", " listen ", "kg-audio",
    " toc ", "table-of-contents",
)  # fmt: skip
"""Parts of the classes of players that read the text aloud, and of tables of contents, which may begin the text as well."""
CARDS = ("teaser", "promo", "related", "recommend")
"""Parts of the classes of cards that lead to other stories."""
SUMMARIES = ("excerpt", "teaser", "summary", "snippet")
"""Parts of the classes of the summaries on such cards."""
BOX_BLOCKS, BOX_LENGTH = 6, 500  # blocks and characters of a box: articles inside a form, or named after an advert, have more
PLAYER_LENGTH = 300  # characters of such a player: a transcript is longer
CARD_BLOCKS = 4  # blocks of a card: headline, summary, date, author
LABEL = 60  # characters of the label on an advert, at most
BUTTON = 40  # characters of a button, at most
INSERTS, PARAGRAPHS, ALIKE, INSERT_LENGTH = ("div", "aside", "section", "center"), 3, 2, 400
"""Elements of inserts, paragraphs of the article beside one, inserts of one kind, and characters of one, at most: of the 20 such on the
shared sets that end in a button 17 are wholly outside the truth, and none is in it."""


def boxes_among(blocks: list[Block], elements: list[BlockElement], keep: Mask, inside: Inside) -> Mask:
    """The blocks of short elements that hold a form, begin with the label of an advert, are named as boxes, or are cards."""
    result = np.zeros(len(blocks), dtype=bool)
    forms = [element.number for element in elements if element.tag == "form"]
    first = int(np.argmax(keep))
    for element, held in inside.items():
        if len(held) > CARD_BLOCKS or held[0] == first or element.tag.startswith("h"):
            continue
        single = element.end == element.number + 1 and element.tag != "form"  # one block: only a name can tell that it is a box
        if single and not is_named(element, BOXES):
            continue
        span = span_of(blocks, element, held[0])
        if len(span) <= BOX_BLOCKS and sum(len(blocks[at].text) for at in span) <= BOX_LENGTH:
            has_form = any(element.number <= number < element.end for number in forms)
            asks = has_form or is_named(element, BOXES) or _has_invitation(blocks, span)
            result[span] |= asks or _is_labelled(blocks, span) or _is_card(blocks, element, span)
    return result


def inserts(blocks: list[Block], keep: Mask, inside: Inside) -> Mask:
    """The blocks of short elements among paragraphs of another kind that end in a button or a short link, or that hold the words of a
    newsletter: "Ready to sell? / We value your business. / Get started"."""
    result = np.zeros(len(blocks), dtype=bool)
    kept = np.flatnonzero(keep).tolist()
    prose = Counter(blocks[at].element.parent for at in kept if blocks[at].prose)
    kinds = Counter((element.parent, element.signature) for element in inside)
    for element, held in inside.items():
        own = element.parent is not None and element.tag in INSERTS and prose[element.parent] >= PARAGRAPHS
        if not own or held[0] == kept[0] or kinds[element.parent, element.signature] > ALIKE:
            continue
        span = span_of(blocks, element, held[0])
        if 1 < len(span) <= BOX_BLOCKS and sum(len(blocks[at].text) for at in span) <= INSERT_LENGTH:
            result[span] |= _asks(blocks[span[-1]]) or any(blocks[at].kind is Kind.NEWSLETTER for at in span)
    return result


def _asks(block: Block) -> bool:
    """Whether a block is a button, or a link of a few words as those on buttons are: no number, no sentence."""
    button = block.element.tag == "button" or (block.only_linked and block.element.tag in ("div", "p"))
    return button and len(block.text) <= BUTTON and not block.prose and not any(map(str.isdigit, block.text))


def players(blocks: list[Block], inside: Inside) -> Mask:
    """The blocks of short elements that are named as players of the text read aloud: labels, times, what the voice is. They may begin
    the text."""
    result = np.zeros(len(blocks), dtype=bool)
    for element, held in inside.items():
        if len(held) <= BOX_BLOCKS and is_named(element, PLAYERS):
            span = span_of(blocks, element, held[0])
            result[span] |= len(span) <= BOX_BLOCKS and sum(len(blocks[at].text) for at in span) <= PLAYER_LENGTH
    return result


def _is_labelled(blocks: list[Block], span: list[int]) -> bool:
    """Whether the first of several blocks is the label of an advert."""
    label = blocks[span[0]]
    return 1 < len(span) <= CARD_BLOCKS and len(label.text) <= LABEL and label.kind is Kind.ADVERT


def _has_invitation(blocks: list[Block], span: list[int]) -> bool:
    """Whether several blocks end with the button by which readers order a newsletter, or with the answers to a poll."""
    buttons = [blocks[at] for at in span[-2:] if blocks[at].element.tag == "button"]
    poll = len(buttons) == len(("yes", "no")) and len(span) > len(buttons)
    return poll or (len(span) > 1 and bool(buttons) and buttons[-1].kind is Kind.NEWSLETTER)


def _is_card(blocks: list[Block], element: BlockElement, span: list[int]) -> bool:
    """Whether an element is a linked headline and a summary of another story, and is named as such or is an article in the article."""
    first, rest = blocks[span[0]], [blocks[at] for at in span[1:]]
    if not 1 <= len(rest) < CARD_BLOCKS or not is_headline(first):
        return False
    if not any(block.prose for block in rest) or any(not block.mostly_unlinked and len(block.text) > LABEL for block in rest):
        return False
    inner = element.tag == "article" and is_within(element.parent, "article")
    return inner or is_named(element, CARDS) or any(_is_summary(block.element, element) for block in rest)


def _is_summary(block: BlockElement, card: BlockElement) -> bool:
    """Whether a block of a card is named as a summary, by its own class or that of the element around it."""
    return is_named(block, SUMMARIES) or (block.parent is not None and block.parent is not card and is_named(block.parent, SUMMARIES))


def is_headline(block: Block) -> bool:
    """Whether a block is nothing but a link, and no sentence."""
    return block.only_linked and not block.prose


def is_named(element: BlockElement, parts: tuple[str, ...]) -> bool:
    """Whether one of an element's classes holds one of `parts`."""
    classes = element.names.partition("#")[0]
    return not classes.isspace() and any(map(classes.lower().__contains__, parts))


def is_within(element: BlockElement | None, tag: str) -> bool:
    """Whether an element is one with `tag` or is inside one."""
    while element is not None and element.tag != tag:
        element = element.parent
    return element is not None

"""Which blocks belong to panels that readers open inside the article's text: questions and answers, `details`, accordions."""

from __future__ import annotations

from itertools import takewhile

import numpy as np
from numpy.typing import NDArray

from worker.extract.page.blocks import Block, BlockElement
from worker.extract.select.lists import COUSIN, HEADINGS, Mask, item_of, span_of

OPENED, PANELS_BEFORE = 0.1, 2  # mean probability of what readers open inside the text, as in `details`; and paragraphs before it
OPENER = 150  # characters of a question or a heading that readers open, at most
OPENERS = (" button ", " tab ")
"""Roles of what opens a panel."""


def panels_of_article(blocks: list[Block], probabilities: NDArray[np.float64], keep: Mask) -> Mask:
    """The questions and answers that readers open inside the article's text: their elements hold nothing else, and lie in one that holds
    paragraphs of the article; and the question over an answer that is kept, the answer below a question, and those like them after."""
    result = np.zeros(len(blocks), dtype=bool)
    openers = [at for at, block in enumerate(blocks) if _opens(block)]
    kept = np.flatnonzero(keep).tolist() if openers else []
    prose = [at for at in kept if blocks[at].prose]
    last = -1
    for at in openers:
        if result[at] or sum(one < at for one in prose[:PANELS_BEFORE]) < PANELS_BEFORE or blocks[at].kind is not None:
            continue
        answered = at + 1 < len(blocks) and blocks[at + 1].prose and _is_beside_panel(blocks[at].element, blocks[at + 1].element)
        same = last >= 0 and blocks[last].element.signature == blocks[at].element.signature and answered and probabilities[at + 1] >= COUSIN
        if keep[at] or same or (answered and keep[at + 1]):
            result[at : at + 2] = answered and probabilities[at + 1] >= OPENED and not blocks[at].links
            last = at if result[at] else -1
            continue
        span = _unkept_around(blocks, at, {blocks[one].element.number for one in prose})
        inner = [one for one in span if not _opens(blocks[one])]
        goes_on = bool(span) and span[-1] + 1 < len(blocks) and keep[span[-1] + 1]
        if goes_on and inner and _are_panels(blocks, span, inner) and probabilities[inner].mean() >= OPENED:
            result[span] = True
    return result


def _opens(block: Block) -> bool:
    """Whether a block is a button or a heading in one, or the heading that a link makes one of, which opens what is below it."""
    element = block.element
    if len(block.text) > OPENER:
        return False
    outer = element.parent
    tags = (element.tag, outer.tag if outer is not None and element.tag in HEADINGS else "")
    if "button" in tags or "summary" in tags or any(map(element.names.__contains__, OPENERS)):
        return True
    linked = block.links == 1 and block.only_linked
    return linked and element.tag in (*HEADINGS, "h6", "dt") and block.target.startswith("#") and len(block.target) > 1


def _is_beside_panel(opener: BlockElement, panel: BlockElement) -> bool:
    """Whether the element of a panel begins within that around its opener, or around the heading that holds the opener."""
    frames = [opener.parent, opener.parent.parent if opener.parent is not None else None]
    return any(frame is not None and frame.parent is not None and frame.holds(panel) for frame in frames)


def _unkept_around(blocks: list[Block], at: int, kept: set[int]) -> list[int]:
    """The positions of the blocks in the largest element around one that holds no paragraph of the article, where the next larger one is
    not the page's body; without such an element the sentences, items and openers that follow in a row. `kept`: the numbers of the
    elements of the article's paragraphs."""
    element = blocks[at].element
    while (outer := element.parent) is not None and not any(outer.number <= number < outer.end for number in kept):
        element = outer
    if outer is None or outer.parent is None:
        return []
    span = span_of(blocks, element, at)
    following = range(at + 1, len(blocks)) if len(span) == 1 else ()
    return [*span, *takewhile(lambda one: _is_of_panels(blocks[one], outer, kept), following)]


def _is_of_panels(block: Block, frame: BlockElement, kept: set[int]) -> bool:
    """Whether a block in an element is an opener, a sentence or an item, and is not the article's already."""
    inside = frame.holds(block.element) and block.element.number not in kept
    return inside and block.kind is None and (block.prose or item_of(block) is not None or _opens(block))


def _are_panels(blocks: list[Block], span: list[int], inner: list[int]) -> bool:
    """Whether blocks begin with an opener, or with a heading over it, and are running text and lists with few links."""
    first = next((one for one in span if _opens(blocks[one]) or blocks[one].element.tag not in HEADINGS), span[0])
    size = sum(len(blocks[one].text) for one in inner)
    prose = sum(len(blocks[one].text) for one in inner if blocks[one].prose or item_of(blocks[one]) is not None)
    return _opens(blocks[first]) and 2 * prose > size and 3 * sum(blocks[one].link_chars for one in inner) < size

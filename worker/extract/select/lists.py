"""Which blocks that the forests leave out belong to lists that the article makes, and what stands over and beside such lists."""

from __future__ import annotations

from collections.abc import Callable, Hashable
from itertools import groupby

import numpy as np
from numpy.typing import NDArray

from worker.extract.page.blocks import Block, BlockElement
from worker.extract.words.sentences import ends_sentence, is_prose

Mask = NDArray[np.bool_]
LEAST = 0.1  # probability of an item beside kept ones: of items below it, hardly any is the article's
MEAN = 0.15  # probability of the items of a list none of which is kept: of 19 items on four training pages 14 belong
LENGTH = 30  # characters of its items on average: specifications and cells are shorter, and only a part of the truths has them
MAX_ITEMS = 15  # of such a list: longer ones are directories
LINKED = 120  # characters of a sentence that is one link, at least: headlines and summaries of other stories are shorter
LINKED_SHARE = 0.25  # of linked items kept, from which the article makes the list: on the training pages 45 of 52 more items belong
RUN, RUN_SHARE = 3, 0.3  # paragraphs in a row of one link each, and their kept share: documents or sources that an article lists
DOCUMENTS = (".pdf", ".doc", ".docx", ".xls", ".xlsx", ".odt", ".ods", ".csv")
"""The ends of addresses of documents."""
BOXED = 2  # boxes around a paragraph below a heading: one for each section, and one for its text
ITEM_LEAST = 0.2  # probability of an item of a list of which half are kept
COUSIN = 0.2  # from it running text in a box of its own beside another such box; below, it is boilerplate
NOTE = 0.15  # from it a note of the author's; lists of literature are far below
BACK = "↩︎^ "
"""What leads from a note back to its place in the text."""
DEFINED = 0.5  # of the terms and definitions of a list kept, from which the list is the article's
NOTES = (" footnotes ", " endnotes ", " doc-endnotes ", " wp-block-footnotes ")
HEADINGS = ("h2", "h3", "h4", "h5")
MENU_LINKS, MENU_PARTS, MENU_SHARE, MENU_WORDS = 5, 6, 0.6, 2.5
"""Links, parts between bars, linked share of the characters, and words a part of a menu in one line: values with labels between bars
have fewer links, sentences more words."""


def continued(blocks: list[Block], probabilities: NDArray[np.float64], keep: Mask) -> Mask:
    """Which more blocks belong to the article, since it goes on before and after them in the same form; shape (blocks,)."""
    result = _items(blocks, probabilities, keep) | _links(blocks, probabilities, keep) | _cousins(blocks, probabilities, keep)
    result |= _notes(blocks, probabilities, keep) | _definitions(blocks, probabilities, keep)
    result |= _linked_sentences(blocks, probabilities, keep)
    return result | _first_heading(blocks, keep | result)


def rest_of_lists(blocks: list[Block], probabilities: NDArray[np.float64], keep: Mask) -> Mask:
    """The items of a list of which half are kept, unless they are clearly boilerplate: the forests fall off towards a text's end."""
    result = np.zeros(len(blocks), dtype=bool)
    lists: dict[BlockElement, list[int]] = {}
    for at, block in enumerate(blocks):
        if block.element.tag == "li" and block.element.parent is not None:
            lists.setdefault(block.element.parent, []).append(at)
    for items in lists.values():
        if 2 * keep[items].sum() >= len(items):
            result[[at for at in items if probabilities[at] >= ITEM_LEAST and blocks[at].kind is None and blocks[at].mostly_unlinked]] = (
                True
            )
    return result


def menus(blocks: list[Block]) -> Mask:
    """Which blocks are the site's menu in one line: "Home | News | Sports | About us"; shape (blocks,)."""
    return np.array([block.links >= MENU_LINKS and _is_menu(block) for block in blocks], dtype=bool)


def _is_menu(block: Block) -> bool:
    """Whether a block with several links is short parts between bars, most of them linked."""
    parts = [part for part in block.text.split("|") if part.strip()]
    short = len(parts) >= MENU_PARTS and len(block.text.split()) <= MENU_WORDS * len(parts) + len(parts)
    return short and block.link_chars >= MENU_SHARE * len(block.text)


def _runs(blocks: list[Block], key: Callable[[Block], Hashable | None], least: int) -> list[list[int]]:
    """The positions of blocks in a row that have the same key, without those that have none; `least`: blocks in a row."""
    found = [(named, list(run)) for named, run in groupby(range(len(blocks)), key=lambda at: key(blocks[at]))]
    return [run for named, run in found if named is not None and len(run) >= least]


def item_of(block: Block) -> BlockElement | None:
    """The item of a list that a block is, or is the paragraph of."""
    element = block.element
    if element.tag == "li":
        return element
    parent = element.parent
    return parent if element.tag in ("p", "div") and parent is not None and parent.tag == "li" else None


def span_of(blocks: list[Block], element: BlockElement, at: int) -> list[int]:
    """The positions of all blocks of an element, of which `at` is one; they are in a row."""
    first = last = at
    while first > 0 and element.number <= blocks[first - 1].element.number < element.end:
        first -= 1
    while last + 1 < len(blocks) and element.number <= blocks[last + 1].element.number < element.end:
        last += 1
    return list(range(first, last + 1))


def _list_of(block: Block) -> BlockElement | None:
    """The list of whose items a block is one."""
    item = item_of(block)
    return None if item is None else item.parent


def _items(blocks: list[Block], probabilities: NDArray[np.float64], keep: Mask) -> Mask:
    """The items of lists between kept blocks: of running words, if the list lies beside these; of links, if enough are kept."""
    result = np.zeros(len(blocks), dtype=bool)
    for run in _runs(blocks, _list_of, 2):
        if keep[run].all() or not _is_between(run, keep):
            continue
        size = sum(len(blocks[at].text) for at in run)
        if sum(blocks[at].link_chars for at in run) * 2 > size:
            belongs = bool(keep[run].mean() >= LINKED_SHARE) or _leads_out(blocks, run)
        else:
            belongs = len(run) <= MAX_ITEMS and size >= LENGTH * len(run) and _is_beside(blocks, run)
            belongs = belongs and bool(probabilities[run].mean() >= MEAN)
        result[run] = belongs & (probabilities[run] >= LEAST)
    return result


def _is_between(run: list[int], keep: Mask) -> bool:
    """Whether blocks in a row have kept ones directly before and after them."""
    return run[0] > 0 and run[-1] + 1 < len(keep) and bool(keep[run[0] - 1] and keep[run[-1] + 1])


def _is_beside(blocks: list[Block], run: list[int]) -> bool:
    """Whether the list of some items is in the same element as the block before it and the one after it."""
    items = _list_of(blocks[run[0]])
    return items is not None and blocks[run[0] - 1].element.parent is items.parent is blocks[run[-1] + 1].element.parent


def _links(blocks: list[Block], probabilities: NDArray[np.float64], keep: Mask) -> Mask:
    """The paragraphs of one link each, several in a row between kept blocks, of which enough are kept."""
    result = np.zeros(len(blocks), dtype=bool)
    for run in _runs(blocks, _place_of_link, RUN):
        if _is_between(run, keep) and (keep[run].mean() >= RUN_SHARE or _leads_out(blocks, run)):
            result[run] = probabilities[run] >= LEAST
    return result


def _linked_sentences(blocks: list[Block], probabilities: NDArray[np.float64], keep: Mask) -> Mask:
    """The paragraphs between sentences that are one link each and a sentence longer than headlines: what the outlet reported before."""
    result = np.zeros(len(blocks), dtype=bool)
    for run in _runs(blocks, lambda block: _is_linked_sentence(block) or None, 1):
        if _is_between(run, keep) and blocks[run[0] - 1].prose and blocks[run[-1] + 1].prose:
            result[run] = probabilities[run] >= LEAST
    return result


def _is_linked_sentence(block: Block) -> bool:
    """Whether a paragraph is one link, and ends as a sentence."""
    linked = block.links == 1 and block.only_linked and block.element.tag == "p"
    return linked and len(block.text) >= LINKED and ends_sentence(block.text)


def _leads_out(blocks: list[Block], run: list[int]) -> bool:
    """Whether links below a sentence all lead to documents, or to other sites to which no other block of the page leads: sources."""
    targets = [blocks[at].target for at in run]
    if not blocks[run[0] - 1].prose or not all(targets):
        return False
    if all(target.lower().partition("?")[0].endswith(DOCUMENTS) for target in targets):
        return True
    hosts = set(map(host_of, targets))
    return "" not in hosts and hosts.isdisjoint(host_of(block.target) for at, block in enumerate(blocks) if not run[0] <= at <= run[-1])


def host_of(target: str) -> str:
    """The host of a whole address; "" for one within the site."""
    return target.split("/")[2] if target.startswith(("https://", "http://")) and target.count("/") > 1 else ""


def _place_of_link(block: Block) -> BlockElement | None:
    """The element around a paragraph that is a link and nothing else."""
    is_link = block.links == 1 and block.only_linked
    return block.element.parent if is_link and block.element.tag == "p" else None


def _cousins(blocks: list[Block], probabilities: NDArray[np.float64], keep: Mask) -> Mask:
    """The paragraphs of running text in a box like the one beside it that holds a kept paragraph: some sites box each paragraph."""
    result = np.zeros(len(blocks), dtype=bool)
    for at in np.flatnonzero(~keep & (probabilities >= COUSIN)).tolist():
        headed = at > 1 and blocks[at - 1].element.tag in HEADINGS
        near = [blocks[other].element for other in (at - 1 - headed, at + 1) if 0 <= other < len(blocks) and keep[other]]
        result[at] = any(_are_cousins(blocks[at].element, other, BOXED if headed else 1) for other in near) and _is_running_text(blocks[at])
        if result[at] and blocks[at - 1].element.tag in HEADINGS and not keep[at - 1]:
            result[at - 1] = probabilities[at - 1] >= COUSIN and keep[at - 2]  # the heading of the box
    return result


def _is_running_text(block: Block) -> bool:
    """Whether a block is a paragraph of sentences, of which links are the smaller part."""
    own = block.element.tag == "p" and block.mostly_unlinked
    return own and block.prose and block.kind is None


def _are_cousins(one: BlockElement, other: BlockElement, boxed: int) -> bool:
    """Whether two elements are in boxes of the same kind in the same element; `boxed`: as many boxes around each, at most."""
    for _ in range(boxed):
        if one.parent is None or other.parent is None or one.parent is other.parent or one.parent.signature != other.parent.signature:
            return False
        if one.parent.parent is other.parent.parent:
            return True
        one, other = one.parent, other.parent
    return False


def _notes(blocks: list[Block], probabilities: NDArray[np.float64], keep: Mask) -> Mask:
    """The sentences of the notes that the page marks as the text's."""
    result = np.zeros(len(blocks), dtype=bool)
    for at in np.flatnonzero(~keep & (probabilities >= NOTE)).tolist():
        result[at] = is_prose(blocks[at].text.rstrip(BACK)) and _is_in_notes(blocks[at].element)
    return result


def _is_in_notes(element: BlockElement | None) -> bool:
    """Whether an element is inside one that is named as notes."""
    while element is not None and not any(map(element.names.__contains__, NOTES)):
        element = element.parent
    return element is not None


def _definitions(blocks: list[Block], probabilities: NDArray[np.float64], keep: Mask) -> Mask:
    """The terms and definitions of lists of which enough are kept: the last ones stand beside what follows the text."""
    result = np.zeros(len(blocks), dtype=bool)
    for run in _runs(blocks, _definitions_of, 2):
        if DEFINED <= keep[run].mean() < 1:
            result[run] = probabilities[run] >= LEAST
    return result


def _definitions_of(block: Block) -> BlockElement | None:
    """The list of definitions that holds a term or a definition, or a paragraph of one."""
    element: BlockElement | None = block.element
    while element is not None and element.tag in ("dt", "dd", "p", "div"):
        element = element.parent
    return element if element is not None and element.tag == "dl" else None


def _first_heading(blocks: list[Block], keep: Mask) -> Mask:
    """The heading over the list with which the article begins: its points in brief."""
    result = np.zeros(len(blocks), dtype=bool)
    kept = np.flatnonzero(keep).tolist()
    first = kept[0] if kept else 0
    if first == 0 or kept[1:2] != [first + 1] or blocks[first - 1].element.tag not in HEADINGS or blocks[first - 1].links:
        return result
    items = _list_of(blocks[first])
    same = items is not None and items is _list_of(blocks[first + 1]) and items.parent is blocks[first - 1].element.parent
    result[first - 1] = same and blocks[first - 1].kind is None
    return result

"""Find short paragraphs that link to other articles of the site: a label and a headline, or a headline alone."""

from __future__ import annotations

import re
from collections import Counter
from itertools import pairwise

import numpy as np
from numpy.typing import NDArray

from worker.extract.page.addresses import parts_of
from worker.extract.page.blocks import Block
from worker.extract.select.lists import host_of
from worker.extract.words.languages import pattern
from worker.extract.words.sentences import SPACELESS, ends_sentence

POINTER = pattern("<pointer>")
"""What stands before the headline of another page."""
COLONS = (":", "：", "៖")
BARS = (" | ", " – ", " — ", " - ", " » ", " > ")
"""What stands between a label and a headline besides a colon."""
BOX = 4  # lines of a box that points to another story, at most
POINTERS = 3  # to other pages within an article; a page with more of them makes a list, unless they are inserts
LABEL_MARKS = " ([【»>►▶➤→☞👉•–—-"  # before a label; an arrow alone is one
LABEL_LENGTH = 40  # characters of a label, at most
POINTER_LENGTH, POINTER_LETTERS = 25, 8  # characters of the headline that a pointer links; letters in a script without spaces
LISTED = ("li", "dd", "td", "th")
"""Elements of lists and tables, whose links are what these are about."""
SLUG_WORDS = 4  # of an address and of the line that repeats them: fewer are a name or a place


def related_links(blocks: list[Block], linked: list[bool]) -> NDArray[np.bool_]:
    """Which of the `linked` blocks point to another article. A page with many of them makes a list, unless they are inserts, as
    headlines without a label must always be."""
    single = [is_linked and block.links == 1 and block.element.tag not in LISTED for block, is_linked in zip(blocks, linked, strict=True)]
    labelled, bare = (
        np.array([is_single and points(block) for block, is_single in zip(blocks, single, strict=True)], dtype=bool)
        for points in (_is_pointer, _repeats_address)
    )
    return _boxes(blocks) | _inserted(blocks, bare) | (labelled if labelled.sum() <= POINTERS else _inserted(blocks, labelled))


def _boxes(blocks: list[Block]) -> NDArray[np.bool_]:
    """Which blocks are in a box that begins with a label alone and the linked headline of another story, perhaps with its summary."""
    result = np.zeros(len(blocks), dtype=bool)
    for at, (label, headline) in enumerate(pairwise(blocks)):
        box = label.element.parent
        if not (headline.links and headline.only_linked) or box is None or box.tag == "body" or not _is_label(label.text):
            continue
        end = next((other for other in range(at, len(blocks)) if not box.holds(blocks[other].element)), len(blocks))
        alone = at == 0 or not box.holds(blocks[at - 1].element)
        result[at:end] |= alone and 1 < end - at <= BOX and sum(other.only_linked for other in blocks[at:end]) == 1
    return result


def _is_label(text: str) -> bool:
    """Whether a line is nothing but a label like "Read also"."""
    return len(text) <= LABEL_LENGTH and POINTER.fullmatch(text.strip(LABEL_MARKS + ":")) is not None


def _repeats_address(block: Block) -> bool:
    """Whether a paragraph is the headline of another page and nothing else: the address that it links repeats its words."""
    if not block.only_linked or "://" in block.text or block.element.tag not in ("p", "div") or ends_sentence(block.text):
        return False
    slug = max(parts_of(block.target).path.split("/"), key=len)
    words = re.findall(r"[^\W\d_]+", slug.lower())
    return len(words) >= SLUG_WORDS and set(words) <= set(re.findall(r"[^\W\d_]+", block.text.lower()))


def points_elsewhere(text: str) -> bool:
    """Whether a line without its links is a label and the headline of another page, no sentence."""
    label, colon, headline = text.partition(":")
    if not colon or len(label) > LABEL_LENGTH or ends_sentence(text) or POINTER.fullmatch(label.strip(LABEL_MARKS)) is None:
        return False
    return len(headline.strip()) >= POINTER_LENGTH or len(SPACELESS.findall(headline)) >= POINTER_LETTERS


def _is_pointer(block: Block) -> bool:
    """Whether a paragraph is a label and the linked headline of another page: "See: Ferry company files for bankruptcy"."""
    parts = (block.text.partition(mark) for mark in (*COLONS, *BARS) if mark in block.text)
    unlinked = block.text[: max(0, len(block.text) - block.link_chars)]
    split = [*((label, headline) for label, _, headline in parts), (unlinked, block.text[len(unlinked) :])]
    headline = next((headline.strip() for label, headline in split if POINTER.fullmatch(label.strip(LABEL_MARKS))), "")
    enough = len(headline) >= POINTER_LENGTH or len(SPACELESS.findall(headline)) >= POINTER_LETTERS
    return enough and block.link_chars >= len(headline)


def _inserted(blocks: list[Block], pointers: NDArray[np.bool_]) -> NDArray[np.bool_]:
    """Which of many pointers are inserts: each stands alone between two blocks of running text and leads to a page of the site."""
    result = np.zeros(len(blocks), dtype=bool)
    hosts = Counter(host_of(block.target) for block, points in zip(blocks, pointers.tolist(), strict=True) if not points)
    for at in np.flatnonzero(pointers[1:-1]).tolist():
        host = host_of(blocks[at + 1].target)
        result[at + 1] = blocks[at].prose and blocks[at + 2].prose and (host == "" or hosts[host] > POINTERS)
    return result

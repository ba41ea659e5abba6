"""Which blocks belong to the article, or to other articles, by the page's layout: tables, lists, last sections, embedded posts."""

from __future__ import annotations

from collections import Counter
from itertools import groupby

import numpy as np
from numpy.typing import NDArray

from worker.extract.page.blocks import Block, BlockElement
from worker.extract.page.class_hints import name_hints
from worker.extract.select.related_links import COLONS, LABEL_MARKS, related_links
from worker.extract.words.boilerplate import Kind
from worker.extract.words.languages import pattern
from worker.extract.words.sentences import SPACELESS, ends_sentence, is_prose

HEADINGS = ("h2", "h3", "h4", "h5", "h6")
CELLS = 6  # cells of a table: on the training pages nine in ten such tables between two of the article's blocks belong to it
LAST = 0.2  # from it a section after the text that looks like one is the article's; boilerplate there has a tenth
STANDFIRST = name_hints("standfirst lead subtitle")
STANDFIRST_NAMES = (
    "sapo", "tomtat", "tom-tat", "phead", "ingress", "manchet", "catenaccio", "sommario", "entradilla", "bajada", "copete",
    "-abs ", "zhaiyao", "daodu",
)  # fmt: skip
"""Parts of classes by which sites in other languages mark the standfirst."""
SUMMARY_LABEL = pattern(r"<summary_label>\s?[:：]")
"""What some sites write before it."""
STANDFIRST_REACH, STANDFIRST_LENGTH, STANDFIRST_LEAST = 8, 50, 0.05  # blocks above the text, characters, and probability
CORRECTION = pattern(r"<correction><edge>[^.]{0,40}[:\uff1a,–—-]")
"""How a note on what was wrong begins: "Correction, 12 March:"."""
CORRECTION_REACH = 4  # blocks below the text
DISCLOSED = 0.1  # less in a `details`: the training pages have hardly any, and menus there are links
MIN_BEFORE = 3  # paragraphs before a last section
DIALOGS = frozenset({"dialog", "alertdialog", "modal"})
"""Roles and classes of a dialog."""
SHOWN = 2  # sentences beside a hidden dialog: one may be the notice over an article that a script opens in it
MAX_ITEMS = 60  # of a list
TEASERS = 2  # links alone in their items, each before its summary: fewer are no list of other stories
BOX_LINKS, BOX_SHARE = 3, 0.8  # links, and their share of the characters, of a box that opens over a word of a sentence
SHOUTED_WORDS, SHOUTED_SHARE = 4, 0.9  # of a headline in capitals, and the share of its characters that are linked


def tables_of_article(blocks: list[Block], elements: list[BlockElement], keep: NDArray[np.bool_]) -> NDArray[np.bool_]:
    """Which blocks are in a data table between two kept blocks: such a table belongs to the article as a whole."""
    result = np.zeros(len(blocks), dtype=bool)
    if not any(element.tag == "table" for element in elements):
        return result  # most pages: a cheap check before the search from every block upwards
    for _, run in groupby(range(len(blocks)), key=lambda at: _table_around(blocks[at].element)):
        cells = list(run)
        first, last = cells[0], cells[-1]
        inside = first > 0 and last + 1 < len(blocks) and keep[first - 1] and keep[last + 1]
        if inside and _table_around(blocks[first].element) is not None and _is_data([blocks[at] for at in cells]):
            result[cells] = True
    return result


def last_sections(blocks: list[Block], probabilities: NDArray[np.float64], keep: NDArray[np.bool_]) -> NDArray[np.bool_]:
    """Which blocks after the last kept one are sections of the article: a heading and running text in an element beside it, or
    inside the same one, that the forests do not call boilerplate. They know few pages that end so."""
    result = np.zeros(len(blocks), dtype=bool)
    kept = [at for at in np.flatnonzero(keep).tolist() if blocks[at].prose]
    if len(kept) < MIN_BEFORE:
        return result
    home = blocks[kept[-1]].element.parent
    headings: list[int] = []
    for at in range(kept[-1] + 1, len(blocks)):
        block = blocks[at]
        least = LAST - DISCLOSED * _is_disclosed(block.element)
        if probabilities[at] < least or not _is_within(block.element, home) or not block.mostly_unlinked:
            break
        if block.element.tag in (*HEADINGS, "summary") and block.kind is None:
            headings.append(at)
        elif block.prose and headings:
            result[[*headings, at]] = True
        else:
            break
    return result


def corrections(blocks: list[Block], probabilities: NDArray[np.float64], keep: NDArray[np.bool_]) -> NDArray[np.bool_]:
    """Which of the first paragraphs below the text say what was wrong in it: many sites put them into a footer."""
    result = np.zeros(len(blocks), dtype=bool)
    end = int(np.flatnonzero(keep)[-1]) + 1 if keep.any() else len(blocks)
    for at, block in enumerate(blocks[end : end + CORRECTION_REACH], start=end):
        noted = block.prose and block.mostly_unlinked and CORRECTION.match(block.text.lstrip(LABEL_MARKS + "*"))
        result[at] = bool(noted) and probabilities[at] >= STANDFIRST_LEAST
    return result


def _is_within(element: BlockElement | None, home: BlockElement | None) -> bool:
    """Whether an element is inside another one that is not the page's body."""
    while element is not None and element is not home:
        element = element.parent
    return element is not None and element.parent is not None


def lists_of_article(blocks: list[Block], keep: NDArray[np.bool_]) -> NDArray[np.bool_]:
    """Which blocks are items of a list that a kept line announces with a colon; the article makes such lists itself."""
    result = np.zeros(len(blocks), dtype=bool)
    for before in np.flatnonzero(keep).tolist():
        if not blocks[before].text.endswith(COLONS) or before + 1 >= len(blocks) or blocks[before + 1].element.tag != "li":
            continue
        items = blocks[before + 1].element.parent
        run = [at for at in range(before + 1, min(len(blocks), before + 1 + MAX_ITEMS)) if blocks[at].element.parent is items]
        after = run[-1] + 1
        if len(run) > 1 and (after >= len(blocks) or keep[after] or blocks[after].element.parent is not blocks[before].element.parent):
            result[run] = True
    return result


def shown_lines(lines: list[str], blocks: list[Block]) -> list[str]:
    """The lines of another extractor without those of hidden elements, unless these are most of them."""
    hidden = {line for block in blocks if block.element.hidden for line in block.text.split("\n")}
    shown = [line for line in lines if line not in hidden]
    return shown if 2 * sum(map(len, shown)) > sum(map(len, lines)) else lines


def without_hidden(blocks: list[Block], keep: NDArray[np.bool_]) -> NDArray[np.bool_]:
    """`keep` without blocks that a browser does not show, unless these are most of the text: scripts show them then. A hidden dialog
    beside shown sentences is never the text, however long it is: settings of cookies, terms of a newsletter."""
    hidden = np.array([block.element.hidden for block in blocks], dtype=bool)
    if not (hidden & keep).any():
        return keep
    dialogs = np.array([is_hidden and _is_in_dialog(block.element) for block, is_hidden in zip(blocks, hidden, strict=True)], dtype=bool)
    if dialogs.any() and sum(blocks[at].prose for at in np.flatnonzero(keep & ~hidden).tolist()) >= SHOWN:
        keep = keep & ~dialogs
    sizes = np.array([len(block.text) for block in blocks])
    return keep & ~hidden if sizes[hidden & keep].sum() * 2 < sizes[keep].sum() else keep


def _is_in_dialog(element: BlockElement | None) -> bool:
    """Whether an element is a dialog or is inside one."""
    while element is not None and element.tag != "dialog" and DIALOGS.isdisjoint(element.names.split()):
        element = element.parent
    return element is not None


def _table_around(element: BlockElement | None) -> BlockElement | None:
    """The innermost table that holds an element."""
    while element is not None and element.tag != "table":
        element = element.parent
    return element


def _is_data(cells: list[Block]) -> bool:
    """Whether a table has enough cells for data, and is not a list of links."""
    return len(cells) >= CELLS and sum(cell.link_chars for cell in cells) * 2 < sum(len(cell.text) for cell in cells)


def _is_disclosed(element: BlockElement) -> bool:
    """Whether an element is in one that readers open."""
    return element.tag == "summary" or (element.parent is not None and element.parent.tag == "details")


def standfirst(blocks: list[Block], probabilities: NDArray[np.float64], keep: NDArray[np.bool_], title: str | None) -> NDArray[np.bool_]:
    """Which blocks between the heading and the first kept paragraph are the article's standfirst: a sentence that its class, its label
    or its heading's level names as one, without a link and no byline. Sites mark it apart, and the forests take it for a teaser."""
    result = np.zeros(len(blocks), dtype=bool)
    first = next((at for at in np.flatnonzero(keep).tolist() if blocks[at].prose), 0)
    start = max(0, first - STANDFIRST_REACH)
    above = range(first - 1, start - 1, -1)
    heading = next((at for at in above if blocks[at].element.tag == "h1" or blocks[at].text == title), None)
    is_heading = heading is not None and blocks[heading].element.tag == "h1"
    for at in range(start if heading is None else heading + 1, first):
        block = blocks[at]
        marked = (_is_named(block) or (is_heading and _is_marked(block))) and not block.links and probabilities[at] >= STANDFIRST_LEAST
        long = len(block.text) >= STANDFIRST_LENGTH and ends_sentence(block.text)
        long |= len(SPACELESS.findall(block.text)) >= STANDFIRST_LENGTH // 2
        result[at] = marked and long and block.kind is None
    return result


def _is_marked(block: Block) -> bool:
    """Whether a block below an `h1` is marked as a standfirst by its class, by that of the element that holds it alone, or by its level."""
    element, frame = block.element, block.element.parent
    alone = frame is not None and frame.number + 1 == element.number and frame.end == element.end
    named = element.own | (frame.own if frame is not None and alone else 0)
    return bool(named & STANDFIRST) or element.tag in ("h2", "h3")


def _is_named(block: Block) -> bool:
    """Whether a block is named as a standfirst by a label, or by a class that stands for nothing else."""
    element = block.element
    around = element.names + (element.parent.names if element.parent is not None and element.tag == "p" else "")
    return any(map(around.lower().__contains__, STANDFIRST_NAMES)) or SUMMARY_LABEL.match(block.text) is not None


def without_summary_label(lines: list[str], blocks: list[Block], keep: NDArray[np.bool_]) -> list[str]:
    """The lines of a text without the label before its first one ("Summary: …"), where that stands apart from the next paragraph."""
    label = SUMMARY_LABEL.match(lines[0]) if lines else None
    if label is None:
        return lines
    around = [block.element.parent for block, kept in zip(blocks, keep.tolist(), strict=True) if kept and block.prose][:2]
    rest = lines[0][label.end() :].strip()
    return [rest, *lines[1:]] if is_prose(rest) and around[0] is not around[-1] else lines


def headings_over_issuers(blocks: list[Block], keep: NDArray[np.bool_]) -> NDArray[np.bool_]:
    """Which blocks are headings over what an issuer says about itself, directly above a kept paragraph: where that ends the text is
    decided by the words of both."""
    result = np.zeros(len(blocks), dtype=bool)
    for at in np.flatnonzero(keep[1:] & ~keep[:-1]).tolist():
        result[at] = blocks[at].element.tag in HEADINGS and blocks[at].kind is Kind.ABOUT
    return result


def posts_of_article(blocks: list[Block], keep: NDArray[np.bool_]) -> NDArray[np.bool_]:
    """Which blocks are posts of social networks beside the article's running text, which quotes them."""
    result = np.zeros(len(blocks), dtype=bool)
    if not any(block.element.post for block in blocks):
        return result
    prose = [bool(kept) and block.prose for block, kept in zip(blocks, keep, strict=True)]
    for is_post, run in groupby(range(len(blocks)), key=lambda at: blocks[at].element.post):
        post = list(run)
        result[post] = is_post and any(prose[at] for at in (post[0] - 1, post[-1] + 1) if 0 <= at < len(blocks))
    return result


def other_content(blocks: list[Block], keep: NDArray[np.bool_]) -> NDArray[np.bool_]:
    """Which blocks show other stories, whatever the forests say: lists of headlines with their summaries, the boxes that open
    over a word of a sentence, short paragraphs with a label and a linked headline; and centred captions below pictures."""
    parts = Counter(id(block.element) for block in blocks)
    linked = [bool(block.links) and kept for block, kept in zip(blocks, keep.tolist(), strict=True)]
    shouted = np.array([is_linked and _is_shouted(block) for block, is_linked in zip(blocks, linked, strict=True)], dtype=bool)
    boxes = np.array(
        [is_linked and _is_box(block, parts[id(block.element)]) for block, is_linked in zip(blocks, linked, strict=True)], bool
    )
    captions = np.array([block.element.caption and not block.prose for block in blocks], dtype=bool)
    result: NDArray[np.bool_] = captions | shouted | boxes | related_links(blocks, linked)
    listed = [at for at, block in enumerate(blocks) if block.element.tag == "li"]
    for _, run in groupby(listed, key=lambda at: id(blocks[at].element.parent)):
        items = list(run)
        first = items[0]
        if len(items) > TEASERS and _are_teasers([blocks[at] for at in items]):
            result[items] = True
            result[first - 1 : first] = blocks[first - 1].element.tag in HEADINGS
    return result & keep


def _are_teasers(items: list[Block]) -> bool:
    """Whether items are headlines, each a link and nothing else, and summaries without a link, in turn."""
    linked = [item.only_linked and not item.prose for item in items]
    pairs = sum(one and not other and after.prose for one, other, after in zip(linked, linked[1:], items[1:], strict=False))
    return pairs >= TEASERS and pairs * 2 >= len(items) - 1


def _is_shouted(block: Block) -> bool:
    """Whether a paragraph is nothing but a link in capitals: the headline of another story."""
    linked = block.links == 1 and block.link_chars >= SHOUTED_SHARE * len(block.text) and block.element.tag in ("p", "div")
    return linked and block.text.isupper() and len(block.text.split()) >= SHOUTED_WORDS


def _is_box(block: Block, parts: int) -> bool:
    """Whether a block of links is inside a paragraph, where only scripts put one; `parts`: the blocks of its element."""
    if block.links < BOX_LINKS or block.link_chars < BOX_SHARE * len(block.text):
        return False
    if block.element.tag == "p":
        return parts > 1
    outer = block.element.parent
    while outer is not None and outer.tag != "p":
        outer = outer.parent
    return outer is not None

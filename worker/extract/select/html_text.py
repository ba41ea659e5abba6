"""Select the main text of a page from its blocks: by two forests, with trafilatura's result where they are unsure."""

from __future__ import annotations

import json
from dataclasses import dataclass, field
from functools import lru_cache
from importlib.resources import files
from itertools import islice

import numpy as np
from numpy.typing import NDArray

from worker.extract.fields.metadata import Metadata
from worker.extract.lines.boilerplate_filter import without_boilerplate
from worker.extract.lines.nearby_lines import NearbyLines, nearby_lines
from worker.extract.model import block_features, forest, neighbour_features
from worker.extract.model.block_features import HeadHints
from worker.extract.model.forest import Forest
from worker.extract.page.blocks import Block, BlockElement, blocks_of
from worker.extract.page.elements import Element
from worker.extract.select import layout, lists, removal
from worker.extract.select.panels import panels_of_article
from worker.extract.words.boilerplate import WALL_WORDS, Kind, is_wall
from worker.extract.words.sentences import SPACELESS, ends_sentence, is_prose

MAX_BLOCKS = 1_000  # for trafilatura: on the two larger of the 46 unsure training pages it was worse, and took four times as long
MAX_ELEMENTS = 20_000  # for trafilatura: it takes 70 microseconds for each; the largest page of the three sets has 5,000
CERTAIN = 0.8  # of 480 table cells and headings above it that look like share buttons, 450 belong to the article; below, half
SHARED = 40  # characters of a share button or a counter, at most
BETWEEN = 0.35  # from it a block between two of the article's, or a heading over one, is the article's three times in four
CROSSHEAD = 0.1  # from it, 11 of 12 headings over a sentence between two of the article's siblings are the truth's on four sets
HEADED = 0.65  # of the block under such a heading: a heading over boilerplate is boilerplate
ITEMS = ("li", "dd", "dt", "td", "th", "pre")
NAME_WORDS = 3  # of a byline that stands alone
DOUBTFUL = 0.2  # below it a paragraph beside the article's is boilerplate after all
LEAST = 0.2  # of our own sentences' characters: where trafilatura finds fewer, it took a menu or a notice for the article
JOINED = 1.5  # times the page's longest line: more is no paragraph of it; a little more may be two parts of a sentence
ITEM_MARK = "- "  # set by trafilatura
MUCH_MORE = 2  # times our own text, from which such a line holds a list that ours lacks; else ours is better on six of seven pages
NOTICE = ("cookie", "consent", "partners", "your choices", "privacy", "legitimate interest")
"""In the sentences of a consent wall."""
STATED_SHARE = 0.5  # of the text in JSON-LD: a page that shows less of it leaves the rest to scripts
STATED_LENGTH = 300  # characters: shorter texts in JSON-LD are summaries


@dataclass(frozen=True)
class MainText:
    """A page's main text."""

    text: str
    """Paragraphs separated by one blank line; "" where there is none."""
    near: NearbyLines = field(default_factory=NearbyLines)
    warnings: list[str] = field(default_factory=list)


@dataclass(frozen=True)
class Thresholds:
    """Thresholds chosen on the training sets (training/fit_blocks.py)."""

    keep: float
    """The probability from which a block is kept."""
    sure: float
    """The expected F1 from which trafilatura is not used."""


@dataclass(frozen=True)
class Model:
    """Two forests and their thresholds."""

    first: Forest
    """Evaluates a block by itself, its element and its neighbours."""
    second: Forest
    """Evaluates it again, with the probabilities of its neighbours."""
    thresholds: Thresholds


@lru_cache(maxsize=1)
def shipped() -> Model:
    """The model that is shipped with the program."""
    thresholds = json.loads((files("worker.extract.model") / "shipped" / "thresholds.json").read_text(encoding="utf-8"))
    first, second = (forest.load(name, block_features.VOCABULARY) for name in ("first", "second"))
    return Model(first, second, Thresholds(**thresholds))


def hints_of(metadata: Metadata) -> HeadHints:
    """What the page's head states about its text."""
    return HeadHints(metadata.title or "", metadata.description or "", _json_ld_text(metadata))


def _json_ld_text(metadata: Metadata) -> str:
    """The article's text in JSON-LD, "" where there is none."""
    return max((body for node in metadata.structured.nodes for body in node.strings("articleBody")), key=len, default="")


def main_text(root: Element, metadata: Metadata, model: Model | None = None) -> MainText:
    """The main text of a page without boilerplate, by the shipped model or another one; empty where the page has none."""
    model = model or shipped()
    blocks, elements = blocks_of(root)
    blocks = _without_walls(blocks)  # a wall longer than the text would be taken for it
    if not blocks:
        return MainText(_or_json_ld("", metadata))
    probabilities = _probabilities(blocks, elements, metadata, model)
    sure, cut = best_cut(probabilities, blocks)
    keep = with_gaps_closed(blocks, probabilities, probabilities >= min(model.thresholds.keep, cut))
    keep |= layout.last_sections(blocks, probabilities, keep) | layout.corrections(blocks, probabilities, keep)
    keep |= layout.standfirst(blocks, probabilities, keep, metadata.title)
    keep |= layout.headings_over_issuers(blocks, keep)
    keep |= lists.rest_of_lists(blocks, probabilities, keep)
    keep |= lists.continued(blocks, probabilities, keep) | panels_of_article(blocks, probabilities, keep)
    posts = layout.posts_of_article(blocks, keep)
    laid_out = layout.tables_of_article(blocks, elements, keep) | layout.lists_of_article(blocks, keep) | posts
    keep = layout.without_hidden(blocks, keep | laid_out)
    keep &= ~layout.other_content(blocks, keep)
    removed = removal.other_elements(blocks, elements, keep, metadata.title) | lists.menus(blocks)
    keep &= ~removed
    lines = [line for block, kept in zip(blocks, keep, strict=True) if kept for line in block.text.split("\n")]
    certain = _lines_of(blocks, laid_out | _are_certain(blocks, probabilities))
    filtered = without_boilerplate(lines, metadata.title, certain, _lines_of(blocks, posts))
    if sure < model.thresholds.sure and _suits_trafilatura(root, blocks, lines):
        found = _by_trafilatura(root, blocks)
        misplaced = removed | _misplaced(found, blocks, elements, metadata.title)
        taken = _lines_of(blocks, misplaced) - _lines_of(blocks, keep)
        joined = _joined(found, blocks)
        others = [line for line in layout.shown_lines(joined or found, blocks) if line not in taken]
        if not joined or sum(map(len, others)) > MUCH_MORE * sum(map(len, filtered)):
            filtered = _with_more_prose(without_boilerplate(others, metadata.title, certain), filtered)
    text = "\n\n".join(layout.without_summary_label(filtered, blocks, keep))
    return MainText(_or_json_ld(text, metadata), nearby_lines(blocks, keep, frozenset(filtered)))


def _without_walls(blocks: list[Block]) -> list[Block]:
    """The blocks that are not a consent wall's: its sentences, and those about its subject in the same element, if it holds little else."""
    walls = {id(block) for block in _with_wall_words(blocks) if is_wall(block.text)}
    if not walls:
        return blocks
    around: dict[int, list[Block]] = {}
    for block in blocks:
        around.setdefault(id(block.element.parent), []).append(block)
    for beside in around.values():
        if not walls.isdisjoint(map(id, beside)):
            notice = [block for block in beside if id(block) in walls or any(map(block.text.lower().__contains__, NOTICE))]
            walls.update(map(id, notice if len(notice) * 2 >= len(beside) else ()))
    return [block for block in blocks if id(block) not in walls]


def _with_wall_words(blocks: list[Block]) -> list[Block]:
    """The blocks that hold a word of walls, which are looked for on the whole page first. No text of a block holds NUL."""
    whole = "\0".join(block.text for block in blocks).lower()
    words = [word for word in WALL_WORDS if word in whole]
    return [block for block, low in zip(blocks, whole.split("\0"), strict=True) if any(map(low.__contains__, words))] if words else []


def _joined(found: list[str], blocks: list[Block]) -> list[str]:
    """The page's own lines in the longest line that trafilatura found, where that is several blocks in one: its last resort makes one
    line of a page. Empty where it is none."""
    lines = [line for block in blocks for line in block.text.split("\n")]
    longest = max(found, key=len)
    return [line for line in lines if line in longest] if len(longest) > JOINED * max(map(len, lines)) else []


def _with_more_prose(others: list[str], own: list[str]) -> list[str]:
    """The lines of `others`, unless they hold no sentence, or too little of the sentences for a second opinion."""
    prose = [sum(len(line) for line in lines if is_prose(line)) for lines in (others, own)]
    return others if any(others) and prose[0] >= LEAST * prose[1] else own


def _probabilities(blocks: list[Block], elements: list[BlockElement], metadata: Metadata, model: Model) -> NDArray[np.float64]:
    """Each block's probability to belong to the article: the mean of both forests; shape (blocks,)."""
    table = block_features.block_table(blocks, elements, hints_of(metadata))
    first = model.first.probabilities(table)
    mean: NDArray[np.float64] = (first + model.second.probabilities(neighbour_features.with_probabilities(table, first))) / 2
    return mean


def best_cut(probabilities: NDArray[np.float64], blocks: list[Block]) -> tuple[float, float]:
    """The highest F1 to be expected from any threshold, near 1 where every block is clear, and that threshold (Lewis 1995)."""
    order = np.argsort(-probabilities, kind="stable")
    sizes = np.array([len(block.text) for block in blocks], dtype=float)[order]
    found = np.cumsum(probabilities[order] * sizes)
    expected = 2 * found / (np.cumsum(sizes) + found[-1] + 1e-9)
    best = int(np.argmax(expected))
    return float(expected[best]), float(probabilities[order[best]])


def with_gaps_closed(blocks: list[Block], probabilities: NDArray[np.float64], keep: NDArray[np.bool_]) -> NDArray[np.bool_]:
    """`keep` with blocks added that belong to the same passage, unless they are clearly boilerplate: running text beside a kept
    sibling, a block between two kept ones, and a heading over a kept one. The forests decide block by block."""
    result = keep.copy()
    for at in np.flatnonzero(~keep & (probabilities >= DOUBTFUL)).tolist():
        result[at] = _continues(blocks, keep, at, sentence=bool(probabilities[at] >= BETWEEN))
    inner = np.concatenate([[False], result[:-2] & result[2:], [False]])[: len(result)]
    for at in np.flatnonzero(inner & ~result & (probabilities >= BETWEEN)).tolist():
        result[at] = _fits(blocks, at)
    for at in np.flatnonzero(inner & ~result & (probabilities >= CROSSHEAD)).tolist():
        result[at] = _is_crosshead(*blocks[at - 1 : at + 2])
    for at in np.flatnonzero(~result[:-1] & result[1:] & (probabilities[:-1] >= BETWEEN) & (probabilities[1:] >= HEADED)).tolist():
        result[at] = bool(result[:at].any()) and blocks[at].element.tag in layout.HEADINGS
    return result


def _is_crosshead(before: Block, block: Block, after: Block) -> bool:
    """Whether a block is a heading without a link between two kept blocks of the same element, the second a sentence."""
    between = before.element.parent is block.element.parent is after.element.parent
    return between and block.element.tag in layout.HEADINGS and not block.links and after.prose


def _continues(blocks: list[Block], keep: NDArray[np.bool_], at: int, *, sentence: bool) -> bool:
    """Whether a block is running text beside a kept sibling; `sentence`: whether one with a full stop is enough, however short."""
    block = blocks[at]
    beside = [blocks[k] for k in (at - 1, at + 1) if 0 <= k < len(blocks) and keep[k]]
    siblings = [other for other in beside if _is_sibling(other.element, block.element)]
    return bool(siblings) and (block.prose or (sentence and ends_sentence(block.text))) and block.mostly_unlinked


def _is_sibling(element: BlockElement, other: BlockElement) -> bool:
    """Whether two elements of a kind are siblings, or the first is in a quotation beside the other."""
    outer = element.parent.parent if element.parent is not None and element.parent.tag == "blockquote" else element.parent
    return outer is other.parent and element.tag == other.tag


def _fits(blocks: list[Block], at: int) -> bool:
    """Whether a block is an item of a list or table, or is longer than a name and in an element like one beside it; no heading."""
    tag = blocks[at].element.tag
    longer = len(blocks[at].text.split()) > NAME_WORDS or blocks[at].prose
    return tag in ITEMS or (longer and tag not in layout.HEADINGS and tag in (blocks[at - 1].element.tag, blocks[at + 1].element.tag))


def _are_certain(blocks: list[Block], probabilities: NDArray[np.float64]) -> NDArray[np.bool_]:
    """Which blocks the forests are sure of; of cells and headings also those that look like share buttons, of paragraphs not."""
    result = probabilities >= CERTAIN
    for at in np.flatnonzero(result).tolist():
        block = blocks[at]
        if len(block.text) <= SHARED and block.element.tag in ("p", "div"):
            result[at] = block.kind is not Kind.SHARE
    return result


def _lines_of(blocks: list[Block], which: NDArray[np.bool_]) -> frozenset[str]:
    """The lines of the blocks that are marked in `which`."""
    return frozenset(line for block, wanted in zip(blocks, which, strict=True) if wanted for line in block.text.split("\n"))


def _suits_trafilatura(root: Element, blocks: list[Block], lines: list[str]) -> bool:
    """Whether trafilatura can be expected to do better, in bounded time: neither on large pages nor in scripts without spaces."""
    return len(blocks) <= MAX_BLOCKS and not _is_spaceless(lines) and not _is_large(root)


def _is_large(root: Element) -> bool:
    """Whether a page has more elements than trafilatura should get, which copies the tree several times."""
    return next(islice(root.iter(), MAX_ELEMENTS, None), None) is not None


def _is_spaceless(lines: list[str]) -> bool:
    """Whether a text is in a script without spaces, in which trafilatura finds only a handful of words."""
    text = " ".join(lines)[:1000]
    return len(SPACELESS.findall(text)) * 2 > len(text)


def _by_trafilatura(root: Element, blocks: list[Block]) -> list[str]:
    """The lines that trafilatura extracts, the cells of tables on lines of their own, without the marks that it sets before items
    and below the heads of tables."""
    from trafilatura import extract

    found = extract(root, include_comments=False) or ""
    cells = (line.strip("| ").replace(" | ", "\n") if line.startswith("|") else line for line in found.split("\n"))
    shown = {line for block in blocks for line in block.text.split("\n")}
    lines = [line if line in shown else line.removeprefix(ITEM_MARK) for line in "\n".join(cells).split("\n")]
    return [line for line in lines if any(map(str.isalnum, line))] or [""]


def _misplaced(found: list[str], blocks: list[Block], elements: list[BlockElement], title: str | None) -> NDArray[np.bool_]:
    """Which of the blocks that another extractor took belong to other stories and boxes by their place on the page."""
    lines = frozenset(found)
    taken = np.array([lines.issuperset(block.text.split("\n")) for block in blocks], dtype=bool)
    return layout.other_content(blocks, taken) | removal.other_elements(blocks, elements, taken, title) if taken.any() else taken


def _or_json_ld(text: str, metadata: Metadata) -> str:
    """`text`, or the text in JSON-LD where the page shows little of it."""
    stated = "\n\n".join(line.strip() for line in _json_ld_text(metadata).splitlines() if line.strip())
    return stated if len(stated) >= STATED_LENGTH and len(text) < STATED_SHARE * len(stated) else text

"""Decide which lines of a plain text belong to its article: the probable ones, what continues them, and headings between them."""

from __future__ import annotations

from collections import Counter

import numpy as np
from numpy.typing import NDArray

from worker.extract.dates import dateline
from worker.extract.fields.person_names import is_person
from worker.extract.lines.line import Line
from worker.extract.lines.paragraphs import is_list_item
from worker.extract.model.line_features import line_probabilities
from worker.extract.words.boilerplate import Kind
from worker.extract.words.sentences import SHORT_SENTENCE, SPACELESS, ends_sentence

COLONS = (":", "：", "៖")
"""What ends a salutation, and no headline."""
ARROWS = (">>", *"►▶➤→»☞")
"""What points to another article, at the beginning of a line."""
ENDS = frozenset({Kind.RELATED, Kind.COMMENTS, Kind.CONTACT, Kind.ABOUT})
"""Kinds after which a doubtful sentence does not belong to the article."""
KEEP = 0.5  # probability: a line is likelier the article's than not
DOUBTFUL = 0.05  # below it a sentence beside the article's is boilerplate after all, as in HTML
DIRECTLY_BELOW = 0.01  # the same for the line after one of the article's ("I thank you."), and in scripts with few training pages
SPEAKER = 40  # characters of a speaker's name and office, at most
HEADING = 0.2  # the same for a heading between two of the article's lines: captions there have less
HEADING_WORDS = 8  # of such a heading, at most
HEADING_LETTERS = 4  # of a heading in capitals, at least: "***" and "II" part sections too


def points(text: str) -> bool:
    """Whether a line is an arrow and what it points to."""
    return text.startswith(ARROWS) and any(map(str.isalnum, text))


def kept(lines: list[Line]) -> NDArray[np.bool_]:
    """Which lines belong to the article: those with a high probability, and lines beside them that continue it."""
    found = np.where([line.kind is None for line in lines], line_probabilities(lines), 0.0) if lines else np.zeros(0)
    sentences = [probability for line, probability in zip(lines, found, strict=True) if line.prose]
    keep: NDArray[np.bool_] = found >= min(KEEP, max(sentences, default=KEEP))  # a short text keeps its likeliest sentence at least
    turns = _turns(lines)
    for passage in _passages(lines):
        for before, at, after in zip([None, *passage], passage, [*passage[1:], None], strict=False):
            beside = any(keep[other] for other in (before, after) if other is not None)
            least = DIRECTLY_BELOW if at and keep[at - 1] else DOUBTFUL
            keep[at] = (
                keep[at]
                or (beside and _continues(lines[at], found[at], least, ended=not keep[at:].any()))
                or (beside and at in turns and found[at] >= DIRECTLY_BELOW)
                or (before is not None and keep[before] and after is not None and _is_heading(lines, found, keep, at, after))
            )
    return keep


def _turns(lines: list[Line]) -> set[int]:
    """The positions of the turns of speakers in a transcript, however short: the words before the colon begin another line too."""
    speakers = [_speaker(line.text) if line.kind is None else "" for line in lines]
    several = {speaker for speaker, count in Counter(speakers).items() if speaker and count > 1}
    return {at for at, speaker in enumerate(speakers) if speaker in several}


def _speaker(text: str) -> str:
    """What stands before the first colon of a line that ends as a sentence does, if it may be a speaker; else ""."""
    at = min((place for colon in COLONS if (place := text.find(colon, 0, SPEAKER + 1)) > 0), default=0)
    return text[:at] if ends_sentence(text) and not any(map(str.isdigit, text[:at])) else ""


def _is_heading(lines: list[Line], found: NDArray[np.float64], keep: NDArray[np.bool_], at: int, after: int) -> bool:
    """Whether a line below one of the article's is the heading of the sentence or list at `after`: in capitals and not clearly
    boilerplate, or one in small letters that may well be the article's."""
    text = lines[at].text
    if len(text.split()) > HEADING_WORDS or ends_sentence(text):
        return False
    capitals = is_capital_heading(text)
    least = DIRECTLY_BELOW if capitals else HEADING
    signs = not capitals and is_person(text)  # a name, and the words about it
    goes_on = keep[after] or (ends_sentence(lines[after].text) and found[after] >= least and not signs)
    return bool(goes_on and found[at] >= least)


def is_capital_heading(text: str) -> bool:
    """Whether a line has the form of a heading in capitals."""
    return text.isupper() and sum(map(str.isalpha, text)) >= HEADING_LETTERS and len(text.split()) <= HEADING_WORDS


def _passages(lines: list[Line]) -> list[list[int]]:
    """The positions of lines that are not boilerplate, in groups; a line that ends an article begins a new group."""
    result: list[list[int]] = [[]]
    for at, line in enumerate(lines):
        if line.kind in ENDS and not _is_inline_pointer(line.text):
            result.append([])
        elif line.kind is None:
            result[-1].append(at)
    return result


def _continues(line: Line, probability: float, least: float, *, ended: bool) -> bool:
    """Whether a line beside the article's continues it: a sentence or a list item that is not clearly boilerplate, or a sign-off
    with place and date where the article has `ended`."""
    if ended and dateline.is_dateline(line.text):
        return True
    if SPACELESS.search(line.text):
        return probability >= DIRECTLY_BELOW and len(line.text) >= SHORT_SENTENCE
    return probability >= least and (ends_sentence(line.text) or is_list_item(line.text))


def _is_inline_pointer(text: str) -> bool:
    """Whether a line is an arrow or a word like "Related" with a headline: it may occur within an article and does not end it."""
    return points(text) or any(text.partition(colon)[2].strip() for colon in COLONS)

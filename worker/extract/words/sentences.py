"""Tell running text from headlines and labels, whatever the language."""

from __future__ import annotations

import re

SPACELESS = re.compile("[\u0e00-\u0eff\u1000-\u109f\u1780-\u17ff\u3040-\u30ff\u3400-\u9fff]")
"""A letter of a script written without spaces: Thai, Lao, Burmese, Khmer, Kana, Han."""
PROSE_LENGTH = 50  # characters: a sentence of eight words; headlines of that length end without a full stop
LONG_PROSE = 160  # characters: longer than headlines, with or without a mark at the end
SPACELESS_LENGTH = 70  # characters of running text in a script without spaces, where nothing marks the end of a sentence
SHORT_SENTENCE = 18  # characters: enough for a sentence in Khmer or Chinese, which is a third as long as an English one
SENTENCE_MARKS = tuple(".!?…:។៕。！？")
SIGNED = 10  # characters of an agency or initials in brackets, at most
CLOSERS = "'\"”’»)]"
"""What may follow the mark at the end of a sentence."""


def ends_sentence(text: str) -> bool:
    """Whether `text` ends with a sentence, perhaps within quotation marks or brackets, or with its agency: "… he said. (AFP)"."""
    bare = text.rstrip()
    if bare.endswith(")") and bare[-SIGNED:].rpartition("(")[2][:-1].isupper():
        bare = bare.rpartition("(")[0].rstrip()
    return bare.rstrip(CLOSERS).endswith(SENTENCE_MARKS)


def is_prose(text: str) -> bool:
    """Whether `text` is running text: a complete sentence of some length, or longer than any headline."""
    size = len(text)
    if size < SHORT_SENTENCE:
        return False
    ends = ends_sentence(text)
    if not text.isascii() and len(SPACELESS.findall(text)) * 2 > size:
        return ends or size >= SPACELESS_LENGTH
    return size >= LONG_PROSE or (ends and size >= PROSE_LENGTH)

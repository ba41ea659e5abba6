"""Remove the characters that no article may hold: controls, overrides of direction, soft hyphens, zero-width spaces, lone surrogates.

What scripts need to be read stays: the joiners (U+200C, U+200D), the marks of direction (U+200E, U+200F) and every combining mark.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable
from urllib.parse import quote

UNWANTED = re.compile("[\x00-\x08\x0b-\x1f\x7f-\x9f\u00ad\u200b\u2028-\u202e\u2066-\u2069\ufeff\ufffe\uffff\ud800-\udfff]")
"""Controls but for tab and line feed (C0, DEL, C1), soft hyphen, zero-width space, separators and embeddings (U+2028 to U+202E),
isolates (U+2066 to U+2069), byte order mark, noncharacters, surrogates."""
LINE_BREAKS = "\v\f\r\u2028\u2029"
"""Line breaks under other names."""
FROM_WINDOWS = {n: bytes([n]).decode("cp1252", "ignore") for n in range(0x80, 0xA0)}
"""What windows-1252 has in place of each C1 control, which is how HTML reads them; "" for the five that it leaves out."""


def clean_text(text: str) -> str:
    """A text of several paragraphs in NFC, without UNWANTED; what stood for a line break is one, and no paragraph is empty."""
    if UNWANTED.search(text):
        text = UNWANTED.sub(_in_place, text.replace("\r\n", "\n"))
        text = "\n\n".join(paragraph for paragraph in text.split("\n\n") if paragraph.strip()).strip("\n")
    return unicodedata.normalize("NFC", text)


def clean_line(text: str | None) -> str | None:
    """A title, a name or a description: one line, otherwise as `clean_text` has it; None where nothing is left."""
    if text and UNWANTED.search(text):
        text = " ".join(UNWANTED.sub(_in_place, text).split())
    return unicodedata.normalize("NFC", text) if text else None


def clean_lines(texts: Iterable[str]) -> list[str]:
    """Each text as `clean_line` has it, in order, each once."""
    return list(dict.fromkeys(line for text in texts if (line := clean_line(text))))


def clean_url(url: str | None) -> str | None:
    """An address with what is unwanted in it as percent-encoded UTF-8, which names the same page."""
    return UNWANTED.sub(lambda match: quote(match[0], errors="replace"), url) if url else None


def without_lone_surrogates(text: str) -> str:
    """Halves of a pair that belong together joined, and U+FFFD for each that stands alone, as JSON of a headline cut in an emoji has it."""
    if text.isascii():
        return text
    return text.encode("utf-16-le", "surrogatepass").decode("utf-16-le", "replace")


def _in_place(match: re.Match[str]) -> str:
    """What stands in place of one unwanted character: mostly nothing."""
    character = match[0]
    if "\ud800" <= character <= "\udfff":
        return "\N{REPLACEMENT CHARACTER}"
    return "\n" if character in LINE_BREAKS else FROM_WINDOWS.get(ord(character), "")

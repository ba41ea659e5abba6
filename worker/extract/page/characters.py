"""Remove the characters that no article may hold: controls, overrides of direction, soft hyphens, zero-width spaces, lone surrogates.

What scripts need to be read stays: the joiners (U+200C, U+200D), the marks of direction (U+200E, U+200F) and every combining mark.
Strings that a page states for machines are mended: marks of a template that was not filled, text that was encoded or escaped twice.
"""

from __future__ import annotations

import re
import string
import unicodedata
from collections.abc import Iterable
from itertools import groupby
from urllib.parse import quote

UNWANTED = re.compile("[\x00-\x08\x0b-\x1f\x7f-\x9f\u00ad\u200b\u2028-\u202e\u2066-\u2069\ufeff\ufffe\uffff\ud800-\udfff]")
"""Controls but for tab and line feed (C0, DEL, C1), soft hyphen, zero-width space, separators and embeddings (U+2028 to U+202E),
isolates (U+2066 to U+2069), byte order mark, noncharacters, surrogates."""
LINE_BREAKS = "\v\f\r\u2028\u2029"
"""Line breaks under other names."""
FROM_WINDOWS = {n: bytes([n]).decode("cp1252", "ignore") for n in range(0x80, 0xA0)}
"""What windows-1252 has in place of each C1 control, which is how HTML reads them; "" for the five that it leaves out."""
TEMPLATE_MARKS = (("{{", "}}"), ("${", "}"), ("#{", "}"), ("[[", "]]"), ("<%", "%>"), ("{%", "%}"), ("%%", "%%"))
"""What opens and closes the place of a value in templates."""
EMPTY = frozenset({"undefined", "null", "[object object]", "nan"})
"""What programs write where they have no value."""
LEADS = frozenset(bytes([*range(0xC2, 0xC6), *range(0xCE, 0xD2), *range(0xD8, 0xDC), *range(0xE0, 0xF0)]).decode("cp1252"))
"""The first bytes of Latin, Greek, Cyrillic, Arabic and Asian letters and of punctuation in UTF-8, read as windows-1252."""
SEPARATORS = frozenset(bytes([0x95, 0x96, 0x97, 0xAB, 0xB7, 0xBB]).decode("cp1252"))
"""Dots, dashes and angles, which templates set beside a text that was encoded twice."""
MAX_STATED = 2000  # characters: titles, names and summaries are shorter, and no body of an article is searched
HEX_DIGITS = 4  # of an escape in JSON

PICTURES = ("\u2600", "\u27bf")
"""The first and last of the pictures among the symbols."""
EMOJI = ("\U0001f000", "\U0001faff")
"""The first and last of the emoji and their skin tones."""
EMOJI_PARTS = frozenset("\u200d\ufe0f\u20e3")
"""What joins emoji or chooses their colours."""


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


def stated_value(text: str) -> str:
    """A string as its site meant it; "" for the mark of a template that was not filled, and for words like `undefined`."""
    if len(text) > MAX_STATED:
        return without_lone_surrogates(text)
    bare = text.strip()
    if _is_unfilled(bare) or bare.lower() in EMPTY:
        return ""
    return _decoded_again(without_lone_surrogates(_unescaped_again(text)))


def _is_unfilled(text: str) -> bool:
    """Whether a string begins or ends with the mark of a value: `{{ title }} - Site`, `By [[author]]`, or is one in single marks."""
    for opening, closing in TEMPLATE_MARKS:
        at = text.find(opening)
        end = text.find(closing, at + len(opening)) if at >= 0 else -1
        if end >= 0 and (at == 0 or text.endswith(closing)):
            return True
    return (text[:1], text[-1:]) in (("{", "}"), ("%", "%")) and text[1:-1].replace(".", "_").isidentifier()


def _unescaped_again(text: str) -> str:
    """`text` without the escapes of a string that was escaped twice."""
    if "\\" not in text:
        return text
    first, *rest = text.replace("\\'", "'").replace('\\"', '"').split("\\u")
    return "".join([first, *map(_character_and_rest, rest)])


def _character_and_rest(part: str) -> str:
    digits = part[:HEX_DIGITS]
    is_escape = len(digits) == HEX_DIGITS and set(digits) <= set(string.hexdigits)
    return chr(int(digits, 16)) + part[HEX_DIGITS:] if is_escape else f"\\u{part}"


def _decoded_again(text: str) -> str:
    """`text` with UTF-8 that was read as windows-1252 read as UTF-8; unchanged where any of its letters beyond ASCII speaks against it."""
    if text.isascii() or LEADS.isdisjoint(text):
        return text
    runs = [(foreign, "".join(run)) for foreign, run in groupby(text, key=lambda character: bool(_byte(character)))]
    try:
        return "".join(_decoded_run(run) if foreign and run not in SEPARATORS else run for foreign, run in runs)
    except UnicodeDecodeError:
        return text


def _decoded_run(run: str) -> str:
    if run[0] not in LEADS:
        raise UnicodeDecodeError("utf-8", b"", 0, 1, "expected the first byte of a letter")
    return b"".join(map(_byte, run)).decode("utf-8")


def _byte(character: str) -> bytes:
    """The byte beyond ASCII that was read as this character; b"" for others."""
    found = character.encode("cp1252", "ignore") or character.encode("latin-1", "ignore")
    return b"" if character.isascii() else found


def letters_of(text: str) -> str:
    """The letters and digits of a text, without case: the form in which lines and titles are compared."""
    return "".join(filter(str.isalnum, text.casefold()))


def without_emoji(text: str) -> str:
    """`text` with a blank for every emoji, heart, star and check mark, with which people of communities adorn their names."""
    if text.isascii() or not any(map(_is_emoji, text)):
        return text
    return "".join(" " if _is_emoji(letter) else letter for letter in text if letter not in EMOJI_PARTS)


def _is_emoji(letter: str) -> bool:
    return any(first <= letter <= last for first, last in (PICTURES, EMOJI))

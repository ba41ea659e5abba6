"""Decode the bytes of a page to text, by its byte order mark, HTTP header, meta element or the bytes themselves.

The order is that of the WHATWG Encoding standard (byte order mark, header, meta), with one exception that real pages of
the region require: bytes that are valid UTF-8 are UTF-8, whatever the label.
"""

from __future__ import annotations

import codecs
import re
from email.message import Message

import numpy as np
from bs4.dammit import EncodingDetector

from worker.errors import ItemFailed
from worker.extract.page.characters import FROM_WINDOWS, without_lone_surrogates
from worker.reasons import Reason

BOMS = (
    (codecs.BOM_UTF8, "utf-8"),
    (codecs.BOM_UTF32_LE, "utf-32-le"),  # before UTF-16, whose mark it begins with
    (codecs.BOM_UTF32_BE, "utf-32-be"),
    (codecs.BOM_UTF16_LE, "utf-16-le"),
    (codecs.BOM_UTF16_BE, "utf-16-be"),
)

CODECS = {
    **dict.fromkeys(("utf8", "utf-8", "unicode-1-1-utf-8", "x-unicode20utf8"), "utf-8"),
    **dict.fromkeys(("utf-16", "utf-16le", "unicode", "ucs-2", "iso-10646-ucs-2", "csunicode"), "utf-16-le"),
    "utf-16be": "utf-16-be",
    **dict.fromkeys(
        ("ascii", "us-ascii", "latin1", "latin-1", "l1", "iso-8859-1", "iso8859-1", "iso_8859-1", "cp1252", "x-cp1252", "windows-1252"),
        "cp1252",
    ),
    **dict.fromkeys(("windows-874", "cp874", "tis-620", "tis620", "iso-8859-11", "iso8859-11", "dos-874"), "cp874"),
    **dict.fromkeys(("gb2312", "gbk", "gb_2312", "x-gbk", "chinese", "gb18030"), "gb18030"),
    **dict.fromkeys(("big5", "big5-hkscs", "cn-big5", "x-x-big5"), "big5hkscs"),
    **dict.fromkeys(("shift_jis", "shift-jis", "sjis", "x-sjis", "ms_kanji", "windows-31j"), "cp932"),
    **dict.fromkeys(("euc-kr", "ks_c_5601-1987", "ksc5601", "korean", "windows-949"), "cp949"),
    "euc-jp": "euc_jp",
    "x-euc-jp": "euc_jp",
    "iso-2022-jp": "iso2022_jp",
    "koi8-r": "koi8_r",
    "koi8-u": "koi8_u",
    "macintosh": "mac_roman",
    **{f"windows-{n}": f"cp{n}" for n in (1250, 1251, 1253, 1254, 1255, 1256, 1257, 1258)},
    **{f"iso-8859-{n}": f"iso8859_{n}" for n in (2, 3, 4, 5, 6, 7, 8, 10, 13, 14, 15, 16)},
    "iso-8859-9": "cp1254",
}
"""Labels of the WHATWG Encoding standard and Python's codec for each; no other codec is used (never UTF-7)."""
RELATIVES = {
    **dict.fromkeys(("euc_jis_2004", "euc_jisx0213"), "euc_jp"),
    **dict.fromkeys(("shift_jis", "shift_jis_2004", "shift_jisx0213"), "cp932"),
    **dict.fromkeys(("gb2312", "gbk"), "gb18030"),
    "euc_kr": "cp949",
    "big5": "big5hkscs",
}
"""What the detector may name for the bytes of a codec above: a part of it, or a later edition that pages do not use."""

MAGIC = (b"%PDF-", b"PK\x03\x04", b"\x89PNG", b"GIF8", b"\xff\xd8\xff", b"\x1f\x8b", b"\xd0\xcf\x11\xe0", b"\x7fELF", b"RIFF")
"""First bytes of files that servers label HTML by mistake: PDF, ZIP and Office, PNG, GIF, JPEG, gzip, old Office, ELF, RIFF."""

BINARY = bytes([*range(9), 0x0B, *range(0x0E, 0x1B), *range(0x1C, 0x20)])
"""Bytes that no text has, as browsers tell binary files by (WHATWG MIME Sniffing)."""
BINARY_SHARE = 0.02  # of the bytes: random ones have a tenth, and text has none but by mistake
FEW_BINARY = 8  # such bytes: what slips into a short text by mistake

HTML_TYPES = ("text/html", "application/xhtml+xml", "text/plain", "application/xml", "text/xml", "application/vnd.wap.xhtml+xml")
SAMPLE = 65536  # bytes: enough to tell the encoding, and the detector's cost stays bounded
BROKEN_SHARE = 0.1  # of the characters beyond ASCII; above it people cannot read the text either
COMMENT = re.compile(r"<!--.*?-->", re.DOTALL)
MARKS = re.compile("(?<![\udc80-\udcff])[\udc85\udc91-\udc97](?![\udc80-\udcff])")
"""A quotation mark, dash or ellipsis of any windows-125x between other characters, as word processors paste them."""
FOREIGN_RUN = re.compile("[\udc80-\udcff]+")
"""Bytes that are not UTF-8, as `surrogateescape` decodes them."""
FEW_FOREIGN = 2  # characters of UTF-8 for each foreign byte, on a page that does not declare UTF-8
REPLACED = {**dict.fromkeys([*range(9), 11, *range(14, 32), 0x7F, 0xFFFE, 0xFFFF], ""), ord("\f"): " ", **FROM_WINDOWS}
"""Controls but for white space, and noncharacters, each with what stands in its place."""
CONTROLS = bytes([*range(9), 11, 12, *range(14, 32), 0x7F])
"""Bytes of ASCII's controls but for white space."""
C1_LEAD, C1_END = 0xC2, 0xA0
"""The first UTF-8 byte of C1 controls, and the second byte from which it is that of other characters."""
NONCHARACTERS = ("\ufffe", "\uffff")


def media_type(content_type: str | None) -> str | None:
    """The media type without parameters, in lower case; None where the header is missing or empty."""
    return (content_type or "").partition(";")[0].strip().lower() or None


def decode(body: bytes, content_type: str | None) -> tuple[str, list[str]]:
    """The text of `body`, and warnings (`broken_encoding`, `guessed_encoding`). Raises ItemFailed(NOT_HTML | DECODE)."""
    _require_text(body, content_type)
    text, warnings = _decoded(body, content_type)
    return clean(text), warnings


def clean(text: str) -> str:
    """`text` without characters that databases and parsers refuse: NUL and controls. C1 controls become the windows-1252
    characters that were meant, lone surrogates U+FFFD."""
    if not _has_controls(text):  # nearly every page
        return text
    return without_lone_surrogates(text.translate(REPLACED))


def _has_controls(text: str) -> bool:
    """Whether `text` may hold controls or surrogates. Checks its UTF-8 bytes, ten times as fast as a pattern on characters."""
    try:
        encoded = text.encode()
    except UnicodeEncodeError:  # a surrogate
        return True
    if len(encoded.translate(None, CONTROLS)) < len(encoded):
        return True
    if text.isascii():
        return False
    data = np.frombuffer(encoded, dtype=np.uint8)
    second = data[np.flatnonzero(data == C1_LEAD) + 1]
    return bool((second < C1_END).any()) or any(character in text for character in NONCHARACTERS)


def _require_text(body: bytes, content_type: str | None) -> None:
    kind = media_type(content_type)
    if kind is not None and kind not in HTML_TYPES:
        raise ItemFailed(Reason.NOT_HTML, f"expected HTML or plain text, got {kind[:80]}")
    if body.lstrip()[:8].startswith(MAGIC):
        raise ItemFailed(Reason.NOT_HTML, "expected HTML or plain text, got a binary file")


def _decoded(body: bytes, content_type: str | None) -> tuple[str, list[str]]:
    for mark, name in BOMS:
        if body.startswith(mark):
            return body[len(mark) :].decode(name, "replace"), []
    if codec := _utf_16(body):
        return body.decode(codec, "replace"), []
    try:
        return body.decode("utf-8"), []
    except UnicodeDecodeError:
        return _declared_or_guessed(body, content_type)


def _utf_16(body: bytes) -> str | None:
    """The codec of UTF-16 without a byte order mark: in markup, every second byte is NUL."""
    sample = body[:1024]
    even, odd = sample[0::2].count(0), sample[1::2].count(0)
    if odd > len(sample) // 4 and odd > 4 * even:
        return "utf-16-le"
    return "utf-16-be" if even > len(sample) // 4 and even > 4 * odd else None


def _declared_or_guessed(body: bytes, content_type: str | None) -> tuple[str, list[str]]:
    sample = body[:SAMPLE]
    if len(sample) - len(sample.translate(None, BINARY)) > max(FEW_BINARY, BINARY_SHARE * len(sample)):
        raise ItemFailed(Reason.NOT_HTML, "expected HTML or plain text, got a binary file")
    declared = _declared(body, content_type)
    if (mended := _mended_utf_8(body, declared)) is not None:
        return mended, ["broken_encoding"]
    for name in declared:
        text = body.decode(name, "replace")
        if _readable(text):
            return text, ["broken_encoding"] if "\ufffd" in text else []
    guess = _guess(body)
    text = body.decode(guess, "replace")
    if not _readable(text):
        raise ItemFailed(Reason.DECODE, "expected text in a known encoding, got bytes that are valid in none")
    return text, ["guessed_encoding"]


def _mended_utf_8(body: bytes, declared: list[str]) -> str | None:
    """The text of a page in UTF-8 with some bytes of another encoding; None where more speaks for the other one.

    Bytes in comments do not count: templates keep those of their authors. A single foreign byte is read as windows-1252.
    """
    text = body.decode("utf-8", "surrogateescape")
    shown = COMMENT.sub("", text)
    utf_8 = shown.encode("utf-8", "ignore").decode()
    foreign, own = len(shown) - len(utf_8), len(utf_8) - len(utf_8.encode("ascii", "ignore"))
    foreign = max(1, foreign - len(MARKS.findall(shown))) if foreign else 0  # marks are the same in all of windows-125x
    if foreign and own < (foreign if "utf-8" in declared[:1] else FEW_FOREIGN * foreign):
        return None
    return FOREIGN_RUN.sub(_as_windows, text)


def _as_windows(run: re.Match[str]) -> str:
    """The windows-1252 character of a single foreign byte; U+FFFD for a run, which is a character of UTF-8 that was cut."""
    return bytes([ord(run[0]) - 0xDC00]).decode("cp1252", "replace") if len(run[0]) == 1 else "\ufffd"


def _declared(body: bytes, content_type: str | None) -> list[str]:
    """The codecs named by header and page, in that order. A page whose ASCII bytes name UTF-16 is not in UTF-16: UTF-8 then."""
    header = Message()
    header["content-type"] = content_type or ""
    labels = [header.get_content_charset(), EncodingDetector.find_declared_encoding(body[:SAMPLE], is_html=True)]
    found = [CODECS.get((label or "").strip().lower()) for label in labels]
    if found[1] in ("utf-16-le", "utf-16-be"):
        found[1] = "utf-8"
    return [name for name in dict.fromkeys(found) if name]


def _readable(text: str) -> bool:
    """Whether few enough characters are broken: replacement characters, or C1 controls, which no text has."""
    sample = text[:SAMPLE]
    beyond_ascii = [c for c in sample if c > "\x7f"]
    broken = sum(c == "\ufffd" or c <= "\x9f" for c in beyond_ascii)
    return not beyond_ascii or broken / len(beyond_ascii) < BROKEN_SHARE or broken / max(1, len(sample)) < BROKEN_SHARE / 100


def _guess(body: bytes) -> str:
    """The likeliest codec of unlabelled bytes: windows-874 by the pattern of Thai, else charset-normalizer's choice."""
    high = re.findall(rb"[\x80-\xff]+", body[:SAMPLE])
    joined = b"".join(high)
    thai = sum(0xA1 <= b <= 0xDA or 0xE0 <= b <= 0xFB for b in joined)
    # Thai is written without spaces, in long runs; none of its letters is at 0xDB-0xDE or 0xFC-0xFF, which other scripts use.
    if joined and thai / len(joined) > 0.97 and len(joined) / len(high) > 6 and not _is_gb18030(joined):
        return "cp874"
    return _normalizer_guess(body) or "cp1252"


def _is_gb18030(joined: bytes) -> bool:
    """Whether the bytes are likelier GB 18030 than Thai: too few of them are Thai vowels."""
    vowels = sum(0xD0 <= b <= 0xDA or 0xE0 <= b <= 0xEE for b in joined)
    return vowels / len(joined) < 0.2  # Thai has a vowel or tone sign in every second or third letter


def _normalizer_guess(body: bytes) -> str | None:
    from charset_normalizer import from_bytes

    best = from_bytes(re.sub(rb"<[^<>]*>", b" ", body[: 4 * SAMPLE])[:SAMPLE]).best()
    name = RELATIVES.get(best.encoding, best.encoding) if best is not None else None
    return name if name in CODECS.values() else None

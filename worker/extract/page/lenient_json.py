"""Read JSON as sites write it into their pages, where it is not quite JSON: mend it, and read every value that it holds.

Mended are comments, CDATA marks, `name = {…};`, character references for quotation marks, typographic or escaped ones around keys,
tags between values, trailing commas, quotation marks and line breaks within strings, escapes that JSON does not have, words like
`undefined`, and missing brackets at the end. A string that holds JSON, as one that was serialised twice, is read as well.
"""

from __future__ import annotations

import html
import json
import re
from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import TypeAlias

JsonValue: TypeAlias = "str | int | float | bool | list[JsonValue] | dict[str, JsonValue] | None"
"""What `json.loads` returns."""
MAX_LENGTH = 300_000
"""Characters that are mended, a second of CPU at most; the longest script of 1,500 real pages that needed it has 60,000."""
_TOKEN = re.compile(r'/\*.*?(?:\*/|$)|//[^\n]*|[{}\[\],:"]|\'|(?:\]\]|&gt;|[^\s{}\[\],:"\'/])+|/', re.DOTALL)
_STRING = {quote: re.compile(rf"[^{quote}\\]*(?:\\.[^{quote}\\]*)*", re.DOTALL) for quote in "\"'"}
_AFTER = {
    place: re.compile(rf"\s*(?:{follows})")
    for place, follows in {
        "key": ":",
        "{": r"}|,\s*(?:}|\"[^\"\n]{1,80}\"\s*:|'|/|\w+\s*:)|\n\s*\"[^\"\n]{1,80}\"\s*:|$",
        "[": r"\]|,\s*[\]\"'{\[\d\-tfn]|$",
    }.items()
}
"""What follows a key, a value of an object and one of a list; any other quotation mark is within the string."""
_ESCAPE = re.compile(r'\\(u[0-9a-fA-F]{4}|["\\/bfnrt])|\\x([0-9a-fA-F]{2})|\\u\{([0-9a-fA-F]{1,5})\}|\\(.?)|"', re.DOTALL)
AUTHORS = ("author", "creator")
"""Keys that some systems repeat, once for each person."""
KEYWORDS = ("@type", "@context", "headline", "author", "datePublished")
"""Keys, one of which every script about an article has: what stands before them is its quotation mark, or one of them."""
_REFERENCES = ("&quot;", "&#34;", "&#x22;", "&#8220;", "&#8221;", "&#8222;", "&ldquo;", "&rdquo;", "&bdquo;", "&laquo;", "&laquo;&nbsp;")
_SPACED = (" ", "\u00a0", "\u202f")
"""Blanks within French marks, the last two of which do not break."""
_TAGS = ("<br />", "<br/>", "<br>", "<p>", "</p>")
"""What the editor that sets such marks adds at the ends of lines."""
_STRAIGHT = str.maketrans(dict.fromkeys("\u201c\u201d\u201e\u201f\u2033\u00ab\u00bb", '"') | dict.fromkeys("\u2018\u2019\u201a\u201b", "'"))
"""Editors' marks as straight ones: curly, low and reversed ones, the double prime, angles."""
_CLOSING = {"{": "}", "[": "]"}


def values_in(text: str) -> list[JsonValue]:
    """The values in a script, in order: one where it is JSON; none where it cannot be mended."""
    text = text.lstrip("\ufeff \t\r\n")
    try:
        value = json.loads(text, strict=False, object_pairs_hook=_object)
    except (ValueError, RecursionError):
        return _mended_values(text[:MAX_LENGTH])
    parts = value if isinstance(value, list) else [value]
    if not any(map(_holds_json, parts)):
        return [value]
    return [inner for part in parts for inner in (values_in(part) if _holds_json(part) else [part])]


def _holds_json(value: JsonValue) -> bool:
    """Whether a value is a string with an object or a list, serialised once more; each time doubles its escapes, so few times fit."""
    return isinstance(value, str) and value.lstrip()[:1] in ("{", "[")


def _with_straight_quotes(text: str) -> str:
    """`text` with straight quotation marks for references to them, for editors' ones around keys, and for escaped ones."""
    if '"' not in text or _precedes_key(_REFERENCES, text):
        text = html.unescape(text)
    if _precedes_key([*map(chr, _STRAIGHT), *(f"\u00ab{blank}" for blank in _SPACED)], text):
        for left_out in _TAGS:
            text = text.replace(left_out, "")
        for blank in _SPACED:
            text = text.replace(f"\u00ab{blank}", '"').replace(f"{blank}\u00bb", '"')
        text = text.translate(_STRAIGHT)
    return text.replace("\\\\", "\\").replace('\\"', '"') if _precedes_key(('\\"',), text) else text


def _precedes_key(marks: Iterable[str], text: str) -> bool:
    """Whether any of the marks stands before one of KEYWORDS."""
    return any(f"{mark}{key}" in text for mark in marks for key in KEYWORDS)


def _mended_values(text: str) -> list[JsonValue]:
    text = _with_straight_quotes(text)
    start = re.search(r"[{\[]\s*(?:[\"'{\[}\]/]|\w+\s*:|$)", text.replace("<![CDATA[", " " * 9))
    found = []
    for piece in _Mender(text, start.start() if start else len(text)).pieces():
        try:
            found.append(json.loads(piece, strict=False, object_pairs_hook=_object))
        except (ValueError, RecursionError):
            continue
    return [value for value in found if value]


@dataclass
class _Mender:
    """Walks through a script and writes its values as JSON."""

    text: str
    position: int
    written: list[str] = field(default_factory=list)
    open: list[str] = field(default_factory=list)
    """The brackets that are open."""
    in_key: bool = False

    def pieces(self) -> list[str]:
        """The values from the position on, each as JSON; the last one with the brackets that it lacks."""
        found: list[str] = []
        while token := _TOKEN.search(self.text, self.position):
            self.position = token.end()
            if token[0] in ('"', "'") and self.open:
                self._write_string(token[0])
            elif token[0] in ("{", "["):
                self._open(token[0])
            elif token[0] in ("}", "]"):
                self._close(token[0])
            elif self.open and not token[0].startswith(("/*", "//")):
                self._write_word(token[0])
            if self.written and not self.open:
                found.append("".join(self.written))
                self.written = []
        self._drop_comma()
        if self.open:
            self._fill_value()
        self.written += [_CLOSING[bracket] for bracket in reversed(self.open)]
        return [*found, "".join(self.written)] if self.written else found

    def _open(self, bracket: str) -> None:
        self._separate()
        self.open.append(bracket)
        self.written.append(bracket)
        self.in_key = bracket == "{"

    def _close(self, bracket: str) -> None:
        """Close a bracket, and those inside it that were not closed; one that was never opened is left out."""
        opening = next(one for one, other in _CLOSING.items() if other == bracket)
        if opening not in self.open:
            return
        self._drop_comma()
        self._fill_value()
        while self.open:
            last = self.open.pop()
            self.written.append(_CLOSING[last])
            if last == opening:
                break
        self.in_key = False

    def _fill_value(self) -> None:
        """Write null for the value that a key lacks, as templates leave it: `"wordCount": ,`."""
        if self.written and self.written[-1] == ":":
            self.written.append("null")

    def _separate(self) -> None:
        """Write the comma that is missing between two values."""
        if self.open and self.written[-1] not in (",", ":", "{", "["):
            self.written.append(",")
            self.in_key = self.open[-1] == "{"

    def _drop_comma(self) -> None:
        if self.written and self.written[-1] == ",":
            self.written.pop()

    def _write_word(self, word: str) -> None:
        """Write a comma, a colon, a number or a word; what JSON does not have is null, and an unquoted key a string."""
        if word == ",":
            self._fill_value()
            self.in_key = self.open[-1] == "{"
        elif word == ":":
            self.in_key = False
        else:
            self._separate()
            word = json.dumps(word) if self.in_key else _literal(word)
        if word != "," or self.written[-1] not in (",", "{", "["):
            self.written.append(word)

    def _write_string(self, quote: str) -> None:
        self._separate()
        after = _AFTER["key" if self.in_key else self.open[-1]]
        start, end = self.position, self.position
        while match := _STRING[quote].match(self.text, end):
            end = match.end()
            if end >= len(self.text) or after.match(self.text, end + 1):
                break
            end += 1  # a quotation mark within the string
        self.position = end + 1
        self.written.append(f'"{_escaped(self.text[start:end])}"')


def _literal(word: str) -> str:
    """A number, true or false as JSON; null for any other word."""
    try:
        return json.dumps(json.loads(word, parse_constant=lambda _: None))
    except ValueError:
        return "null"


def _escaped(text: str) -> str:
    """The inside of a JSON string, with quotation marks escaped, escapes of scripts as their characters, and other ones undone."""
    return _ESCAPE.sub(_as_json, text)


def _as_json(match: re.Match[str]) -> str:
    if match[0] == '"' or match[1]:
        return f"\\{match[1] or match[0]}"
    number = match[2] or match[3]
    return json.dumps(chr(int(number, 16)))[1:-1] if number else match[4] or ""


def _object(pairs: list[tuple[str, JsonValue]]) -> dict[str, JsonValue]:
    """A JSON object. Authors under a key that it has twice are a list: each is one."""
    found = dict(pairs)
    if len(found) < len(pairs):
        for key in AUTHORS:
            values = [value for name, value in pairs if name == key]
            found |= {key: [one for value in values for one in (value if isinstance(value, list) else [value])]} if values[1:] else {}
    return found

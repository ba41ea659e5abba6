"""Find the address in a line of a list, without what mail programs, word processors and tables put around it."""

from __future__ import annotations

UNSEEN = " \t\r\u00a0\u200b\u200c\u200d\u200e\u200f\u202a\u202c\u2060\ufeff"
"""White space, and characters without width that come along when an address is copied."""
QUOTES = {"“": "”", "„": "“”", "«": "»", "»": "«", "‹": "›", "‘": "’", "‚": "‘’", '"': '"', "'": "'", "<": ">", "「": "」"}
"""What opens a quotation, and what may close it."""
BULLETS = ("-", "*", "+", "•", "·", "–", "—", "►", "→", "o", ">", ">>")
"""What begins an item of a list, or a quotation in a mail; the `o` is the bullet that word processors leave."""
SCHEMES = ("http://", "https://")


def address_in(line: str) -> str:
    """The address of a line: the first cell with one, without its bullet or number and its quotation marks. A line that holds anything
    else stays as it is, to be judged as a whole."""
    cells = (_bare(cell) for cell in line.split("\t"))
    return next((cell for cell in cells if _is_address(cell)), line)


def addresses_in(line: str) -> list[str]:
    """What `address_in` gives for a line, or for each of several that end as on old Macs, where all of these are addresses."""
    parts = [address_in(part) for part in line.split("\r") if part.strip(UNSEEN)]
    return parts if len(parts) > 1 and all(map(_is_address, parts)) else [address_in(line)]


def _bare(cell: str) -> str:
    cell = cell.strip(UNSEEN)
    mark, blank, rest = cell.partition(" ")
    if blank and (mark in BULLETS or (mark[-1:] in (".", ")") and mark[:-1].isdecimal())):
        cell = rest.strip(UNSEEN)
    while cell[:1] in QUOTES:
        closing = QUOTES[cell[0]]
        cell = cell[1:].strip(UNSEEN)
        cell = cell[:-1].strip(UNSEEN) if cell[-1:] in closing else cell
        cell = cell[4:] if cell[:4].upper() == "URL:" else cell  # RFC 3986, appendix C
    return cell


def _is_address(text: str) -> bool:
    return text.lower().startswith(SCHEMES) and text.isprintable() and not any(mark in text for mark in ' "<>“”')

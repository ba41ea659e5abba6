"""Take out of texts what no reader of XML, HTML or JSON may get from a page: control characters and lone surrogates."""

from __future__ import annotations

import re

CONTROLS = re.compile("[\x00-\x08\x0b-\x1f\x7f-\x9f\ufffe\uffff]")
"""C0 but for tab and line feed, DEL, C1, and what XML 1.0 has no place for."""
SURROGATES = re.compile("[\ud800-\udfff]")


def plain(text: str) -> str:
    """`text` without control characters; a lone surrogate is U+FFFD."""
    return SURROGATES.sub("\ufffd", CONTROLS.sub("", text))

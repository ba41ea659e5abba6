"""Read for how long an answer calls itself fresh: `Cache-Control` and `Expires` (RFC 9111 section 5)."""

from __future__ import annotations

import re
from email.utils import parsedate_to_datetime

from worker.fetch.head import Head

_MAX_AGE = re.compile(r"(?:^|[,\s])max-age\s*=\s*\"?([0-9]{1,10})", re.IGNORECASE)
_NO_CACHE = re.compile(r"\bno-(?:cache|store)\b", re.IGNORECASE)


def fresh_for(head: Head) -> float | None:
    """Seconds, None where the answer does not say, or says that it is not to be kept."""
    control = ",".join(head.all("cache-control"))
    if _NO_CACHE.search(control):
        return None
    stated = _MAX_AGE.search(control)
    return float(stated[1]) or None if stated else _until_expiry(head)


def _until_expiry(head: Head) -> float | None:
    try:
        expires, sent = (parsedate_to_datetime(head.get(name) or "") for name in ("expires", "date"))
        return max((expires - sent).total_seconds(), 0.0) or None
    except (ValueError, TypeError, OverflowError):
        return None

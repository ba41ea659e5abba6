"""Read the header Retry-After, which holds seconds or a date."""

from __future__ import annotations

import re
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime


def retry_after(value: str | None, cap: float, now: datetime) -> float | None:
    """Seconds that the header asks for, from 0 to `cap`; None where there is none or it cannot be read."""
    if value is None:
        return None
    if re.fullmatch(r"[0-9]{1,18}", value):
        return min(float(value), cap)
    try:
        moment = parsedate_to_datetime(value[:64])
        return min(max((moment.replace(tzinfo=moment.tzinfo or UTC) - now).total_seconds(), 0.0), cap)
    except (ValueError, TypeError, OverflowError, IndexError):
        return None

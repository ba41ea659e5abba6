"""Say where the Redis of an installation is: the named one, or the embedded server of its data folder."""

from __future__ import annotations

import json
from dataclasses import dataclass
from pathlib import Path

from worker.config import Settings
from worker.errors import Unavailable


@dataclass(frozen=True, slots=True)
class Address:
    """Where the server of a data folder listens; written into the folder for other commands to find."""

    url: str
    pid: int
    """Process id of the server."""


def address_of(data_dir: Path) -> Address | None:
    """The address that was last written for `data_dir`, None where none was; its server may be gone."""
    try:
        return Address(**json.loads((data_dir / "redis" / "address.json").read_text(encoding="utf-8")))
    except (OSError, ValueError, TypeError):
        return None


def redis_url(settings: Settings) -> str:
    """The URL of the named Redis, else of the embedded one; raises Unavailable where there is neither."""
    if settings.redis_url:
        return settings.redis_url
    address = address_of(settings.data_dir)
    if address is None:
        raise Unavailable(f"no Redis: no `up` runs in {settings.data_dir}, and PRESSMARK_REDIS_URL is not set; start `pressmark up`")
    return address.url

"""Look sites up in the list of outlets that stands beside the seeds."""

from __future__ import annotations

from pathlib import Path

from classifier.errors import ClassifierError
from classifier.model.outlets import find_outlet, read_outlets
from worker.config import Settings


class OutletKinds:
    """The source types of listed sites; empty where there is no list, or it cannot be read."""

    def __init__(self, settings: Settings) -> None:
        here = Path("seeds") if Path("seeds").is_dir() else settings.data_dir / "seeds"
        try:
            self._outlets = read_outlets(settings.seeds_dir or here)
        except (ClassifierError, OSError):
            self._outlets = {}

    def of(self, url: str) -> str | None:
        """The source type of the site of `url`; None where it is not listed."""
        found = find_outlet(self._outlets, url, None)
        return found[1] if found else None

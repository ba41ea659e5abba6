"""Find the folder of labelled articles that commands work with, and make it from the packaged ones where there is none."""

from __future__ import annotations

import shutil
import sys
import tempfile
from pathlib import Path

import classifier
from worker.config import Settings
from worker.errors import Unavailable, UsageError

HERE = Path("seeds")


def seed_folder(settings: Settings, given: Path | None = None) -> Path:
    """The folder that was given, or named by PRESSMARK_SEEDS_DIR; else `seeds` in the current folder; else one in the data folder.

    The last is made as a copy of the packaged seeds, once. Raises UsageError where nothing was packaged, Unavailable where it cannot
    be written.
    """
    named = given or settings.seeds_dir
    if named is not None:
        return named
    if HERE.is_dir():
        return HERE
    own = settings.data_dir / "seeds"
    if not own.exists():
        _copy_packaged(own)
    return own


def packaged() -> Path | None:
    """The seeds that came with the program: beside its source, or where a wheel puts them."""
    places = (Path(classifier.__file__).parents[1] / "seeds", Path(sys.prefix) / "share" / "pressmark" / "seeds")
    return next((place for place in places if any(place.glob("*.jsonl"))), None)


def _copy_packaged(own: Path) -> None:
    """All of it or nothing: another command may look at the same time."""
    source = packaged()
    if source is None:
        raise UsageError("no labelled articles: expected a folder `seeds` here, --seeds FOLDER, or PRESSMARK_SEEDS_DIR")
    try:
        own.parent.mkdir(parents=True, exist_ok=True)
        with tempfile.TemporaryDirectory(dir=own.parent, prefix="seeds-") as made:
            shutil.copytree(source, Path(made) / "seeds", copy_function=shutil.copyfile)
            (Path(made) / "seeds").rename(own)
    except OSError as error:
        if not own.exists():
            raise Unavailable(f"{own}: the labelled articles cannot be copied there: {error.strerror or error}") from error

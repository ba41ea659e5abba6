"""The models of this machine: fetched from the registry once, checked, kept by digest, and switched between two tasks.

All processes of a machine map the same files, before and after a promotion.
"""

from __future__ import annotations

import json
import logging
import shutil
import tempfile
import time
from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING

from worker.config import Settings
from worker.errors import Unavailable, UsageError
from worker.models.labeller import Labeller

if TYPE_CHECKING:  # the commands that ask no database need no SQL
    from worker.storage.model_registry import ModelRegistry

log = logging.getLogger(__name__)

LOOK = 2.0
"""Seconds between two looks at which model is active: a promotion is to be followed within five."""
ACTIVE = "active"
"""The file that names the digest of the model in use, for commands that ask no database."""


class ModelCache:
    """Gives the active model, and notices when another becomes it; a task keeps the one it began with."""

    def __init__(self, settings: Settings, registry: Callable[[], ModelRegistry], clock: Callable[[], float] = time.monotonic) -> None:
        self._settings = settings
        self._registry = registry
        self._clock = clock
        self._looked_at = -LOOK
        self._labeller: Labeller | None = None
        self._active: str | None = None
        self._refused: str | None = None
        self._fetched_anew: set[Path] = set()

    def current(self) -> Labeller:
        """The active model, looked for at most every 2 s; raises UsageError where there is none that can be used."""
        if self._settings.model_dir is None and self._clock() - self._looked_at >= LOOK:
            self._looked_at = self._clock()
            self._look()
        if self._labeller is None:
            self._labeller = Labeller(at_hand(self._settings))
        return self._labeller

    def _look(self) -> None:
        """Follows the registry; while the database is away, or the new model is broken, the present one goes on."""
        try:
            active = self._registry().active()
            if active != self._active or self._labeller is None:
                self._take(active)
        except Unavailable as away:
            log.debug("no look at the registry: %s", away)
        except UsageError as broken:
            if self._refused != str(broken):
                log.error("the promoted model cannot be used, the present one goes on: %s", broken)  # noqa: TRY400 - one line says it
            self._refused = str(broken)

    def _take(self, active: str | None) -> None:
        self._labeller = self.labeller(active) if active is not None else Labeller()
        self._active = active
        _write_down(self._settings, self.folder(active) if active is not None else None)
        log.info("labels are given by model %s", self._labeller.model_id)

    def labeller(self, model_id: str) -> Labeller:
        """A registered model, loaded; files that were damaged on this disk are fetched anew, once. Raises UsageError."""
        folder = self.folder(model_id)
        try:
            return Labeller(folder)
        except UsageError as error:
            if folder in self._fetched_anew:
                raise
            log.warning("%s; it is fetched once more", error)
            self._fetched_anew.add(folder)
            shutil.rmtree(folder, ignore_errors=True)
            return Labeller(self.folder(model_id))

    def folder(self, model_id: str) -> Path:
        """Where the files of a registered model lie, written there first if need be."""
        sha256 = self._registry().find(model_id).sha256
        folder = _home(self._settings) / sha256
        if not folder.exists():
            manifest, parts = self._registry().files(model_id)
            _lay_out(folder, manifest, parts)
        return folder


def at_hand(settings: Settings) -> Path | None:
    """The folder of the model that this machine uses, without asking the database; None: the one that ships."""
    if settings.model_dir is not None:
        return settings.model_dir
    try:
        folder = _home(settings) / (_home(settings) / ACTIVE).read_text(encoding="ascii").strip()
    except (OSError, UnicodeDecodeError):
        return None
    return folder if (folder / "manifest.json").exists() else None


def read_files(folder: Path) -> tuple[str, dict[str, bytes]]:
    """The manifest of a model's folder and its parts, byte for byte."""
    manifest = (folder / "manifest.json").read_text(encoding="utf-8")
    return manifest, {name: (folder / f"{name}.npy").read_bytes() for name in json.loads(manifest)["parts"]}


def _home(settings: Settings) -> Path:
    return settings.data_dir / "models"


def _write_down(settings: Settings, folder: Path | None) -> None:
    mark = _home(settings) / ACTIVE
    try:
        if folder is None:
            mark.unlink(missing_ok=True)
        else:
            beside = mark.with_suffix(".new")
            beside.write_text(folder.name, encoding="ascii")
            beside.rename(mark)
    except OSError as error:
        log.warning("%s: the model in use cannot be written down: %s", mark, error.strerror)


def _lay_out(folder: Path, manifest: str, parts: dict[str, bytes]) -> None:
    """Writes a model's files at once or not at all, whoever else does the same."""
    try:
        folder.parent.mkdir(parents=True, exist_ok=True)
        beside = Path(tempfile.mkdtemp(dir=folder.parent))
        for name, content in parts.items():
            (beside / f"{name}.npy").write_bytes(content)
        (beside / "manifest.json").write_text(manifest, encoding="utf-8")
        if folder.exists():
            shutil.rmtree(beside)
        else:
            beside.rename(folder)
    except OSError as error:
        if not folder.exists():
            raise Unavailable(f"{folder}: a model cannot be written there: {error.strerror}") from error

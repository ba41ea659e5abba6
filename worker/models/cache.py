"""Keep the active model on this machine, and switch to a newly promoted one, never in the middle of a task.

Each model has a folder named by its digest, so all processes of a machine map the same files before and after a promotion.
"""

from __future__ import annotations

import json
import logging
import shutil
import tempfile
import time
from collections.abc import Callable
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING

from worker.config import Settings
from worker.errors import Outdated, Unavailable, UsageError
from worker.models import manifest
from worker.models.manifest import ModelNote

if TYPE_CHECKING:  # `label` and `try` use no database, and importing SQLAlchemy takes 0.2 s; many commands load no model, 0.3 s
    from worker.models.labeller import Labeller
    from worker.storage.model_registry import ModelRegistry

log = logging.getLogger(__name__)

CHECK_EVERY = 2.0
"""Seconds between two checks of which model is active: workers are to follow a promotion within five."""
ACTIVE = "active"
"""The file that names the digest of the active model, for commands that use no database."""


class ModelCache:
    """Loads the active model, and another one when it becomes active; a task keeps the model that it started with."""

    def __init__(self, settings: Settings, registry: Callable[[], ModelRegistry], clock: Callable[[], float] = time.monotonic) -> None:
        self._settings = settings
        self._registry = registry
        self._clock = clock
        self._checked_at = -CHECK_EVERY
        self._labeller: Labeller | None = None
        self._active: str | None = None
        self._reported: str | None = None
        """Why the promoted model cannot be used, as it was logged last."""
        self._fetched_again: set[Path] = set()

    def current(self) -> Labeller:
        """The active model, checked for at most every 2 s; raises UsageError where none can be used."""
        if self._settings.model_dir is None and self._clock() - self._checked_at >= CHECK_EVERY:
            self._checked_at = self._clock()
            self._follow_registry()
        if self._labeller is None:
            self._labeller = self._first()
        return self._labeller

    def _first(self) -> Labeller:
        """The model of this machine; after an upgrade that cannot use it the shipped one, so that work goes on until one is trained."""
        try:
            return _load(local_folder(self._settings))
        except Outdated as error:
            if self._settings.model_dir is not None:
                raise
            log.error("%s; the shipped model labels until a newly trained one is promoted", error)  # noqa: TRY400 - one line is enough
            return _load(None)

    def note(self) -> ModelNote:
        """What the manifest of the active model says; raises UsageError where it cannot be read."""
        if self._settings.model_dir is not None:
            return manifest.read(self._settings.model_dir)
        active = self._registry().active()
        return manifest.read(self.folder(active)) if active is not None else _shipped()

    def _follow_registry(self) -> None:
        """Loads the active model; while the database is away, or the model is damaged, the one in use stays."""
        try:
            active = self._registry().active()
            if active != self._active or self._labeller is None:
                self._use(active)
        except Unavailable as away:
            log.debug("cannot check which model is active: %s", away)
        except UsageError as damaged:
            if self._reported != str(damaged):
                log.error("the promoted model cannot be used, the one in use stays: %s", damaged)  # noqa: TRY400 - one line is enough
            self._reported = str(damaged)

    def _use(self, active: str | None) -> None:
        self._labeller = self.labeller(active) if active is not None else _load(None)
        self._active = active
        self._write_down(active)
        log.info("labels are given by model %s", self._labeller.model_id)

    def remember(self) -> None:
        """Note the active model for this machine's commands that use no database, though no worker has labelled with it yet."""
        self._write_down(self._registry().active())

    def _write_down(self, active: str | None) -> None:
        _write_active(self._settings, self.folder(active) if active is not None else None)

    def labeller(self, model_id: str) -> Labeller:
        """Loads a registered model; files that are damaged on this disk are fetched again, once. Raises UsageError."""
        folder = self.folder(model_id)
        try:
            return _load(folder)
        except UsageError as error:
            if folder in self._fetched_again:
                raise
            log.warning("%s; fetching it once more", error)
            self._fetched_again.add(folder)
            shutil.rmtree(folder, ignore_errors=True)
            return _load(self.folder(model_id))

    def folder(self, model_id: str) -> Path:
        """The folder with the files of a registered model, which are written there first where they are missing."""
        sha256 = self._registry().find(model_id).sha256
        folder = _models(self._settings) / sha256
        if not folder.exists():
            manifest, parts = self._registry().files(model_id)
            _write_files(folder, manifest, parts)
        return folder


@cache
def _shipped() -> ModelNote:
    """Its file comes with the program, and an open page asks every two seconds."""
    return manifest.read(None)


def _load(folder: Path | None) -> Labeller:
    """Raises UsageError where the model cannot be used."""
    from worker.models.labeller import Labeller

    return Labeller(folder)


def local_folder(settings: Settings) -> Path | None:
    """The folder of the model that this machine uses, found without the database; None for the shipped model."""
    if settings.model_dir is not None:
        return settings.model_dir
    try:
        folder = _models(settings) / (_models(settings) / ACTIVE).read_text(encoding="ascii").strip()
    except (OSError, UnicodeDecodeError):
        return None
    return folder if (folder / "manifest.json").exists() else None


def read_files(folder: Path) -> tuple[str, dict[str, bytes]]:
    """The manifest of a model's folder and its parts, byte for byte."""
    written = (folder / "manifest.json").read_text(encoding="utf-8")
    return written, {name: (folder / f"{name}.npy").read_bytes() for name in json.loads(written)["parts"]}


def _models(settings: Settings) -> Path:
    return settings.data_dir / "models"


def _write_active(settings: Settings, folder: Path | None) -> None:
    file = _models(settings) / ACTIVE
    try:
        if folder is None:
            file.unlink(missing_ok=True)
        else:
            new = file.with_suffix(".new")
            new.write_text(folder.name, encoding="ascii")
            new.rename(file)
    except OSError as error:
        log.warning("%s: cannot write which model is in use: %s", file, error.strerror)


def _write_files(folder: Path, manifest: str, parts: dict[str, bytes]) -> None:
    """Writes a model's files all at once or not at all; another process may do the same at the same time.

    Raises UsageError for a part whose name leads out of the folder, Unavailable where nothing can be written.
    """
    if outside := [name for name in parts if not name.isidentifier()]:
        raise UsageError(f"expected names of arrays in the registered model, got {outside[0]!r:.80}")
    try:
        folder.parent.mkdir(parents=True, exist_ok=True)
        new = Path(tempfile.mkdtemp(dir=folder.parent))
        for name, content in parts.items():
            (new / f"{name}.npy").write_bytes(content)
        (new / "manifest.json").write_text(manifest, encoding="utf-8")
        if folder.exists():
            shutil.rmtree(new)
        else:
            new.rename(folder)
    except OSError as error:
        if not folder.exists():
            raise Unavailable(f"{folder}: cannot write a model there: {error.strerror}") from error

"""Keep every trained model with its parts, and which of them is active."""

from __future__ import annotations

import hashlib
import json
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

from sqlalchemy import Connection, Engine, Row, func, insert, select

from worker.errors import NotFound, UsageError
from worker.storage.database import reading, writing
from worker.storage.tables import model_parts, models, promotions

SHIPPED = "shipped"
"""What people call the model that comes with the program; it has no entry, and its id is written as None."""


@dataclass(frozen=True, slots=True)
class ModelEntry:
    """A model as the registry knows it; times are seconds since 1970."""

    id: str
    sha256: str
    articles: int | None
    """Seeds that it was trained on; None where its manifest does not say."""
    macro_f1: float | None
    """Of its topics on held-out seeds; None where its manifest does not say."""
    added_at: float
    added_by: str
    active: bool
    topics: tuple[str, ...] = ()
    """That it tells apart, in their order."""


@dataclass(frozen=True, slots=True)
class Promotion:
    """One change of the active model; `model_id` None means the shipped one."""

    model_id: str | None
    at: float
    by: str
    forced: bool
    note: str


class ModelRegistry:
    """Every method is one short transaction and raises Unavailable where the database is away."""

    def __init__(self, engine: Engine, now: Callable[[], float] = time.time) -> None:
        self._engine = engine
        self._now = now

    def add(self, manifest: str, parts: Mapping[str, bytes], by: str) -> ModelEntry:
        """Registers a model; the same one twice changes nothing. Raises UsageError for parts that are not those of the manifest."""
        facts = json.loads(manifest)
        _check_parts(facts, parts)
        with writing(self._engine) as connection:
            if known := self._known(connection, facts["id"], facts["sha256"]):
                return known
            have = set(connection.execute(select(model_parts.c.sha256)).scalars())
            new = {facts["parts"][name]: data for name, data in parts.items() if facts["parts"][name] not in have}
            if new:
                connection.execute(insert(model_parts), [{"sha256": digest, "content": data} for digest, data in sorted(new.items())])
            row = {"id": facts["id"], "sha256": facts["sha256"], "manifest": manifest, "added_at": self._now(), "added_by": by}
            connection.execute(insert(models).values(**row))
        return self.find(facts["id"])

    def _known(self, connection: Connection, model_id: str, sha256: str) -> ModelEntry | None:
        entries = _entries(connection)
        if model_id in entries and entries[model_id].sha256 != sha256:
            raise UsageError(f"expected a new name for a new model, got {model_id!r}, the name of another one")
        return next((entry for entry in entries.values() if entry.sha256 == sha256), None)

    def all(self) -> list[ModelEntry]:
        """Every model, newest first."""
        with reading(self._engine) as connection:
            return sorted(_entries(connection).values(), key=lambda entry: entry.added_at, reverse=True)

    def find(self, name: str) -> ModelEntry:
        """The model with this id, or the only one whose id or digest begins with `name`; raises UsageError where there is none."""
        with reading(self._engine) as connection:
            entries = _entries(connection)
        if name in entries:
            return entries[name]
        near = [entry for entry in entries.values() if entry.id.startswith(name) or entry.sha256.startswith(name)]
        if len(near) != 1:
            if near:
                raise UsageError(f"{name!r} is the beginning of {len(near)} models; `pressmark models` lists them")
            raise NotFound(f"no model {name!r}; `pressmark models` lists them")
        return near[0]

    def active(self) -> str | None:
        """The id of the active model, None for the shipped one. One row is read: callers ask every few seconds."""
        with reading(self._engine) as connection:
            return _active(connection)

    def history(self) -> list[Promotion]:
        """Every promotion, newest first."""
        columns = (promotions.c.model_id, promotions.c.at, promotions.c.by, promotions.c.forced, promotions.c.note)
        with reading(self._engine) as connection:
            return [Promotion(*row) for row in connection.execute(select(*columns).order_by(promotions.c.id.desc()))]

    def promote(self, model_id: str | None, by: str, *, forced: bool = False, note: str = "") -> None:
        """Makes a model the active one for all workers; None means the shipped one. Raises UsageError for an unknown model."""
        if model_id is not None:
            self.find(model_id)
        with writing(self._engine) as connection:
            row = {"model_id": model_id, "at": self._now(), "by": by, "forced": forced, "note": note}
            connection.execute(insert(promotions).values(**row))

    def rollback(self, by: str) -> str | None:
        """Goes back to the model that was active before the present one, and returns its id. Raises UsageError where there was none."""
        with writing(self._engine) as connection:
            past = list(connection.execute(select(promotions.c.model_id).order_by(promotions.c.id)).scalars())
            if not past:
                raise UsageError("expected a promotion to roll back, got none; the shipped model is active")
            target: str | None = _before(past)
            note = f"rolled back from {past[-1]}"
            row = {"model_id": target, "at": self._now(), "by": by, "forced": False, "note": note}
            connection.execute(insert(promotions).values(**row))
        return target

    def files(self, model_id: str) -> tuple[str, dict[str, bytes]]:
        """The manifest, and its parts by name; raises UsageError for an unknown model."""
        entry = self.find(model_id)
        with reading(self._engine) as connection:
            manifest: str = connection.execute(select(models.c.manifest).where(models.c.id == entry.id)).scalar_one()
            wanted = json.loads(manifest)["parts"]
            rows = connection.execute(
                select(model_parts.c.sha256, model_parts.c.content).where(model_parts.c.sha256.in_(list(wanted.values())))
            )
            found = {digest: bytes(content) for digest, content in rows}
        return manifest, {name: found[digest] for name, digest in wanted.items()}


def ranking(connection: Connection) -> Callable[[str], int]:
    """Ranks models by their last promotion, the latest highest; a model without a promotion counts as a shipped one."""
    rows = connection.execute(select(promotions.c.model_id, func.max(promotions.c.id)).group_by(promotions.c.model_id))
    ranks: dict[str | None, int] = {row[0]: row[1] for row in rows}
    return lambda model_id: ranks.get(model_id, ranks.get(None, 0))


def _active(connection: Connection) -> str | None:
    query = select(promotions.c.model_id).order_by(promotions.c.id.desc()).limit(1)
    found: str | None = connection.execute(query).scalar_one_or_none()
    return found


def _before(past: list[str | None]) -> str | None:
    """The model before the present one, as if the present one had never been promoted: two rollbacks go two steps back."""
    steps: list[str | None] = [None]
    for model_id in past:
        if model_id in steps:
            del steps[steps.index(model_id) + 1 :]
        else:
            steps.append(model_id)
    if len(steps) == 1:
        raise UsageError("expected a promotion to roll back; the shipped model is active already")
    return steps[-2]


def _entries(connection: Connection) -> dict[str, ModelEntry]:
    active = _active(connection)
    return {row.id: _entry(row, active) for row in connection.execute(select(models))}


def _entry(row: Row[Any], active: str | None) -> ModelEntry:
    manifest = json.loads(row.manifest)
    return ModelEntry(
        id=row.id,
        sha256=row.sha256,
        articles=manifest.get("data", {}).get("articles"),
        macro_f1=manifest.get("held_out", {}).get("topics", {}).get("macro_f1"),
        added_at=row.added_at,
        added_by=row.added_by,
        active=row.id == active,
        topics=tuple(manifest.get("topics", ())),
    )


def _check_parts(manifest: Mapping[str, Any], parts: Mapping[str, bytes]) -> None:
    digests = {name: hashlib.sha256(data).hexdigest() for name, data in parts.items()}
    if digests != manifest["parts"]:
        raise UsageError(f"expected the parts that the manifest of {manifest['id']!r} names, got some that are missing, foreign or damaged")

"""List the registered models and their promotions, and find the files of a model."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

from worker.bootstrap import Services
from worker.models.manifest import shipped_name
from worker.operations.document import Document
from worker.operations.times import rfc3339
from worker.storage.model_registry import SHIPPED, ModelEntry, Promotion


@dataclass(frozen=True, slots=True)
class RegisteredModel(Document):
    """A model that was trained here."""

    id: str
    sha256: str
    active: bool
    added_at: str
    added_by: str
    articles: int | None
    macro_f1: float | None

    @classmethod
    def of(cls, entry: ModelEntry) -> RegisteredModel:
        """With its time in RFC 3339."""
        return cls(entry.id, entry.sha256, entry.active, rfc3339(entry.added_at), entry.added_by, entry.articles, entry.macro_f1)


@dataclass(frozen=True, slots=True)
class ShippedModel(Document):
    """The model that comes with the program."""

    id: str
    active: bool
    shipped: bool = True


@dataclass(frozen=True, slots=True)
class ModelList:
    """Every model, the newest first."""

    registered: tuple[RegisteredModel, ...]
    shipped: ShippedModel
    promotions: tuple[Promotion, ...]


def listed(services: Services) -> ModelList:
    """Every model and every promotion. Raises Unavailable."""
    registry = services.registry
    registered = tuple(RegisteredModel.of(entry) for entry in registry.all())
    return ModelList(registered, ShippedModel(shipped_name(), registry.active() is None), tuple(registry.history()))


def is_shipped(model: str) -> bool:
    """Whether somebody who types this means the model that ships: by its name, or as `shipped`."""
    return model in (SHIPPED, shipped_name())


def folder(services: Services, model: str | None) -> Path | None:
    """The folder of a registered model; None stands for the shipped one. Raises UsageError for an unknown model."""
    return services.model_cache.folder(services.registry.find(model).id) if model is not None else None


@dataclass(frozen=True, slots=True)
class NewReviews(Document):
    """How many articles people have reviewed since the active model was trained: enough of them are worth a new one."""

    model: str
    reviewed: int


def new_reviews(services: Services) -> NewReviews:
    """Since the active model was registered; of the shipped one, all there are. Raises Unavailable."""
    active = next((entry for entry in services.registry.all() if entry.active), None)
    since = active.added_at if active else 0.0
    return NewReviews(active.id if active else SHIPPED, services.review_leases.reviewed_since(since))

"""List the registered models and their promotions, and find the files of a model."""

from __future__ import annotations

from collections.abc import Iterable, Sequence, Set
from contextlib import closing
from dataclasses import dataclass
from pathlib import Path
from string import ascii_lowercase

from classifier.label_set import DEFAULT, LabelSet
from worker.bootstrap import Services
from worker.config import Settings
from worker.errors import UsageError
from worker.models.manifest import shipped_name
from worker.operations import installation
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


def label_set(services: Services) -> LabelSet:
    """The topics of the active model. Raises UsageError where its manifest cannot be read, Unavailable."""
    return services.model_note.label_set


def unknown_topic(services: Services, names: Iterable[str]) -> str | None:
    """The first of the names that no model here has as a topic, None where each has one.

    Labels of earlier models stay in the store, so their topics count too. Raises UsageError, Unavailable.
    """
    unknown = [name for name in names if name not in DEFAULT.topics]
    known = _topics(services) if unknown else ()
    return next((name for name in unknown if name not in known), None)


def expect_topics(services: Services, field: str, *names: str | None) -> None:
    """Raises UsageError, which names the field, for a topic that no model here has; None and empty are no topic. Raises Unavailable."""
    unknown = unknown_topic(services, filter(None, names))
    if unknown is not None:
        raise UsageError(f"{field}: expected one of {', '.join(_topics(services))}, got {unknown[:80]!r}")


def expect_topics_in(settings: Settings, field: str, *names: str) -> None:
    """The same for a caller without services: the database is opened only for a name that the shipped model does not have."""
    if not set(names) <= set(DEFAULT.topics):
        with closing(Services(settings)) as services:
            installation.prepare(services)
            expect_topics(services, field, *names)


def assigned(names: Sequence[str], taken: Set[str]) -> list[str]:
    """A key for each name: its first free letter, else the first free one of the alphabet, empty where none is left."""
    keys: list[str] = []
    for name in names:
        letters = [letter for letter in name if letter in ascii_lowercase] + list(ascii_lowercase)
        keys.append(next((letter for letter in letters if letter not in taken and letter not in keys), ""))
    return keys


def _topics(services: Services) -> list[str]:
    """Those of the active model first, then of all others."""
    active = label_set(services).topics
    return list(dict.fromkeys([*active, *DEFAULT.topics, *(topic for entry in services.registry.all() for topic in entry.topics)]))


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

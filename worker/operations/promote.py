"""Promote a model if the gate allows it, and roll a promotion back; workers follow within five seconds."""

from __future__ import annotations

from dataclasses import asdict, dataclass
from pathlib import Path

from classifier.label_set import LabelSet
from worker.bootstrap import Services
from worker.models import manifest, training
from worker.models.manifest import shipped_name
from worker.models.training import Verdict
from worker.operations.audit import record
from worker.operations.models import folder, is_shipped

NO_FIGURES = ("passed", "objections")
"""Fields of a verdict that the report gives in other places."""


@dataclass(frozen=True, slots=True)
class TopicChange:
    """The topics of a model beside those of the active one; stored labels keep theirs until they are given again."""

    new: tuple[str, ...]
    gone: tuple[str, ...]

    @classmethod
    def between(cls, before: LabelSet, after: LabelSet) -> TopicChange | None:
        """None where both have the same."""
        new, gone = (tuple(sorted(set(a.topics) - set(b.topics))) for a, b in ((after, before), (before, after)))
        return cls(new, gone) if new or gone else None


@dataclass(frozen=True, slots=True)
class PromotionReport:
    """Whether a model was promoted, and why not."""

    id: str
    promoted: bool
    forced: bool | None = None
    """None where there was nothing to ask the gate: the model was active already, or is the shipped one."""
    topics: TopicChange | None = None
    """None where the topics stay."""
    verdict: Verdict | None = None
    """None where the gate was not asked."""

    @property
    def objections(self) -> tuple[str, ...]:
        """Why the gate refused; empty where it did not."""
        return self.verdict.objections if self.verdict else ()

    def to_dict(self) -> dict[str, object]:
        """The JSON of `promote --json`: the gate's figures are there only where it was asked."""
        forced = {} if self.forced is None else {"forced": self.forced}
        figures = {name: value for name, value in asdict(self.verdict).items() if name not in NO_FIGURES} if self.verdict else {}
        topics = {"topics": asdict(self.topics)} if self.topics else {}
        return {"id": self.id, "promoted": self.promoted, **forced, "objections": list(self.objections), **topics, **figures}


def promote(services: Services, model: str, seeds: Path, by: str, *, force: bool = False, note: str = "") -> PromotionReport:
    """Makes a model the active one unless the gate, asked on `seeds`, refuses; `force` does not ask it.

    The shipped model and the active one are promoted without asking. Raises UsageError for an unknown model, or one that
    workers could not load, and Unavailable.
    """
    registry = services.registry
    candidate = None if is_shipped(model) else registry.find(model)
    active, before = registry.active(), _topics(services, registry.active())
    if candidate is None or candidate.id == active:
        registry.promote(candidate.id if candidate else None, by, note=note)
        services.model_cache.remember()
        record(services, by, "model promote", reason=note, which={"model": model})
        return PromotionReport(
            candidate.id if candidate else shipped_name(),
            promoted=True,
            topics=TopicChange.between(before, _topics(services, candidate.id if candidate else None)),
        )
    services.model_cache.labeller(candidate.id)  # raises UsageError where the workers could not load it
    verdict = None if force else training.compare(seeds, services.model_cache.folder(candidate.id), folder(services, active))
    promoted = verdict is None or verdict.passed
    if promoted:
        registry.promote(candidate.id, by, forced=force, note=note)
        services.model_cache.remember()
        record(services, by, "model promote", reason=note, which={"model": candidate.id, "forced": force or None})
    return PromotionReport(candidate.id, promoted, force, TopicChange.between(before, _topics(services, candidate.id)), verdict)


def _topics(services: Services, model: str | None) -> LabelSet:
    return manifest.read(folder(services, model)).label_set


def verdict(services: Services, model: str, seeds: Path) -> Verdict:
    """What the gate says of a registered model beside the active one, without promoting it. Raises UsageError, Unavailable."""
    registry = services.registry
    return training.compare(seeds, services.model_cache.folder(registry.find(model).id), folder(services, registry.active()))


def rollback(services: Services, by: str) -> str:
    """Goes back to the model that was active before, and returns its name. Raises UsageError where there was none."""
    model = services.registry.rollback(by) or shipped_name()
    services.model_cache.remember()
    record(services, by, "model rollback", which={"model": model})
    return model

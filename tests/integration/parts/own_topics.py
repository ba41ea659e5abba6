"""An installation whose active model has topics of its own, with an article on each of them and one on none."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from pathlib import Path

from tests.integration.parts.own_seeds import text, write_seeds
from tests.integration.parts.samples import admit, delivered, entry, extracted
from worker.bootstrap import Services
from worker.config import Settings
from worker.messages import Labelled
from worker.models import training
from worker.models.cache import read_files
from worker.models.labeller import Document, Labeller
from worker.operations import installation
from worker.storage.ledger import Ledger

JOB = "own"
UNSEEN = 5000
"""Number of an article that no seed has."""


@dataclass(frozen=True)
class OwnModel:
    """A trained model and the topics that it tells apart."""

    topics: tuple[str, ...]
    folder: Path

    @property
    def own(self) -> str:
        """The last topic, which the shipped model does not have."""
        return self.topics[-1]


def trained(folder: Path, topics: Sequence[str]) -> OwnModel:
    """A model of these topics, trained in `folder`; about four seconds of CPU."""
    write_seeds(folder / "seeds", topics)
    training.train(folder / "seeds", folder / "model", "own", lambda *_: None)
    return OwnModel(tuple(topics), folder / "model")


def promoted(settings: Settings, model: OwnModel) -> Services:
    """Services of a new installation in which this model is active."""
    services = Services(settings)
    installation.prepare(services)
    services.registry.add(*read_files(model.folder), by="test")
    services.registry.promote("own", "test", forced=True)
    return services


def fill(services: Services, model: OwnModel, labeller: Labeller | None = None) -> dict[str | None, int]:
    """Stores an article on each topic and one on none; their items by topic. The model labels them unless another labeller is given.

    Their Results wait to be published.
    """
    ledger, subjects = Ledger(services.engine, services.settings), (*model.topics, None)
    labeller = labeller or Labeller(model.folder)
    ledger.accept([entry(number, f"host{number}.test:443") for number in range(len(subjects))], ledger.open_job(JOB))
    lead = ledger.take_lead(ledger.leadership(), "test")
    assert lead
    found: dict[str | None, int] = {}
    for _, request in ledger.lease(lead, len(subjects)):
        subject = subjects[int(request.url.rsplit("/", 1)[1])]
        page = extracted(request, text(subject, UNSEEN))
        page = replace(page, article=replace(page.article, title="News of the day", site_name="The Post"))
        [labels] = labeller.label([Document("News of the day", page.article.text)])
        ledger.keep(delivered(Labelled(page, labels, label_ms=1)), admit)
        found[subject] = request.item_id
    return found

"""Label articles with a loaded model; workers and commands use the classifier through this module alone."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import Protocol

from classifier.errors import ClassifierError, OutdatedModel
from classifier.labels import Labels
from classifier.model import artifact
from classifier.predict import Document, label
from classifier.report.explain import explained
from worker.errors import Outdated, UsageError

__all__ = ["Document", "Labeller", "document_of"]


class HasText(Protocol):
    """An article, a Result, or a stored text that is to be labelled again."""

    @property
    def title(self) -> str | None: ...

    @property
    def text(self) -> str | None: ...

    @property
    def url(self) -> str | None: ...

    @property
    def site_name(self) -> str | None: ...


def document_of(article: HasText) -> Document:
    """What the model reads of an article."""
    return Document(article.title or "", article.text or "", article.url, article.site_name)


class Labeller:
    """A loaded model; its arrays are mapped, so that forked children share them.

    `model_dir` is a model's folder, None for the shipped model. Raises UsageError where the model is damaged, or of another
    label set; Outdated, which is a UsageError too, where it was made by an earlier version.
    """

    def __init__(self, model_dir: Path | None = None) -> None:
        self._folder = model_dir or artifact.default_folder()
        try:
            self._model = artifact.load(self._folder)
        except OutdatedModel as error:
            raise Outdated(str(error)) from error
        except ClassifierError as error:
            raise UsageError(str(error)) from error

    @property
    def model_id(self) -> str:
        """The name that every label carries."""
        return self._model.id

    @property
    def folder(self) -> Path:
        """Where its files are."""
        return self._folder

    @property
    def sha256(self) -> str:
        """The digest of the model's manifest, which holds those of its parts."""
        return self._model.sha256

    def explained(self, document: Document, *, colour: bool) -> str:
        """The text with its evidence marked: between brackets, or in colour."""
        return explained(document, self.label([document])[0], colour=colour)

    def label(self, items: Sequence[Document]) -> list[Labels]:
        """The labels of each document, in order."""
        return label(self._model, items)

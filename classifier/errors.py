"""Name what can be wrong with seeds, texts and model files; each error is one line for people.

ClassifierError
├── BadCall     an option or a file of the call is wrong        exit 2
├── BadSeeds    a line of the seeds cannot be used              exit 1
└── BadModel    a model file is damaged or of another kind      exit 2
    └── OutdatedModel   an earlier version made it              exit 2
"""

from __future__ import annotations


class ClassifierError(Exception):
    """An error that the classifier reports to its user in one line."""

    exit_code = 1


class BadCall(ClassifierError):
    """The call is wrong: says what was expected and what was got."""

    exit_code = 2


class BadSeeds(ClassifierError):
    """A line of the seeds cannot be used; names the file, the line and what was expected."""


class BadModel(ClassifierError):
    """A model file is missing, damaged, or made for another version or label set."""

    exit_code = 2


class OutdatedModel(BadModel):
    """An earlier version made the model, and this one cannot use it."""

"""What can go wrong with seeds, texts and model files, each told in one line.

ClassifierError
├── BadCall     an option or a file of the call is wrong        exit 2
├── BadSeeds    a line of the seeds cannot be used              exit 1
└── BadModel    a model file is damaged or of another kind      exit 2
"""

from __future__ import annotations


class ClassifierError(Exception):
    """Something that the classifier tells its user in one line."""

    exit_code = 1


class BadCall(ClassifierError):
    """The call is wrong: says what was expected and what came."""

    exit_code = 2


class BadSeeds(ClassifierError):
    """A line of the seeds cannot be used; names the file, the line and what was expected."""


class BadModel(ClassifierError):
    """A model file is missing, damaged, or made for another version or label set."""

    exit_code = 2

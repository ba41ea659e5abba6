"""Define the errors that Pressmark raises on purpose, each with the exit code of a command that ends with it.

PressmarkError
├── UsageError          the call is wrong                     exit 2
│   ├── NotFound        it names something that is not there  exit 2
│   └── Outdated        an earlier version made the file      exit 2
├── Conflict            somebody else was quicker             exit 1
├── Unavailable         Redis, database or disk cannot be used  exit 3
├── BadMessage          a message between processes does not follow its schema
└── ItemFailed          one item failed; carries a Reason, from which its fate follows
"""

from __future__ import annotations

from worker.reasons import Fate, Reason


class PressmarkError(Exception):
    """The base of all; its text is one line for the user."""

    exit_code = 1


class BadMessage(PressmarkError):
    """A message does not follow its schema."""


class UsageError(PressmarkError):
    """The call, a file or a setting is wrong; the text says what was expected and what was given."""

    exit_code = 2


class NotFound(UsageError):
    """What was asked for is not there."""


class Outdated(UsageError):
    """An earlier version made the file, and this one cannot use it."""


class Conflict(PressmarkError):
    """What was looked at has changed meanwhile: nothing was done, and the text says how things are now."""


class Unavailable(PressmarkError):
    """Redis, the database or the disk cannot be used right now."""

    exit_code = 3


class ItemFailed(PressmarkError):
    """One item failed, for a reason from the closed list.

    `detail` is one printable line for people; `retry_after` is in seconds, None where the
    server named no time.
    """

    def __init__(self, reason: Reason, detail: str = "", *, retry_after: float | None = None) -> None:
        super().__init__(f"{reason}: {detail}" if detail else str(reason))
        self.reason = reason
        self.detail = detail
        self.retry_after = retry_after

    @property
    def fate(self) -> Fate:
        """What happens to the item."""
        return self.reason.fate

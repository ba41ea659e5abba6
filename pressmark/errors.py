"""Define the one error of the public API, and turn the program's own errors into it."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING

from worker import errors

if TYPE_CHECKING:
    from worker.results import Result

USAGE = "usage"
"""Reason of a wrong call, setting or file."""
UNAVAILABLE = "unavailable"
"""Reason where Redis, the database, the disk or a host cannot be used right now."""


class PressmarkError(Exception):
    """Something could not be done; the text says in one line what was expected and what came.

    `reason` is a word of the closed list in the reference (`no-text`, `http-404`, `private-address`), or `usage` for a wrong
    call or setting, or `unavailable` where Redis, the database or the disk cannot be used. `result` is what `read` knows of a
    page that failed: the server's answer, the final address; None from every other function.
    """

    def __init__(self, message: str, reason: str, result: Result | None = None) -> None:
        super().__init__(message)
        self.reason = reason
        self.result = result


@contextmanager
def public_errors() -> Iterator[None]:
    """Raises PressmarkError in place of the program's own errors."""
    try:
        yield
    except errors.ItemFailed as error:
        raise PressmarkError(str(error), error.reason.word) from error
    except (errors.Unavailable, OSError) as error:
        raise PressmarkError(str(error), UNAVAILABLE) from error
    except errors.PressmarkError as error:
        raise PressmarkError(str(error), USAGE) from error

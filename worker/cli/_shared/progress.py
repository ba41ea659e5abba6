"""Show the progress of work that has several steps, one bar after another."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager

from worker.cli._shared.output import Progress


@contextmanager
def step_bars() -> Iterator[Callable[[str, int, int], None]]:
    """A function that is called with a step's name, how much of it is done, and of how much; a new name begins a new bar."""
    bars: dict[str, Progress] = {}
    with ExitStack() as shown:

        def show(step: str, done: int, total: int) -> None:
            if step not in bars:
                shown.close()
                bars[step] = shown.enter_context(Progress(step))
            bars[step].show(done, total)

        yield show

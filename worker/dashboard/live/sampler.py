"""Render the live parts of watched pages every two seconds, or as often as their cost allows, and nothing while nobody looks."""

from __future__ import annotations

import asyncio
import logging
import time
from collections.abc import AsyncGenerator, AsyncIterator, Callable, Mapping

from anyio import to_thread

log = logging.getLogger(__name__)

EVERY = 2.0
"""Seconds between two looks: a person sees figures move, and the database is asked as often as by one page."""
PATIENCE = 4.0
"""Seconds for one look; a slower one is given up, and the page says that it is not live."""

SHARE = 200.0
"""A look that took t seconds of CPU is followed by a rest of 200 t: a watched page takes no more than a half percent of a core."""
LONGEST = 5.0
"""Seconds of a rest at the most: a page that hears nothing for ten says that it is not live."""

Parts = Mapping[str, str]
"""HTML by the id of the element whose content it is."""
Render = Callable[[str], Parts]


class Sampler:
    """One task for each page that is watched."""

    def __init__(self, render: Render, every: float = EVERY, share: float = 0.0) -> None:
        """`share`: a look of t seconds of CPU is followed by a rest of `share` t, LONGEST at the most, where that is more than `every`."""
        self._render = render
        self._every, self._share = every, share
        self._watched: dict[str, _Watched] = {}

    @property
    def pages(self) -> tuple[str, ...]:
        """What is watched now."""
        return tuple(self._watched)

    async def watch(self, page: str) -> AsyncGenerator[Parts]:
        """The parts of a page that differ from what this viewer has, at every look; empty where none does."""
        watched = self._watched.get(page)
        if watched is None:
            watched = self._watched[page] = _Watched(page, self._render, self._every, self._share)
        watched.viewers += 1
        seen: dict[str, str] = {}
        try:
            async for parts in watched.looks():
                changed = {name: html for name, html in parts.items() if seen.get(name) != html}
                seen.update(changed)
                yield changed
        finally:
            watched.viewers -= 1
            if not watched.viewers:
                watched.end()
                self._watched.pop(page, None)


class _Watched:
    """One page with its viewers and the parts of the last look."""

    def __init__(self, page: str, render: Render, every: float, share: float) -> None:
        self.viewers = 0
        self._page = page
        self._render = render
        self._every, self._share = every, share
        self._parts: Parts = {}
        self._look = 0
        self._changed = asyncio.Condition()
        self._task = asyncio.create_task(self._go_on())

    async def looks(self) -> AsyncIterator[Parts]:
        """The parts after each look from now on, and at once where there was one."""
        seen = 0
        while True:
            async with self._changed:
                while self._look == seen:
                    await self._changed.wait()
                seen, parts = self._look, self._parts
            yield parts

    def end(self) -> None:
        """Looks no more."""
        self._task.cancel()

    async def _go_on(self) -> None:
        while True:
            rest = self._every
            try:
                async with asyncio.timeout(PATIENCE):
                    parts, cost = await to_thread.run_sync(self._rendered, abandon_on_cancel=True)
            except TimeoutError:
                log.debug("the live parts of %s took longer than %.0f s", self._page, PATIENCE)
            except Exception:
                log.exception("the live parts of %s cannot be rendered", self._page)
            else:
                rest = max(rest, min(self._share * cost, LONGEST))
                async with self._changed:
                    self._parts, self._look = parts, self._look + 1
                    self._changed.notify_all()
            await asyncio.sleep(rest)

    def _rendered(self) -> tuple[Parts, float]:
        """The parts, and the seconds of CPU that they took."""
        begun = time.thread_time()
        return self._render(self._page), time.thread_time() - begun

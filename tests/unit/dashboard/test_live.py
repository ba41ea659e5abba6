"""Live parts: rendered once for all who watch, as often as they cost little, and not at all while nobody looks."""

from __future__ import annotations

import asyncio
import time
from collections.abc import Callable
from contextlib import aclosing
from itertools import pairwise

from worker.dashboard.live.sampler import Parts, Sampler


def burn(seconds: float) -> None:
    """Works for so long, which a sleep would not."""
    until = time.thread_time() + seconds
    while time.thread_time() < until:
        pass


async def looks(sampler: Sampler, number: int) -> list[Parts]:
    found: list[Parts] = []
    async with aclosing(sampler.watch("overview")) as parts:
        async for changed in parts:
            found.append(changed)
            if len(found) == number:
                break
    return found


def counting(cost: float = 0.0) -> tuple[Callable[[str], Parts], list[float]]:
    """Renders the number of the look; and when each look was."""
    rendered: list[float] = []

    def render(_page: str) -> Parts:
        rendered.append(time.monotonic())
        burn(cost)
        return {"number": str(len(rendered)), "title": "the same"}

    return render, rendered


def test_a_viewer_is_sent_everything_once_and_then_what_differs():
    render, _ = counting()
    assert asyncio.run(looks(Sampler(render, every=0.01), 3)) == [{"number": "1", "title": "the same"}, {"number": "2"}, {"number": "3"}]


def test_two_viewers_cost_as_much_as_one():
    render, rendered = counting()

    async def both() -> None:
        sampler = Sampler(render, every=0.02)
        first, second = await asyncio.gather(looks(sampler, 5), looks(sampler, 5))
        assert first[-1] == second[-1]

    asyncio.run(both())
    assert len(rendered) <= 6


def test_nobody_looks_and_nothing_is_rendered():
    render, rendered = counting()

    async def leave() -> None:
        sampler = Sampler(render, every=0.01)
        await looks(sampler, 2)
        await asyncio.sleep(0.05)
        assert sampler.pages == ()
        seen = len(rendered)
        await asyncio.sleep(0.1)
        assert len(rendered) == seen

    asyncio.run(leave())


def test_a_look_that_costs_much_is_followed_by_a_longer_rest():
    render, rendered = counting(cost=0.02)
    asyncio.run(looks(Sampler(render, every=0.01, share=20.0), 3))
    assert min(later - earlier for earlier, later in pairwise(rendered)) >= 0.4

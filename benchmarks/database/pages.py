"""Measure whole pages of the dashboard, without a server between: the first look, and those after it."""

from __future__ import annotations

import statistics
import time

from benchmarks.database.measure import Cpu
from tests.unit.dashboard.asgi import ask
from worker.bootstrap.dashboard import DashboardServices
from worker.config import Settings
from worker.dashboard.app import create_app

PAGES = (
    *("/", "/?range=month", "/articles", "/articles?topic=trade", "/articles?topic=trade&language=km&source_type=official"),
    *("/articles?since=2024-01-01&until=2024-12-31", "/articles?outlet=paper399.example", "/articles?once=1", "/articles?outlet=nobody"),
    *("/review", "/dead", "/due", "/hosts", "/models", "/add", "/jobs", "/sources", "/settings", "/log"),
)
LATER = 1.0
"""Seconds between two looks: what the first one had made beside it is there at the second."""


def measure(settings: Settings, only: str, looks: int = 5) -> None:
    """Prints milliseconds of the first look at each page and medians of later ones: by the clock, and of CPU with what runs beside."""
    services = DashboardServices(settings)
    app, cpu = create_app(services, settings), Cpu(services.engine)
    print(f"{'page':60} {'first ms':>9} {'first cpu':>10} {'later ms':>9} {'later cpu':>10}")
    for page in (page for page in PAGES if only in page):
        taken = [_look(app, page, cpu) for _ in range(looks)]
        first, later = taken[0], [statistics.median(one[part] for one in taken[1:]) for part in (0, 1)]
        print(f"{page:60} {first[0]:9.0f} {first[1]:10.0f} {later[0]:9.0f} {later[1]:10.0f}", flush=True)
    services.close()


def _look(app: object, page: str, cpu: Cpu) -> tuple[float, float]:
    begun, used = time.perf_counter(), cpu()
    answer = ask(app, "GET", page)
    took = time.perf_counter() - begun
    if answer.status != 200:
        raise SystemExit(f"{page}: expected status 200, got {answer.status}")
    time.sleep(LATER)
    return took * 1000, (cpu() - used) * 1000

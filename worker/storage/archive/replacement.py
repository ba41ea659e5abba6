"""Write articles where others stood: what each was before is kept, and a label that flips is told."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from sqlalchemy import Connection

from worker.config import Settings
from worker.messages import Labelled
from worker.storage import articles
from worker.storage.revisions import versions
from worker.storage.values import Event, Stage
from worker.storage.webhooks import deliveries


def write(
    connection: Connection,
    settings: Settings,
    written: Sequence[tuple[Labelled, int]],
    revised: Mapping[int, str],
    now: float,
    *,
    stored_at: Mapping[int, float] | None = None,
) -> tuple[int, list[tuple[int, Event]]]:
    """Writes pairs of article and cluster; returns how many are new, and what happened to those that were revised.

    `revised` are the items of which a version is kept, each with what is told of the change; `stored_at` as in `articles.write`.
    """
    before = versions.keep(connection, list(revised), now)
    matched = deliveries.matching(connection, settings, before) if before else {}
    new = articles.write(connection, written, now, stored_at)
    flips = versions.note_flips(connection, before) if before else {}
    events: list[tuple[int, Event]] = []
    for item_id, changed in revised.items():
        events.append((item_id, Event(now, Stage.STORE, "revised", None, changed)))
        told = (f"{flip.label}: {flip.before} before, {flip.after} now" for flip in flips[item_id])
        events += [(item_id, Event(now, Stage.LABEL, "flipped", None, line)) for line in told]
    if any(flips.values()):
        deliveries.queue_flips(connection, settings, flips, matched, now)
    return new, events

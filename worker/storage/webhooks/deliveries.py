"""Queue events for a webhook, within the transactions that make them; claim what is due, and note how each try ended."""

from __future__ import annotations

import time
import uuid
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass

from sqlalchemy import Connection, Engine, case, delete, func, insert, or_, select, update

from worker.config import Settings
from worker.config.search_fields import read_query
from worker.storage import search
from worker.storage.database import one_of, reading, writing
from worker.storage.search import SearchFilter
from worker.storage.tables import alerts, deliveries, facets, outbox

STORED, OPENED, CLOSED = "article.stored", "problem.opened", "problem.closed"
"""Kinds of events."""
FAILED = 3
"""Tries after which somebody is told: that is two minutes, and a restart of the receiver takes less."""


@dataclass(frozen=True, slots=True)
class Delivery:
    """One event that was not delivered yet."""

    id: int
    event_id: str
    kind: str
    item_id: int | None
    body: str | None
    """JSON; None for an article, whose body is made when it is sent."""
    created_at: float
    due: float
    tries: int
    given_up: bool
    said: str | None


@dataclass(frozen=True, slots=True)
class Failing:
    """A webhook that does not take what is sent to it."""

    count: int
    """Events that wait or were given up."""
    given_up: int
    since: float
    """When the oldest that fails came about."""
    said: str
    """Why its last try failed."""


def wanted_articles(settings: Settings) -> SearchFilter:
    """Which stored articles are sent, as the setting says it."""
    given = read_query(settings.webhook_search)
    primary, source_type, language, host, outlet = (
        next(iter(given.get(name, ())), None) for name in ("primary", "source_type", "language", "host", "outlet")
    )
    return SearchFilter(
        words=tuple(" ".join(given.get("q", ())).split()),
        topics=tuple(given.get("topic", ())),
        unsure=any(given.get("unsure", ())),
        primary=primary,
        source_type=source_type,
        language=language,
        host=host,
        outlet=outlet,
    )


def queue_stored(connection: Connection, settings: Settings, outbox_ids: Sequence[int], now: float) -> None:
    """Queues the wanted ones of the articles that these entries of the outbox tell of; the caller removes the entries."""
    if settings.webhook_url is None or "articles" not in settings.webhook_events:
        return
    told = select(outbox.c.item_id).where(one_of(outbox.c.id, outbox_ids))
    query = select(facets.c.item_id).where(facets.c.item_id.in_(told), *search.conditions(wanted_articles(settings)))
    ids = connection.execute(query.order_by(facets.c.item_id)).scalars()
    _queue(connection, [{"kind": STORED, "item_id": item_id, "body": None} for item_id in ids], now)


def _queue(connection: Connection, events: Sequence[Mapping[str, object]], now: float) -> None:
    if events:
        rows = [{**event, "event_id": f"evt_{uuid.uuid4().hex}", "created_at": now, "due": now} for event in events]
        connection.execute(insert(deliveries), rows)


class Deliveries:
    """The events that wait; every method raises Unavailable."""

    def __init__(self, engine: Engine, now: Callable[[], float] = time.time) -> None:
        self._engine = engine
        self._now = now

    def due(self, limit: int) -> list[Delivery]:
        """Events whose next try is due, the oldest first."""
        return self._found(deliveries.c.due <= self._now(), ~deliveries.c.given_up, limit=limit)

    def all(self, limit: int) -> list[Delivery]:
        """Events that wait or were given up, the oldest first."""
        return self._found(limit=limit)

    def _found(self, *where: object, limit: int) -> list[Delivery]:
        columns = [deliveries.c[name] for name in Delivery.__dataclass_fields__]
        with reading(self._engine) as connection:
            rows = connection.execute(select(*columns).where(*where).order_by(deliveries.c.id).limit(limit))  # type: ignore[arg-type]
            return [Delivery(**row._asdict()) for row in rows]

    def failing(self) -> Failing | None:
        """None where no event failed FAILED times in a row or was given up."""
        c = deliveries.c
        worst = select(c.created_at, c.said).where(or_(c.tries >= FAILED, c.given_up)).order_by(c.id).limit(1)
        sums = select(func.count(), func.sum(case((c.given_up, 1), else_=0)))
        with reading(self._engine) as connection:
            oldest = connection.execute(worst).one_or_none()
            count, given_up = connection.execute(sums).one()
        return None if oldest is None else Failing(count, int(given_up or 0), oldest.created_at, oldest.said or "")

    def claim(self, delivery: Delivery, seconds: float) -> bool:
        """Keeps others from sending it for so long; False where somebody else has claimed it meanwhile."""
        mine = (deliveries.c.id == delivery.id, deliveries.c.due == delivery.due, ~deliveries.c.given_up)
        with writing(self._engine) as connection:
            return connection.execute(update(deliveries).where(*mine).values(due=self._now() + seconds)).rowcount == 1

    def delivered(self, delivery: Delivery) -> None:
        """Takes it out."""
        with writing(self._engine) as connection:
            connection.execute(delete(deliveries).where(deliveries.c.id == delivery.id))

    def failed(self, delivery: Delivery, said: str, again_in: float | None) -> None:
        """Notes why, and when it is tried again; None: it is given up, and stays until somebody sends it again."""
        tried = {"tries": delivery.tries + 1, "said": said[:300], "given_up": again_in is None, "due": self._now() + (again_in or 0.0)}
        with writing(self._engine) as connection:
            connection.execute(update(deliveries).where(deliveries.c.id == delivery.id).values(**tried))

    def send_again(self) -> int:
        """Makes everything that waits due now, what was given up too, as new; returns how many there are."""
        with writing(self._engine) as connection:
            return connection.execute(update(deliveries).values(due=self._now(), created_at=self._now(), tries=0, given_up=False)).rowcount

    def told(self) -> dict[str, str]:
        """The problems whose beginning was told, by key."""
        with reading(self._engine) as connection:
            found: dict[str, str] = dict(connection.execute(select(alerts.c.key, alerts.c.body)).all())
            return found

    def tell(self, opened: Mapping[str, str], closed: Mapping[str, str]) -> None:
        """Queues the beginning and the end of problems, each once, whoever else looks at the same time."""
        with writing(self._engine) as connection:
            known = set(connection.execute(select(alerts.c.key)).scalars())
            begun = {key: body for key, body in opened.items() if key not in known}
            ended = {key: body for key, body in closed.items() if key in known}
            if begun:
                connection.execute(insert(alerts), [{"key": key, "body": body} for key, body in begun.items()])
            if ended:
                connection.execute(delete(alerts).where(alerts.c.key.in_(list(ended))))
            events = [(OPENED, body) for body in begun.values()] + [(CLOSED, body) for body in ended.values()]
            _queue(connection, [{"kind": kind, "item_id": None, "body": body} for kind, body in events], self._now())

"""Queue events for a webhook, within the transactions that make them; claim what is due, and note how each try ended."""

from __future__ import annotations

import json
import time
import uuid
from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import asdict, dataclass
from typing import TYPE_CHECKING

from sqlalchemy import ColumnElement, Connection, Engine, case, delete, func, insert, or_, select, true, update

from worker.config import Settings
from worker.config.search_filter import read_query
from worker.config.webhooks import Receiver
from worker.storage import search
from worker.storage.database import one_of, reading, writing
from worker.storage.search import SearchFilter
from worker.storage.tables import alerts, deliveries, facets, outbox

if TYPE_CHECKING:
    from worker.results import Flip

STORED, OPENED, CLOSED, FLIPPED = "article.stored", "problem.opened", "problem.closed", "label.flipped"
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
    """JSON; None for an article, whose body is made when it is sent, and of a flipped label what flipped."""
    created_at: float
    due: float
    tries: int
    given_up: bool
    said: str | None
    receiver: str


@dataclass(frozen=True, slots=True)
class Chosen:
    """Selects deliveries; an empty field selects all."""

    receiver: str | None = None
    given_up: bool = False
    """Only what was given up."""

    def where(self) -> list[ColumnElement[bool]]:
        """As conditions of a query."""
        of = [deliveries.c.receiver == self.receiver] if self.receiver is not None else []
        return [*of, deliveries.c.given_up] if self.given_up else of


@dataclass(frozen=True, slots=True)
class Failing:
    """A receiver that does not take what is sent to it."""

    receiver: str
    count: int
    """Events that wait or were given up."""
    given_up: int
    since: float
    """When the oldest that fails came about."""
    said: str
    """Why its last try failed."""


def wanted_articles(query: str) -> SearchFilter:
    """Which stored articles are sent, as the setting says it."""
    given = read_query(query)
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
    told = select(outbox.c.item_id).where(one_of(outbox.c.id, outbox_ids))
    for receiver in settings.told:
        if "articles" in receiver.events:
            wanted = search.conditions(wanted_articles(receiver.search))
            query = select(facets.c.item_id).where(facets.c.item_id.in_(told), *wanted).order_by(facets.c.item_id)
            events = [{"kind": STORED, "item_id": item_id, "body": None} for item_id in connection.execute(query).scalars()]
            _queue(connection, receiver, events, now)


def matching(connection: Connection, settings: Settings, item_ids: Collection[int]) -> dict[str, set[int]]:
    """By receiver of flipped labels, those of these articles that its search finds now."""
    wanting = [receiver for receiver in settings.told if "flips" in receiver.events]
    found: dict[str, set[int]] = {}
    for receiver in wanting:
        wanted = search.conditions(wanted_articles(receiver.search))
        found[receiver.name] = set(
            connection.execute(select(facets.c.item_id).where(one_of(facets.c.item_id, item_ids), *wanted)).scalars()
        )
    return found


def queue_flips(
    connection: Connection, settings: Settings, flips: Mapping[int, Sequence[Flip]], before: Mapping[str, set[int]], now: float
) -> None:
    """Queues an event for each article of which labels flipped, for whoever's search found it `before` or finds it now."""
    flipped = [item_id for item_id in sorted(flips) if flips[item_id]]
    after = matching(connection, settings, flipped)
    for receiver in settings.told:
        found = after.get(receiver.name, set()) | before.get(receiver.name, set())
        told = [item_id for item_id in flipped if item_id in found]
        bodies = {item_id: json.dumps([asdict(flip) for flip in flips[item_id]]) for item_id in told}
        _queue(connection, receiver, [{"kind": FLIPPED, "item_id": item_id, "body": bodies[item_id]} for item_id in told], now)


def _queue(connection: Connection, receiver: Receiver, events: Sequence[Mapping[str, object]], now: float) -> None:
    """Due at once, or at the next full interval of a digest, so that all of an interval go out together, also after a restart."""
    if events:
        due = (now // receiver.every + 1) * receiver.every if receiver.every else now
        common = {"receiver": receiver.name, "created_at": now, "due": due}
        connection.execute(insert(deliveries), [{**event, **common, "event_id": f"evt_{uuid.uuid4().hex}"} for event in events])


class Deliveries:
    """The events that wait; every method raises Unavailable."""

    def __init__(self, engine: Engine, now: Callable[[], float] = time.time) -> None:
        self._engine = engine
        self._now = now

    def due(self, receiver: str, limit: int) -> list[Delivery]:
        """Events for a receiver whose next try is due, the oldest first."""
        return self._found(deliveries.c.receiver == receiver, deliveries.c.due <= self._now(), ~deliveries.c.given_up, limit=limit)

    def all(self, limit: int, which: Chosen = Chosen()) -> list[Delivery]:
        """Events that wait or were given up, the oldest first."""
        return self._found(*which.where(), limit=limit)

    def count(self, which: Chosen) -> int:
        """How many these are."""
        with reading(self._engine) as connection:
            return connection.execute(select(func.count()).select_from(deliveries).where(*which.where())).scalar_one()

    def drop(self, which: Chosen) -> int:
        """Takes these out undelivered, for good; returns how many there were."""
        with writing(self._engine) as connection:
            return connection.execute(delete(deliveries).where(*which.where())).rowcount

    def _found(self, *where: ColumnElement[bool], limit: int) -> list[Delivery]:
        columns = [deliveries.c[name] for name in Delivery.__dataclass_fields__]
        with reading(self._engine) as connection:
            rows = connection.execute(select(*columns).where(*where).order_by(deliveries.c.id).limit(limit))
            return [Delivery(**row._asdict()) for row in rows]

    def failing(self, named: Collection[str]) -> list[Failing]:
        """The receivers of which an event failed FAILED times in a row or was given up, and those that none of the settings names."""
        c = deliveries.c
        sums = select(c.receiver, func.count(), func.sum(case((c.given_up, 1), else_=0))).group_by(c.receiver).order_by(c.receiver)
        with reading(self._engine) as connection:
            found = []
            for receiver, count, given_up in connection.execute(sums).all():
                bad = or_(c.tries >= FAILED, c.given_up) if receiver in named else true()
                worst = select(c.created_at, c.said).where(c.receiver == receiver, bad).order_by(c.id).limit(1)
                oldest = connection.execute(worst).one_or_none()
                found += [Failing(receiver, count, int(given_up or 0), oldest.created_at, oldest.said or "")] if oldest else []
            return found

    def claim(self, delivery: Delivery, seconds: float) -> bool:
        """Keeps others from sending it for so long; False where somebody else has claimed it meanwhile."""
        mine = (deliveries.c.id == delivery.id, deliveries.c.due == delivery.due, ~deliveries.c.given_up)
        with writing(self._engine) as connection:
            return connection.execute(update(deliveries).where(*mine).values(due=self._now() + seconds)).rowcount == 1

    def claim_all(self, found: Sequence[Delivery], seconds: float) -> list[Delivery]:
        """Claims these for so long; returns those that nobody else has claimed meanwhile."""
        if not found:
            return []
        c = deliveries.c
        with writing(self._engine) as connection:
            ours = dict(connection.execute(select(c.id, c.due).where(one_of(c.id, [one.id for one in found]), ~c.given_up)).all())
            claimed = [one for one in found if ours.get(one.id) == one.due]
            mine = one_of(c.id, [one.id for one in claimed])
            connection.execute(update(deliveries).where(mine).values(due=self._now() + seconds))
        return claimed

    def delivered(self, delivery: Delivery) -> None:
        """Takes it out."""
        self.delivered_all([delivery])

    def delivered_all(self, found: Sequence[Delivery]) -> None:
        """Takes these out."""
        if found:
            with writing(self._engine) as connection:
                connection.execute(delete(deliveries).where(one_of(deliveries.c.id, [one.id for one in found])))

    def failed(self, delivery: Delivery, said: str, again_in: float | None) -> None:
        """Notes why, and when it is tried again; None: it is given up, and stays until somebody sends it again."""
        tried = {"tries": delivery.tries + 1, "said": said[:300], "given_up": again_in is None, "due": self._now() + (again_in or 0.0)}
        with writing(self._engine) as connection:
            connection.execute(update(deliveries).where(deliveries.c.id == delivery.id).values(**tried))

    def send_again(self, which: Chosen = Chosen()) -> int:
        """Makes everything that waits due now, what was given up too, as new; returns how many there are."""
        anew = {"due": self._now(), "created_at": self._now(), "tries": 0, "given_up": False}
        with writing(self._engine) as connection:
            return connection.execute(update(deliveries).where(*which.where()).values(**anew)).rowcount

    def told(self) -> dict[str, str]:
        """The problems whose beginning was told, by key."""
        with reading(self._engine) as connection:
            found: dict[str, str] = dict(connection.execute(select(alerts.c.key, alerts.c.body)).all())
            return found

    def tell(self, receivers: Sequence[Receiver], opened: Mapping[str, str], closed: Mapping[str, str]) -> None:
        """Queues for these the beginning and the end of problems, each once, whoever else looks at the same time."""
        with writing(self._engine) as connection:
            known = set(connection.execute(select(alerts.c.key)).scalars())
            begun = {key: body for key, body in opened.items() if key not in known}
            ended = {key: body for key, body in closed.items() if key in known}
            if begun:
                connection.execute(insert(alerts), [{"key": key, "body": body} for key, body in begun.items()])
            if ended:
                connection.execute(delete(alerts).where(alerts.c.key.in_(list(ended))))
            events = [(OPENED, body) for body in begun.values()] + [(CLOSED, body) for body in ended.values()]
            for receiver in receivers:
                _queue(connection, receiver, [{"kind": kind, "item_id": None, "body": body} for kind, body in events], self._now())

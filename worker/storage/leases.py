"""Choose what is due host by host, lease it under a rising token, and take leases back when they expire."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Sequence

from sqlalchemy import ColumnElement, Connection, bindparam, exists, func, literal, or_, select, true, update

from worker.config import Settings
from worker.messages import URLRequest
from worker.reasons import Lane
from worker.storage import counters, hosts, sources, transitions
from worker.storage.host_rules import BREAK_AFTER, Host, together
from worker.storage.item_rules import ItemRules
from worker.storage.tables import LANES, articles, items
from worker.storage.tables import hosts as h
from worker.storage.values import Event, Leadership, Reclaimed, Stage, State

URGENT_FIRST = 5000
"""Urgent items whose hosts are looked at before the others, at each tick: as many as the widest window."""
RECLAIM = 500
"""Leases taken back in one transaction, which takes tens of milliseconds."""

Validators = tuple[str | None, str | None]
"""ETag and Last-Modified of the stored article."""

_BUSY = exists().where(transitions.RUNNING, items.c.host == h.c.host)
_FIRST = (
    select(items.c.id)
    .where(transitions.WAITING, items.c.host == h.c.host, items.c.due <= bindparam("now"))
    .order_by(items.c.lane, items.c.due)
    .limit(1)
    .scalar_subquery()
)
_NEXT = (
    select(items.c.id)
    .where(transitions.WAITING, items.c.host == bindparam("host"), items.c.due <= bindparam("now"))
    .order_by(items.c.lane, items.c.due)
    .limit(bindparam("share"))
)


def due(connection: Connection, settings: Settings, now: float, room: int) -> list[int]:
    """Up to `room` items to send now: those of urgent hosts first, then those of hosts that were not looked at for longest."""
    urgent = (
        select(items.c.host).where(transitions.WAITING, transitions.URGENT, items.c.due <= now).order_by(items.c.due).limit(URGENT_FIRST)
    )
    names = set(connection.execute(urgent).scalars())
    chosen = _of_hosts(connection, settings, now, room, h.c.host.in_(names)) if names else []
    if len(chosen) < room:
        chosen += _of_hosts(connection, settings, now, room - len(chosen), h.c.host.not_in(names) if names else true())
    return chosen


def _of_hosts(connection: Connection, settings: Settings, now: float, room: int, which: ColumnElement[bool]) -> list[int]:
    """Of each paced host that has none under way as many items as travel together; of hosts without a pace an equal share of the room."""
    paced = or_(literal(settings.host_interval) > 0, func.coalesce(h.c.crawl_delay, 0) > 0, h.c.failures >= BREAK_AFTER)
    ready = select(h.c.host, paced, _FIRST, h.c.crawl_delay, h.c.slowdown, h.c.failures).where(
        which, h.c.look_at <= now, h.c.free_at <= now, h.c.open_until <= now, ~h.c.paused, ~(paced & _BUSY)
    )
    found = connection.execute(ready.order_by(h.c.look_at).limit(room), {"now": now}).all()
    share = room // max(len(found), 1)
    chosen: list[int] = []
    for host, is_paced, first, crawl_delay, slowdown, failures in found:
        row = Host(host, crawl_delay=crawl_delay, slowdown=slowdown, failures=failures)
        number = min(share, together(row, settings)) if is_paced else share
        if first is not None and number > 1:
            chosen += connection.execute(_NEXT, {"host": host, "now": now, "share": number}).scalars()
        elif first is not None:
            chosen.append(first)
    hosts.looked(connection, [row.host for row in found if row[2] is None])
    _look_last(connection, [row.host for row in found if row[2] is not None], now)
    return chosen


def _look_last(connection: Connection, names: Iterable[str], now: float) -> None:
    """These hosts were looked at now, so all others come before them."""
    rows = [{"b_host": name, "b_now": now} for name in sorted(names)]
    if rows:
        connection.execute(update(h).where(h.c.host == bindparam("b_host")).values(look_at=bindparam("b_now")), rows)


_LEASE = (
    update(items)
    .where(items.c.id.in_(bindparam("ids", expanding=True, literal_execute=True)), transitions.WAITING)
    .values(
        state=State.RUNNING,
        token=items.c.token + 1,
        leased_until=bindparam("until"),
        taken=False,
        alone=items.c.suspect,
        changed_at=bindparam("at"),
    )
    .returning(items.c.id, items.c.token, items.c.url, items.c.kind, items.c.alone, items.c.lane, items.c.refetch, items.c.forced)
)


def lease(connection: Connection, lead: Leadership, settings: Settings, now: float, room: int) -> list[tuple[Lane, URLRequest]]:
    """Leases what is due; returns pairs of lane and request, in the order in which they were chosen."""
    chosen = due(connection, settings, now, room)
    if not chosen:
        return []
    rows = connection.execute(_LEASE, {"ids": chosen, "until": lead.ticks + settings.lease, "at": now}).all()
    sent = ((row.id, Event(now, Stage.DISPATCH, "sent", detail="alone" if row.alone else None)) for row in rows)
    transitions.record(connection, sent)
    counters.add(connection, Counter({State.WAITING: -len(rows), State.RUNNING: len(rows)}))
    validators = _validators(connection, [row.id for row in rows if row.refetch])
    validators |= sources.validators(connection, [row.id for row in rows if row.kind != "article" and not row.forced])
    place = {item_id: number for number, item_id in enumerate(chosen)}
    requests = [
        (LANES[row.lane], URLRequest(row.id, row.token, row.url, row.kind, row.alone, *validators.get(row.id, (None, None))))
        for row in rows
    ]
    return sorted(requests, key=lambda pair: place[pair[1].item_id])


def _validators(connection: Connection, ids: Sequence[int]) -> dict[int, Validators]:
    if not ids:
        return {}
    rows = connection.execute(select(articles.c.item_id, articles.c.http).where(articles.c.item_id.in_(ids)))
    return {item_id: (http.get("etag"), http.get("last_modified")) for item_id, http in rows}


def reclaim(connection: Connection, lead: Leadership, rules: ItemRules) -> Reclaimed:
    """Takes back up to RECLAIM leases that expired, the oldest first."""
    ran_out = items.c.leased_until < lead.low_mark
    expired = transitions.find(connection, transitions.RUNNING, ran_out, order_by=items.c.leased_until, limit=RECLAIM)
    made = [rules.expired(item) for item in expired]
    transitions.apply(connection, made, rules.now)
    counters.add(connection, Counter({counters.EXPIRED: len(made)}))
    taken = [(one.before, one.after) for one in made if one.before.taken]
    return Reclaimed(
        free=len(expired) - len(taken),
        suspects=sum(not before.alone for before, _ in taken),
        strikes=sum(before.alone for before, _ in taken),
        dead=sum(not after.open for _, after in taken),
    )


def reclaim_all(connection: Connection, rules: ItemRules, limit: int) -> int:
    """Takes back up to `limit` leases at no cost; returns how many there were."""
    running = transitions.find(connection, transitions.RUNNING, limit=limit)
    transitions.apply(connection, [rules.reclaimed(item) for item in running], rules.now)
    return len(running)

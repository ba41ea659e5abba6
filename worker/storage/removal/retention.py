"""Take out what is older than the settings keep it: events and samples, stored articles, kept pages, dead letters."""

from __future__ import annotations

from sqlalchemy import Connection, select

from worker.config import Settings
from worker.reasons import Reason
from worker.storage import dead, history, transitions
from worker.storage.archive import pages
from worker.storage.item_rules import ItemRules
from worker.storage.removal import takedowns
from worker.storage.tables import articles, items

DAY = 86400.0
AT_ONCE = 100
"""Articles or dead letters in one transaction, which takes tens of milliseconds: others write in between."""


def sweep(connection: Connection, settings: Settings, rules: ItemRules) -> bool:
    """Takes out some of it; returns whether there may be more.

    An article goes as a take-down does: its address stays known and is refused, and a copy of it that is younger is fetched
    again. A dead letter is given up, as an operator would drop it.
    """
    more = [history.forget_old(connection, rules.now, settings.events_days)]
    more.append(pages.sweep(connection, settings, rules.now))
    if settings.articles_days is not None:
        more.append(_take_out_articles(connection, rules.now - settings.articles_days * DAY, rules))
    if settings.dead_days is not None:
        more.append(_give_up_dead(connection, rules.now - settings.dead_days * DAY, rules))
    return any(more)


def _take_out_articles(connection: Connection, before: float, rules: ItemRules) -> bool:
    """Articles that were stored before a time and are not being fetched again, with their copies of that age."""
    old = select(articles.c.item_id).join(items, items.c.id == articles.c.item_id)
    old = old.where(articles.c.stored_at < before, items.c.refetch.is_(False)).order_by(articles.c.stored_at).limit(AT_ONCE)
    ids = list(connection.execute(old).scalars())
    if not ids:
        return False
    copies = select(items.c.id).where(items.c.duplicate_of.in_(ids), items.c.changed_at < before)
    takedowns.forget(connection, [*ids, *connection.execute(copies).scalars()], rules)
    return len(ids) == AT_ONCE


def _give_up_dead(connection: Connection, before: float, rules: ItemRules) -> bool:
    query = select(items.c.id).where(transitions.DEAD, items.c.reason != Reason.DROPPED.word, items.c.changed_at < before)
    ids = list(connection.execute(query.limit(AT_ONCE)).scalars())
    given_up = [rules.dropped(item, "older than dead letters are kept") for item in dead.still_dead(connection, ids)]
    transitions.apply(connection, given_up, rules.now)
    return len(ids) == AT_ONCE

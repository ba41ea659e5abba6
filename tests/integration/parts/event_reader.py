"""Counts Celery's events as celery-exporter does: an application of its own, the prefix of the keys, and none of this program's code.

`python event_reader.py BROKER PREFIX` prints one line of JSON an event until it is ended.
"""

from __future__ import annotations

import json
import sys

from celery import Celery
from celery.events.state import State

app = Celery(broker=sys.argv[1])
app.conf.broker_transport_options = {"global_keyprefix": sys.argv[2]}
state = State()


def line(record: dict[str, object]) -> None:
    """At once on standard output."""
    sys.stdout.write(json.dumps(record) + "\n")
    sys.stdout.flush()


def told(event: dict[str, object]) -> None:
    """Passes the event through Celery's own memory of workers and tasks, which knows a task's name at every later event."""
    state.event(event)
    task = state.tasks.get(event.get("uuid"))
    known = {"task": task.name, "args": task.args} if task else {}
    line({"type": event["type"], "hostname": event["hostname"], "runtime": event.get("runtime"), **known})


with app.connection() as connection:
    line({"type": "listening"})
    app.events.Receiver(connection, handlers={"*": told}).capture(limit=None, timeout=None, wakeup=False)

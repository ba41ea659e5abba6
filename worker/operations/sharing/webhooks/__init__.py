"""List and send events for webhooks; a list imports nothing that sends."""

from __future__ import annotations

from typing import TYPE_CHECKING

from worker import imported_when_used

if TYPE_CHECKING:
    from worker.operations.sharing.webhooks.events import DroppedEvents, WaitingEvent, drop, meant, send_again, waiting
    from worker.operations.sharing.webhooks.publisher import CAP, CLAIM, GIVE_UP, Sender, Tried, run, tried

__all__ = [
    "CAP",
    "CLAIM",
    "GIVE_UP",
    "DroppedEvents",
    "Sender",
    "Tried",
    "WaitingEvent",
    "drop",
    "meant",
    "run",
    "send_again",
    "tried",
    "waiting",
]

_EVENTS, _PUBLISHER = "worker.operations.sharing.webhooks.events", "worker.operations.sharing.webhooks.publisher"
_HOMES = {
    **dict.fromkeys(("DroppedEvents", "WaitingEvent", "drop", "meant", "send_again", "waiting"), _EVENTS),
    **dict.fromkeys(("CAP", "CLAIM", "GIVE_UP", "Sender", "Tried", "run", "tried"), _PUBLISHER),
}
"""Where each name is defined: a name is imported when it is used."""

__getattr__ = imported_when_used(__name__, _HOMES)

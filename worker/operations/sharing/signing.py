"""Sign events for their receivers, with the headers of Standard Webhooks 1.0."""

from __future__ import annotations

import base64
import hashlib
import hmac
import json

from worker.config.webhooks import Receiver
from worker.operations.receivers.settings import key_of
from worker.operations.times import rfc3339

TYPE = "application/json"


def signed(receiver: Receiver, event_id: str, body: bytes, now: float) -> dict[str, str]:
    """The headers of an event: HMAC-SHA256 over id, time and body."""
    at = str(int(now))
    digest = hmac.new(key_of(receiver), b".".join([event_id.encode(), at.encode(), body]), hashlib.sha256).digest()
    signature = f"v1,{base64.b64encode(digest).decode()}"
    return {"Content-Type": TYPE, "webhook-id": event_id, "webhook-timestamp": at, "webhook-signature": signature}


def document(event_id: str, kind: str, created_at: float, data: object) -> bytes:
    """The body of an event."""
    found = {"id": event_id, "type": kind, "timestamp": rfc3339(created_at), "data": data}
    return json.dumps(found, ensure_ascii=False, allow_nan=False).encode("utf-8", "replace")

"""Sign events for their receivers, with the headers of Standard Webhooks 1.0."""

from __future__ import annotations

import base64
import binascii
import hashlib
import hmac
import json

from worker.config import Settings
from worker.config.webhooks import FIRST_RECEIVER, Receiver
from worker.errors import UsageError
from worker.operations.times import rfc3339

TYPE = "application/json"
SHORTEST_KEY = 8
"""Bytes: nobody signs with less on purpose, and an empty key signs nothing. Standard Webhooks makes them of 24 to 64."""


def configured(settings: Settings) -> tuple[Receiver, ...]:
    """The receivers; raises UsageError where there is none, or the secret of one is not set or is none."""
    if not settings.receivers:
        raise UsageError("PRESSMARK_WEBHOOK_URL: expected an address, got none")
    for receiver in settings.receivers:
        _key(receiver)
    return settings.receivers


def _key(receiver: Receiver) -> bytes:
    """The bytes that sign: of `whsec_…` what its base64 means, else the secret itself."""
    first = receiver.name == FIRST_RECEIVER
    where, secret = "PRESSMARK_WEBHOOK_SECRET" if first else f"PRESSMARK_WEBHOOK_RECEIVERS: {receiver.name}", receiver.secret
    if secret is None:
        raise UsageError(f"{where}: expected a secret with PRESSMARK_WEBHOOK_URL, got none")
    try:
        key = base64.b64decode(secret.removeprefix("whsec_"), validate=True) if secret.startswith("whsec_") else secret.encode()
    except (binascii.Error, ValueError):
        raise UsageError(f"{where}: expected base64 after whsec_, got something else") from None
    if len(key) < SHORTEST_KEY:
        raise UsageError(f"{where}: expected a key of at least {SHORTEST_KEY} bytes, got one of {len(key)}")
    return key


def signed(receiver: Receiver, event_id: str, body: bytes, now: float) -> dict[str, str]:
    """The headers of an event: HMAC-SHA256 over id, time and body."""
    at = str(int(now))
    digest = hmac.new(_key(receiver), b".".join([event_id.encode(), at.encode(), body]), hashlib.sha256).digest()
    signature = f"v1,{base64.b64encode(digest).decode()}"
    return {"Content-Type": TYPE, "webhook-id": event_id, "webhook-timestamp": at, "webhook-signature": signature}


def document(event_id: str, kind: str, created_at: float, data: object) -> bytes:
    """The body of an event."""
    found = {"id": event_id, "type": kind, "timestamp": rfc3339(created_at), "data": data}
    return json.dumps(found, ensure_ascii=False, allow_nan=False).encode("utf-8", "replace")

"""Check the settings of webhooks and mail before anything is sent: secrets, addresses, and the topics of searches."""

from __future__ import annotations

import base64
import binascii

from worker.config import Settings
from worker.config.search_filter import TOPIC_FIELDS, read_query
from worker.config.webhooks import FIRST_RECEIVER, MAIL, Receiver
from worker.errors import UsageError
from worker.operations.models import expect_topics_in

SEARCH_SETTINGS = {FIRST_RECEIVER: "PRESSMARK_WEBHOOK_SEARCH", MAIL: "PRESSMARK_MAIL_SEARCH"}
"""By receiver, the setting that holds its search; that of every other receiver is in PRESSMARK_WEBHOOK_RECEIVERS."""
SHORTEST_KEY = 8
"""Bytes: nobody signs with less on purpose, and an empty key signs nothing. Standard Webhooks makes them of 24 to 64."""


def expect_ready(settings: Settings) -> None:
    """Raises UsageError where a secret or an address is missing or wrong, or where no model has a topic of a search.

    Raises Unavailable where the database is needed for that and cannot be used.
    """
    if settings.receivers:
        configured(settings)
    _expect_addresses(settings)
    _expect_topics(settings)


def configured(settings: Settings) -> tuple[Receiver, ...]:
    """The receivers; raises UsageError where there is none, or the secret of one is not set or is none."""
    if not settings.receivers:
        raise UsageError("PRESSMARK_WEBHOOK_URL: expected an address, got none")
    for receiver in settings.receivers:
        key_of(receiver)
    return settings.receivers


def key_of(receiver: Receiver) -> bytes:
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


def _expect_addresses(settings: Settings) -> None:
    """Raises UsageError where there is a mail server, and no address to write from or to."""
    for name in ("mail_from", "mail_to"):
        if settings.mail_url is not None and not getattr(settings, name):
            raise UsageError(f"PRESSMARK_{name.upper()}: expected an address with PRESSMARK_MAIL_URL, got none")


def _expect_topics(settings: Settings) -> None:
    """Raises UsageError for a topic that no model has: its search would match nothing, and nobody would notice."""
    for receiver in settings.told:
        setting = SEARCH_SETTINGS.get(receiver.name, f"PRESSMARK_WEBHOOK_RECEIVERS: {receiver.name}")
        found = read_query(receiver.search)
        for field in TOPIC_FIELDS:
            expect_topics_in(settings, f"{setting}: {field}", *found.get(field, ()))

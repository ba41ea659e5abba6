"""Send digests by mail: what waits for mail goes out together, one message an interval, and is tried again as webhooks are."""

from __future__ import annotations

import json
import logging
import smtplib
import ssl
import time
from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from email.message import EmailMessage
from email.policy import SMTP
from email.utils import formatdate
from urllib.parse import unquote, urlsplit

from worker.bootstrap import Services
from worker.config import Settings
from worker.results import Flip, Result
from worker.storage.item_rules import one_line
from worker.storage.webhooks.deliveries import CLOSED, FLIPPED, OPENED, STORED, Deliveries, Delivery

log = logging.getLogger(__name__)

AT_ONCE = 2000
"""Events in one digest: a day of a busy search. More go out with the next one."""
LISTED = 100
"""Articles that a digest lists; it counts the others, which the search shows."""
WITHIN = 30.0
"""Seconds that the server has for each answer; greylisting servers take ten on purpose."""
CLAIM = 300.0
"""Seconds that a sender has for one digest: every answer of a conversation may take WITHIN."""
PORTS = {"smtp": 25, "smtps": 465, "smtp+starttls": 587}
LINE = 300
"""Characters of a title in a digest."""

Deliver = Callable[[Settings, EmailMessage], None]


def send(settings: Settings, message: EmailMessage) -> None:
    """Hands a message to the server; raises SMTPException or OSError. The server is the operator's own, as Redis and the database are."""
    parts = urlsplit(settings.mail_url or "")
    host, port = parts.hostname or "", parts.port or PORTS[parts.scheme]
    context = ssl.create_default_context(cafile=str(settings.ca_file) if settings.ca_file else None)
    encrypted = parts.scheme == "smtps"
    made = smtplib.SMTP_SSL(host, port, timeout=WITHIN, context=context) if encrypted else smtplib.SMTP(host, port, timeout=WITHIN)
    with made as client:
        if parts.scheme == "smtp+starttls":
            client.starttls(context=context)
        if parts.username is not None:
            client.login(unquote(parts.username), unquote(parts.password or ""))
        if refused := client.send_message(message):
            log.warning("mail was refused for %s", ", ".join(refused))


class MailSender:
    """Sends what is due; `wait` says after how many seconds a failed try is made again, `deliver` and `now` are the tests' own there."""

    def __init__(
        self,
        services: Services,
        wait: Callable[[int], float],
        give_up: float,
        deliver: Deliver = send,
        now: Callable[[], float] = time.time,
    ) -> None:
        self._services = services
        self._wait, self._give_up = wait, give_up
        self._deliver, self._now = deliver, now
        self._deliveries = Deliveries(services.engine, now)

    def round(self) -> int:
        """Sends one digest of what is due; returns how many events it had. Raises Unavailable."""
        due = self._deliveries.claim_all(self._deliveries.due("mail", AT_ONCE), CLAIM)
        found = {one.stored_id: one for one in self._services.articles.of([one.item_id for one in due if one.item_id is not None])}
        told = [one for one in due if one.item_id is None or (one.item_id in found and found[one.item_id].text is not None)]
        self._deliveries.delivered_all([one for one in due if one not in told])  # of articles that were taken down
        if not told:
            return 0
        try:
            self._deliver(self._services.settings, digest(self._services.settings, told, found, self._now()))
        except (smtplib.SMTPException, OSError) as error:
            self._failed(told, error)
            return 0
        self._deliveries.delivered_all(told)
        return len(told)

    def _failed(self, told: Sequence[Delivery], error: Exception) -> None:
        said = one_line(f"{type(error).__name__}: {error}", LINE)
        log.warning("mail failed, to be tried again: %s", said)
        for one in told:
            over = self._now() - one.created_at > self._give_up
            self._deliveries.failed(one, said, None if over else self._wait(one.tries))


def digest(settings: Settings, told: Sequence[Delivery], found: dict[int, Result], now: float) -> EmailMessage:
    """The message: problems first, then labels that flipped, then articles. No header holds a stranger's text."""
    kinds = Counter(one.kind for one in told)
    counts = (
        (kinds[OPENED] + kinds[CLOSED], "problem", "problems"),
        (kinds[FLIPPED], "changed label", "changed labels"),
        (kinds[STORED], "article", "articles"),
    )
    subject = ", ".join(f"{number} {one if number == 1 else many}" for number, one, many in counts if number)
    lines = [line for kind in (OPENED, CLOSED, FLIPPED, STORED) for line in _section(kind, told, found)]
    return made(settings, f"Pressmark: {subject}", lines, told[0].event_id, now)


def made(settings: Settings, subject: str, lines: Sequence[str], event_id: str, now: float) -> EmailMessage:
    """A message of plain text; the same event has the same Message-ID at every try."""
    message = EmailMessage(policy=SMTP)
    message["Subject"], message["From"], message["To"] = subject, settings.mail_from[0], ", ".join(settings.mail_to)
    message["Date"], message["Message-ID"] = formatdate(now), f"<{event_id}@pressmark.invalid>"
    message["Auto-Submitted"] = "auto-generated"
    message.set_content("\n".join(lines) + "\n", cte="quoted-printable")
    return message


def _section(kind: str, told: Sequence[Delivery], found: dict[int, Result]) -> Iterator[str]:
    chosen = [one for one in told if one.kind == kind]
    for one in chosen[:LISTED]:
        if one.item_id is None:
            yield f"{'Over' if kind == CLOSED else 'Began'}: {one_line(json.loads(one.body or '{}').get('what') or kind, LINE)}"
            continue
        article = found[one.item_id]
        for flip in (Flip(**said) for said in json.loads(one.body or "[]")):
            yield f"{flip.label}: {flip.before} before, {flip.after} now"
        yield one_line(article.title or "without a title", LINE)
        yield f"  {one_line(article.outlet, LINE)}, {article.published_on or 'no day'}"
        yield f"  {one_line(article.url or '', LINE)}"
    if len(chosen) > LISTED:
        yield f"and {len(chosen) - LISTED} more"
    if chosen:
        yield ""

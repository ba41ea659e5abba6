"""An item as the ledger has it, and what becomes of it: pure judgement, without a connection."""

from __future__ import annotations

import random
from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from typing import Any

from worker.config import Settings
from worker.messages import Failed, Returned, Struck
from worker.reasons import Fate, Reason
from worker.storage.values import Event

JITTER = 0.25
"""Of a back-off, to both sides: spreads what failed together."""
DETAIL = 500
"""Characters of a detail that are kept: a line or two for a person."""


@dataclass(frozen=True, slots=True)
class Item:
    """One row of `items`."""

    id: int
    kind: str
    url: str
    host: str
    lane: int
    depth: int
    state: str
    reason: str | None
    detail: str | None
    due: float
    token: int
    tries: int
    strikes: int
    attempts: int
    leased_until: float | None
    taken: bool
    alone: bool
    suspect: bool
    refetch: bool
    host_wait_since: float | None
    duplicate_of: int | None
    answer: Mapping[str, Any] | None

    @property
    def open(self) -> bool:
        """Not ended yet."""
        return self.state in ("waiting", "running")

    @property
    def has_article(self) -> bool:
        """Whether the item has an article: it is stored, or is being fetched again while its article stays."""
        return self.kind == "article" and (self.state == "stored" or self.refetch)

    @property
    def forgotten(self) -> bool:
        """Whether it was taken out at somebody's request: nothing may send it again."""
        return self.state == "refused" and self.reason == Reason.FORGOTTEN.word

    def holds(self, token: int) -> bool:
        """Whether the lease with this token is the one that counts."""
        return self.state == "running" and self.token == token


@dataclass(frozen=True, slots=True)
class Transition:
    """One item before and after; `publish` where the public stream is to be told."""

    before: Item
    after: Item
    events: tuple[Event, ...] = ()
    publish: bool = False


@dataclass(frozen=True, slots=True)
class ItemRules:
    """The rules at one moment: `now` in seconds since 1970, `chance` gives numbers from 0 to 1 for the jitter."""

    settings: Settings
    now: float
    chance: Callable[[], float] = random.random

    def failed(self, item: Item, outcome: Failed) -> Transition:
        """A reported failure, by the fate of its reason."""
        reason = Reason.of(outcome.reason)
        detail = one_line(outcome.detail)
        item = replace(item, attempts=item.attempts + 1, answer=answer_of(outcome) or item.answer)
        event = Event(self.now, "fetch", "failed", reason.word, detail, outcome.http.ms if outcome.http else None)
        if reason.fate is Fate.WAITS:
            return self._wait_for_host(item, reason, outcome, event)
        if reason.fate is Fate.AGAIN and item.tries + 1 < self.settings.tries:
            after = replace(item, tries=item.tries + 1, host_wait_since=None)
            return self.again(after, self.back_off(after.tries, outcome.retry_after), reason.word, detail, event)
        if reason.fate is Fate.AGAIN:
            item = replace(item, tries=item.tries + 1)
        return self.end(item, "refused" if reason.fate is Fate.REFUSED else "dead", reason.word, detail, event)

    def _wait_for_host(self, item: Item, reason: Reason, outcome: Failed, event: Event) -> Transition:
        since = item.host_wait_since if item.host_wait_since is not None else self.now
        if self.now - since >= self.settings.host_wait_max:
            return self.end(item, "dead", reason.word, one_line(outcome.detail), event)
        waited = min(max(self.now - since, self.settings.backoff), self.settings.backoff_cap)
        delay = max(self._jittered(waited), self._asked(outcome.retry_after))
        return self.again(replace(item, host_wait_since=since), delay, reason.word, one_line(outcome.detail), event)

    def struck(self, item: Item, outcome: Struck) -> Transition:
        """Its parse child was killed."""
        return self.strike(replace(item, attempts=item.attempts + 1), one_line(outcome.detail), "parse")

    def strike(self, item: Item, detail: str, stage: str) -> Transition:
        """Proof against the page: it travels alone from now on, and is dead after the last strike."""
        item = replace(item, strikes=item.strikes + 1, suspect=True)
        event = Event(self.now, stage, "struck", Reason.POISON.word, detail)
        if item.strikes >= self.settings.strikes:
            return self.end(item, "dead", Reason.POISON.word, detail, event)
        return self.again(item, self.back_off(item.strikes, None), Reason.POISON.word, detail, event)

    def returned(self, item: Item, outcome: Returned) -> Transition:
        """Handed back unharmed."""
        return self.again(item, outcome.after, item.reason, item.detail, Event(self.now, "fetch", "returned"))

    def expired(self, item: Item) -> Transition:
        """Its lease ran out: free where nobody took it, a suspicion in company, a strike where it travelled alone."""
        if not item.taken:
            return self.again(item, 0.0, item.reason, item.detail, Event(self.now, "dispatch", "expired", detail="never taken"))
        if item.alone:
            return self.strike(item, "taken alone, and no outcome", "dispatch")
        event = Event(self.now, "dispatch", "expired", detail="taken with others, and no outcome")
        return self.again(replace(item, suspect=True), 0.0, item.reason, item.detail, event)

    def reclaimed(self, item: Item) -> Transition:
        """Redis lost its memory: nobody is to blame."""
        return self.again(item, 0.0, item.reason, item.detail, Event(self.now, "dispatch", "reclaimed", detail="Redis was emptied"))

    def requeued(self, item: Item, stage: str = "operator") -> Transition:
        """On its way again from the start, by somebody's wish. What is stored stays so, whatever comes of it."""
        after = replace(
            item,
            tries=0,
            strikes=0,
            suspect=False,
            host_wait_since=None,
            duplicate_of=None,
            refetch=item.refetch or (item.state == "stored" and item.kind == "article"),
        )
        return replace(self.again(after, 0.0, None, None, Event(self.now, stage, "requeued")), before=item)

    def dropped(self, item: Item, detail: str | None = None) -> Transition:
        """Given up by an operator."""
        event = Event(self.now, "operator", "dropped", Reason.DROPPED.word, detail)
        return self.end(item, "dead", Reason.DROPPED.word, detail if detail is not None else item.detail, event)

    def forgotten(self, item: Item) -> Transition:
        """Taken out at somebody's request, whatever its state: refused for good, and any lease of it is void."""
        event = Event(self.now, "operator", "forgotten", Reason.FORGOTTEN.word)
        bare = replace(item, token=item.token + 1, refetch=False, suspect=False, duplicate_of=None, answer=None)
        return replace(self.end(bare, "refused", Reason.FORGOTTEN.word, None, event), before=item)

    def again(self, item: Item, delay: float, reason: str | None, detail: str | None, event: Event) -> Transition:
        """Waiting, due in `delay` seconds."""
        after = replace(item, state="waiting", due=self.now + delay, leased_until=None, taken=False, reason=reason, detail=detail)
        return Transition(item, after, (event,))

    def end(self, item: Item, state: str, reason: str | None, detail: str | None, event: Event) -> Transition:
        """A terminal state; an item that has an article goes back to `stored` instead."""
        after = replace(
            item, state=state, reason=reason, detail=detail, leased_until=None, taken=False, refetch=False, host_wait_since=None
        )
        if item.refetch and state != "stored":
            return Transition(item, replace(after, state="stored", reason=None, detail=None), (event,))
        return Transition(item, after, (event,), publish=item.kind == "article")

    def back_off(self, tries: int, asked: float | None) -> float:
        """Seconds before another try: doubled each time up to the cap, with jitter, and never less than asked for."""
        delay = min(self.settings.backoff * 2.0 ** min(tries - 1, 60), self.settings.backoff_cap)
        return max(self._jittered(delay), self._asked(asked))

    def _jittered(self, delay: float) -> float:
        return delay * (1 + JITTER * (2 * self.chance() - 1))

    def _asked(self, retry_after: float | None) -> float:
        return min(max(retry_after or 0.0, 0.0), self.settings.retry_after_cap)


def answer_of(outcome: Any) -> dict[str, Any] | None:
    """What the outcome tells of the server's answer, for the Result; None where there was none."""
    final_url = getattr(outcome, "final_url", None)  # a feed's outcome has none
    if outcome.http is None and final_url is None:
        return None
    http = dict(vars(outcome.http)) if outcome.http else None
    return {"final_url": final_url, "http": http, "fetched_at": outcome.fetched_at or None}


def one_line(detail: str) -> str:
    """Printable and short, as a detail is kept."""
    return "".join(c if c.isprintable() else " " for c in detail[:DETAIL])

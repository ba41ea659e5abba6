"""Decide what becomes of an item, from its row and an outcome; pure rules, without a connection."""

from __future__ import annotations

import random
from collections.abc import Callable
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from worker.config import Settings
from worker.reasons import Fate, Kind, Reason
from worker.storage.values import OPEN, Answer, Event, Stage, State

if TYPE_CHECKING:
    from worker.messages import Failed, Http, Returned, Struck

JITTER = 0.25
"""Share of a back-off that chance adds or takes away, so that items that failed together are not tried again together."""
SPREAD_LONGEST = 86400.0
"""Seconds over which dead letters that are sent again at a rate are spread at most: a day; whoever wants slower sends a part."""
DETAIL = 500
"""Characters of a detail that are kept: a line or two for a person."""


@dataclass(frozen=True, slots=True)
class Item:
    """One row of the table `items`, without the columns that no rule needs."""

    id: int
    kind: Kind
    url: str
    host: str
    lane: int
    depth: int
    state: State
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
    answer: Answer | None
    forced: bool = False
    recheck: bool = False

    @property
    def open(self) -> bool:
        """Whether it has not ended yet."""
        return self.state in OPEN

    @property
    def has_article(self) -> bool:
        """Whether the item has an article: it is stored, or is being fetched again while its article stays."""
        return self.kind == "article" and (self.state == State.STORED or self.refetch)

    @property
    def forgotten(self) -> bool:
        """Whether it was taken out at somebody's request: nothing may send it again."""
        return self.state == State.REFUSED and self.reason == Reason.FORGOTTEN.word

    def holds(self, token: int) -> bool:
        """Whether the item is under the lease with this token, and no later one."""
        return self.state == State.RUNNING and self.token == token


@dataclass(frozen=True, slots=True)
class Transition:
    """One item before and after; `publish` where its Result goes to the public stream."""

    before: Item
    after: Item
    events: tuple[Event, ...] = ()
    publish: bool = False


@dataclass(frozen=True, slots=True)
class ItemRules:
    """The rules at one moment: `now` in seconds since 1970; `chance` returns numbers from 0 to 1 for the jitter.

    Every method takes an item and returns its transition.
    """

    settings: Settings
    now: float
    chance: Callable[[], float] = random.random

    def failed(self, item: Item, outcome: Failed) -> Transition:
        """A reported failure; the fate of its reason decides."""
        reason = Reason.of(outcome.reason)
        detail = one_line(outcome.detail)
        answer = answer_of(outcome.final_url, outcome.http, outcome.fetched_at)
        item = replace(item, attempts=item.attempts + 1, answer=answer or item.answer)
        event = Event(self.now, Stage.FETCH, "failed", reason.word, detail, outcome.http.ms if outcome.http else None)
        if reason.fate is Fate.WAITS:
            return self._wait_for_host(item, reason, outcome, event)
        if reason.fate is Fate.AGAIN and item.tries + 1 < self.settings.tries:
            after = replace(item, tries=item.tries + 1, host_wait_since=None)
            return self.again(after, self.back_off(after.tries, outcome.retry_after), reason.word, detail, event)
        if reason.fate is Fate.AGAIN:
            item = replace(item, tries=item.tries + 1)
        return self.end(item, State.REFUSED if reason.fate is Fate.REFUSED else State.DEAD, reason.word, detail, event)

    def _wait_for_host(self, item: Item, reason: Reason, outcome: Failed, event: Event) -> Transition:
        """Waits about as long again as it has waited, and is dead after `host_wait_max`."""
        since = item.host_wait_since if item.host_wait_since is not None else self.now
        if self.now - since >= self.settings.host_wait_max:
            return self.end(item, State.DEAD, reason.word, one_line(outcome.detail), event)
        waited = min(max(self.now - since, self.settings.backoff), self.settings.backoff_cap)
        delay = max(self._jittered(waited), self._asked(outcome.retry_after))
        return self.again(replace(item, host_wait_since=since), delay, reason.word, one_line(outcome.detail), event)

    def struck(self, item: Item, outcome: Struck) -> Transition:
        """The child process that read its page was killed."""
        return self.strike(replace(item, attempts=item.attempts + 1), one_line(outcome.detail), Stage.PARSE)

    def strike(self, item: Item, detail: str, stage: Stage) -> Transition:
        """Proof against the page: it is sent alone from now on, and is dead after the last strike."""
        item = replace(item, strikes=item.strikes + 1, suspect=True)
        event = Event(self.now, stage, "struck", Reason.POISON.word, detail)
        if item.strikes >= self.settings.strikes:
            return self.end(item, State.DEAD, Reason.POISON.word, detail, event)
        return self.again(item, self.back_off(item.strikes, None), Reason.POISON.word, detail, event)

    def returned(self, item: Item, outcome: Returned) -> Transition:
        """A worker gave it back without blaming it."""
        return self.again(item, outcome.after, item.reason, item.detail, Event(self.now, Stage.FETCH, "returned"))

    def expired(self, item: Item) -> Transition:
        """Its lease expired: free where no worker took it, a suspect where others were taken with it, else a strike."""
        if not item.taken:
            return self.again(item, 0.0, item.reason, item.detail, Event(self.now, Stage.DISPATCH, "expired", detail="never taken"))
        if item.alone:
            return self.strike(item, "taken alone, and no outcome", Stage.DISPATCH)
        event = Event(self.now, Stage.DISPATCH, "expired", detail="taken with others, and no outcome")
        return self.again(replace(item, suspect=True), 0.0, item.reason, item.detail, event)

    def reclaimed(self, item: Item) -> Transition:
        """Redis was emptied: its lease is taken back at no cost."""
        return self.again(item, 0.0, item.reason, item.detail, Event(self.now, Stage.DISPATCH, "reclaimed", detail="Redis was emptied"))

    def requeued(self, item: Item, stage: Stage = Stage.OPERATOR, *, recheck: bool = False) -> Transition:
        """Starts again with all its tries; the article of a stored item stays, whatever this brings.

        A `recheck` replaces it by a new version only.
        """
        after = replace(
            item,
            tries=0,
            strikes=0,
            suspect=False,
            host_wait_since=None,
            duplicate_of=None,
            refetch=item.has_article,
            recheck=recheck,
        )
        event = Event(self.now, stage, "recheck" if recheck else "requeued")
        return replace(self.again(after, 0.0, None, None, event), before=item)

    def dropped(self, item: Item, detail: str | None = None) -> Transition:
        """Given up by an operator."""
        event = Event(self.now, Stage.OPERATOR, "dropped", Reason.DROPPED.word, detail)
        return self.end(item, State.DEAD, Reason.DROPPED.word, detail if detail is not None else item.detail, event)

    def forgotten(self, item: Item) -> Transition:
        """Taken out at somebody's request, whatever its state: refused for good, and any lease of it is void."""
        event = Event(self.now, Stage.OPERATOR, "forgotten", Reason.FORGOTTEN.word)
        bare = replace(item, token=item.token + 1, refetch=False, suspect=False, duplicate_of=None, answer=None)
        return replace(self.end(bare, State.REFUSED, Reason.FORGOTTEN.word, None, event), before=item)

    def again(self, item: Item, delay: float, reason: str | None, detail: str | None, event: Event) -> Transition:
        """Waits, and is due in `delay` seconds."""
        after = replace(item, state=State.WAITING, due=self.now + delay, leased_until=None, taken=False, reason=reason, detail=detail)
        return Transition(item, after, (event,))

    def end(self, item: Item, state: State, reason: str | None, detail: str | None, event: Event) -> Transition:
        """Ends in a terminal state; an item that has an article goes back to `stored` instead."""
        after = replace(
            item,
            state=state,
            reason=reason,
            detail=detail,
            leased_until=None,
            taken=False,
            refetch=False,
            forced=False,
            recheck=False,
            host_wait_since=None,
        )
        if item.refetch and state != State.STORED:
            return Transition(item, replace(after, state=State.STORED, reason=None, detail=None), (event,))
        return Transition(item, after, (event,), publish=item.kind == "article")

    def back_off(self, tries: int, asked: float | None) -> float:
        """Seconds before another try: doubled each time up to the cap, with jitter, and never less than the host asked for."""
        delay = min(self.settings.backoff * 2.0 ** min(tries - 1, 60), self.settings.backoff_cap)
        return max(self._jittered(delay), self._asked(asked))

    def _jittered(self, delay: float) -> float:
        return delay * (1 + JITTER * (2 * self.chance() - 1))

    def _asked(self, retry_after: float | None) -> float:
        return min(max(retry_after or 0.0, 0.0), self.settings.retry_after_cap)


def answer_of(final_url: str | None, http: Http | None, fetched_at: str | None) -> Answer | None:
    """The server's answer as it is kept with an item; None where there was none."""
    if http is None and final_url is None:
        return None
    return {"final_url": final_url, "http": dict(vars(http)) if http else None, "fetched_at": fetched_at or None}


def one_line(text: str, longest: int = DETAIL) -> str:
    """At most `longest` characters, each of them printable."""
    return "".join(c if c.isprintable() else " " for c in text[:longest])

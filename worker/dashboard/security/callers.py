"""Tell who calls: tokens of users, signed session cookies, and the tokens of forms."""

from __future__ import annotations

import getpass
import hashlib
import hmac
import os
import secrets
import time
from collections.abc import Callable
from dataclasses import dataclass

from worker.config import Settings
from worker.dashboard.security import limits
from worker.dashboard.security.access import Role
from worker.dashboard.security.answers import Refused, too_many
from worker.dashboard.security.limits import Attempts

COOKIE = "pressmark_session"
SESSION_SECONDS = 7 * 86400
"""A week: an editor signs in once on Monday. A changed token ends its sessions at once."""
OPERATOR = "operator"
"""The name of whoever holds PRESSMARK_DASHBOARD_TOKEN."""


@dataclass(frozen=True, slots=True)
class Caller:
    """Who asks: a person or a program."""

    name: str
    role: Role
    session: str = ""
    """The cookie's value; empty for a program with a token, and on loopback without tokens."""

    def may(self, role: Role) -> bool:
        """Whether the role that is needed is included."""
        return self.role >= role


NOBODY = Caller("", Role.ANYONE)


@dataclass(frozen=True, slots=True)
class _Known:
    name: str
    role: Role
    token: bytes


class Callers:
    """Everybody who may call: users with tokens, or, without a token and on loopback only, the person at this machine."""

    def __init__(self, settings: Settings, clock: Callable[[], float] = time.time) -> None:
        known = [_Known(user.name, Role.of(user.role), user.token.encode()) for user in settings.dashboard_users]
        if settings.dashboard_token:
            known.append(_Known(OPERATOR, Role.OPERATOR, settings.dashboard_token.encode()))
        self._known = tuple(known)
        self._clock = clock
        self._wrong = Attempts(limits.WRONG_TRIES, limits.WRONG_SECONDS)
        self._form_key = secrets.token_bytes(32) if not known else b"".join(user.token for user in known)

    @property
    def open(self) -> bool:
        """Whether nobody has to sign in: no token is set, and the address is loopback."""
        return not self._known

    def here(self) -> Caller:
        """Who calls where nobody has to sign in."""
        return Caller(_person(), Role.OPERATOR)

    def admit(self, token: str, client: str) -> Caller:
        """Whose token this is; raises Refused for an unknown one, and for any after too many of those from this client."""
        if wait := self._wrong.wait(client):
            raise too_many(wait)
        caller = self._by_token(token)
        if caller is None:
            self._wrong.note(client)
            raise Refused(401, "unauthorized", "This token is not known.", {"WWW-Authenticate": "Bearer"})
        return caller

    def _by_token(self, token: str) -> Caller | None:
        """All are compared, each in constant time, so that time tells nothing."""
        found = None
        for user in self._known:
            if hmac.compare_digest(user.token, token.encode("utf-8", "replace")):
                found = Caller(user.name, user.role)
        return found

    def by_session(self, cookie: str) -> Caller | None:
        """Whose session this is; None where it is forged, over, or of a token that was changed."""
        name, _, rest = cookie.partition("|")
        until, _, seal = rest.partition("|")
        user = next((user for user in self._known if user.name == name), None)
        if user is None or not until.isdecimal() or len(until) > 12 or int(until) < self._clock():
            return None
        expected = _seal(user.token, "session", f"{name}|{until}")
        return Caller(name, user.role, cookie) if hmac.compare_digest(expected.encode(), seal.encode("utf-8", "replace")) else None

    def open_session(self, caller: Caller) -> str:
        """A cookie's value for whoever has just shown a token."""
        user = next(user for user in self._known if user.name == caller.name)
        head = f"{caller.name}|{int(self._clock()) + SESSION_SECONDS}"
        return f"{head}|{_seal(user.token, 'session', head)}"

    def form_token(self, caller: Caller) -> str:
        """What each form of this caller's pages carries, so that no other page can send it."""
        return _seal(self._form_key, "form", f"{caller.name}|{caller.session}")

    def is_form_token(self, caller: Caller, token: str) -> bool:
        """Whether a form came from a page of this caller's."""
        return hmac.compare_digest(self.form_token(caller).encode(), token.encode("utf-8", "replace"))


def _seal(key: bytes, purpose: str, text: str) -> str:
    return hmac.new(hashlib.sha256(key).digest(), f"{purpose}:{text}".encode(), hashlib.sha256).hexdigest()


def _person() -> str:
    try:
        return getpass.getuser()
    except (KeyError, OSError):
        return f"uid-{os.getuid()}"

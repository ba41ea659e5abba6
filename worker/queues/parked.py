"""Keep for a person what lies in Redis and is not this program's: messages that nobody understands, keys of another type."""

from __future__ import annotations

import json
import time
from dataclasses import dataclass

import redis

from worker.queues.connection import CELERY_QUEUES, QUEUES, RESULTS, as_text, available
from worker.queues.depths import counts_key
from worker.queues.public_stream import ARTICLES

PARKED = "parked"
"""The list `<namespace>:parked`, newest first."""
KEPT = 1000
"""Messages; whoever writes garbage without end must not fill Redis with it."""
LONGEST = 10_000
"""Characters kept of each, so that all take 10 MB at most: its beginning shows what a message is."""


TYPES = {
    **dict.fromkeys(CELERY_QUEUES, "list"),
    **{counts_key(queue): "list" for queue in QUEUES},
    **dict.fromkeys((RESULTS, ARTICLES), "stream"),
    **dict.fromkeys(("epoch", "paused"), "string"),
    "workers": "hash",
    PARKED: "list",
}
"""The type of each key, without its namespace. A key that holds another makes every command on it fail, for ever."""


def parked_entry(queue: str, message: bytes, error: str) -> str:
    """A message, the queue on which it lay and what is wrong with it, as JSON."""
    shown = message[:LONGEST].decode("utf-8", "replace")
    return json.dumps({"queue": queue, "at": time.time(), "error": error, "message": shown})


def count_parked(client: redis.Redis, namespace: str) -> int:
    """How many messages are kept; raises Unavailable."""
    with available():
        return int(client.llen(f"{namespace}:{PARKED}"))


@dataclass(frozen=True, slots=True)
class WrongType:
    """A key that holds something else than this program puts there."""

    key: str
    expected: str
    found: str

    def __str__(self) -> str:
        return f"the key {self.key} holds a {self.found}, expected a {self.expected}"


class Schema:
    """The keys of one installation; every method raises Unavailable."""

    def __init__(self, client: redis.Redis, namespace: str) -> None:
        self._redis = client
        self._namespace = namespace

    def wrong(self) -> list[WrongType]:
        """Every key that holds another type."""
        with available():
            pipe = self._redis.pipeline(transaction=False)
            for name in TYPES:
                pipe.type(f"{self._namespace}:{name}")
            found = [as_text(kind) for kind in pipe.execute()]
        return [
            WrongType(f"{self._namespace}:{name}", expected, kind)
            for (name, expected), kind in zip(TYPES.items(), found, strict=True)
            if kind not in ("none", expected)
        ]

    def mend(self) -> list[str]:
        """Renames each such key and notes that among the parked messages; a sentence for each."""
        return list(map(self._move_aside, self.wrong()))

    def _move_aside(self, wrong: WrongType) -> str:
        aside = f"{wrong.key}:parked:{time.time():.0f}"
        said = f"{wrong}; it is now {aside}"
        parked = f"{self._namespace}:{PARKED}"
        with available():
            self._redis.rename(wrong.key, aside)
            self._redis.lpush(parked, parked_entry(wrong.key.removeprefix(f"{self._namespace}:"), b"", said))
            self._redis.ltrim(parked, 0, KEPT - 1)
        return said

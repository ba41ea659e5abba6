"""Deal leased items out to messages, a chunk of URLs each."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from urllib.parse import urlsplit

from worker.messages import Lane, URLRequest
from worker.queues import FETCH, URGENT


def chunks(leased: Sequence[tuple[Lane, URLRequest]], size: int, *, paced: bool = False) -> Iterator[tuple[str, list[URLRequest]]]:
    """Queue and requests of each message: a suspect alone, the others up to `size` together, dealt out to the messages in turn.

    Where hosts are `paced`, those of one host are in one message: one worker keeps the pace between them.
    """
    for queue, urgent in ((URGENT, True), (FETCH, False)):
        requests = [request for lane, request in leased if (lane == "urgent") is urgent]
        yield from ((queue, [request]) for request in requests if request.alone)
        together = [request for request in requests if not request.alone]
        number = -(-len(together) // size)
        dealt = _by_host(together, size) if paced else [together[start::number] for start in range(number)]
        yield from ((queue, chunk) for chunk in dealt)


def _by_host(requests: Sequence[URLRequest], size: int) -> list[list[URLRequest]]:
    """As few messages as hold the requests, filled alike: hosts go to the emptiest in turn, split only where one fills a message."""
    hosts: dict[str, list[URLRequest]] = {}
    for request in requests:
        hosts.setdefault(urlsplit(request.url).netloc, []).append(request)
    groups = [group[at : at + size] for group in hosts.values() for at in range(0, len(group), size)]
    filled: list[list[URLRequest]] = [[] for _ in range(-(-len(requests) // size))]
    for group in sorted(groups, key=len, reverse=True):
        emptiest = min(filled, key=len)
        if len(emptiest) + len(group) > size:
            filled.append(list(group))
        else:
            emptiest += group
    return [chunk for chunk in filled if chunk]

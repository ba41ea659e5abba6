"""The lab's DNS: answers by script, the n-th list for the n-th look-up; some names are slow, some silent."""

from __future__ import annotations

import socket
import threading
import time
from collections import Counter
from dataclasses import dataclass, field

import dns.flags
import dns.message
import dns.rcode
import dns.rdatatype
import dns.rrset

from tests.lab.net import NAMESERVER


@dataclass
class Script:
    """What one name answers."""

    a: list[list[str]] = field(default_factory=list)
    aaaa: list[list[str]] = field(default_factory=list)
    cname: str | None = None
    delay: float = 0.0
    silent: bool = False
    rcode: int = dns.rcode.NOERROR
    failing: tuple[str, ...] = ()
    """Kinds of records that are answered with SERVFAIL."""


class Names:
    """A name server on NAMESERVER, UDP only; a name that nobody wrote does not exist."""

    def __init__(self) -> None:
        self.scripts: dict[str, Script] = {}
        self.asked: Counter[tuple[str, str]] = Counter()
        self._lock = threading.Lock()

    def serve(self) -> None:
        """Begins to answer, on threads."""
        server = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
        server.bind((NAMESERVER, 53))
        threading.Thread(target=self._loop, args=(server,), daemon=True).start()

    def _loop(self, server: socket.socket) -> None:
        while True:
            data, client = server.recvfrom(4096)
            threading.Thread(target=self._answer, args=(server, data, client), daemon=True).start()

    def _answer(self, server: socket.socket, data: bytes, client: tuple[str, int]) -> None:
        query = dns.message.from_wire(data)
        question = query.question[0]
        name, kind = question.name.to_text().rstrip(".").lower(), dns.rdatatype.to_text(question.rdtype)
        with self._lock:
            turn = self.asked[name, kind]
            self.asked[name, kind] += 1
        script = self.scripts.get(name)
        if script and script.silent:
            return
        if script and script.delay:
            time.sleep(script.delay)
        server.sendto(self._written(query, script, kind, turn).to_wire(), client)

    def _written(self, query: dns.message.Message, script: Script | None, kind: str, turn: int) -> dns.message.Message:
        answer = dns.message.make_response(query)
        answer.flags |= dns.flags.RA
        if script is None:
            answer.set_rcode(dns.rcode.NXDOMAIN)
            return answer
        answer.set_rcode(dns.rcode.SERVFAIL if kind in script.failing else script.rcode)
        if kind in script.failing:
            return answer
        owner = query.question[0].name
        if script.cname:
            answer.answer.append(dns.rrset.from_text(owner, 0, "IN", "CNAME", script.cname + "."))
            owner = dns.name.from_text(script.cname)
        lists = {"A": script.a, "AAAA": script.aaaa}.get(kind, [])
        addresses = lists[min(turn, len(lists) - 1)] if lists else []
        if addresses:
            answer.answer.append(dns.rrset.from_text(owner, 0, "IN", kind, *addresses))
        return answer

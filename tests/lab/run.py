"""The lab itself: inside a network namespace, plays every case against real worker processes and writes a report.

unshare -n -m python -m tests.lab.run REPORT [--group GROUP]… [--case ID]…
"""

from __future__ import annotations

import argparse
import json
import multiprocessing
import os
import queue
import sys
import tempfile
import threading
import time
from dataclasses import asdict, dataclass, field
from pathlib import Path
from urllib.parse import quote

from tests.lab import net
from tests.lab.names import Names, Script
from tests.lab.process import Worker, timed, wait
from tests.lab.servers import chunked, content, headers, redirect, robots, size, status, tls
from tests.lab.servers import time as slow
from tests.lab.site import Server, Site
from tests.lab.variant import Variant, honest
from tests.lab.verdicts import agrees

GROUPS = {
    "time": slow, "size": size, "headers": headers, "chunked": chunked, "redirect": redirect,
    "status": status, "tls": tls, "content": content, "robots": robots,
}  # fmt: skip
HONEST = tuple(f"45.34.0.{number}" for number in range(1, 9))
MIB = 1 << 20
PATIENT = {"PRESSMARK_PARSE_TIMEOUT": "60", "PRESSMARK_FIRST_BYTE_TIMEOUT": "28"}
"""Where pages are read, CPU and memory are the limits that are tried; on a machine with much else to do, the clock is not."""
WORKERS = 6
"""Processes at once: nearly all of a case's time is waiting."""
PARSING_WORKERS = 2
"""Where pages are read too, it is CPU."""


@dataclass
class Play:
    """One variant of one case, with the address it is played at."""

    case: str
    group: str
    number: int
    variant: Variant
    address: str
    expected: dict
    what: str = ""

    @property
    def name(self) -> str:
        """Its host name."""
        return f"{self.case}-{self.number}.lab.example"

    def url(self, step: str) -> str:
        """Where the worker is sent."""
        return f"{self.variant.scheme}://{self.name}{quote(step, safe='/?=&:%~')}"


@dataclass
class Finding:
    """What came of one play, alone or beside honest fetches."""

    case: str
    group: str
    variant: int
    what: str
    beside: int
    expected: str
    outcome: dict = field(default_factory=dict)
    right: bool = False
    wall: float = 0.0
    max_wall: float = 31.0
    growth_mib: float = 0.0
    cpu: float = 0.0
    next_s: float = 0.0
    honest_ok: int = 0
    alive: bool = True
    wire: int = 0
    began: float = 0.0
    ended: float = 0.0
    name: str = ""
    address: str = ""


def plays(cases: list[dict], groups: list[str], only: list[str]) -> list[Play]:
    """Every variant of every case that is asked for, each at an address of its own."""
    catalogue = {case["id"]: case for case in cases}
    found, number = [], 0
    for group, module in GROUPS.items():
        for case, variants in module.SERVERS.items():
            for place, variant in enumerate(variants):
                number += 1
                known = catalogue.get(case, {"what": case.removeprefix("own-").replace("-", " "), "expected": {}})
                expected = {**known["expected"], **({"verdict": variant.verdict} if variant.verdict else {})}
                address = f"45.33.{number // 250}.{number % 250 + 1}"
                wanted = (not groups or group in groups) and (not only or case in only)
                if wanted:
                    found.append(Play(case, known.get("group", group), place, variant, address, expected, known["what"]))
    return found


def serve(servers: dict[str, Server], certificate: object, log: Path, *hosts: str) -> None:
    """A process of servers."""
    Site(servers, Server(honest), certificate, log, hosts).listen()
    threading.Event().wait()


class Lab:
    """Servers, names and workers; plays cases and tells what happened."""

    def __init__(self, folder: Path, plays: list[Play], scripts: dict[str, Script]) -> None:
        self.folder, self.plays = folder, plays
        self.certificates = tls.Certificates()
        self.names = Names()
        self.names.scripts = {**scripts, **self._scripts()}
        self.log = folder / "seen.jsonl"

    def _scripts(self) -> dict[str, Script]:
        scripts = {f"honest{number}.example": Script(a=[[ip]]) for number, ip in enumerate(HONEST)}
        for play in self.plays:
            scripts[play.name] = play.variant.script or Script(a=[[play.address]])
            for name, address in play.variant.names.items():
                scripts[name] = Script(a=[[play.address if address == "same" else address]])
        scripts["next.example"] = Script(a=[["45.33.250.1"]])
        return scripts

    def open(self) -> None:
        """Starts names and servers."""
        self.names.serve()
        self.certificates.trusted.cert_pem.write_to_path(self.folder / "ca.pem")
        servers = {play.address: play.variant.server(self.certificates) for play in self.plays}
        certificate = self.certificates.context("*.lab.example", "*.example")
        context = multiprocessing.get_context("fork")
        self._served = [
            context.Process(target=serve, args=(servers, certificate, self.log, "0.0.0.0", "::")),
            context.Process(target=serve, args=({}, certificate, self.log, *HONEST)),
        ]
        for process in self._served:
            process.start()
        self._fill_queue()
        time.sleep(1)

    def close(self) -> None:
        """Ends the servers."""
        for process in self._served:
            process.kill()

    def _fill_queue(self) -> None:
        """The address of case t02 answers no handshake: its queue is full and nobody empties it."""
        import socket

        for play in self.plays:
            if play.case == "t02":
                self._full = socket.socket()
                self._full.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEPORT, 1)
                self._full.bind((play.address, 80))
                self._full.listen(0)
                self._fillers = [socket.socket() for _ in range(4)]
                for filler in self._fillers:
                    filler.setblocking(False)
                    filler.connect_ex((play.address, 80))

    def worker(self, settings: dict[str, str], *arguments: str) -> Worker:
        """A process of the program under these settings; `--parse` where pages are to be read too."""
        base = {
            "PRESSMARK_HOST_INTERVAL": "0",
            "PRESSMARK_CA_FILE": str(self.folder / "ca.pem"),
            "PRESSMARK_DATA_DIR": str(self.folder),
            "PRESSMARK_PARSE_PROCESSES": "2",
            "HTTP_PROXY": "http://10.9.9.9:3128", "HTTPS_PROXY": "http://10.9.9.9:3128", "http_proxy": "http://10.9.9.9:3128",
            "HOME": str(self.folder),
        }  # fmt: skip
        return Worker({**base, **settings}, *arguments)

    def play(self, play: Play, worker: Worker, beside: int) -> Finding:
        """One case on `worker`, with so many honest fetches beside it."""
        found = Finding(
            play.case, play.group, play.number, play.what, beside, play.expected["verdict"], name=play.name, address=play.address
        )
        found.max_wall = play.expected.get("max_s", 31)
        worker.reset_peak()
        weight, cpu, found.began = worker.rss(), worker.cpu(), time.time()
        neighbours = [worker.begin(f"http://honest{number}.example/news?{time.time()}") for number in range(beside)]
        for step in play.variant.steps:
            time.sleep(play.variant.pause)
            self._step(play, worker, play.url(step), found)
        found.honest_ok = sum(1 for answer in neighbours if (told := wait(answer, 100)) and told["type"] == "extracted")
        after, found.next_s = timed(worker.begin("http://honest0.example/next"), 60)
        found.alive = worker.alive() and after is not None and after["type"] == "extracted"
        found.growth_mib = round((worker.peak() - weight) / MIB, 1)
        found.cpu, found.ended = round(worker.cpu() - cpu, 2), time.time()
        found.right = agrees(found.expected, found.outcome)
        return found

    def _step(self, play: Play, worker: Worker, url: str, found: Finding) -> None:
        for _ in range(play.variant.tries):
            outcome, wall = timed(worker.begin(url), 100)
            found.outcome = outcome or {"type": "none", "reason": None}
            found.wall = max(found.wall, round(wall, 2))
            found.wire = max(found.wire, found.outcome.get("wire", 0))
            if found.outcome["reason"] not in {"http-503", "http-5xx", "http-429"}:
                return


def run_plays(lab: Lab, besides: tuple[int, ...]) -> list[Finding]:
    """All plays, alone and beside honest fetches, by a few processes for each combination of settings."""
    parsed = {"content", "parser"}
    reading = [play for play in lab.plays if play.group in parsed]
    fetching = sorted((play for play in lab.plays if play.group not in parsed), key=lambda play: play.group != "time")
    findings: list[Finding] = []
    crews = [(fetching, WORKERS, ()), (reading, PARSING_WORKERS, ("--parse",))]
    for crew in crews:
        findings += _crew(lab, besides, *crew)
    return findings


def _crew(lab: Lab, besides: tuple[int, ...], plays: list[Play], size: int, arguments: tuple[str, ...]) -> list[Finding]:
    """The findings of `size` threads that share the plays, each with its own worker processes."""
    findings: list[Finding] = []
    waiting: queue.Queue = queue.Queue()
    for play in plays:
        waiting.put(play)
    threads = [threading.Thread(target=_member, args=(lab, waiting, besides, arguments, findings)) for _ in range(size)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    return findings


def _member(lab: Lab, waiting: queue.Queue, besides: tuple[int, ...], arguments: tuple[str, ...], findings: list[Finding]) -> None:
    workers: dict[str, Worker] = {}
    while True:
        try:
            play = waiting.get_nowait()
        except queue.Empty:
            break
        key = json.dumps(play.variant.settings)
        if key not in workers:
            patience = PATIENT if arguments else {}
            workers[key] = _warm(lab.worker({**patience, **play.variant.settings}, *arguments))
        for beside in besides:
            found = lab.play(play, workers[key], beside)
            findings.append(found)
            sys.stderr.write(f"{found.case} {found.variant} {found.wall:.1f} s {found.right}\n")
    for worker in workers.values():
        worker.stop()


def _warm(worker: Worker) -> Worker:
    """A worker that has imported and started what it needs."""
    for number in range(8):
        wait(worker.begin(f"http://honest{number}.example/warm"), 60)
    return worker


def main() -> None:
    """Plays what the arguments name and writes the report."""
    parser = argparse.ArgumentParser()
    parser.add_argument("report", type=Path)
    parser.add_argument("--shared", type=Path, required=True)
    parser.add_argument("--group", action="append", default=[])
    parser.add_argument("--case", action="append", default=[])
    parser.add_argument("--quick", action="store_true", help="each variant beside honest fetches only, not alone as well")
    options = parser.parse_args()
    cases = json.loads((options.shared / "cases/hostile_server_cases.json").read_text())["cases"]
    net.settle({})
    sniffer = net.Sniffer()
    with tempfile.TemporaryDirectory(prefix="lab-") as folder:
        lab = Lab(Path(folder), plays(cases, options.group, options.case), {"loop.example": Script(a=[["127.0.0.1"]])})
        lab.open()
        findings = run_plays(lab, (8,) if options.quick else (8, 0))
        lab.close()
        seen = [json.loads(line) for line in lab.log.read_text().splitlines()]
    known = {play.address for play in lab.plays} | set(HONEST) | {"45.33.250.1"}
    known |= {address for play in lab.plays for address in play.variant.names.values()}
    report = {"findings": [asdict(finding) for finding in findings], "strangers": sorted(sniffer.strangers(known)), "seen": seen}
    options.report.write_text(json.dumps(report))
    wrong = [finding for finding in findings if not finding.right]
    sys.stderr.write(f"{len(findings) - len(wrong)} of {len(findings)} right; strangers called: {report['strangers']}\n")
    os._exit(0)


if __name__ == "__main__":
    main()

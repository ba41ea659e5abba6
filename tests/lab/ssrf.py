"""The lab for URLs: each one is given to the worker, and what was called is read off the wire.

unshare -n -m python -m tests.lab.ssrf REPORT --shared SHARED
"""

from __future__ import annotations

import argparse
import ipaddress
import json
import multiprocessing
import os
import sys
import tempfile
import threading
import time
from pathlib import Path
from urllib.parse import parse_qs, urlsplit

from tests.lab import more_urls, net
from tests.lab.names import Names, Script
from tests.lab.process import Worker, wait
from tests.lab.servers.tls import Certificates
from tests.lab.site import Call, Server, Site
from tests.lab.variant import article, honest

OPEN = {
    "172.32.0.1",
    "128.0.0.1",
    "11.0.0.1",
    "172.15.0.1",
    "100.128.0.1",
    "198.20.0.1",
    "223.255.255.254",
    "1.1.1.1",
    "192.0.1.1",
    "169.253.1.1",
}
"""Public addresses that stand in honest URLs of the catalogue."""
NETRC = "default login u password NETRCSECRET\n"


def world(call: Call) -> None:
    """Every address on earth answers alike."""
    parts = urlsplit(call.path)
    query = parse_qs(parts.query)
    if parts.path == "/redir" and "to" in query:
        call.answer(b"", f"{query['code'][0]} Moved", Location=query["to"][0])
    elif parts.path == "/metarefresh":
        call.answer(article(head=f'<meta http-equiv="refresh" content="0; url={query["to"][0]}">'))
    else:
        honest(call)


def serve(certificates: Certificates, log: Path) -> None:
    """The process of servers."""
    context = certificates.context("*.example", "pub.example", "dual.example")
    Site({}, Server(world), context, log).listen()
    threading.Event().wait()


def scripts(names: dict) -> dict[str, Script]:
    """The catalogue's DNS as the lab writes it."""
    return {
        name: Script(a=data.get("A", []), aaaa=data.get("AAAA", []), cname=data.get("CNAME")) for name, data in names.items()
    } | more_urls.SCRIPTS


def main() -> None:
    """Plays all URLs one after the other and writes the report."""
    parser = argparse.ArgumentParser()
    parser.add_argument("report", type=Path)
    parser.add_argument("--shared", type=Path, required=True)
    options = parser.parse_args()
    catalogue = json.loads((options.shared / "cases/ssrf_urls.json").read_text())
    cases = catalogue["cases"] + more_urls.cases()
    net.settle({name: ip for case in cases for name, ip in case.get("hosts", {}).items()})
    sniffer = net.Sniffer()
    known = {str(ipaddress.ip_address(ip)) for ip in catalogue["public_addresses"]} | OPEN
    with tempfile.TemporaryDirectory(prefix="lab-") as name:
        folder = Path(name)
        (folder / ".netrc").write_text(NETRC)
        findings = play(cases, scripts(catalogue["dns"]), folder, sniffer, known)
        seen = [json.loads(line) for line in (folder / "seen.jsonl").read_text().splitlines()]
    report = {"findings": findings, "strangers": sorted(sniffer.strangers(known)), "calls": len(sniffer.calls)}
    report["secrets"] = sum("NETRCSECRET" in json.dumps(call) or "authorization" in call["headers"] for call in seen)
    options.report.write_text(json.dumps(report))
    wrong = [finding for finding in findings if not finding["right"]]
    sys.stderr.write(
        f"{len(findings) - len(wrong)} of {len(findings)} right, strangers {report['strangers']}, secrets {report['secrets']}\n"
    )
    os._exit(0)


def play(cases: list[dict], dns: dict[str, Script], folder: Path, sniffer: net.Sniffer, known: set[str]) -> list[dict]:
    """Every case's outcome, and the addresses that were called for it."""
    names, certificates = Names(), Certificates()
    names.scripts = dns
    names.serve()
    certificates.trusted.cert_pem.write_to_path(folder / "ca.pem")
    servers = multiprocessing.get_context("fork").Process(target=serve, args=(certificates, folder / "seen.jsonl"))
    servers.start()
    time.sleep(0.5)
    environ = {
        "PRESSMARK_HOST_INTERVAL": "0", "PRESSMARK_CA_FILE": str(folder / "ca.pem"), "HOME": str(folder), "PRESSMARK_DNS_TIMEOUT": "2",
        "HTTP_PROXY": "http://10.9.9.9:3128", "http_proxy": "http://10.9.9.9:3128", "ALL_PROXY": "http://10.9.9.9:3128",
    }  # fmt: skip
    worker = Worker(environ)
    findings = [_one(case, worker, sniffer, known) for case in cases]
    worker.stop()
    servers.kill()
    return findings


def _one(case: dict, worker: Worker, sniffer: net.Sniffer, known: set[str]) -> dict:
    before = len(sniffer.calls)
    outcome = wait(worker.begin(case["url"]), 40) or {"type": "none"}
    sniffer.settle(before + (case["expected"] == "allow"))
    called = {address for _, address, _ in sniffer.calls[before:]}
    came = outcome["type"] == "extracted" and bool(called & known)
    right = outcome["type"] != "none" and not called - known and came == (case["expected"] == "allow")
    return {**case, "outcome": outcome, "called": sorted(called), "right": right}


if __name__ == "__main__":
    main()

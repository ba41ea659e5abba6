"""CPU of a fetch beside that of a bare requests.Session, paired, on the same loopback pages.

    python benchmarks/fetch.py [--pages N] [--rounds N]

Two settings: plain HTTP with one host asked again and again (the bare session keeps its connection, we
make a new one), and HTTPS with a new host each time (a certificate for all, one shared SSLContext
on both sides). The pace is 0, robots.txt is known after the first page. The page has the median
size of real ones. Prints the median of the paired ratios.
"""

from __future__ import annotations

import argparse
import multiprocessing
import resource
import socket
import ssl
import statistics
import sys
import tempfile
from pathlib import Path

import requests
import trustme
from requests.adapters import HTTPAdapter

from worker.config import Settings, load
from worker.fetch.client import Fetcher
from worker.fetch.pace import LocalPace
from worker.fetch.robots import Robots

PAGE = b"<!doctype html><title>A page</title>" + b"<p>Some words of a page of the usual length.</p>\n" * 2400  # 119 KB: the median
HEADERS = (
    "Content-Type: text/html; charset=utf-8", "Server: nginx", "Date: Tue, 24 Nov 2026 08:00:00 GMT", "Cache-Control: max-age=60",
    "Vary: Accept-Encoding", "ETag: \"5f3c-1a2b\"", "Last-Modified: Tue, 24 Nov 2026 07:00:00 GMT", "X-Frame-Options: SAMEORIGIN",
    "Strict-Transport-Security: max-age=31536000", "X-Cache: HIT",
)  # fmt: skip
HOSTS = 2000


def serve(port: multiprocessing.Queue, context: ssl.SSLContext | None) -> None:
    """A server that keeps connections, in a process of its own."""
    import threading

    listener = socket.create_server(("127.0.0.1", 0), backlog=512)
    port.put(listener.getsockname()[1])
    head = "HTTP/1.1 200 OK\r\n" + "\r\n".join(HEADERS) + f"\r\nContent-Length: {len(PAGE)}\r\n\r\n"
    answer = head.encode() + PAGE
    missing = b"HTTP/1.1 404 Not Found\r\nContent-Length: 0\r\n\r\n"

    def talk(connection: socket.socket) -> None:
        with connection:
            try:
                if context:
                    connection = context.wrap_socket(connection, server_side=True)
                while request := connection.recv(65536):
                    connection.sendall(missing if b" /robots.txt" in request else answer)
            except OSError:
                return

    while True:
        threading.Thread(target=talk, args=(listener.accept()[0],), daemon=True).start()


class SharedContext(HTTPAdapter):
    """The bare session's adapter: requests with one SSLContext for all hosts."""

    def __init__(self, context: ssl.SSLContext) -> None:
        self._context = context
        super().__init__(pool_connections=10, pool_maxsize=10)

    def init_poolmanager(self, *args, **options):
        """As requests does, with our context."""
        return super().init_poolmanager(*args, ssl_context=self._context, **options)

    def build_connection_pool_key_attributes(self, request, verify, cert=None):
        """Without requests' own context."""
        host, pool = super().build_connection_pool_key_attributes(request, verify, cert)
        pool.pop("ca_certs", None)
        return host, {**pool, "ssl_context": self._context}

    def cert_verify(self, *_args):
        """The context has the authorities already."""


def cpu() -> float:
    """Seconds of CPU that this process has used."""
    used = resource.getrusage(resource.RUSAGE_SELF)
    return used.ru_utime + used.ru_stime


def measured(fetch, urls: list[str]) -> float:
    """CPU milliseconds a page."""
    began = cpu()
    for url in urls:
        assert fetch(url) == len(PAGE)  # noqa: S101 - a benchmark of failures measures nothing
    return (cpu() - began) * 1000 / len(urls)


def bare(session: requests.Session):
    """A fetch as a careless program does it."""
    return lambda url: len(session.get(url, timeout=10).content)


def ours(settings: Settings):
    """A fetch of this program."""
    fetcher = Fetcher(settings, LocalPace(0.0), Robots(settings))

    def fetch(url: str) -> int:
        page = fetcher.fetch(url).page
        return len(page.body) if page else -1

    return fetch


def compare(name: str, rounds: int, make_bare, make_ours, urls_of) -> float:
    """Paired rounds, in turn; prints and returns the median ratio."""
    ratios, left, right = [], [], []
    for number in range(rounds):
        urls = urls_of(number)
        pair = [("bare", make_bare), ("ours", make_ours)]
        got = {which: measured(fetch, urls) for which, fetch in (pair if number % 2 else reversed(pair))}
        left.append(got["bare"])
        right.append(got["ours"])
        ratios.append(got["ours"] / got["bare"])
    ratio = statistics.median(ratios)
    middle = f"bare {statistics.median(left):6.3f} ms   ours {statistics.median(right):6.3f} ms"
    print(f"{name:28} {middle}   ratio {ratio:.2f}   ({min(ratios):.2f} to {max(ratios):.2f})")
    return ratio


def main() -> None:
    """Both comparisons."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--pages", type=int, default=200)
    parser.add_argument("--rounds", type=int, default=15)
    options = parser.parse_args()
    authority = trustme.CA()
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    authority.issue_cert("*.bench.example", "127.0.0.1").configure_cert(context)
    ports = []
    for tls in (None, context):
        queue: multiprocessing.Queue = multiprocessing.Queue()
        multiprocessing.Process(target=serve, args=(queue, tls), daemon=True).start()
        ports.append(queue.get())
    with tempfile.TemporaryDirectory() as folder:
        pem = Path(folder) / "ca.pem"
        authority.cert_pem.write_to_path(str(pem))
        hosts = [f"h{number}.bench.example" for number in range(HOSTS)]
        environ = {
            "PRESSMARK_ALLOW_PRIVATE": "127.0.0.1", "PRESSMARK_HOST_INTERVAL": "0", "PRESSMARK_CA_FILE": str(pem),
            "PRESSMARK_RESOLVE": ",".join(f"{host}=127.0.0.1" for host in hosts),
        }  # fmt: skip
        ratios = run(load(environ), pem, ports, hosts, options)
    sys.exit(0 if max(ratios) <= 1.5 else 1)


def run(settings: Settings, pem: Path, ports: list[int], hosts: list[str], options: argparse.Namespace) -> list[float]:
    """The two ratios."""
    client = ssl.create_default_context(cafile=str(pem))
    _resolve_here(set(hosts))
    page = [f"http://127.0.0.1:{ports[0]}/page"] * options.pages
    plain = compare("HTTP, the same host", options.rounds, bare(requests.Session()), ours(settings), lambda _: page)
    taken = options.pages // 4

    def fresh(_round: int):
        return [f"https://{host}:{ports[1]}/page" for host in hosts[:taken]]

    def bare_new(url: str) -> int:
        return len(session.get(url, timeout=10).content)

    session = requests.Session()
    session.mount("https://", SharedContext(client))
    fetcher = ours(settings)
    for url in fresh(0):
        fetcher(url)  # robots.txt of every host
    secure = compare("HTTPS, a new host each time", options.rounds, bare_new, fetcher, fresh)
    return [plain, secure]


def _resolve_here(names: set[str]) -> None:
    """The bare session resolves by the system; here its names are answered without a look-up."""
    system = socket.getaddrinfo

    def answered(host, *rest, **options):
        return system("127.0.0.1" if host in names else host, *rest, **options)

    socket.getaddrinfo = answered


if __name__ == "__main__":
    main()

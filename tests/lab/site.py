"""The lab's servers: one listener a port for all addresses, so that the address that was called names the case."""

from __future__ import annotations

import json
import os
import socket
import ssl
import threading
import time
from collections.abc import Callable, Iterable
from contextlib import suppress
from dataclasses import dataclass, field
from pathlib import Path

PORTS = (80, 443, 8080, 6379, 22)


@dataclass
class Call:
    """One connection as a server sees it; every handler gets one."""

    socket: socket.socket
    address: str
    port: int
    path: str = ""
    headers: dict[str, str] = field(default_factory=dict)
    sent: int = 0

    def say(self, data: bytes) -> None:
        """Sends all of it."""
        self.socket.sendall(data)
        self.sent += len(data)

    def answer(self, body: bytes = b"", status: str = "200 OK", **fields: str) -> None:
        """A whole answer; `Content_Type="…"` becomes a header field."""
        given = {"Content-Type": "text/html; charset=utf-8", "Content-Length": str(len(body))}
        given |= {name.replace("_", "-"): value for name, value in fields.items()}
        head = "".join(f"{name}: {value}\r\n" for name, value in given.items() if value)
        self.say(f"HTTP/1.1 {status}\r\n{head}\r\n".encode("latin-1") + body)

    def flood(self, pieces: Iterable[bytes]) -> None:
        """Sends for as long as the other side takes it, at most a minute."""
        end = time.monotonic() + 60
        for piece in pieces:
            self.say(piece)
            if time.monotonic() > end:
                return

    def hang(self, seconds: float = 60) -> None:
        """Says nothing more until the other side leaves."""
        self.socket.settimeout(seconds)
        with suppress(OSError):
            while self.socket.recv(4096):
                pass

    def reset(self) -> None:
        """Ends with RST."""
        self.socket.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, b"\1\0\0\0\0\0\0\0")
        self.socket.close()


Handler = Callable[[Call], None]


@dataclass
class Server:
    """How one address behaves."""

    handler: Handler
    raw: bool = False
    """True: the handler gets the connection before anything was read."""
    robots: bool = False
    """True: the handler answers for /robots.txt too; else it is a 404."""
    certificate: ssl.SSLContext | None = None


class Site:
    """Listens on PORTS of every address and writes down what it sees."""

    def __init__(
        self,
        servers: dict[str, Server],
        default: Server,
        certificate: ssl.SSLContext,
        log: Path,
        hosts: tuple[str, ...] = ("0.0.0.0", "::"),
    ) -> None:
        self._servers, self._default, self._certificate = servers, default, certificate
        self._hosts = hosts
        self._log = os.open(log, os.O_WRONLY | os.O_APPEND | os.O_CREAT)

    def listen(self) -> None:
        """Opens all ports, then serves on threads."""
        for port in PORTS:
            for host in self._hosts:
                server = _listener(host, port)
                threading.Thread(target=self._accept, args=(server, port), daemon=True).start()

    def _accept(self, server: socket.socket, port: int) -> None:
        while True:
            connection, _ = server.accept()
            threading.Thread(target=self._serve, args=(connection, port), daemon=True).start()

    def _serve(self, connection: socket.socket, port: int) -> None:
        address = connection.getsockname()[0]
        server = self._servers.get(address, self._default)
        call = Call(connection, address, port)
        began = time.time()
        connection.settimeout(70)
        try:
            self._converse(call, server)
        except (OSError, ValueError):
            pass  # the other side left: what it is here for
        finally:
            self._write(call, began)
            connection.close()
            call.socket.close()

    def _converse(self, call: Call, server: Server) -> None:
        if call.port == 443 and not server.raw:
            call.socket = (server.certificate or self._certificate).wrap_socket(call.socket, server_side=True)
        if not server.raw:
            _read_request(call)
            if call.path == "/robots.txt" and not server.robots:
                call.answer(b"", "404 Not Found")
                return
        server.handler(call)

    def _write(self, call: Call, began: float) -> None:
        seen = {"at": began, "end": time.time(), "address": call.address, "port": call.port, "path": call.path}
        line = json.dumps({**seen, "headers": call.headers, "sent": call.sent}) + "\n"
        os.write(self._log, line.encode())


def _listener(host: str, port: int) -> socket.socket:
    """A listener; where two fit, the kernel prefers the one with an address of its own."""
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    server = socket.socket(family, socket.SOCK_STREAM)
    server.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEPORT, 1)
    server.setsockopt(socket.SOL_SOCKET, socket.SO_SNDBUF, 1 << 16)
    if family == socket.AF_INET6:
        server.setsockopt(socket.IPPROTO_IPV6, socket.IPV6_V6ONLY, 1)
    server.bind((host, port))
    server.listen(512)
    return server


def _read_request(call: Call) -> None:
    data = b""
    while b"\r\n\r\n" not in data:
        block = call.socket.recv(65536)
        if not block or len(data) > 1 << 20:
            raise ValueError("no request")
        data += block
    first, *lines = data.partition(b"\r\n\r\n")[0].decode("latin-1").split("\r\n")
    call.path = first.split(" ")[1]
    call.headers = {name.lower(): value.strip() for name, _, value in (line.partition(":") for line in lines)}

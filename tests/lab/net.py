"""A world of its own: a network namespace in which every address on earth is this machine, and a log of who was called."""

from __future__ import annotations

import ctypes
import ipaddress
import shutil
import socket
import struct
import subprocess
import tempfile
import threading
import time
from pathlib import Path

NAMESERVER = "127.0.0.53"


def can_unshare() -> bool:
    """Whether a namespace can be made here."""
    if not (shutil.which("unshare") and shutil.which("ip")):
        return False
    probe = "ip link set lo up && ip route add local 0.0.0.0/0 dev lo"
    return subprocess.run(["unshare", "-n", "-m", "sh", "-c", probe], capture_output=True, check=False).returncode == 0


def settle(hosts: dict[str, str]) -> None:
    """Inside the namespace: all addresses are local, names are answered by the lab, the hosts file holds a trap."""
    run = [
        "ip link set lo up",
        "ip route add local 0.0.0.0/0 dev lo",
        "ip -6 route add local ::/0 dev lo",
    ]
    for command in run:
        subprocess.run(command.split(), check=True)
    folder = Path(tempfile.mkdtemp(prefix="lab-"))
    _cover("/etc/resolv.conf", folder / "resolv.conf", f"nameserver {NAMESERVER}\n")
    _cover("/etc/hosts", folder / "hosts", "127.0.0.1 localhost\n" + "".join(f"{ip} {name}\n" for name, ip in hosts.items()))


def _cover(path: str, source: Path, text: str) -> None:
    source.write_text(text)
    subprocess.run(["mount", "--bind", str(source), path], check=True)


class Sniffer:
    """Every connection that is begun on this machine, whether anybody listens or not: (time, address, port)."""

    def __init__(self) -> None:
        self.calls: list[tuple[float, str, int]] = []
        self._socket = socket.socket(socket.AF_PACKET, socket.SOCK_DGRAM, socket.ntohs(0x0003))
        self._filter = _only_beginnings()
        self._socket.setsockopt(socket.SOL_SOCKET, 26, self._filter[0])  # SO_ATTACH_FILTER
        self._socket.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 4 << 20)
        self._socket.bind(("lo", 0))
        threading.Thread(target=self._listen, daemon=True).start()

    def _listen(self) -> None:
        while True:
            packet, origin = self._socket.recvfrom(256)
            if origin[2] == socket.PACKET_OUTGOING:
                call = _destination(packet)
                if call:
                    self.calls.append((time.time(), *call))

    def settle(self, least: int) -> None:
        """Waits for what is still on its way to us, until at least so many calls are known or a second is over."""
        end = time.monotonic() + 1
        time.sleep(0.01)
        while len(self.calls) < least and time.monotonic() < end:
            time.sleep(0.01)

    def strangers(self, known: set[str]) -> set[tuple[str, int]]:
        """Addresses that were called and are not `known`."""
        self.settle(0)
        return {(address, port) for _, address, port in self.calls if address not in known}


def _destination(packet: bytes) -> tuple[str, int] | None:
    """The address and port that a packet goes to; DNS is not counted."""
    if packet[0] >> 4 == 4:
        proto, target, rest = packet[9], str(ipaddress.IPv4Address(packet[16:20])), packet[20:]
    else:
        proto, target, rest = packet[6], str(ipaddress.IPv6Address(packet[24:40])), packet[40:]
    if proto not in {6, 17} or len(rest) < 4:
        return None
    source_port, port = struct.unpack(">HH", rest[:4])
    return None if proto == 17 and 53 in {source_port, port} else (target, port)


def _only_beginnings() -> tuple[bytes, ctypes.Array]:
    """A classic BPF program: TCP packets with SYN and without ACK, and all UDP."""
    code = [
        (0x30, 0, 0, 0), (0x54, 0, 0, 0xF0), (0x15, 0, 5, 0x40),  # version 4?
        (0x30, 0, 0, 9), (0x15, 8, 0, 17), (0x15, 0, 8, 6), (0x30, 0, 0, 33), (0x05, 0, 0, 3),
        (0x30, 0, 0, 6), (0x15, 3, 0, 17), (0x30, 0, 0, 53),
        (0x54, 0, 0, 0x12), (0x15, 0, 1, 0x02), (0x06, 0, 0, 0xFFFF), (0x06, 0, 0, 0),
    ]  # fmt: skip
    program = ctypes.create_string_buffer(b"".join(struct.pack("HBBI", *step) for step in code))
    return struct.pack("HL", len(code), ctypes.addressof(program)), program

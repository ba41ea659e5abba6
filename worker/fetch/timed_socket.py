"""Read lines and bytes from a socket, never longer than a deadline and never more than asked for."""

from __future__ import annotations

import socket
import ssl

from worker.errors import ItemFailed
from worker.fetch.deadline import Deadline
from worker.reasons import Reason

BLOCK = 64 * 1024
"""Bytes asked of the kernel at once: a page of the median size in two reads."""


class TimedSocket:
    """Reads from one connection; used by one thread.

    Every read of the socket has what remains of `deadline` as its time limit, so that a server that
    sends a byte a second is cut off like one that is silent.
    """

    def __init__(self, connection: socket.socket, deadline: Deadline) -> None:
        self._socket = connection
        self.deadline = deadline
        self.received = 0
        """Bytes taken from the socket so far."""
        self.was_cut = False
        """Whether TLS ended without close_notify (RFC 8446 section 6.1): nothing says then that all was sent."""
        self._buffer = b""
        self._at = 0

    def send(self, data: bytes) -> None:
        """All of `data`; raises ItemFailed(CONNECT or TIMEOUT)."""
        try:
            self._socket.settimeout(self.deadline.remaining())
            self._socket.sendall(data)
        except TimeoutError as error:
            raise self.deadline.missed() from error
        except OSError as error:
            raise broken(error) from error

    def line(self, limit: int) -> bytes | None:
        """The next line without its end (CR LF, or a bare LF), None when it is longer than `limit` bytes.

        Raises ItemFailed(TRUNCATED) where the connection ends within it.
        """
        end = self._buffer.find(b"\n", self._at)
        while end < 0:
            held = len(self._buffer) - self._at
            if held > limit + 1:
                return None
            if not self._fill():
                raise ItemFailed(Reason.TRUNCATED, "the connection ended inside a line")
            end = self._buffer.find(b"\n", self._at + held)
        found, self._at = self._buffer[self._at : end].removesuffix(b"\r"), end + 1
        return None if len(found) > limit else found

    @property
    def left(self) -> bytes:
        """What was received and not yet read."""
        return self._buffer[self._at :]

    def first(self, count: int) -> bytes:
        """The next `count` bytes, which can be read once more; fewer where the connection ends before."""
        while len(self._buffer) - self._at < count and self._fill():
            pass
        return self._buffer[self._at : self._at + count]

    def some(self, most: int) -> bytes:
        """At least one and at most `most` bytes; empty at the end of the connection."""
        if self._at >= len(self._buffer) and not self._fill():
            return b""
        found = self._buffer[self._at : self._at + most]
        self._at += len(found)
        return found

    def _fill(self) -> bool:
        """One read of the socket; False at its end."""
        try:
            self._socket.settimeout(self.deadline.remaining())
            block = self._socket.recv(BLOCK)
        except TimeoutError as error:
            raise self.deadline.missed() from error
        except ssl.SSLEOFError:
            self.was_cut, block = True, b""
        except OSError as error:
            raise broken(error) from error
        self._buffer = self._buffer[self._at :] + block if self._at < len(self._buffer) else block
        self._at = 0
        self.received += len(block)
        return bool(block)

    def close(self) -> None:
        """Closes the connection at once, without a TLS close notification."""
        self._socket.close()


def broken(error: OSError) -> ItemFailed:
    """The failure of a connection that was reset or broke off; a TLS alert in place of data is a failure of TLS."""
    if isinstance(error, ssl.SSLError) and "ALERT" in (error.reason or ""):
        return ItemFailed(Reason.TLS, f"protocol: {error.reason}")
    return ItemFailed(Reason.CONNECT, f"connection broken: {error.strerror or type(error).__name__}")

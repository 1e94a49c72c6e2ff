"""A door before TCP servers: it lets everybody in to one of them, and while it is shut nobody, cutting off who was."""

from __future__ import annotations

import random
import socket
import threading
from collections.abc import Sequence
from contextlib import suppress
from types import TracebackType
from typing import Self

PIECE = 65_536


class Gate:
    """Listens on a port of its own from entering `with` to leaving it, and hands each guest on to one of the servers,
    (host, port), that is there."""

    def __init__(self, servers: Sequence[tuple[str, int]]) -> None:
        self._servers = servers
        self._inside: set[socket.socket] = set()
        self._lock = threading.Lock()
        self._door = socket.create_server(("127.0.0.1", 0))
        self.port = int(self._door.getsockname()[1])

    def __enter__(self) -> Self:
        self._attend()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.shut()

    def shut(self) -> None:
        """Cuts every connection, and refuses new ones."""
        with suppress(OSError):
            self._door.shutdown(socket.SHUT_RDWR)  # wakes who waits for the next one
        self._door.close()
        self.cut()

    def cut(self) -> None:
        """Cuts every connection; who comes back is let in."""
        with self._lock:
            for one in self._inside:
                with suppress(OSError):
                    one.shutdown(socket.SHUT_RDWR)

    def open(self) -> None:
        """Lets them in again, at the same port."""
        self._door = socket.create_server(("127.0.0.1", self.port))
        self._attend()

    def _attend(self) -> None:
        threading.Thread(target=self._welcome, args=(self._door,), name="gate", daemon=True).start()

    def _welcome(self, door: socket.socket) -> None:
        with suppress(OSError):
            while True:
                guest, _ = door.accept()
                host = self._host()
                if host is None:
                    guest.close()
                    continue
                with self._lock:
                    self._inside |= {guest, host}
                for here, there in ((guest, host), (host, guest)):
                    threading.Thread(target=self._carry, args=(here, there), name="gate", daemon=True).start()

    def _host(self) -> socket.socket | None:
        """A connection to one of the servers, or none where none is there."""
        for server in random.sample(self._servers, len(self._servers)):
            with suppress(OSError):
                return socket.create_connection(server)
        return None

    def _carry(self, here: socket.socket, there: socket.socket) -> None:
        with suppress(OSError):
            while piece := here.recv(PIECE):
                there.sendall(piece)
        for one in (here, there):
            with suppress(OSError):
                one.shutdown(socket.SHUT_RDWR)
        with self._lock:
            self._inside.discard(here)
        here.close()

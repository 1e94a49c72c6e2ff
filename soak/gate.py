"""A door before a TCP server: while it is shut, nobody gets in, and who was in is cut off."""

from __future__ import annotations

import socket
import threading
from contextlib import suppress
from types import TracebackType
from typing import Self

PIECE = 65_536


class Gate:
    """Listens on a port of its own and hands on to `target`, (host, port), from entering `with` to leaving it."""

    def __init__(self, target: tuple[str, int]) -> None:
        self._target = target
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
                try:
                    host = socket.create_connection(self._target)
                except OSError:
                    guest.close()
                    continue
                with self._lock:
                    self._inside |= {guest, host}
                for here, there in ((guest, host), (host, guest)):
                    threading.Thread(target=self._carry, args=(here, there), name="gate", daemon=True).start()

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

"""The door before a server: open, shut, and open again at the same port."""

import socket
import threading
from collections.abc import Iterator

import pytest

from soak.gate import Gate


@pytest.fixture
def echo() -> Iterator[tuple[str, int]]:
    """A server that says back what it hears."""
    with socket.create_server(("127.0.0.1", 0)) as listener:

        def serve() -> None:
            while True:
                try:
                    guest, _ = listener.accept()
                except OSError:
                    return
                with guest:
                    while piece := guest.recv(100):
                        guest.sendall(piece)

        threading.Thread(target=serve, daemon=True).start()
        yield listener.getsockname()
        listener.shutdown(socket.SHUT_RDWR)


def test_what_is_said_passes_and_a_shut_door_cuts_and_refuses_until_it_opens(echo: tuple[str, int]) -> None:
    with Gate([echo]) as gate:
        with socket.create_connection(("127.0.0.1", gate.port), timeout=5) as inside:
            inside.sendall(b"hello")
            assert inside.recv(100) == b"hello"
            gate.shut()
            assert inside.recv(100) == b""
        with pytest.raises(ConnectionRefusedError):
            socket.create_connection(("127.0.0.1", gate.port), timeout=5)
        gate.open()
        with socket.create_connection(("127.0.0.1", gate.port), timeout=5) as again:
            again.sendall(b"again")
            assert again.recv(100) == b"again"


def test_a_server_that_is_gone_is_passed_over(echo: tuple[str, int]) -> None:
    with socket.create_server(("127.0.0.1", 0)) as closed:
        gone = closed.getsockname()
    with Gate([gone, echo]) as gate:
        for _ in range(8):
            with socket.create_connection(("127.0.0.1", gate.port), timeout=5) as one:
                one.sendall(b"there?")
                assert one.recv(100) == b"there?"

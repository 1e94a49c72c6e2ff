"""The port on which this process listens, where it does: one address, and a WSGI application for each path.

Its server reads a request whole before a thread takes it, so that a slow caller holds up nobody, and what is longer
than Slack ever sends is refused unread.
"""

from __future__ import annotations

import threading
import time
from collections.abc import Iterable, Mapping
from typing import TYPE_CHECKING, Any

from waitress import create_server
from waitress.wasyncore import close_all

from bot import errors

if TYPE_CHECKING:
    from wsgiref.types import StartResponse, WSGIApplication, WSGIEnvironment

THREADS = 16
BODY_BYTES = 2**20
"""The largest body that is taken; the largest form that Slack sends holds 250 kB."""
DRAIN_SECONDS = 5.0
"""How long what has arrived may take to be answered, once no more is accepted."""
STEP_SECONDS = 0.01


class Listener:
    """Serves each path by its application, and 404 for any other. `open` returns at once."""

    def __init__(self, address: tuple[str, int], paths: Mapping[str, WSGIApplication]) -> None:
        """`address` is host and port; port 0 takes a free one."""
        self._address, self._paths = address, dict(paths)
        self._sockets: dict[int, Any] = {}
        self._server: Any = None
        self._thread = threading.Thread(target=self._serve, name="listener", daemon=True)

    @property
    def port(self) -> int:
        """Where it listens, once it is open."""
        return int(self._server.effective_port)

    def open(self) -> None:
        """Listens. Unavailable for an address that is taken, or not this machine's."""
        host, port = self._address
        try:
            self._server = create_server(
                self._answer,
                map=self._sockets,
                host=host,
                port=port,
                ipv4=":" not in host,  # one address: a name such as localhost may have one of each kind
                ipv6=":" in host,
                threads=THREADS,
                max_request_body_size=BODY_BYTES,
                ident="",
            )
        except (OSError, ValueError) as error:  # waitress makes a ValueError of a name that it cannot look up
            raise errors.Unavailable("listen_taken", address=f"{host}:{port}") from error
        self._thread.start()

    def serving(self) -> bool:
        """Whether it takes requests."""
        return self._thread.is_alive()

    def close(self) -> None:
        """Accepts no more, answers what has arrived, and lets go of the address."""
        self._server.trigger.pull_trigger(self._refuse)
        until = time.monotonic() + DRAIN_SECONDS
        while self._busy() and time.monotonic() < until:
            time.sleep(STEP_SECONDS)
        self._server.task_dispatcher.shutdown()
        self._server.trigger.pull_trigger(lambda: close_all(self._sockets))
        self._thread.join()

    def _serve(self) -> None:
        self._server.run()

    def _refuse(self) -> None:
        """In the server's own thread, for it alone may touch the sockets."""
        self._server.del_channel()
        self._server.socket.close()

    def _busy(self) -> bool:
        return any(one.requests or one.total_outbufs_len for one in list(self._server.active_channels.values()))

    def _answer(self, request: WSGIEnvironment, start: StartResponse) -> Iterable[bytes]:
        application = self._paths.get(request["PATH_INFO"])
        return plain(start, "404 Not Found") if application is None else application(request, start)


def plain(start: StartResponse, status: str) -> Iterable[bytes]:
    """An answer that says its status and no more."""
    start(status, [("Content-Type", "text/plain; charset=utf-8")])
    return [status.encode()]

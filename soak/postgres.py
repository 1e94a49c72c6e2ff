"""A PostgreSQL server for one run, gone after it."""

from __future__ import annotations

import os
import pwd
import shutil
import signal
import socket
import subprocess
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

SECONDS = 30
UNSAFE = ("fsync=off", "synchronous_commit=off", "full_page_writes=off")
"""Nothing here must survive a power cut, so nothing waits for the disk."""


@contextmanager
def server() -> Iterator[tuple[str, int]]:
    """(host, port) of a server with an empty database `postgres` and a user `mainstay` that needs no password.

    Raises FileNotFoundError where PostgreSQL is not installed, TimeoutError where it does not start.
    """
    programs, port = _programs(), free_port()
    with TemporaryDirectory(prefix="soak-postgres-") as folder:
        mine = _as_another(folder)
        made = [str(programs / "initdb"), "-D", "data", "-U", "mainstay", "-A", "trust", "-E", "UTF8", "--locale=C"]
        subprocess.run([*made, "--no-sync"], cwd=folder, stdout=subprocess.DEVNULL, check=True, **mine)
        words = [str(programs / "postgres"), "-D", "data", "-h", "127.0.0.1", "-p", str(port), "-k", folder]
        settings = [part for one in UNSAFE for part in ("-c", one)]
        with (
            (Path(folder) / "log").open("wb") as log,
            subprocess.Popen([*words, *settings], cwd=folder, stdout=log, stderr=log, **mine) as process,
        ):
            try:
                _wait(port)
                yield "127.0.0.1", port
            finally:
                process.send_signal(signal.SIGINT)


def free_port() -> int:
    """A port of this machine that nobody listens on."""
    with socket.create_server(("127.0.0.1", 0)) as found:
        return int(found.getsockname()[1])


def _programs() -> Path:
    """Debian keeps PostgreSQL's programs off the path, in a folder for each version."""
    found = sorted(Path("/usr/lib/postgresql").glob("*/bin/initdb"), key=lambda one: float(one.parts[-3]))
    on_path = shutil.which("initdb")
    if not found and on_path is None:
        raise FileNotFoundError("PostgreSQL's initdb is not on this machine: install the package postgresql.")
    return found[-1].parent if found else Path(str(on_path)).resolve().parent


def _as_another(folder: str) -> dict[str, Any]:
    """PostgreSQL refuses to run as root; its package brings a user for it."""
    if os.geteuid() != 0:
        return {}
    user = pwd.getpwnam("postgres")
    os.chown(folder, user.pw_uid, user.pw_gid)
    return {"user": user.pw_uid, "group": user.pw_gid, "extra_groups": []}


def _wait(port: int) -> None:
    """Until it takes connections: it listens only when it is ready."""
    until = time.monotonic() + SECONDS
    while True:
        try:
            socket.create_connection(("127.0.0.1", port), timeout=1).close()
        except OSError:
            if time.monotonic() > until:
                raise TimeoutError("PostgreSQL did not start.") from None
            time.sleep(0.1)
        else:
            return

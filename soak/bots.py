"""The bot's processes: started, killed, started again, and how much memory each life of theirs takes."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import time
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path

ROOT = Path(__file__).parents[1]
PAGE = os.sysconf("SC_PAGE_SIZE")
MB = 2**20
DRAIN_SECONDS = 60
"""How long a process may take to let its answers go out, when it is told to end."""


@dataclass
class Life:
    """One process from its start to its end; `memory` holds (seconds since the start, resident MB)."""

    process: subprocess.Popen[bytes]
    began: float
    memory: list[tuple[float, float]] = field(default_factory=list)


@dataclass
class Bot:
    """One of the bots that share the work; what they log goes to `log`, one life after the other."""

    name: str
    workspace: Path
    environment: Mapping[str, str]
    log: Path
    lives: list[Life] = field(default_factory=list)

    def start(self) -> None:
        """Begins a life."""
        words = [sys.executable, "app.py", "--workspace", str(self.workspace)]
        with self.log.open("ab") as log:
            process = subprocess.Popen(words, cwd=ROOT, env={**os.environ, **self.environment}, stdout=log, stderr=log)
        self.lives.append(Life(process, time.monotonic()))

    def kill(self) -> None:
        """Ends it as a machine that fails does."""
        self._end(signal.SIGKILL)

    def stop(self) -> None:
        """Ends it as an operator does: it lets go out what it is at."""
        self._end(signal.SIGTERM)

    def look(self) -> None:
        """Notes how much memory it takes now; starts it again where it ended by itself, as whoever runs it would."""
        life = self.lives[-1]
        if life.process.poll() is None:
            pages = int(Path(f"/proc/{life.process.pid}/statm").read_text().split()[1])
            life.memory.append((time.monotonic() - life.began, pages * PAGE / MB))
        else:
            self.start()

    def _end(self, how: signal.Signals) -> None:
        process = self.lives[-1].process
        if process.poll() is None:
            process.send_signal(how)
        try:
            process.wait(DRAIN_SECONDS)
        except subprocess.TimeoutExpired:
            process.kill()
            process.wait()

"""From the start of the process to the end of its answer, as a person at a terminal waits for it."""

from __future__ import annotations

import resource
import subprocess
import sys
from collections.abc import Sequence
from pathlib import Path
from statistics import median

from benchmarks.figures import Figure, timed

ROOT = Path(__file__).resolve().parents[1]
COMMANDS = (
    ("ask", "What was our churn rate last month?"),
    ("ask", "Why did churn go up last month for annual plans?"),
    ("weekly",),
    ("--help",),
)


def starting(times: int = 5, commands: Sequence[Sequence[str]] = COMMANDS) -> list[Figure]:
    """The median of several starts of each command; what they need is built before."""
    run("index")
    return [_command(command, times) for command in commands]


def _command(command: Sequence[str], times: int) -> Figure:
    walls, processors = [], []
    for _ in range(times):
        before = _processor()
        walls.append(timed(lambda: run(*command)))
        processors.append(_processor() - before)
    shown = " ".join(command)
    note = f"{median(processors):.2f} s of processor time; median of {times}"
    return Figure(f"start → end: app.py {shown}", f"{median(walls):.2f}", "s", note)


def run(*arguments: str) -> None:
    """One command of the terminal, in a process of its own."""
    subprocess.run([sys.executable, "app.py", *arguments], cwd=ROOT, stdout=subprocess.DEVNULL, check=True)


def _processor() -> float:
    used = resource.getrusage(resource.RUSAGE_CHILDREN)
    return used.ru_utime + used.ru_stime

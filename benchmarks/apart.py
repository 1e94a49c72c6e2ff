"""One way to a number in a process of its own, which does its work when its turn comes.

Several ways take turns, so that a busy machine is busy for all of them; each process tells the most memory it had.
"""

from __future__ import annotations

import importlib
import json
import resource
import subprocess
import sys
from collections.abc import Callable, Sequence
from contextlib import ExitStack
from dataclasses import dataclass
from pathlib import Path
from statistics import median
from typing import Any, Self

from benchmarks.figures import timed

ROOT = Path(__file__).resolve().parents[1]
Work = Callable[[], dict[str, Any]]
"""Does the work once → `answer`, and `compile`, `run` (on the wall), `cores` (of the run), `fetch` (seconds) where it
tells them apart."""


@dataclass(frozen=True, slots=True)
class Way:
    """A function that makes a piece of work, "module:function", and what it is called with."""

    maker: str
    arguments: tuple[Any, ...]


@dataclass(frozen=True, slots=True)
class Taken:
    """What the turns of one way came to: an answer, the median seconds of each step, and the most memory that its
    process ever had, and had when it was ready to begin."""

    answer: Any
    seconds: dict[str, float]
    mebibytes: float
    ready: float


class Apart:
    """A process that has made one way ready."""

    def __init__(self, way: Way) -> None:
        command = [sys.executable, "-m", "benchmarks.apart", way.maker, json.dumps(way.arguments)]
        self.process = subprocess.Popen(command, cwd=ROOT, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True)
        self.ready: float = self._heard()["ready"]
        self.turns: list[dict[str, Any]] = []

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.process.communicate()

    def turn(self) -> None:
        """Have the work done once."""
        assert self.process.stdin is not None
        self.process.stdin.write("again\n")
        self.process.stdin.flush()
        self.turns.append(self._heard())

    def taken(self) -> Taken:
        """All turns together; the first only warmed up where there are more."""
        counted = self.turns[1:] or self.turns
        seconds = {step: median(one["seconds"][step] for one in counted) for step in counted[0]["seconds"]}
        return Taken(self.turns[-1]["answer"], seconds, self.turns[-1]["mebibytes"], self.ready)

    def _heard(self) -> dict[str, Any]:
        assert self.process.stdout is not None
        line = self.process.stdout.readline()
        if not line:
            raise subprocess.CalledProcessError(self.process.wait(), self.process.args)
        heard: dict[str, Any] = json.loads(line)
        return heard


def in_turns(ways: Sequence[Way], times: int) -> list[Taken]:
    """Each way as often as asked for, one after the other, and once more before to warm up."""
    with ExitStack() as stack:
        processes = [stack.enter_context(Apart(way)) for way in ways]
        for turn in range(times + 1):
            # Neither always comes first, after the other has filled the caches of the machine.
            for process in processes if turn % 2 else reversed(processes):
                process.turn()
        return [one.taken() for one in processes]


def peak() -> float:
    """The most memory that this process ever had, in MiB."""
    status = Path("/proc/self/status")
    if status.exists():  # what getrusage tells on Linux may be that of the process which started this one
        lines = status.read_text(encoding="utf-8").splitlines()
        return int(next(line for line in lines if line.startswith("VmHWM")).split()[1]) / 1024
    scale = 1 if sys.platform == "darwin" else 1024
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss * scale / 2**20


def counting(many: int) -> Work:
    """A piece of work that only holds so many bytes: to see whether turns and memory are told."""
    return lambda: {"answer": len(bytearray(b"1") * many)}


def main(maker: str, arguments: str) -> None:
    """The process: makes the work, then does it once for each line it is given."""
    module, _, name = maker.partition(":")
    work: Work = getattr(importlib.import_module(module), name)(*json.loads(arguments))
    print(json.dumps({"ready": peak()}), flush=True)
    for _ in sys.stdin:
        done: dict[str, Any] = {}
        total = timed(lambda into=done: into.update(work()))
        steps = {step: done[step] for step in ("compile", "run", "cores", "fetch") if step in done}
        told = {"answer": done["answer"], "seconds": {"total": total, **steps}, "mebibytes": peak()}
        print(json.dumps(told, default=str), flush=True)


if __name__ == "__main__":
    main(*sys.argv[1:])

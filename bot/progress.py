"""How far a long piece of work has come, told to whoever listens: a terminal, say. Where nobody does, it costs nothing.

The work names its steps as it takes them, wherever it lies; who listens is set around it, in the same thread. A
listener may end the work: it raises Stopped where it is told of a step, or of a point at which nothing is half done.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from contextvars import ContextVar

Listener = Callable[[str, int, int], None]
"""(step, done, many) → told; `done` is 0 when a step begins, and the name is empty where there is no step to tell."""

_listener: ContextVar[Listener | None] = ContextVar("listener", default=None)


class Stopped(BaseException):
    """Whoever asked for the work has stopped it. No Exception, so that nobody on the way takes it for a fault."""


@contextmanager
def heard_by(listener: Listener) -> Iterator[None]:
    """Tell the steps of the work inside to a listener, and to no other."""
    token = _listener.set(listener)
    try:
        yield
    finally:
        _listener.reset(token)


def step(name: str, many: int, done: int = 0) -> None:
    """A step over so many people begins, or so many of them are done; `name` is the key of its sentence."""
    if listener := _listener.get():
        listener(name, done, many)


def safe_point() -> None:
    """The work may end here, if it is to end."""
    step("", 0)

"""How long the fuzzing goes on: a moment with the other tests, MAINSTAY_FUZZ seconds for each where that is set."""

import os
import signal
import time
from collections.abc import Callable, Iterator
from typing import Any

import hypothesis
import pytest

LONG = float(os.environ.get("MAINSTAY_FUZZ", "0"))
HANGS = 30
"""Seconds of work after which one example is taken for one that never ends; a busy machine's waiting is none."""
ROUND = 100
"""Examples of one round of a long run."""


@pytest.fixture
def holds() -> Iterator[Callable[[Callable[..., Any], int], None]]:
    """Tries a property on so many examples; in a long run on ever new ones, until its time is over."""

    def hangs(*_: object) -> None:
        raise AssertionError(f"no end after {HANGS} seconds")

    def bounded(test: Callable[..., Any]) -> Callable[..., Any]:
        def once(*given: Any, **named: Any) -> None:
            signal.setitimer(signal.ITIMER_PROF, HANGS)
            try:
                test(*given, **named)
            finally:
                signal.setitimer(signal.ITIMER_PROF, 0)

        return once

    def run(given: Callable[..., Any], examples: int) -> None:
        given.hypothesis.inner_test = bounded(given.hypothesis.inner_test)
        settled = hypothesis.settings(
            max_examples=ROUND if LONG else examples,
            derandomize=not LONG and "CI" in os.environ,
            suppress_health_check=list(hypothesis.HealthCheck),
        )(given)
        end = time.monotonic() + LONG
        settled()
        while time.monotonic() < end:
            settled()

    before = signal.signal(signal.SIGPROF, hangs)
    yield run
    signal.signal(signal.SIGPROF, before)

"""Whether this process does its work, for whoever looks after it: three WSGI applications, and what they count.

/health says whether the process is to be started anew, /ready whether work is to be given to it, /metrics how it does,
in the form that Prometheus reads. None of them names a person, a channel or a customer.
"""

from __future__ import annotations

import json
import time
from collections.abc import Callable, Iterable, Iterator, Mapping
from concurrent.futures import Future
from concurrent.futures import TimeoutError as TooLong
from dataclasses import dataclass, field
from queue import SimpleQueue
from threading import Lock, Thread
from typing import TYPE_CHECKING, Any, Generic, TypeVar

from prometheus_client import CollectorRegistry, Counter, Histogram, ProcessCollector, make_wsgi_app
from prometheus_client.core import GaugeMetricFamily
from prometheus_client.registry import Collector

from bot.errors import ForPerson

if TYPE_CHECKING:
    from wsgiref.types import StartResponse, WSGIApplication, WSGIEnvironment

T = TypeVar("T")
PATIENCE_SECONDS = 3.0
"""How long a part may take to answer: whoever asks waits about ten."""
GRACE_SECONDS = 60.0
"""How long a part may be gone that comes back by itself, as a connection does."""
ACK_BUCKETS = (0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1.0, 2.0, 3.0)
"""Seconds; Slack waits three."""
ANSWER_BUCKETS = (0.1, 0.25, 0.5, 1.0, 2.0, 5.0, 10.0, 20.0, 45.0, 90.0, 300.0)


class Look(Generic[T]):
    """Asks a part that may hang, and waits no longer than PATIENCE_SECONDS; one that still hangs is not asked again."""

    def __init__(self, ask: Callable[[], T], name: str) -> None:
        self._ask = ask
        self._asked: Future[T] | None = None
        self._waiting: SimpleQueue[Future[T]] = SimpleQueue()
        self._lock = Lock()
        # One thread, for a part may keep a connection for each; a daemon, for one that hangs must not keep the process.
        self._thread = Thread(target=self._run, name=f"look-{name}", daemon=True)

    def begin(self) -> Future[T]:
        """What it will say, asked for now unless it was before."""
        with self._lock:
            if self._asked is None or self._asked.done():
                if self._asked is None:
                    self._thread.start()
                self._asked = Future()
                self._waiting.put(self._asked)
            return self._asked

    def _run(self) -> None:
        while True:
            asked = self._waiting.get()
            try:
                asked.set_result(self._ask())
            except Exception as error:  # noqa: BLE001 - it is raised again where the answer is waited for
                asked.set_exception(error)

    def said(self, seconds: float = PATIENCE_SECONDS) -> T:
        """What it says. Raises what it raises, and TimeoutError."""
        return self.begin().result(seconds)


@dataclass
class Vitals:
    """`alive`: what must go on in this process, each True while it does; of those in `returning` GRACE_SECONDS are
    waited for before the process counts as dead. `ready`: what an answer needs, each asked to do a little, and raising
    where it cannot. `instant` tells seconds of a clock that never goes back.
    """

    ready: Mapping[str, Callable[[], object]]
    alive: Mapping[str, Callable[[], bool]] = field(default_factory=dict)
    returning: frozenset[str] = frozenset()
    instant: Callable[[], float] = time.monotonic
    _gone: dict[str, float] = field(default_factory=dict, init=False)
    _looks: dict[str, Look[object]] = field(init=False)

    def __post_init__(self) -> None:
        self._looks = {name: Look(ask, name) for name, ask in self.ready.items()}

    def health(self, _environ: WSGIEnvironment, start_response: StartResponse) -> Iterable[bytes]:
        """200 while all goes on; 503 when starting the process anew would help."""
        parts: dict[str, str] = {}
        dead = False
        for name, goes_on in self.alive.items():
            if goes_on():
                self._gone.pop(name, None)
                parts[name] = "ok"
                continue
            gone = self.instant() - self._gone.setdefault(name, self.instant())
            lost = name not in self.returning or gone >= GRACE_SECONDS
            dead = dead or lost
            parts[name] = f"{'dead' if lost else 'away'} for {gone:.0f} s"
        return _told(start_response, parts, well=not dead)

    def readiness(self, _environ: WSGIEnvironment, start_response: StartResponse) -> Iterable[bytes]:
        """200 when an answer can be given now; else 503 with the parts that lack."""
        until = self.instant() + PATIENCE_SECONDS
        parts = {name: "ok" if goes_on() else "away" for name, goes_on in self.alive.items()}
        asked = {name: look.begin() for name, look in self._looks.items()}
        parts |= {name: _state(one, until - self.instant()) for name, one in asked.items()}
        return _told(start_response, parts, well=set(parts.values()) <= {"ok"})


def _state(asked: Future[object], seconds: float) -> str:
    try:
        asked.result(max(seconds, 0.0))
    except TooLong:
        return f"no answer within {PATIENCE_SECONDS:.0f} s"
    except ForPerson as error:
        return error.key
    except Exception as error:  # noqa: BLE001 - whatever is wrong with a part is told of that part
        return type(error).__name__
    return "ok"


def _told(start_response: StartResponse, parts: Mapping[str, str], *, well: bool) -> Iterable[bytes]:
    body = json.dumps({"status": "ok" if well else "failing", "parts": dict(parts)}).encode()
    start_response(
        "200 OK" if well else "503 Service Unavailable",
        [("Content-Type", "application/json"), ("Content-Length", str(len(body))), ("Cache-Control", "no-store")],
    )
    return [body]


class Figures:
    """What is counted while the bot works, and what is read when somebody asks.

    `backlog` gives gauges by name, read at each request; where it fails or hangs, `mainstay_records_up` is 0.
    """

    def __init__(self, backlog: Callable[[], Mapping[str, float]]) -> None:
        self.registry = registry = CollectorRegistry()
        ProcessCollector(registry=registry)
        self._questions = Counter(
            "mainstay_questions", "Questions that came to an end.", ["outcome", "engine"], registry=registry
        )
        self._acks = Histogram(
            "mainstay_ack_seconds", "From a payload of Slack's to its acknowledgement.", buckets=ACK_BUCKETS,
            registry=registry,
        )  # fmt: skip
        self._answers = Histogram(
            "mainstay_answer_seconds", "From a question's acceptance to its answer.", buckets=ANSWER_BUCKETS,
            registry=registry,
        )  # fmt: skip
        self._waits = Counter(
            "mainstay_slack_waits", "Calls of Slack's API that were made again.", ["reason"], registry=registry
        )
        registry.register(_Backlog(Look(backlog, "backlog")))
        self.page: WSGIApplication = make_wsgi_app(registry)

    def acknowledged(self, seconds: float) -> None:
        """A payload was acknowledged so long after it came."""
        self._acks.observe(seconds)

    def ended(self, outcome: str, engine: str) -> None:
        """A question came to an end, by `rules`, by `agent`, or by no engine: empty."""
        self._questions.labels(outcome, engine or "none").inc()

    def answered(self, seconds: float) -> None:
        """An answer went out so long after its question was accepted."""
        self._answers.observe(seconds)

    def waited(self, reason: str) -> None:
        """A call of Slack's API is made again: `rate_limited` or `repeated`."""
        self._waits.labels(reason).inc()


class _Backlog(Collector):
    def __init__(self, look: Look[Mapping[str, float]]) -> None:
        self._look = look

    def describe(self) -> Iterable[Any]:
        """Nothing: what it has is known when it is asked."""
        return ()

    def collect(self) -> Iterator[Any]:
        """The gauges of this moment."""
        try:
            found = dict(self._look.said())
        except Exception:  # noqa: BLE001 - whatever is wrong with the records, the other figures are given
            found = {}
        yield GaugeMetricFamily("mainstay_records_up", "Whether the records answered.", value=float(bool(found)))
        for name, value in found.items():
            yield GaugeMetricFamily(f"mainstay_{name}", MEANINGS[name], value=value)


MEANINGS = {
    "inbox_waiting": "Questions that were accepted and have no answer yet.",
    "inbox_oldest_seconds": "Since when the oldest of them waits.",
    "schedules_late": "Summaries that are ten minutes over their time.",
    "spent_tokens": "Tokens of language models, of this day.",
    "spent_money": "What they cost, of this day, in the money of the prices that are set.",
}
"""Gauge → what it says."""

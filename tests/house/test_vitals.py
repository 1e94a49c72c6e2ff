"""Health, readiness and figures, asked as a server asks WSGI applications."""

from __future__ import annotations

import json
import threading
import time
from collections.abc import Callable, Iterator
from typing import Any
from wsgiref.util import setup_testing_defaults
from wsgiref.validate import validator

import pytest

from bot import vitals
from bot.errors import Unavailable
from bot.vitals import Figures, Vitals


def asked(application: Any) -> tuple[str, str]:
    """(status, body) of a GET."""
    environ: dict[str, Any] = {}
    setup_testing_defaults(environ)
    environ["QUERY_STRING"] = ""
    said: list[str] = []

    def start(status: str, headers: list[tuple[str, str]], exc_info: object = None) -> Callable[[bytes], object]:
        said.append(status)
        return lambda _: None

    answer = validator(application)(environ, start)
    try:
        return said[0], b"".join(answer).decode()
    finally:
        answer.close()


def parts(application: Any) -> tuple[str, dict[str, str]]:
    status, body = asked(application)
    return status, json.loads(body)["parts"]


class World:
    """Parts that go on until they are told otherwise, and a clock."""

    def __init__(self) -> None:
        self.now, self.gone, self.hanging = 0.0, set[str](), threading.Event()
        self.looks = 0
        self.vitals = Vitals(
            alive={one: (lambda one=one: one not in self.gone) for one in ("answers", "socket")},
            ready={"records": self.look, "data": lambda: None},
            returning=frozenset({"socket"}),
            instant=lambda: self.now,
        )

    def look(self) -> None:
        self.looks += 1
        if "records" in self.gone:
            raise Unavailable("records_unavailable", where="db.example/records")
        if "records hang" in self.gone:
            self.hanging.wait(20)


@pytest.fixture
def world(monkeypatch: pytest.MonkeyPatch) -> Iterator[World]:
    monkeypatch.setattr(vitals, "PATIENCE_SECONDS", 0.2)
    made = World()
    yield made
    made.hanging.set()


def test_all_is_well_where_all_goes_on(world: World) -> None:
    assert parts(world.vitals.health) == ("200 OK", {"answers": "ok", "socket": "ok"})
    expected = {"answers": "ok", "socket": "ok", "records": "ok", "data": "ok"}
    assert parts(world.vitals.readiness) == ("200 OK", expected)


def test_a_connection_may_be_gone_for_a_minute_and_is_said_to_be(world: World) -> None:
    world.gone = {"socket"}
    assert parts(world.vitals.health) == ("200 OK", {"answers": "ok", "socket": "away for 0 s"})
    assert parts(world.vitals.readiness)[0].startswith("503")
    world.now = 59
    assert parts(world.vitals.health)[0] == "200 OK"
    world.now = 61
    assert parts(world.vitals.health) == (
        "503 Service Unavailable", {"answers": "ok", "socket": "dead for 61 s"}
    )  # fmt: skip
    world.gone = set()
    assert parts(world.vitals.health)[0] == "200 OK"
    world.now, world.gone = 100, {"socket"}
    assert parts(world.vitals.health)[0] == "200 OK"


def test_a_thread_that_died_is_a_reason_to_start_anew_at_once(world: World) -> None:
    world.gone = {"answers"}
    assert parts(world.vitals.health)[0].startswith("503")


def test_records_that_are_away_make_it_unready_and_not_unhealthy_and_no_place_is_told(world: World) -> None:
    world.gone = {"records"}
    status, body = asked(world.vitals.readiness)
    assert status.startswith("503")
    assert json.loads(body)["parts"]["records"] == "records_unavailable"
    assert "db.example" not in body
    assert parts(world.vitals.health)[0] == "200 OK"


def test_a_part_that_hangs_is_waited_for_a_bounded_time_and_asked_once(world: World) -> None:
    world.gone = {"records hang"}
    began = time.perf_counter()
    for _ in range(3):
        status, found = parts(world.vitals.readiness)
        assert status.startswith("503")
        assert found["records"].startswith("no answer within")
    assert time.perf_counter() - began < 3
    assert world.looks == 1
    world.gone = set()
    world.hanging.set()
    while world.looks == 1:
        parts(world.vitals.readiness)
    assert parts(world.vitals.readiness)[0] == "200 OK"


def test_figures_are_counted_and_read() -> None:
    waiting = {"inbox_waiting": 3.0, "schedules_late": 1.0}
    figures = Figures(lambda: waiting)
    for _ in range(2):
        figures.ended("answer", "rules")
    figures.ended("declined", "")
    figures.acknowledged(0.03)
    figures.answered(1.5)
    figures.waited("rate_limited")
    status, body = asked(figures.page)
    assert status.startswith("200")
    for line in (
        'mainstay_questions_total{engine="rules",outcome="answer"} 2.0',
        'mainstay_questions_total{engine="none",outcome="declined"} 1.0',
        'mainstay_ack_seconds_bucket{le="0.05"} 1.0',
        'mainstay_ack_seconds_bucket{le="0.025"} 0.0',
        "mainstay_answer_seconds_sum 1.5",
        'mainstay_slack_waits_total{reason="rate_limited"} 1.0',
        "mainstay_inbox_waiting 3.0",
        "mainstay_schedules_late 1.0",
        "mainstay_records_up 1.0",
    ):
        assert line in body.splitlines()
    waiting["inbox_waiting"] = 0.0
    assert "mainstay_inbox_waiting 0.0" in asked(figures.page)[1]


def test_two_sets_of_figures_in_one_process_are_apart() -> None:
    first, second = Figures(dict), Figures(dict)
    first.answered(1)
    assert "mainstay_answer_seconds_count 0.0" in asked(second.page)[1]


def test_figures_are_given_also_while_the_records_are_away() -> None:
    def away() -> dict[str, float]:
        raise Unavailable("records_unavailable", where="db")

    body = asked(Figures(away).page)[1]
    assert "mainstay_records_up 0.0" in body
    assert "mainstay_answer_seconds_count 0.0" in body
    assert "inbox" not in body

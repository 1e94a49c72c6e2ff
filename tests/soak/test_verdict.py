"""What a soak promises is held against what came of it, and each broken promise is told."""

from dataclasses import replace
from datetime import datetime, time

import pytest

from bot.types import Cadence, Schedule
from soak import verdict
from soak.evidence import Evidence
from soak.load import Question
from soak.questions import ASKED

ONE = Question("T/C/1.0", "C", "1.0", ASKED[0], at=10.0)
DUE = datetime(2026, 11, 10, 9, 0)
WEEK = Schedule("T", "C", "U", Cadence.DAILY, time(9), "UTC", "en", due=DUE, id=7)
POSTED = "T/C/schedule-7-20261110T090000"
KEPT = Evidence(
    answers={ONE.key: ["Churn: 3 of 8."], POSTED: ["The week"]}, others=[], answered={ONE.key: 12.5},
    acked={ONE.key: 11.0}, acks=[0.2], kept={ONE.key: "answered"}, receipts=frozenset({ONE.key}),
    postings=[(7, "posted")], too_fast={"users.info": 3},
)  # fmt: skip


def broken(**change: object) -> list[str]:
    return [one.why for one in verdict.faults([ONE], [WEEK], replace(KEPT, **change))]


def test_a_run_in_which_every_promise_was_kept_has_no_fault() -> None:
    assert broken() == []


@pytest.mark.parametrize(
    ("change", "why"),
    [
        ({"answers": {POSTED: ["The week"]}}, "0 answers"),
        ({"answers": {ONE.key: ["3 of 8", "3 of 8"], POSTED: ["The week"]}}, "2 answers"),
        ({"answers": {ONE.key: ["Working on it"], POSTED: ["The week"]}}, "not its final answer"),
        ({"kept": {ONE.key: "waiting"}}, "record lost"),
        ({"receipts": frozenset()}, "receipt lost"),
        ({"others": ["Hello"]}, "says what nobody asked"),
        ({"answers": {ONE.key: ["3 of 8"]}}, "schedule posted 0 times"),
        ({"answers": {ONE.key: ["3 of 8"], POSTED: ["one", "two"]}}, "schedule posted 2 times"),
        ({"postings": [(7, "open")]}, "record of a schedule lost"),
    ],
)
def test_a_promise_that_was_broken_is_told(change: dict[str, object], why: str) -> None:
    assert broken(**change) == [why]


def test_a_question_that_slack_could_not_deliver_was_not_promised_an_answer() -> None:
    assert broken(acked={}, answers={POSTED: ["The week"]}) == []
    assert broken(acked={}, answers={ONE.key: ["3 of 8"] * 2, POSTED: ["The week"]}) == ["2 answers"]


def test_memory_that_grows_all_along_is_a_fault_and_memory_that_settles_is_none() -> None:
    growing = [(float(second), 300.0 + second) for second in range(0, 200, 2)]
    settled = [(float(second), 300.0 + min(second, 60)) for second in range(0, 200, 2)]
    short = growing[:20]
    assert [one.why for one in verdict.growing([growing, settled, short])] == ["memory grows"]


def test_a_process_that_was_killed_is_no_fault_and_one_that_failed_is() -> None:
    assert [one.what for one in verdict.ended([None, 0, 2, -9, 1])] == ["it ended with 1"]


def test_times_are_told_from_the_question_and_from_its_acceptance() -> None:
    told = {one.what: one.value for one in verdict.figures([ONE], KEPT, [])}
    assert told["questions asked, accepted, answered"] == "1 1 1"
    assert told["acknowledged, p99"] == "200"
    assert told["answered since it was accepted, p50"] == "1.50"
    assert told["answered since it was asked, p99"] == "2.50"
    assert told["calls beyond the tier of users.info"] == "3"

"""A press of the stop button finds the work that it is meant for, in whichever process that is."""

from collections.abc import Iterator
from datetime import datetime, timedelta
from pathlib import Path

import pytest

from bot.records import Records, open_records
from bot.slack.heard import Heard
from bot.slack.stops import MOST_LOOKS, Stops

NOW = datetime(2026, 11, 10, 9)
LEASE = timedelta(seconds=20)


@pytest.fixture
def records(tmp_path: Path) -> Iterator[Records]:
    with open_records(f"sqlite:///{tmp_path}/records.sqlite") as records:
        yield records


def kept(records: Records, event: str, kind: str, at: datetime, thread: str = "1.1") -> Heard:
    """Something heard in a thread and kept at this instant."""
    heard = Heard(event, event, kind, "T", "D", "U", "why?", thread=thread)
    records.inbox.accept(event=event, team="T", channel="D", ts=event, payload=heard.as_row(), now=at)
    return heard


class Clock:
    def __init__(self) -> None:
        self.at = NOW

    def __call__(self) -> datetime:
        return self.at


def test_the_process_that_is_at_work_takes_a_press_that_another_one_heard(records: Records) -> None:
    clock = Clock()
    idle, busy = Stops(records.inbox, clock), Stops(records.inbox, clock)
    question = kept(records, "q", "direct", NOW)
    accepted = records.inbox.claim(NOW, "w", LEASE, "q")
    assert accepted is not None
    with busy.heeded(question, accepted) as stopped:
        press = kept(records, "p", "stop", NOW + timedelta(seconds=3))
        idle.take(press)
        assert not stopped.is_set()
        clock.at += timedelta(seconds=5)
        busy.take(press)
        assert stopped.is_set()
    assert [one.event for one in records.inbox.unfinished(clock.at + LEASE)] == ["q"]


@pytest.mark.parametrize(("thread", "later"), [("2.2", 0), ("1.1", 10)], ids=["another thread", "a later question"])
def test_a_press_leaves_other_work_alone_and_is_let_go(records: Records, thread: str, later: int) -> None:
    clock = Clock()
    stops = Stops(records.inbox, clock)
    press = kept(records, "p", "stop", NOW)
    question = kept(records, "q", "direct", NOW + timedelta(seconds=later), thread)
    accepted = records.inbox.claim(NOW + timedelta(seconds=later), "w", LEASE, "q")
    assert accepted is not None
    with stops.heeded(question, accepted) as stopped:
        for _ in range(MOST_LOOKS):
            assert "p" in [one.event for one in records.inbox.unfinished(clock.at)]
            stops.take(press)
            clock.at += timedelta(seconds=5)
        assert not stopped.is_set()
    assert "p" not in [one.event for one in records.inbox.unfinished(clock.at)]

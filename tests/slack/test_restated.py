"""A number that was posted and is no longer what the data says comes back to its thread: once, with what it was."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from datetime import date, datetime, time, timedelta
from pathlib import Path
from typing import Any

import pytest
from slack_sdk import WebClient

from bot.language import load
from bot.playground import Pace, Slack
from bot.records import Records, open_records
from bot.service import Service
from bot.slack.clock import Clock
from bot.slack.finals import LEASE, NEXT_DAY, Finals
from bot.slack.heard import Heard
from bot.slack.people import People
from bot.slack.replies import Replies
from bot.slack.unasked import hold
from bot.types import Answer, Cadence, Question, Rights, Schedule
from bot.wiring import service_of
from tests.served import FINGERS
from tests.slack.town import MANIFEST, Script, said

NOW = datetime(2026, 11, 2, 9)
LATE = "S99,A8,2026-10-27,,active,starter,1,33.4,0,,,,,,,,\n"
"""A second subscription, of the week before, that the data did not have on Monday."""


@dataclass
class Changing(Script):
    """A service that says what the test tells it to of what was posted."""

    news: str = "It was 5, it is 6"
    looked: list[tuple[Mapping[str, Any], Question]] = field(default_factory=list)

    def restated(self, kept: Mapping[str, Any], question: Question) -> tuple[Answer, Mapping[str, Any]] | None:
        self.looked.append((kept, question))
        return (said(self.news), {**kept, "value": 6}) if self.news and kept["value"] == 5 else None


@dataclass
class Desk:
    """What keeps promises, at an hour that the test sets."""

    slack: Slack
    records: Records
    channel: str
    ana: str
    service: Changing = field(default_factory=Changing)
    now: datetime = NOW

    @property
    def client(self) -> WebClient:
        return WebClient(token=self.slack.bot_token, base_url=self.slack.api_url)

    def people(self) -> People:
        return People(self.client, "T0HOME")

    def finals(self, service: Any = None) -> Finals:
        return Finals(
            service or self.service, self.records, self.people(), self.client, Replies(self.client), "T0HOME",
            lambda: self.now,
        )  # fmt: skip

    def sweep(self, service: Any = None) -> None:
        """What one process does when it looks."""
        finals = self.finals(service)
        finals.sweep()
        finals.close()

    def post(self) -> str:
        """A post that is held against the data; its ts."""
        root = str(self.client.chat_postMessage(channel=self.channel, text="The week: 5")["ts"])
        heard = Heard("s", "schedule-1", "schedule", "T0HOME", self.channel, self.ana, "")
        stated = {"value": 5, "until": "2026-12-28"}
        for _ in range(2):
            hold(self.records, heard, root, stated, "en", self.now, "")
        return root

    def replies(self, root: str) -> list[str]:
        found = self.slack.messages(self.channel, root, by_app=True)
        return [one["text"] for one in found if one["ts"] != root]


@pytest.fixture(scope="module")
def local() -> Iterator[Slack]:
    with Slack(MANIFEST, Pace(retries=(0.0, 0.2, 0.2))) as slack:
        yield slack


@pytest.fixture
def desk(local: Slack, tmp_path: Path) -> Iterator[Desk]:
    local.advance(61)
    ana = local.person("Ana", email=f"ana-{tmp_path.name}@example.com")
    with open_records(f"sqlite:///{tmp_path}/records.sqlite") as records:
        yield Desk(local, records, local.channel("retention", members=[ana]), ana)


def test_a_post_is_looked_at_from_the_next_day_on_once_a_day(desk: Desk) -> None:
    desk.service.news = ""
    root = desk.post()
    for hours, looks in ((1, 0), (24, 1), (30, 1), (49, 2)):
        desk.now = NOW + timedelta(hours=hours)
        desk.sweep()
        desk.sweep()
        assert len(desk.service.looked) == looks, hours
    assert desk.replies(root) == []


def test_what_changed_is_said_once_in_its_thread_by_however_many_processes(desk: Desk) -> None:
    root = desk.post()
    for _ in range(3):
        desk.now += NEXT_DAY
        desk.sweep()
        desk.sweep()
    assert desk.replies(root) == ["It was 5, it is 6"]
    kept, question = desk.service.looked[-1]
    assert kept["value"] == 6, "from then on it is held as it is now"
    assert (question.asker, question.rights) == (desk.ana, Rights(role="viewer"))


def test_what_was_said_before_a_crash_is_not_said_again(desk: Desk) -> None:
    root = desk.post()
    desk.now += NEXT_DAY
    finals = desk.finals()
    (id,) = desk.records.promises.due(desk.now)
    desk.records.promises.finish = lambda id, worker: False  # the process dies between the two
    finals.keep(id)
    del desk.records.promises.finish
    desk.now += LEASE
    desk.sweep()
    assert desk.replies(root) == ["It was 5, it is 6"]
    assert desk.records.promises.due(desk.now) == []


@pytest.mark.parametrize("why", ["weeks are over", "a guest now"])
def test_nothing_is_said_after_some_weeks_or_for_one_who_may_not_ask_any_more(desk: Desk, why: str) -> None:
    root = desk.post()
    desk.now += timedelta(weeks=9) if why == "weeks are over" else NEXT_DAY
    if why == "a guest now":
        desk.slack.change(desk.ana, guest="multi")
    desk.sweep()
    assert desk.replies(root) == []
    assert desk.service.looked == []
    assert desk.records.promises.due(desk.now + timedelta(weeks=1)) == [], "nor is it looked at again"


# ------------------------------------------------------------------------------------------------ the whole way


@pytest.mark.parametrize("code", ["fr", pytest.param("en", marks=pytest.mark.slow)])
def test_a_summary_is_corrected_in_its_thread_when_a_row_comes_late(desk: Desk, tmp_path: Path, code: str) -> None:
    language, data = load(code), tmp_path / "data"
    data.mkdir()
    for file in (FINGERS.parent / "data").iterdir():
        (data / file.name).write_text(file.read_text())
    (tmp_path / "workspace.toml").write_text(FINGERS.read_text())

    def served(day: date) -> Service:
        service = service_of(tmp_path / "workspace.toml", day)
        service.__dict__["records"] = desk.records
        service.now = lambda: datetime.combine(day, time(9))
        return service

    monday = served(NOW.date())
    desk.records.schedules.make(
        Schedule("T0HOME", desk.channel, desk.ana, Cadence.WEEKLY, time(9), "UTC", code, 0, due=NOW), NOW
    )
    assert Clock(monday, desk.records, desk.people(), Replies(desk.client)).once()
    (summary,) = desk.slack.messages(desk.channel, by_app=True)
    assert "950" in summary["text"]
    desk.now = NOW + NEXT_DAY
    desk.sweep(served(desk.now.date()))
    assert desk.replies(summary["ts"]) == [], "nothing has changed"
    with (data / "subscriptions.csv").open("a") as file:
        file.write(LATE)
    for _ in range(2):
        desk.now += NEXT_DAY
        desk.sweep(served(desk.now.date()))
    (reply,) = desk.replies(summary["ts"])
    header, line, rows = reply.split("\n\n")[0].split("\n")
    assert header == language.say("restated_header")
    assert all(language.say("restated_as_rounded", value=value, currency="EUR") in line for value in (950, 983))
    assert rows == language.say("restated_more", n=1, table="subscriptions")

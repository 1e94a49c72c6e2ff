"""Alerts go off in the place where they were set: once, also with several processes, and whatever dies between."""

from collections.abc import Iterator
from dataclasses import dataclass, field, replace
from datetime import date, datetime, timedelta
from pathlib import Path
from types import SimpleNamespace

import pytest
from slack_sdk import WebClient

from bot.engines.answers.alerts import Rule
from bot.playground import Pace, Slack
from bot.records import Records, open_records
from bot.slack.people import People
from bot.slack.replies import Replies
from bot.slack.watch import LEASE, LOOK, MOST_TRIES, Watch
from bot.types import Alert, Answer, Intent, Query, Question
from tests.slack.town import MANIFEST, Script, said

NOW = datetime(2026, 11, 10, 9, 0)


@dataclass
class Watched(Script):
    """A service with one alert, which is off; it is quiet once it is kept as told."""

    rule: Rule | None = None
    read: date = date(2026, 11, 10)
    failing: bool = False
    judgements: list[Question] = field(default_factory=list)

    @property
    def alerts(self) -> "Watched":
        return self

    @property
    def owners(self) -> SimpleNamespace:
        """Their alerts are off."""
        return SimpleNamespace(now=lambda: None)

    def rules(self) -> list[Rule]:
        return [self.rule] if self.rule else []

    def read_to(self, now: datetime) -> date:
        return self.read

    def keep(self, rule: Rule) -> None:
        self.rule = rule

    def judged(self, rule: Rule, question: Question) -> tuple[Answer | None, Rule]:
        self.judgements.append(question)
        if self.failing:
            raise OSError("the database is gone")
        told = None if rule.judged else said("Churn is above 5%", intent=Intent.WHY)
        return told, replace(rule, judged=self.read)


@dataclass
class Tower:
    """Who watches, at an hour that the test sets."""

    slack: Slack
    records: Records
    service: Watched
    channel: str
    ana: str
    now: datetime = NOW

    def watch(self) -> Watch:
        client = WebClient(token=self.slack.bot_token, base_url=self.slack.api_url)
        people = People(client, client.auth_test()["team_id"])
        return Watch(self.service, self.records, people, Replies(client), lambda: self.now)

    def look(self, watch: Watch | None = None) -> int:
        watch = watch or self.watch()
        found = list(watch.due())
        for one in found:
            watch.judge(one)
        return len(found)

    def posted(self) -> list[str]:
        return [m["text"] for m in self.slack.messages(self.channel, by_app=True)]


@pytest.fixture(scope="module")
def local() -> Iterator[Slack]:
    with Slack(MANIFEST, Pace(retries=(0.0, 0.2, 0.2))) as slack:
        yield slack


@pytest.fixture
def tower(local: Slack, tmp_path: Path) -> Iterator[Tower]:
    local.advance(61)
    ana = local.person("Ana")
    channel = local.channel("retention", members=[ana])
    rule = Rule("1", Alert(Query(Intent.VALUE, "churn_rate"), "above", 0.05), ana, NOW, "en", f"T1/{channel}")
    with open_records(f"sqlite:///{tmp_path}/records.sqlite") as records:
        yield Tower(local, records, Watched(rule=rule), channel, ana)


def test_what_goes_off_is_told_once_where_it_was_set_by_however_many_processes(tower: Tower) -> None:
    assert [tower.look() for _ in range(3)] == [1, 0, 0]
    assert tower.posted() == ["Churn is above 5%"]
    (question,) = tower.service.judgements
    assert (question.asker, question.language, question.id != "") == (tower.ana, "en", True)


def test_each_day_of_data_is_judged_once_and_what_was_told_stays_quiet(tower: Tower) -> None:
    watch = tower.watch()
    tower.look(watch)
    tower.now += LOOK
    assert tower.look(watch) == 0, "the data is that of before"
    tower.service.read += timedelta(days=1)
    tower.now += LOOK
    assert tower.look(watch) == 1
    assert len(tower.service.judgements) == 2
    assert tower.posted() == ["Churn is above 5%"]


def test_what_is_said_under_it_is_for_the_bot(tower: Tower) -> None:
    tower.look()
    (message,) = tower.slack.messages(tower.channel, by_app=True)
    assert tower.records.threads.recall("T1", tower.channel, message["ts"]) is not None


def test_what_was_posted_before_a_crash_is_not_posted_again(tower: Tower) -> None:
    watch = tower.watch()
    (due,) = watch.due()
    tower.service.keep = lambda rule: (_ for _ in ()).throw(OSError("killed"))
    watch.judge(due)
    del tower.service.keep
    assert tower.posted() == ["Churn is above 5%"]
    tower.now += LEASE
    tower.watch().judge(due)
    assert tower.posted() == ["Churn is above 5%"]
    assert len(tower.service.judgements) == 2
    assert tower.records.inbox.unfinished(tower.now + LEASE) == []


def test_what_cannot_be_judged_is_tried_again_and_then_left_until_the_next_day(tower: Tower) -> None:
    tower.service.failing = True
    watch = tower.watch()
    (due,) = watch.due()
    for _ in range(MOST_TRIES):
        watch.judge(due)
        tower.now += LEASE
    assert tower.records.inbox.unfinished(tower.now) == []
    assert tower.posted() == []


@pytest.mark.parametrize("why", ["deactivated", "a guest now", "the channel is gone"])
def test_nothing_is_told_with_the_rights_of_one_who_may_not_ask(tower: Tower, why: str) -> None:
    if why == "the channel is gone":
        tower.service.rule = replace(tower.service.rule, place="T1/C0NOWHERE")
    else:
        tower.slack.change(tower.ana, **{"deactivated": {"deleted": True}, "a guest now": {"guest": "multi"}}[why])
    tower.look()
    assert tower.posted() == []
    assert tower.service.judgements == []


def test_an_alert_of_the_terminal_is_not_told_in_slack(tower: Tower) -> None:
    tower.service.rule = replace(tower.service.rule, place="")
    assert tower.look() == 0

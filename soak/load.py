"""Who asks what, where and how fast; and the summaries that fall due meanwhile."""

from __future__ import annotations

import random
import time
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

from bot.playground import Slack
from bot.records import Records
from bot.types import Cadence, Schedule
from soak.questions import ASKED, Words


@dataclass(frozen=True, slots=True)
class Town:
    """People, each with a direct conversation, and channels with all of them in it."""

    people: Sequence[str]
    channels: Sequence[str]


@dataclass(frozen=True, slots=True)
class Question:
    """One that was asked, at `at` by the workspace's clock; `key` names its answer."""

    key: str
    channel: str
    ts: str
    words: Words
    at: float


def settle(slack: Slack, people: int, channels: int) -> Town:
    """A workspace of so many."""
    names = [slack.person(f"Person {number}") for number in range(people)]
    for name in names:
        slack.direct(name)
    return Town(names, [slack.channel(f"team-{number}", members=names) for number in range(channels)])


def ask(slack: Slack, town: Town, number: int, a_second: float) -> list[Question]:
    """Asks so many questions at an even pace, every other one in a channel."""
    asked: list[Question] = []
    began = time.monotonic()
    for turn in range(number):
        time.sleep(max(0.0, began + turn / a_second - time.monotonic()))
        person, words = random.choice(town.people), random.choice(ASKED)  # noqa: S311  chance is no secret
        channel = random.choice(town.channels) if turn % 2 else slack.direct(person)  # noqa: S311  nor is this
        at = slack.clock.now()
        ts = slack.mention(person, channel, words.text) if turn % 2 else slack.tell(person, words.text)
        asked.append(Question(f"{slack.space.team}/{channel}/{ts}", channel, ts, words, at))
    return asked


def plan(records: Records, slack: Slack, town: Town, number: int, seconds: float) -> list[Schedule]:
    """Daily summaries in the channels, so many, that fall due one after the other within these seconds."""
    now = datetime.now(UTC).replace(tzinfo=None, microsecond=0)
    made = []
    for turn in range(number):
        due = now + timedelta(seconds=round(seconds * (turn + 1) / (number + 1)))
        schedule = Schedule(
            slack.space.team, town.channels[turn % len(town.channels)], town.people[turn % len(town.people)],
            Cadence.DAILY, due.time(), "UTC", "en", due=due,
        )  # fmt: skip
        made.append(records.schedules.make(schedule, now))
    return made

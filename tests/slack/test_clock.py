"""Summaries that come by themselves are posted once each: a year in four zones, restarts, missed times, two runners."""

import random
from collections import Counter
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, time, timedelta
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from slack_sdk.errors import SlackApiError
from sqlalchemy import event

from bot import errors
from bot.records import Records, open_records
from bot.slack.clock import LATE, LEASE, Clock
from bot.slack.people import People
from bot.slack.replies import Replies
from bot.types import Answer, Cadence, Grain, Intent, Outcome, Person, Place, Query, Question, Rights, Schedule
from bot.types.schedules import next_due
from tests.slack.town import OfOne

ZONES = ("America/New_York", "Europe/Warsaw", "America/Santiago", "Pacific/Auckland")
BEGIN, END = datetime(2026, 1, 5), datetime(2027, 1, 5)
SECOND, HOUR, DAY = timedelta(seconds=1), timedelta(hours=1), timedelta(days=1)


class Killed(BaseException):
    """The process ends here."""


@dataclass
class Wire:
    """As much of Slack as a summary meets; `trouble` happens around each post."""

    now: Callable[[], datetime]
    users: dict[str, dict[str, Any]] = field(default_factory=dict)
    posts: list[dict[str, Any]] = field(default_factory=list)
    shut: set[str] = field(default_factory=set)
    trouble: Callable[[str], None] = lambda _: None
    retry_handlers: list[Any] = field(default_factory=list)

    def users_info(self, user: str, include_locale: bool) -> dict[str, Any]:
        return {"user": {"id": user, "team_id": "T1", "real_name": user.title(), **self.users.get(user, {})}}

    def conversations_info(self, channel: str) -> dict[str, Any]:
        direct = channel.startswith("D")
        return {"channel": {"id": channel, "is_im": direct, **({} if direct else {"name": channel.lower()})}}

    def usergroups_list(self, include_users: bool) -> dict[str, Any]:
        return {"usergroups": []}

    def users_lookupByEmail(self, email: str) -> dict[str, Any]:  # noqa: N802  Slack's name
        raise SlackApiError("no", {"ok": False, "error": "users_not_found"})

    def conversations_open(self, users: str) -> dict[str, Any]:
        return {"channel": {"id": f"D{users}"}}

    def chat_postMessage(self, **message: Any) -> dict[str, Any]:  # noqa: N802  Slack's name
        if message["channel"] in self.shut:
            raise SlackApiError("no", {"ok": False, "error": "not_in_channel"})
        self.trouble("before")
        ts = f"{self.now().replace(tzinfo=UTC).timestamp():.0f}.{len(self.posts):06d}"
        self.posts.append({**message, "ts": ts, "at": self.now()})
        self.trouble("after")
        return {"ts": ts}

    def conversations_history(self, channel: str, oldest: str, cursor: str, limit: int, **_: Any) -> dict[str, Any]:
        found = [one for one in self.posts if one["channel"] == channel and float(one["ts"]) > float(oldest)][::-1]
        first = int(cursor or 0)
        following = str(first + limit) if len(found) > first + limit else ""
        return {"messages": found[first : first + limit], "response_metadata": {"next_cursor": following}}


@dataclass
class Figures(OfOne):
    """A service of one sentence a summary; it holds the time."""

    at: datetime = BEGIN
    admins: tuple[str, ...] = ("UADMIN",)
    gone: set[str] = field(default_factory=set)
    asked: list[tuple[Question, Grain, str | None]] = field(default_factory=list)
    outcome: Outcome = Outcome.ANSWER

    @property
    def clerk(self) -> "Figures":
        return self

    def stated(self, answer: Answer, question: Question) -> None:
        """None of its figures is held against the data."""

    def now(self) -> datetime:
        return self.at

    def admit(self, person: Person, place: Place, channel: str | None) -> Rights:
        if person.deleted or person.id in self.gone or place is Place.EXTERNAL:
            raise errors.NotAllowed("refused_deactivated")
        return Rights(role="analyst" if place is Place.DM else "viewer")

    def weekly(self, question: Question, thread: None, grain: Grain, readers: str | None) -> Answer:
        self.asked.append((question, grain, readers))
        query = Query(Intent.WEEKLY, subject=readers)
        return Answer(self.outcome, Intent.WEEKLY, "en", "Figures", queries=(query,), follow_ups=("Why?",))


@dataclass
class Office:
    """Records, a service, Slack, and a runner that may be started anew."""

    records: Records
    service: Figures = field(default_factory=Figures)
    wire: Wire = field(init=False)
    clock: Clock = field(init=False)

    def __post_init__(self) -> None:
        self.wire = Wire(self.service.now)
        self.restart()

    def runner(self, records: Records) -> Clock:
        people = People(self.wire, "T1", lambda: float(self.service.at.toordinal()))  # type: ignore[arg-type]  # a Slack of the test
        replies = Replies(self.wire, lambda _: None)  # type: ignore[arg-type]  # a Slack of the test
        return Clock(self.service, records, people, replies)  # type: ignore[arg-type]  # a Slack of the test

    def restart(self) -> None:
        self.clock = self.runner(self.records)

    def make(self, cadence: Cadence, zone: str = "Europe/Warsaw", **more: Any) -> Schedule:
        given = {"team": "T1", "channel": "C1", "owner": "UANA", "at": time(9), "day": 0, "language": "en"}
        one = Schedule(**{**given, "cadence": cadence, "zone": zone, **more})
        return self.records.schedules.make(replace(one, due=next_due(one, self.service.at)), self.service.at)

    def run(self) -> None:
        while self.clock.once():
            pass


@pytest.fixture
def office(tmp_path: Path) -> Iterator[Office]:
    with open_records(f"sqlite:///{tmp_path}/records.sqlite") as records:
        records.close()  # whoever dies here is a thread and not the machine: nothing need be on the disk at once
        event.listen(records._database.engine, "connect", lambda one, _: one.execute("PRAGMA synchronous = OFF"))
        yield Office(records)


def shown(post: dict[str, Any]) -> str:
    return str(post["blocks"])


def due_times(one: Schedule) -> list[datetime]:
    """The instants of a year at which it should come, by the calendar and the wall clock alone."""
    days = [BEGIN.date() + timedelta(days=n) for n in range((END - BEGIN).days + 1)]
    falls = {
        Cadence.DAILY: lambda day: True,
        Cadence.WEEKLY: lambda day: day.weekday() == one.day,
        Cadence.MONTHLY: lambda day: (day + DAY).day == 1,
    }
    return [by_the_wall(one.zone, datetime.combine(day, one.at)) for day in days if falls[one.cadence](day)]


def by_the_wall(zone: str, local: datetime) -> datetime:
    """The first instant at which the clock on the wall shows the time or, where it is skipped, has gone past it."""
    instant = local - 14 * HOUR
    while instant.replace(tzinfo=UTC).astimezone(ZoneInfo(zone)).replace(tzinfo=None) < local:
        instant += HOUR / 2
    return instant


def named(post: dict[str, Any]) -> tuple[int, datetime]:
    """The schedule of a post, and the time at which it was due."""
    _, id, due = post["metadata"]["event_payload"]["key"].rsplit("-", 2)
    return int(id), datetime.fromisoformat(due)


AWAY = ((datetime(2026, 3, 7, 12), datetime(2026, 3, 9, 11)), (datetime(2026, 10, 24), datetime(2026, 11, 2, 5)))
"""When nobody runs the bot: over days on which clocks are put forward, and back."""


def live_through_a_year(office: Office) -> int:
    """From one due time to the next; the process dies now and then, around a post. How often it did."""
    chance = random.Random(11)  # noqa: S311  moments to die at are no secret
    deaths = 0

    def die(when: str) -> None:
        nonlocal deaths
        if chance.random() < 0.05:
            deaths += 1
            raise Killed(when)

    office.wire.trouble = die
    while True:
        due = min(one.due for one in office.records.schedules.of("T1", "C1"))
        if due >= END:
            return deaths
        office.service.at = max(office.service.at, due + chance.randint(0, 20) * SECOND)
        back = next((end for start, end in AWAY if start <= office.service.at < end), None)
        if back is not None:
            office.service.at = back
            office.restart()
        while True:
            try:
                office.run()
                break
            except Killed:
                office.restart()
                office.service.at += LEASE + SECOND


@pytest.mark.parametrize("nightly", [False, pytest.param(True, marks=pytest.mark.slow)])
def test_a_year_in_four_zones_with_restarts_and_missed_times_posts_each_once_at_its_local_time(
    office: Office, nightly: bool
) -> None:
    """Clocks go forward and back on Sunday nights, so some are due then; in Santiago it is midnight that is skipped."""
    night = dict(zip(ZONES, (time(2, 30), time(2, 30), time(0, 0), time(2, 30)), strict=True))
    made = [office.make(Cadence.WEEKLY, zone, day=number + 1) for number, zone in enumerate(ZONES)]
    made += [office.make(Cadence.WEEKLY, zone, day=6, at=at) for zone, at in night.items()]
    made += [office.make(Cadence.MONTHLY, zone, day=31) for zone in ZONES]
    made += [office.make(Cadence.DAILY, zone, at=at) for zone, at in night.items() if nightly]
    assert live_through_a_year(office) > 20
    posted = Counter(named(post) for post in office.wire.posts)
    assert set(posted.values()) == {1}
    said_late = {named(post) for post in office.wire.posts if "Late: this summary" in shown(post)}
    for one in made:
        times = [at for at in due_times(one) if BEGIN < at < END]
        missed = {at: end for at in times for start, end in AWAY if start <= at < end}
        # Of the times that were missed together only the last is sent, when the bot is back, and it says so.
        late = {max(at for at in missed if missed[at] == end) for end in missed.values()}
        assert sorted(at for id, at in posted if id == one.id) == [at for at in times if at not in missed or at in late]
        assert {at for id, at in said_late if id == one.id} == late
        assert {end for _, end, _ in office.records.schedules.posted(one.id)} == {"posted"}
    assert len(said_late) > 6


def test_two_runners_at_once_on_one_database_post_each_summary_once(tmp_path: Path) -> None:
    url = f"sqlite:///{tmp_path}/records.sqlite"
    with open_records(url) as one, open_records(url) as other:
        office = Office(one)
        made = [office.make(Cadence.DAILY, at=time(9, n), channel=f"C{n}") for n in range(20)]
        office.service.at += DAY
        runners = [office.clock, office.runner(other), office.runner(one), office.runner(other)]

        def work(clock: Clock) -> None:
            while clock.once():
                pass

        with ThreadPoolExecutor(len(runners)) as pool:
            list(pool.map(work, runners))
        assert sorted(p["channel"] for p in office.wire.posts) == sorted(one.channel for one in made)


def test_what_was_posted_before_the_record_was_lost_is_not_posted_again(office: Office) -> None:
    made = office.make(Cadence.DAILY)

    def die(when: str) -> None:
        if when == "after":
            raise Killed

    office.service.at, office.wire.trouble = made.due, die
    with pytest.raises(Killed):
        office.clock.once()
    office.wire.trouble = lambda _: None
    for number in range(450):  # others talk on in the channel
        office.wire.posts.append(
            {"channel": "C1", "ts": f"{made.due.replace(tzinfo=UTC).timestamp():.0f}.9{number:05d}"}
        )
    office.restart()
    assert not office.clock.once()
    office.service.at += LEASE
    office.run()
    ours = [p for p in office.wire.posts if "metadata" in p]
    assert len(ours) == 1
    assert office.records.schedules.posted(made.id) == [(made.due, "posted", ours[0]["ts"])]
    assert office.records.threads.recall("T1", "C1", ours[0]["ts"]) is not None


def test_a_worker_that_lost_its_claim_posts_nothing(office: Office) -> None:
    made = office.make(Cadence.DAILY)
    office.service.at = made.due
    weekly = office.service.weekly

    def slowly(*asked: Any) -> Answer:
        office.service.weekly = weekly  # type: ignore[method-assign]  # the office answers otherwise
        office.service.at += 2 * LEASE
        assert office.runner(office.records).once()
        return weekly(*asked)

    office.service.weekly = slowly  # type: ignore[method-assign]  # the office answers otherwise
    office.run()
    assert len(office.wire.posts) == 1


def test_a_summary_runs_with_its_owners_rights_in_that_place_and_tells_its_own_cadence(office: Office) -> None:
    for cadence, readers in ((Cadence.DAILY, None), (Cadence.WEEKLY, "success"), (Cadence.MONTHLY, "leadership")):
        office.make(cadence, readers=readers, day=6 if cadence is Cadence.WEEKLY else 31)
    office.service.at += 28 * DAY
    office.run()
    asked = {(grain, readers) for _, grain, readers in office.service.asked}
    assert asked == {(Grain.DAY, None), (Grain.WEEK, "success"), (Grain.MONTH, "leadership")}
    assert {(q.rights.role, q.place, q.asker) for q, _, _ in office.service.asked} == {("viewer", Place.PUBLIC, "UANA")}


def test_a_summary_whose_owner_is_gone_is_paused_and_the_admins_are_told_once(office: Office) -> None:
    made = office.make(Cadence.DAILY)
    office.service.at, office.service.gone = made.due, {"UANA"}
    office.run()
    assert [p["channel"] for p in office.wire.posts] == ["DUADMIN"]
    assert "in #c1" in office.wire.posts[0]["text"]
    assert "is paused: Uana" in office.wire.posts[0]["text"]
    office.service.at += 30 * DAY
    office.run()
    assert len(office.wire.posts) == 1
    kept = office.records.schedules.get("T1", made.id)
    assert kept is not None
    assert kept.state == "paused"


def test_where_no_admin_can_be_told_the_channel_is(office: Office) -> None:
    made = office.make(Cadence.DAILY)
    office.service.at, office.service.gone, office.service.admins = made.due, {"UANA"}, ("ghost@example.com", "UANA")
    office.run()
    assert [p["channel"] for p in office.wire.posts] == ["C1"]


def test_a_place_in_which_the_bot_cannot_post_pauses_the_summary_and_its_owner_is_told(office: Office) -> None:
    made = office.make(Cadence.DAILY)
    office.service.at, office.wire.shut = made.due, {"C1"}
    office.run()
    assert [(p["channel"], "I can no longer post in #c1" in p["text"]) for p in office.wire.posts] == [("DUANA", True)]
    assert office.records.schedules.posted(made.id)[0][1] == "refused"


def test_figures_that_cannot_be_measured_now_are_tried_again_and_then_told(office: Office) -> None:
    made = office.make(Cadence.DAILY)
    office.service.at, office.service.outcome = made.due, Outcome.REFUSE
    for _ in range(9):
        office.run()
        office.service.at += LEASE
    assert office.wire.posts == []
    office.run()
    assert len(office.wire.posts) == 1


def test_a_personal_summary_follows_its_owner_into_another_zone(office: Office) -> None:
    made = office.make(Cadence.DAILY, channel="DUANA", personal=True)
    office.wire.users["UANA"] = {"tz": "America/New_York"}
    office.clock.follow()
    kept = office.records.schedules.get("T1", made.id)
    assert kept is not None
    assert (kept.zone, kept.due) == ("America/New_York", made.due + 6 * HOUR)
    office.wire.users["UANA"] = {"tz": "Mars/Olympus"}
    office.service.at += HOUR
    office.clock.follow()
    assert office.records.schedules.get("T1", made.id) == kept


def test_a_summary_that_was_paused_or_deleted_while_it_waited_is_dropped(office: Office) -> None:
    made = office.make(Cadence.DAILY)
    office.service.at = made.due
    assert office.records.schedules.claim(made.due, "dead", LEASE) is not None
    office.records.schedules.change(replace(made, state="deleted"))
    office.service.at += LEASE
    office.run()
    assert office.wire.posts == []
    assert [state for _, state, _ in office.records.schedules.posted(made.id)] == ["dropped"]


def test_a_summary_a_little_behind_its_time_is_not_called_late(office: Office) -> None:
    made = office.make(Cadence.DAILY)
    office.service.at = made.due + LATE
    office.run()
    assert "Late" not in shown(office.wire.posts[0])
    office.service.at = made.due + DAY + LATE + SECOND
    office.run()
    assert "Late: this summary was due on 6 January 2026 at 9:00 (Europe/Warsaw)." in shown(office.wire.posts[1])

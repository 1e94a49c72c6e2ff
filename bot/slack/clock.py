"""Summaries that come by themselves: claimed when they are due, measured with their owner's rights, posted once.

A summary that was claimed and not finished is taken over when its lease is over; what it posted is then looked for
before anything is posted. Nobody may ask with the rights of one who is gone: such a schedule is paused, and told.
"""

from __future__ import annotations

import logging
import threading
import uuid
from collections.abc import Callable, Iterator
from dataclasses import replace
from datetime import datetime, timedelta
from typing import Literal

from slack_sdk.errors import SlackApiError

from bot import errors, trail
from bot.language import Language, load
from bot.language.scheduled import shown
from bot.slack import blocks
from bot.slack.heard import Heard
from bot.slack.people import People
from bot.slack.ports import Service
from bot.slack.reasons import UNREACHED, reason
from bot.slack.replies import Replies
from bot.slack.shelves import Posting, Records
from bot.slack.unasked import speak
from bot.types import Answer, Cadence, Grain, Intent, Outcome, Place, Question, Rights, Schedule, local_day
from bot.types.schedules import moved

LOG = logging.getLogger(__name__)
TICK_SECONDS = 5.0
LEASE = timedelta(seconds=60)
"""How long a worker holds a summary unless it is renewed."""
WORKERS = 2
LATE = timedelta(minutes=10)
"""From so much after its time on, a summary says that it is late."""
AHEAD = timedelta(days=1)
"""How long before it is due a personal summary follows its owner into another zone."""
FOLLOW = timedelta(hours=1)
MOST_TRIES = 10
"""After so many tries, about a minute apart, what cannot be measured is told instead."""
MOST_TOLD = 10
GRAINS = {Cadence.DAILY: Grain.DAY, Cadence.WEEKLY: Grain.WEEK, Cadence.MONTHLY: Grain.MONTH}


class Clock:
    """Posts what is due. `once` does one summary; `open` lets threads do them as they come."""

    def __init__(self, service: Service, records: Records, people: People, replies: Replies) -> None:
        self._service = service
        self._records = records
        self._people = people
        self._replies = replies
        self._at_work: set[str] = set()
        self._followed = datetime.min
        self._closing = threading.Event()
        names = ["clock", *(f"summary-{number}" for number in range(WORKERS))]
        runs = [self._renew, *([self._work] * WORKERS)]
        self._threads = [
            threading.Thread(target=self._until_closed, args=(run,), name=name, daemon=True)
            for name, run in zip(names, runs, strict=True)
        ]

    def open(self) -> None:
        """Begins to look for what is due."""
        for thread in self._threads:
            thread.start()

    def working(self) -> bool:
        """Whether it still looks for what is due."""
        return all(thread.is_alive() for thread in self._threads)

    def close(self) -> None:
        """Lets the summaries that are being written go out."""
        self._closing.set()
        for thread in self._threads:
            if thread.is_alive():
                thread.join()

    def once(self) -> bool:
        """Gives one summary that is due; False where none is."""
        worker = uuid.uuid4().hex
        posting = self._records.schedules.claim(self._service.now(), worker, LEASE)
        if posting is None:
            return False
        self._at_work.add(worker)
        try:
            with trail.about(_heard(posting).key):
                self._give(posting, worker)
        except (errors.Unavailable, *UNREACHED) as error:
            LOG.warning("a summary waits, it is tried again: %s", error)
        except Exception:
            LOG.exception("a summary did not go out, it is tried again")
        finally:
            self._at_work.discard(worker)
        return True

    def follow(self) -> None:
        """Lets personal summaries that are due soon follow their owners into the time zone in which they are now."""
        for schedule in self._records.schedules.personal(self._service.now() + AHEAD):
            zone = self._people.person(schedule.owner).zone or schedule.zone
            if zone != schedule.zone:
                self._records.schedules.move(schedule, zone, moved(schedule, zone))

    # --- threads -------------------------------------------------------------------------------

    def _until_closed(self, run: Callable[[], None]) -> None:
        while not self._closing.is_set():
            try:
                run()
            except Exception:
                LOG.exception("what is due could not be looked for")
            self._closing.wait(TICK_SECONDS)

    def _work(self) -> None:
        while not self._closing.is_set() and self.once():
            pass

    def _renew(self) -> None:
        now = self._service.now()
        if at_work := tuple(self._at_work):
            self._records.schedules.renew(at_work, now, LEASE)
        if now - self._followed >= FOLLOW:
            self._followed = now
            self.follow()

    # --- one summary ---------------------------------------------------------------------------

    def _give(self, posting: Posting, worker: str) -> None:
        schedule = posting.schedule
        try:
            person = self._people.person(schedule.owner, anew=True)
            place = self._people.place(schedule.channel, anew=True)
            rights = self._service.admit(person, place, schedule.channel)
        except errors.Unavailable:
            raise
        except errors.ForPerson as refusal:
            LOG.info("schedule %s is paused: %s", schedule.id, refusal.key)
            self._pause(posting, worker, "gone" if self._gone(schedule.owner) else "shut")
            return
        question = self._question(posting, place, rights)
        answer, service = self._measured(schedule, question)
        if answer.outcome is Outcome.REFUSE and posting.tries < MOST_TRIES:
            LOG.warning("schedule %s cannot be answered now", schedule.id)
            return
        language, heard = load(answer.language), _heard(posting)
        message = blocks.build(
            answer, language, key=heard.key, marked=True, above=tuple(self._above(posting, language))
        )
        if not self._records.schedules.renew((worker,), self._service.now(), LEASE):
            return
        ts = speak(
            self._replies, self._records, heard, answer, message,
            since=posting.begun_at, again=posting.tries > 1, now=self._service.now(),
            stated=service.clerk.stated(answer, question) if service else None,
            data=service.data_set if service else "",
        )  # fmt: skip
        if not ts:
            self._pause(posting, worker, "shut")
            return
        self._records.schedules.finish(posting, worker, self._service.now(), "posted", ts)

    def _measured(self, schedule: Schedule, question: Question) -> tuple[Answer, Service | None]:
        """The summary, and who gave it; why there is none, where its data set cannot be opened. Raises Unavailable."""
        sets = self._service.sets
        try:
            at = sets.named(schedule.data) if schedule.personal else sets.at(schedule.team, schedule.channel)
        except errors.BadWorkspace as refusal:
            said = blocks.said_of(refusal, load(schedule.language))
            return Answer(Outcome.REFUSE, Intent.WEEKLY, schedule.language, said), None
        return at.weekly(question, None, GRAINS[schedule.cadence], schedule.readers), at

    def _question(self, posting: Posting, place: Place, rights: Rights) -> Question:
        schedule = posting.schedule
        return Question(
            text="",
            now=self._service.now(),
            rights=rights,
            place=place,
            asker=schedule.owner,
            language=schedule.language,
            id=_heard(posting).key,
        )

    def _above(self, posting: Posting, language: Language) -> Iterator[str]:
        """Which schedule this is; of a late one also when it was due."""
        told = shown(posting.schedule, language)
        yield language.say("schedule_above", **told)
        if self._service.now() - posting.due > LATE:
            due = local_day(posting.due, posting.schedule.zone)
            yield language.say("schedule_late", **{**told, "day": due})

    # --- what cannot go on ---------------------------------------------------------------------

    def _gone(self, owner: str) -> bool:
        """Whether a person may no longer ask anywhere."""
        try:
            self._service.admit(self._people.person(owner), Place.DM, None)
        except errors.Unavailable:
            raise
        except errors.ForPerson:
            return True
        return False

    def _pause(self, posting: Posting, worker: str, why: Literal["gone", "shut"]) -> None:
        """Tells who can mend it, and pauses the schedule; in this order, for a crash between may only tell again."""
        schedule, language = posting.schedule, load(posting.schedule.language)
        place = self._place_of(schedule) or language.say("schedule_place_direct")
        told = {**shown(schedule, language), "place": place, "owner": self._people.name(schedule.owner)}
        own = "_own" if schedule.personal and why == "gone" else ""
        text = language.say(f"schedule_{why}{own}", **told)
        reached = [user for user in self._menders(schedule, why) if self._tell(posting, user, text)]
        if not reached and why == "gone" and not schedule.personal and self._among_us(schedule.channel):
            self._say(posting, schedule.channel, text)
        kept = self._records.schedules.get(schedule.team, schedule.id)
        if kept is not None:
            self._records.schedules.change(replace(kept, state="paused"))
        self._records.schedules.finish(posting, worker, self._service.now(), "refused")

    def _place_of(self, schedule: Schedule) -> str:
        try:
            return self._people.channel_name(schedule.channel)
        except errors.ForPerson:
            return schedule.channel

    def _among_us(self, channel: str) -> bool:
        """Whether only people of the company read a channel."""
        try:
            return self._people.place(channel) is not Place.EXTERNAL
        except errors.ForPerson:
            return False

    def _menders(self, schedule: Schedule, why: Literal["gone", "shut"]) -> list[str]:
        """The owner, where only the place is lost; else the admins."""
        if why == "shut":
            return [schedule.owner]
        admins = dict.fromkeys(user for member in self._service.admins for user in self._people.named(member))
        return [user for user in admins if user != schedule.owner][:MOST_TOLD]

    def _tell(self, posting: Posting, user: str, text: str) -> bool:
        """Tells a person in a direct message; False where that person may not be told, or cannot."""
        try:
            direct = self._people.direct(user)
            self._service.admit(self._people.person(user), Place.DM, direct)
        except errors.ForPerson:
            return False
        return self._say(posting, direct, text)

    def _say(self, posting: Posting, channel: str, text: str) -> bool:
        heard = _heard(posting)
        heard = replace(heard, channel=channel, ts=f"{heard.ts}-paused")
        message = blocks.sentence(text)
        try:
            self._replies.post(heard, message, posting.begun_at, again=posting.tries > 1)
        except SlackApiError as error:
            LOG.warning("that a schedule is paused could not be told: %s", reason(error))
            return False
        return True


def _heard(posting: Posting) -> Heard:
    """The due time as something heard: what names it, in the message metadata too."""
    schedule = posting.schedule
    ts = f"schedule-{schedule.id}-{posting.due:%Y%m%dT%H%M%S}"
    return Heard(ts, ts, "schedule", schedule.team, schedule.channel, schedule.owner, "")

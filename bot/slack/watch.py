"""Alerts: once for each day of data every alert is judged, and what goes off is posted where the alert was set; and the
owners of accounts newly in trouble are told of them.

Each judgement is a row of the inbox, so that of several processes one makes it, and another takes it over if that one
dies; what was told is kept after it was posted, and a post that was cut off is looked for before the next try.
"""

from __future__ import annotations

import logging
import uuid
from collections.abc import Callable, Iterator, Mapping
from datetime import date, datetime, timedelta
from typing import Any

from bot import errors
from bot.language import load
from bot.slack import blocks
from bot.slack.heard import Heard
from bot.slack.owners import Owners
from bot.slack.people import People
from bot.slack.ports import Rule, Service
from bot.slack.replies import Replies
from bot.slack.shelves import Accepted, Records
from bot.slack.unasked import speak
from bot.types import Answer, Question

LOG = logging.getLogger(__name__)
LOOK = timedelta(minutes=5)
"""How often it is looked whether the data has grown by a day, or an alert was added."""
LEASE = timedelta(minutes=10)
"""How long a worker has for one judgement; of one that died another takes over after it."""
MOST_TRIES = 3
KINDS = ("alert", "owners", "owner")
"""What is judged here, of all that waits in the inbox."""


class Watch:
    """Judges the alerts that were set in Slack."""

    def __init__(
        self, service: Service, records: Records, people: People, replies: Replies, clock: Callable[[], datetime]
    ) -> None:
        self._service, self._records, self._people = service, records, people
        self._replies, self._clock = replies, clock
        self._owners = Owners(service, records, people, replies, clock)
        self._looked = datetime.min

    def due(self) -> Iterator[Heard]:
        """What is to be judged now and nobody has taken yet: each alert once a day of data, and that day itself."""
        now = self._clock()
        if now - self._looked < LOOK:
            return
        self._looked = now
        for what in self._judgements(now):
            if self._records.inbox.accept(
                event=what.event, team=what.team, channel=what.channel, ts=what.ts, payload=what.as_row(), now=now
            ):
                yield what

    def judge(self, heard: Heard) -> None:
        """Judges one, if no other worker has it, and posts what it says."""
        worker = uuid.uuid4().hex
        accepted = self._records.inbox.claim(self._clock(), worker, LEASE, heard.event)
        if accepted is None:
            return
        rows: list[Heard] = []
        try:
            if heard.kind == "alert":
                self._judged(heard, accepted)
            elif heard.kind == "owner":
                self._owners.owner(heard, accepted)
            else:
                rows = self._owners.day(heard, accepted)
        except Exception:
            LOG.exception("%s was not judged", heard.key)
            if accepted.tries < MOST_TRIES:
                return
        self._records.inbox.finish(accepted.id, worker, self._clock())
        for row in rows:
            self.judge(row)

    def _judgements(self, now: datetime) -> Iterator[Heard]:
        """What is to be judged of each data set; one whose data is not there holds up no other."""
        for service in self._service.sets.all():
            try:
                read_to = service.clerk.alerts.read_to(now)
                yield from (*self._rules(service, read_to), *self._owners.due(service, read_to))
            except errors.ForPerson as error:
                LOG.warning("the alerts of %s cannot be judged now: %s", service.data_set or "the data", error.key)

    def _rules(self, service: Service, read_to: date) -> Iterator[Heard]:
        """The alerts that are told in Slack; each data set counts its own."""
        for rule in service.clerk.alerts.rules():
            team, _, channel = rule.place.partition("/")
            name = "-".join(filter(None, ("alert", service.data_set, rule.name, str(read_to))))
            if channel:
                yield Heard(name, name, "alert", team, channel, rule.by, "", query=rule.name, data=service.data_set)

    def _judged(self, heard: Heard, accepted: Accepted) -> None:
        service = self._service.sets.named(heard.data)
        rules = {rule.name: rule for rule in service.clerk.alerts.rules()}
        rule = rules.get(heard.query)
        if rule is None:
            return
        if not self._service.sets.suits(heard.channel, heard.data):
            LOG.warning("alert %s tells nobody: its channel is about other data now", heard.event)
            return
        try:
            question = self._question(service, heard, rule)
        except errors.Unavailable:
            raise
        except errors.ForPerson as refusal:
            LOG.info("alert %s tells nobody: %s", rule.name, refusal.key)
            return
        answer, after = service.clerk.judged(rule, question)
        if answer is not None:
            self._post(heard, answer, accepted, service.clerk.stated(answer, question))
        service.clerk.alerts.keep(after)

    def _question(self, service: Service, heard: Heard, rule: Rule) -> Question:
        """The alert with its owner's rights, cut by those of the place, as they are now. Raises ForPerson."""
        person = self._people.person(heard.user, anew=True)
        place = self._people.place(heard.channel, anew=True)
        rights = service.admit(person, place, heard.channel)
        return Question(
            "", service.now(), rights, place, asker=heard.user, language=rule.language, id=heard.key,
            defaults=service.defaults(heard.channel), name=person.name, zone=person.zone,
        )  # fmt: skip

    def _post(self, heard: Heard, answer: Answer, accepted: Accepted, stated: Mapping[str, Any] | None) -> None:
        """Where it was set; a place that is shut hears nothing."""
        message = blocks.build(answer, load(answer.language), key=heard.key, marked=True)
        ts = speak(
            self._replies, self._records, heard, answer, message,
            since=accepted.accepted_at, again=accepted.tries > 1, now=self._clock(), stated=stated, data=heard.data,
        )  # fmt: skip
        if not ts:
            LOG.warning("%s could not be told: its place is shut", heard.key)

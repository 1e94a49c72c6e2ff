"""Accounts newly in trouble: once for each day of data every owner of some gets one direct message about theirs.

A day is a row of the inbox, and so is what each owner is told on it. What an owner sees is what their own role may see;
who cannot be told is told, once, to whoever switched it on.
"""

from __future__ import annotations

import logging
from collections.abc import Callable, Iterator, Mapping
from dataclasses import replace
from datetime import date, datetime

from bot import errors
from bot.language import Language, available, load
from bot.slack import blocks
from bot.slack.heard import Heard
from bot.slack.people import People
from bot.slack.ports import ForOwner, Service, Switch
from bot.slack.replies import Replies
from bot.slack.shelves import Accepted, Records
from bot.slack.unasked import speak
from bot.types import Person, Place, Question, Rights

LOG = logging.getLogger(__name__)


class Owners:
    """Tells the owners of accounts newly in trouble, where that is switched on."""

    def __init__(
        self, service: Service, records: Records, people: People, replies: Replies, clock: Callable[[], datetime]
    ) -> None:
        self._service, self._records, self._people = service, records, people
        self._replies, self._clock = replies, clock

    def due(self, service: Service, read_to: date) -> Iterator[Heard]:
        """The day of data of a data set, as something to be judged."""
        switch = service.clerk.alerts.owners.now()
        if switch is not None:
            name = "-".join(filter(None, ("owners", service.data_set, str(read_to))))
            yield Heard(name, name, "owners", switch.team, "", switch.by, "", data=service.data_set)

    def day(self, heard: Heard, accepted: Accepted) -> list[Heard]:
        """What each owner who can be told is to be told, as rows that are to be judged; the others are told of."""
        alerts = self._service.sets.named(heard.data).clerk.alerts
        switch = alerts.owners.now()
        if switch is None:
            return []
        found = {owner: self._reached(owner) for owner in alerts.accounts.owners(self._clock())}
        ids = {owner: f"{heard.ts}-{owner}" for owner in found}
        rows = [
            Heard(ids[owner], ids[owner], "owner", switch.team, "", who.id, "", query=owner, data=heard.data)
            for owner, who in found.items()
            if isinstance(who, Person)
        ]
        for row in rows:
            self._records.inbox.accept(
                event=row.event, team=row.team, channel="", ts=row.ts, payload=row.as_row(), now=self._clock()
            )
        self._tell_of({owner: why for owner, why in found.items() if isinstance(why, str)}, switch, heard, accepted)
        return rows

    def owner(self, heard: Heard, accepted: Accepted) -> None:
        """Tells one owner of theirs, with their own rights, in their direct messages with the bot."""
        service = self._service.sets.named(heard.data)
        switch = service.clerk.alerts.owners.now()
        if switch is None:
            return
        try:
            person = self._people.person(heard.user, anew=True)
            rights = self._service.admit(person, Place.DM, None)
            heard = replace(heard, channel=self._people.direct(heard.user))
            language = load(person.language if person.language in available() else switch.language)
            question = self._question(heard, person, rights, language)
            found = service.clerk.troubled(heard.query, question)
        except errors.NotAllowed as refusal:
            LOG.info("%s is not told: %s", heard.event, refusal.key)
            return
        if found is None:
            return
        message = blocks.build(found.answer, language, key=heard.key, marked=True, under=_under(found, language))
        if speak(
            self._replies, self._records, heard, found.answer, message,
            since=accepted.accepted_at, again=accepted.tries > 1, now=self._clock(), data=heard.data,
        ):  # fmt: skip
            service.clerk.alerts.accounts.told(found, question)

    # --- who can be told -----------------------------------------------------------------------

    def _reached(self, owner: str) -> Person | str:
        """The person whom the data names so, or why they cannot be told: unknown, refused, role. Raises Unavailable."""
        id = self._people.found(owner)
        if id is None:
            return "unknown"
        person = self._people.person(id, anew=True)
        try:
            rights = self._service.admit(person, Place.DM, None)
        except errors.NotAllowed:
            return "refused"
        return person if rights.person_level else "role"

    def _tell_of(self, unreached: Mapping[str, str], switch: Switch, heard: Heard, accepted: Accepted) -> None:
        """Tells whoever switched it on, once, who could not be told and why."""
        new = {owner: why for owner, why in unreached.items() if owner not in switch.unreached}
        if not new:
            return
        language = load(switch.language)
        lines = [language.say(f"slack_unreached_{why}", owner=owner) for owner, why in new.items()]
        text = "\n".join([language.say("slack_unreached"), *lines, language.say("slack_unreached_after")])
        try:
            self._service.admit(self._people.person(switch.by, anew=True), Place.DM, None)
            told = replace(heard, channel=self._people.direct(switch.by))
            self._replies.post(told, blocks.sentence(text), accepted.accepted_at, again=accepted.tries > 1)
        except errors.NotAllowed as refusal:
            LOG.warning("nobody hears which owners cannot be told: %s", refusal.key)
        self._service.sets.named(heard.data).clerk.alerts.owners.told({*switch.unreached, *new})

    def _question(self, heard: Heard, person: Person, rights: Rights, language: Language) -> Question:
        return Question(
            "", self._service.now(), rights, Place.DM, asker=person.id, language=language.code, id=heard.key,
            name=person.name, zone=person.zone,
        )  # fmt: skip


def _under(found: ForOwner, language: Language) -> dict[int, list[tuple[str, str]]]:
    """The line of each account → its buttons."""
    return {
        line: [(language.say(f"slack_account_{deed}"), asked) for deed, asked in deeds.items()]
        for line, deeds in enumerate(found.deeds, 1)
    }

"""Summaries that come by themselves: made, listed, changed, paused, resumed and deleted.

In a channel a summary is the channel's, and people whose role may draft make one; in a direct message it is its
owner's, at the owner's own time zone. Each runs with its owner's rights; only its owner and admins touch it.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from datetime import datetime
from typing import TYPE_CHECKING, Literal

from bot.engines.answers.sentences import sentences
from bot.engines.understanding.scheduled import Verb, Wish, read
from bot.errors import BadQuestion, NotAllowed
from bot.language import Language
from bot.language.scheduled import shown
from bot.types import Answer, Cadence, Entry, Intent, Note, Outcome, Place, Question, Schedule
from bot.types.schedules import next_due

if TYPE_CHECKING:  # SQLAlchemy loads with the first record
    from bot.records import Records

HIGHEST_ID = 2**31 - 1
ADMIN = "admin"


class Scheduled:
    """The schedules of one company. `drafts` tells whether a role may draft; `zone` is that of its figures, `data` the
    name of its data set."""

    def __init__(
        self, records: Callable[[], Records], drafts: Callable[[str], bool], zone: str, data: str = ""
    ) -> None:
        self._records = records
        self._drafts = drafts
        self._zone, self._data = zone, data

    def said(self, question: Question, language: Language, thread: str | None) -> Answer:
        """What "schedule …" does in the conversation `thread` ("team/channel/ts").

        Raises BadQuestion for what cannot be read or is not there, NotAllowed.
        """
        if thread is None:
            raise BadQuestion("schedule_only_slack")
        wish = read(question.text, language.code)
        _readable(wish, language)
        team, channel, _ = thread.split("/", 2)
        if wish.verb == "list":
            answer = self._list(team, channel, language)
        elif wish.verb == "make":
            answer = self._make(question, language, wish, (team, channel))
        else:
            kept = self._meant(question, language, wish, team)
            if wish.verb in ("change", "resume"):
                self._check(question, personal=kept.personal)
            if wish.verb == "change":
                answer = self._change(question, language, wish, kept)
            elif wish.verb == "resume":
                answer = self._resume(question, language, kept)
            else:
                answer = self._ended(language, kept, "deleted" if wish.verb == "delete" else "paused")
        return replace(answer, intent=Intent.HELP)

    def of(self, owner: str, language: Language) -> list[Entry]:
        """Each summary of a person, wherever it is told."""
        found = self._records().schedules.owned(owner)
        return [Entry(_line(one, language), {"end": _typed(language, "delete", str(one.id))}, one) for one in found]

    # ------------------------------------------------------------ the deeds

    def _list(self, team: str, channel: str, language: Language) -> Answer:
        found = self._records().schedules.of(team, channel)
        if not found:
            return sentences(language, [Note("schedule_listed_none", {"typed": example(language)})])
        lines = [_line(one, language) for one in found]
        return sentences(language, [Note("schedule_listed"), *lines, Note("schedule_ways", {"id": found[0].id})])

    def _make(self, question: Question, language: Language, wish: Wish, where: tuple[str, str]) -> Answer:
        personal = question.place is Place.DM
        self._check(question, personal=personal)
        own = question.zone or self._zone
        if asked := _lacking(wish, None, language):
            return asked
        assert wish.cadence is not None
        assert wish.at is not None
        zone = _zone(wish, own, personal=personal)
        new = Schedule(
            *where, question.asker, wish.cadence, wish.at, zone, language.code, wish.day, wish.readers, personal,
            data=self._data,
        )  # fmt: skip
        new = replace(new, due=next_due(new, question.now))
        kept = self._records().schedules.make(new, question.now)
        notes = [Note("schedule_made" if kept.owner == new.owner else "schedule_there", shown(kept, language))]
        if wish.zone is None and not personal:
            key = "schedule_zone_used" if question.zone else "schedule_zone_company"
            notes.append(Note(key, {"zone": zone, "id": kept.id}))
        elif personal and question.zone:
            notes.append(Note("schedule_zone_follows", {"zone": zone}))
        return sentences(language, notes)

    def _change(self, question: Question, language: Language, wish: Wish, kept: Schedule) -> Answer:
        if asked := _lacking(wish, kept, language):
            return asked
        new = replace(
            kept,
            cadence=wish.cadence or kept.cadence,
            day=kept.day if wish.day is None and wish.cadence in (None, kept.cadence) else wish.day,
            at=wish.at or kept.at,
            zone=_zone(wish, kept.zone, personal=kept.personal),
            readers=None if wish.everyone else wish.readers or kept.readers,
        )
        return self._kept(new, question.now, "schedule_changed", language)

    def _ended(self, language: Language, kept: Schedule, state: Literal["paused", "deleted"]) -> Answer:
        self._records().schedules.change(replace(kept, state=state))
        return sentences(language, [Note(f"schedule_{state}", shown(kept, language))])

    def _resume(self, question: Question, language: Language, kept: Schedule) -> Answer:
        """Whoever resumes a channel's summary answers for it from then on: it runs with their rights."""
        if kept.owner == question.asker:
            return self._kept(replace(kept, state="active"), question.now, "schedule_resumed", language)
        if kept.personal:
            raise NotAllowed("schedule_own_only", id=kept.id)
        mine = replace(kept, state="active", owner=question.asker)
        resumed = self._kept(mine, question.now, "schedule_resumed", language)
        return replace(resumed, text=f"{resumed.text}\n{language.say('schedule_taken_over')}")

    # ------------------------------------------------------------ what they share

    def _check(self, question: Question, *, personal: bool) -> None:
        """What comes to a whole channel is set by who may draft, and by admins; its owner may end it in any case."""
        if not personal and question.rights.role != ADMIN and not self._drafts(question.rights.role):
            raise NotAllowed("schedule_not_allowed")

    def _meant(self, question: Question, language: Language, wish: Wish, team: str) -> Schedule:
        """The schedule of that number, for those who may touch it."""
        if wish.id is None:
            raise BadQuestion("schedule_ask_id", typed=_typed(language, wish.verb, "3"))
        kept = self._records().schedules.get(team, wish.id) if wish.id <= HIGHEST_ID else None
        if kept is None:
            raise BadQuestion("schedule_unknown", id=wish.id, typed=language.say("schedule_word"))
        if kept.owner != question.asker and question.rights.role != ADMIN:
            raise NotAllowed("schedule_not_yours", id=kept.id)
        return kept

    def _kept(self, new: Schedule, now: datetime, key: str, language: Language) -> Answer:
        new = replace(new, due=next_due(new, now))
        self._records().schedules.change(new)
        return sentences(language, [Note(key, shown(new, language))])


def _line(schedule: Schedule, language: Language) -> Note:
    key = "schedule_line" if schedule.state == "active" else "schedule_line_paused"
    return Note(key, shown(schedule, language))


def example(language: Language, cadence: Cadence = Cadence.WEEKLY) -> str:
    """What may be typed to make a schedule."""
    return f"{language.say('schedule_word')} {language.say(f'schedule_example_{cadence}')}"


def _typed(language: Language, verb: Verb, rest: str) -> str:
    said = language.say("schedule_word"), language.say(f"schedule_verb_{verb}").split()[0], rest
    return " ".join(said)


def _readable(wish: Wish, language: Language) -> None:
    """Says which words were not understood, as a time, as a zone or at all."""
    if wish.no_zone:
        raise BadQuestion("schedule_no_zone", text=wish.no_zone)
    if wish.no_time:
        raise BadQuestion("schedule_no_time", text=wish.no_time)
    if wish.unread:
        typed = example(language, wish.cadence or Cadence.WEEKLY)
        raise BadQuestion("schedule_unread", words=list(wish.unread), typed=typed)


def _lacking(wish: Wish, kept: Schedule | None, language: Language) -> Answer | None:
    """Asks for the first thing that neither the words say nor the schedule has."""
    cadence = wish.cadence or (kept.cadence if kept else None)
    has_day = wish.day is not None or (kept is not None and cadence is kept.cadence)
    key = None
    if cadence is None:
        key = "schedule_ask_cadence"
    elif cadence is Cadence.WEEKLY and (not has_day or (wish.cadence is None and wish.day is not None)):
        key = "schedule_ask_weekday"
    elif cadence is Cadence.MONTHLY and not has_day:
        key = "schedule_ask_day"
    elif wish.at is None and (kept is None or wish == Wish("change", kept.id)):
        key = "schedule_ask_time"
    if key is None:
        return None
    said = example(language, cadence or Cadence.WEEKLY)
    if kept is not None:
        said = _typed(language, "change", f"{kept.id} {language.say(f'schedule_example_{cadence}')}")
    return Answer(Outcome.ASK_BACK, Intent.HELP, language.code, language.say(key, typed=said))


def _zone(wish: Wish, own: str, *, personal: bool) -> str:
    """The zone that is named; a summary of a person's own keeps to theirs."""
    if personal and wish.zone not in (None, own):
        raise BadQuestion("schedule_own_zone", zone=own)
    return wish.zone or own

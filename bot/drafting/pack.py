"""A whole campaign for a company: who gets which step by which channel on which day, and every message of it.

Each person is reached on one channel a step, the first of its channels that is open to them. All caps hold over all
steps, channels and campaigns, counted on the planned days; what finds no free day is dropped. Nothing is sent.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import date, timedelta
from functools import cache
from typing import Any, NamedTuple

import pandas as pd

from bot.analysis.recipients import Recipients
from bot.analysis.sample_size import HOLDOUT
from bot.drafting import Handbook, testplan
from bot.drafting.cadence import Contact, Limit, Turn, breaks, limits, turns, word_of
from bot.drafting.draft import DraftRequest, Prepared, fitted, prepare
from bot.drafting.messages import Message
from bot.drafting.programmes import Programme, Step
from bot.playbook.plays import Play

UNCOUNTED: dict[str, Any] = {
    "messages_1": 0, "messages_7": 0, "messages_30": 0, "channel_7": 0, "channel_30": 0, "channel_last_on": pd.NaT,
    "re_engagements_30": 0, "win_backs_60": 0,
}  # fmt: skip
"""Columns of the caps on the day of the data, which do not hold for a message that goes on another day."""
OTHER_STAGE, UNWRITTEN = "STG", "LOC-01"
COLUMNS = ("account_id", "user_id", "country", "language")


class Ahead(NamedTuple):
    """A message that another campaign has planned for a person."""

    person: str
    contact: Contact
    importance: str


@dataclass(frozen=True)
class Past:
    """What a person was sent, and what other campaigns will send."""

    sent: Mapping[str, Sequence[Contact]] = field(default_factory=dict)
    ahead: Sequence[Ahead] = ()


@dataclass(frozen=True)
class Written:
    """One message of the campaign on one channel in one language, as an ordinary checked draft."""

    step: str
    day: date
    """The last day on which somebody is to get it."""
    prepared: Prepared


@dataclass(frozen=True)
class Reached:
    """A step and how many people it reaches."""

    step: Step
    day: date
    """The day of whoever is held up by no cap."""
    channels: Mapping[str, int]
    moved: int
    """People who get it later, for a cap was in the way."""
    dropped: Mapping[str, int]
    """Rule → people for whom no free day was found."""
    held: Mapping[str, int]
    """Rule → people held back by it from every text and channel of the step; STG where none is for them."""
    lacking: Mapping[str, int]
    """Language without a text of the step → its readers."""

    @property
    def people(self) -> int:
        """How many get it."""
        return sum(self.channels.values())


@dataclass(frozen=True)
class Pack:
    """A campaign with its people, its messages and its test."""

    programme: Programme
    start: date
    chosen: int
    people: pd.DataFrame
    """A row a person and step: `COLUMNS`, step, message, channel, day."""
    steps: tuple[Reached, ...]
    texts: tuple[Written, ...]
    plan: testplan.Plan
    """One holdout for the whole campaign, over everybody whom any step reaches."""
    yields: int
    """Messages of less important campaigns that fall away beside these."""

    @property
    def reached(self) -> int:
        """People who get at least one message."""
        return int(self.people.user_id.nunique())

    @property
    def last_day(self) -> date:
        """The last planned day."""
        return max((one.day for one in self.texts), default=self.start)


def pack(
    request: DraftRequest,
    programme: Programme,
    start: date,
    past: Past,
    plays: Sequence[Play],
    handbook: Handbook,
    share: float = HOLDOUT,
) -> Pack:
    """The campaign for the people of the request, from a day on; `share` of them is held out.

    Raises BadQuestion (`nobody_chosen`) as drafts do.
    """
    people = _uncounted(request.people)
    request = replace(request, people=people, play=None, type=None, segment=None, channel=None, language=None)
    known, by_play = {one.id: one for one in handbook.messages}, {one.id: one for one in plays}
    choices, held, lacking = list[pd.DataFrame](), list[dict[str, int]](), list[dict[str, int]]()
    chosen = 0
    for step in programme.steps:
        found, reasons, unread = _chosen(request, step, known, by_play, handbook)
        chosen = max(chosen, len(reasons) + len(found))
        choices.append(found)
        held.append({str(rule): int(n) for rule, n in reasons.value_counts().sort_index().items()})
        lacking.append(unread)
    order = list(handbook.policy.caps["priority"]["order"])
    rank = order.index(programme.importance)
    firm = [one for one in past.ahead if order.index(one.importance) <= rank]
    planned, late = _scheduled(programme, choices, start, past.sent, firm, handbook)
    steps, due = [], start
    for place, step in enumerate(programme.steps):
        due += timedelta(days=step.wait)
        rows = planned[planned.step == step.id]
        moved, dropped = late[step.id]
        counts = {channel: int((rows.channel == channel).sum()) for channel in step.channels}
        steps.append(Reached(step, due, counts, moved, dropped, held[place], lacking[place]))
    plan = testplan.plan(int(planned.user_id.nunique()), programme.base_rate, share)
    texts = tuple(_texts(request, programme, planned, known, plays, handbook))
    loose = [one for one in past.ahead if order.index(one.importance) > rank]
    return Pack(programme, start, chosen, planned, tuple(steps), texts, plan, _yielding(planned, loose, handbook))


def _uncounted(people: Callable[[str, tuple[str, ...]], Recipients]) -> Callable[[str, tuple[str, ...]], Recipients]:
    """The people as on a day on which no cap of today holds any more: their caps are counted day by day instead."""

    @cache
    def read(channel: str, facts: tuple[str, ...]) -> Recipients:
        found = people(channel, facts)
        return replace(found, people=found.people.assign(**UNCOUNTED))

    return read


def _chosen(
    request: DraftRequest, step: Step, known: Mapping[str, Message], plays: Mapping[str, Play], handbook: Handbook
) -> tuple[pd.DataFrame, pd.Series, dict[str, int]]:
    """(each person whom the step may reach with message and channel, why the others not, readers without a text)."""
    found: list[pd.DataFrame] = []
    reasons, spoken = pd.Series(dtype="object"), pd.Series(dtype="object")
    taken = set[str]()
    for message in (known[id] for id in step.messages):
        why: pd.Series | None = None
        for channel in (one for one in step.channels if one in message.channels):
            pick = fitted(request, plays[message.play], message, channel, handbook.policy)
            people = pick.screened.people
            free = people[(pick.screened.reasons == "") & ~people.user_id.isin(taken)]
            taken |= set(free.user_id)
            found.append(free[[*COLUMNS]].assign(step=step.id, message=message.id, channel=channel))
            mine = pd.Series(pick.screened.reasons.to_numpy(), index=people.user_id, dtype="object")
            spoken = pd.Series(people.language.to_numpy(), index=people.user_id, dtype="object")
            why = mine if why is None else why.where(mine != OTHER_STAGE, OTHER_STAGE)
        if why is not None:
            reasons = why if reasons.empty else reasons.where(reasons != OTHER_STAGE, why)
    frame = pd.concat(found, ignore_index=True)
    reasons = reasons[~reasons.index.isin(taken)]
    unread = spoken.reindex(reasons[reasons == UNWRITTEN].index).value_counts()
    return frame, reasons, {str(code): int(n) for code, n in unread.items() if code != ""}


def _scheduled(
    programme: Programme,
    choices: Sequence[pd.DataFrame],
    start: date,
    sent: Mapping[str, Sequence[Contact]],
    ahead: Sequence[Ahead],
    handbook: Handbook,
) -> tuple[pd.DataFrame, dict[str, tuple[int, dict[str, int]]]]:
    """(the rows of a pack's people, step → (how many it reaches later, rule → how many it cannot reach))."""
    caps, patience = limits(handbook.policy), int(handbook.policy.caps["patience"]["days"])
    wants = {step.id: frame.set_index("user_id") for step, frame in zip(programme.steps, choices, strict=True)}
    told = {
        id: dict(zip(frame.index, zip(frame.message, frame.channel, strict=True), strict=True))
        for id, frame in wants.items()
    }
    theirs: dict[str, list[Contact]] = {}
    for person, contact, _ in ahead:
        theirs.setdefault(person, []).append(contact)
    persons = sorted({person for one in told.values() for person in one})
    days: dict[tuple[str, str], date] = {}
    dropped: dict[str, list[str]] = {step.id: [] for step in programme.steps}
    moved = dict.fromkeys(dropped, 0)
    for person in persons:
        wanted = tuple(told[step.id].get(person) for step in programme.steps)
        past = (*sent.get(person, ()), *theirs.get(person, ()))
        found = _turns(programme, wanted, start, past, caps, patience)
        due = start
        for step, turn in zip(programme.steps, found, strict=True):
            due += timedelta(days=step.wait)
            if turn is None:
                continue
            if turn.day is None:
                dropped[step.id].append(turn.rule)
                continue
            days[step.id, person] = turn.day
            moved[step.id] += turn.day > due
    rows = pd.concat(choices, ignore_index=True)
    rows["day"] = [days.get(key) for key in zip(rows.step, rows.user_id, strict=True)]
    rows = rows[rows.day.notna()].reset_index(drop=True)
    return rows, {
        id: (moved[id], {rule: rules.count(rule) for rule in sorted(set(rules))}) for id, rules in dropped.items()
    }


def _turns(
    programme: Programme,
    wanted: tuple[tuple[str, str] | None, ...],
    start: date,
    past: tuple[Contact, ...],
    caps: tuple[Limit, ...],
    patience: int,
) -> list[Turn | None]:
    steps = [
        (step.wait, None if one is None else Contact(start, word_of(one[1]), programme.sequence, one[0]))
        for step, one in zip(programme.steps, wanted, strict=True)
    ]
    return turns(steps, start, past, caps, patience)


def _yielding(planned: pd.DataFrame, loose: Sequence[Ahead], handbook: Handbook) -> int:
    """How many messages of less important campaigns would break a cap beside the planned ones."""
    caps = limits(handbook.policy)
    ours: dict[str, list[Contact]] = {}
    for person, day, channel in zip(planned.user_id, planned.day, planned.channel, strict=True):
        ours.setdefault(person, []).append(Contact(day, word_of(channel)))
    return sum(bool(breaks(one.contact, ours.get(one.person, ()), caps)) for one in loose)


def _texts(
    request: DraftRequest,
    programme: Programme,
    planned: pd.DataFrame,
    known: Mapping[str, Message],
    plays: Sequence[Play],
    handbook: Handbook,
) -> list[Written]:
    """Every message that somebody gets, in the order of the steps; readers of a language that lacks it get none."""
    found = []
    for step in programme.steps:
        rows = planned[planned.step == step.id]
        for message in (known[id] for id in step.messages):
            for channel in (one for one in step.channels if one in message.channels):
                mine = rows[(rows.message == message.id) & (rows.channel == channel)]
                for language in (one for one in message.languages(channel) if (mine.language == one).any()):
                    readers = mine[mine.language == language]
                    asked = replace(
                        request, people=_only(request.people, frozenset(readers.user_id)), type=message.id,
                        language=language, channel=channel,
                    )  # fmt: skip
                    made = prepare(asked, plays, (message,), handbook.policy)
                    found.append(Written(step.id, max(readers.day), made))
    return found


def _only(
    people: Callable[[str, tuple[str, ...]], Recipients], persons: frozenset[str]
) -> Callable[[str, tuple[str, ...]], Recipients]:
    def read(channel: str, facts: tuple[str, ...]) -> Recipients:
        found = people(channel, facts)
        return replace(found, people=found.people[found.people.user_id.isin(persons)].reset_index(drop=True))

    return read

"""What an action is worth: people who may be written to, times what a message does, times what they bring, less cost.

    gain  = effect x the sum of what their accounts bring
    worth = gain - accounts x cost of a message; its interval is that of the effect

An account counts once, also of those proposed together. An action is for all languages of a message; its draft is for
one at a time. Messages that state an offer are not weighed: none begins with one, and until a test shows that an offer
does more than the words alone, it is worth less than they are by what it costs.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date
from math import ceil

import pandas as pd

from bot.analysis.account_value import Members, Values
from bot.analysis.own_tests import Effect
from bot.analysis.recipients import Recipients
from bot.drafting.aim import Aim, Facts, Sent
from bot.drafting.audience import Screened, screen
from bot.drafting.draft import USUAL, facts_of
from bot.drafting.messages import Message
from bot.drafting.policy import Assumed, Kind, Policy
from bot.playbook.plays import Play
from bot.types import Definitions

MOST = 3
FEWEST = 5
"""Accounts that an action must reach: of fewer a person thinks one by one."""


@dataclass(frozen=True)
class Room:
    """What actions are made from, on one day."""

    plays: Sequence[Play]
    messages: Sequence[Message]
    policy: Policy
    definitions: Definitions
    as_of: date
    releases: pd.DataFrame
    effect: Callable[[str, Assumed], Effect]
    """(objective, what is assumed of it) → the effect to reckon with."""
    sent: Callable[[str], Sent] = lambda _: Sent()
    """Message → to whom it went out before."""
    for_children: bool = False


@dataclass(frozen=True)
class Action:
    """One message for one segment, and what it is worth for those of its people who are counted here."""

    segment: str
    message: Message
    outcome: str
    """What the effect is on: "retained" or "conversion"."""
    before: int
    """People of the segment before anybody is held back."""
    held: Mapping[str, int]
    """Rule → people it holds back."""
    undecided: int
    """People who left so long ago that a person must decide on them first."""
    languages: Mapping[str, str]
    """Account counted here → the language its contact reads."""
    elsewhere: int
    """People who may be written to and are counted in an action before this one."""
    effect: Effect
    brings: float
    """What all these accounts together bring where the effect takes hold."""
    a_message: float
    """What one message costs."""

    @property
    def accounts(self) -> int:
        return len(self.languages)

    @property
    def language(self) -> str:
        """The language that most of them read."""
        read = pd.Series(list(self.languages.values())).value_counts().sort_index()
        return str(read.sort_values(ascending=False, kind="stable").index[0])

    @property
    def a_customer(self) -> float:
        """What one of these accounts brings, on average."""
        return self.brings / self.accounts

    @property
    def cost(self) -> float:
        """Of all messages."""
        return self.accounts * self.a_message

    def worth(self, effect: float) -> float:
        """What is gained at an effect, less what it costs."""
        return effect * self.brings - self.cost

    @property
    def interval(self) -> tuple[float, float]:
        """Worth at both ends of the effect's interval."""
        return self.worth(self.effect.low), self.worth(self.effect.high)

    @property
    def break_even(self) -> int:
        """So many more of them must stay, return or buy until it has paid for itself."""
        return ceil(self.cost / self.a_customer)

    def without(self, accounts: Collection[str], brings: pd.Series | None) -> Action:
        """The same for the people who are left when these accounts are counted elsewhere."""
        left = {one: read for one, read in self.languages.items() if one not in accounts}
        counted = len(self.languages) - len(left)
        total = 0.0 if brings is None else float(brings.reindex(list(left)).sum())
        return replace(self, languages=left, elsewhere=self.elsewhere + counted, brings=total)


@dataclass(frozen=True)
class _Written:
    """A message, the segments it suits, and the most it could be worth in one of them."""

    message: Message
    kind: Kind
    assumed: Assumed
    effect: Effect
    segments: tuple[str, ...]
    most: float


def segments(room: Room) -> tuple[str, ...]:
    """The segments for which some message with a known effect is written."""
    return tuple(dict.fromkeys(name for _, suited in _effective(room) for name in suited))


def actions(
    room: Room,
    members: Members,
    values: Values,
    people: Callable[[Sequence[str]], Recipients],
    fewest: int = FEWEST,
) -> list[Action]:
    """The three actions worth most, the first most; fewer where fewer are worth their cost.

    `people` gives the contacts of accounts with what the rules must know; each of `fewest` and more is counted once.
    Messages are tried in the order of what they could be worth at most, and none that cannot be among the three.
    """
    written = sorted(_written(room, members, values), key=lambda one: -one.most)
    chosen = sorted({account for one in written for name in one.segments for account in members[name]})
    if not chosen:
        return []
    recipients, brings = people(chosen), {name: values.of(name, chosen) for name in ("retained", "conversion")}
    found: list[Action] = []
    best: list[Action] = []
    for one in written:
        if len(best) == MOST and best[-1].worth(best[-1].effect.value) >= one.most:
            break
        worth = brings[one.assumed.outcome]
        assert worth is not None  # else it would not be among those written
        found += _for_segments(room, one, recipients, members, worth)
        best = _three(found, brings, fewest)
    return best


def _effective(room: Room) -> Iterator[tuple[Message, tuple[str, ...]]]:
    """The messages of marketing by the usual channel whose objective has an effect, and in which segments each has."""
    plays = {play.id: play for play in room.plays}
    for message in room.messages:
        kind = room.policy.kinds[message.type]
        assumed = room.policy.effects.get(kind.objective)
        fit = USUAL in message.channels and not (message.offer or kind.service or kind.farewell)
        if assumed is not None and fit:
            yield message, tuple(name for name in plays[message.play].segments if name in assumed.segments)


def _written(room: Room, members: Members, values: Values) -> Iterator[_Written]:
    for message, suited in _effective(room):
        kind = room.policy.kinds[message.type]
        assumed = room.policy.effects[kind.objective]
        effect = room.effect(kind.objective, assumed)
        sums = {name: values.of(assumed.outcome, sorted(members[name])) for name in suited if members.get(name)}
        worth = [float(one.sum()) * effect.value for one in sums.values() if one is not None]
        if worth:
            yield _Written(message, kind, assumed, effect, tuple(sums), max(worth))


def _for_segments(
    room: Room, one: _Written, recipients: Recipients, members: Members, brings: pd.Series
) -> Iterator[Action]:
    """An action for each segment that the message suits; people are screened once for all of them."""
    message, policy = one.message, room.policy
    inside = recipients.people.account_id.isin(frozenset().union(*(members[name] for name in one.segments)))
    asked = replace(recipients, people=recipients.people[inside].reset_index(drop=True))
    _, needs = facts_of(message, USUAL, None)
    asked = asked.telling(needs)
    if asked.people.empty:
        return
    aim = Aim(
        one.kind, message.stage, room.as_of, room.definitions, policy, room.releases, needs=needs,
        sent=room.sent(message.id), for_children=room.for_children,
    )  # fmt: skip
    screened = screen(asked, aim, message.languages(USUAL))
    # Whom a person must decide on first, and who was in no test, is no sure thing of a Monday.
    late = Facts(screened.people, aim, asked, frozenset()).left_before(policy.days("former_hold"))
    for name in one.segments:
        mine = screened.people.account_id.isin(members[name])
        part = replace(screened, people=screened.people[mine], reasons=screened.reasons[mine])
        yield _action(room, one, name, part, late, brings)


def _action(room: Room, one: _Written, segment: str, part: Screened, late: pd.Series, brings: pd.Series) -> Action:
    free = part.people[part.reasons == ""]
    left = free[~late[free.index]]
    read = dict(zip(left.account_id, left.language, strict=True))
    personal = _cost(room, "personal") if one.kind.personal else 0.0
    return Action(
        segment=segment,
        message=one.message,
        outcome=one.assumed.outcome,
        before=len(part.people),
        held=part.counts,
        undecided=len(free) - len(left),
        languages=read,
        elsewhere=0,
        effect=one.effect,
        brings=float(brings.reindex(list(read)).sum()),
        a_message=_cost(room, USUAL) + personal,
    )


def _cost(room: Room, what: str) -> float:
    """What a message costs: as the company says, else as is assumed."""
    return dict(room.definitions.message_costs).get(what, room.policy.costs[what])


def _three(found: Sequence[Action], brings: Mapping[str, pd.Series | None], fewest: int) -> list[Action]:
    """The action worth most, then of those left over the next; of equals the first that was tried."""
    left, best = list(found), list[Action]()
    while len(best) < MOST:
        left = [one for one in left if one.accounts >= fewest and one.worth(one.effect.value) > 0]
        if not left:
            break
        chosen = max(left, key=lambda one: one.worth(one.effect.value))
        best.append(chosen)
        left = [one.without(chosen.languages, brings[one.outcome]) for one in left if one is not chosen]
    return best

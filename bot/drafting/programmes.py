"""The campaigns of `knowledge/campaigns/`: a sequence of messages with its trigger, waits, branches and exits.

    play         the play it carries out
    goal         the metric that tells whether it works; `window` days after the last message it is read
    base_rate    the assumed rate of the goal without the campaign, by which its test is planned
    segments     the people it may be for, the most fitting first
    trigger      what happened to a person, and how many days before the first step
    importance   its place in the order of caps.toml: of two messages on one day the more important wins
    sequence     the limit of caps.toml that all of its messages count in, if there is one
    guardrails   metrics that must not suffer
    [[steps]]    id; wait, days after the step before; messages, of which each person gets the first that suits;
                 channels, of which each person is reached on the first that is open; branches, where a click
                 (clicked) or silence (nothing) leads: a later step or "exit", without a word the next step

Whoever reaches the goal, replies, unsubscribes, opens a ticket, fails to pay or changes their state is taken out at
once, in every campaign.
"""

from __future__ import annotations

import tomllib
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field, fields
from datetime import date, timedelta
from pathlib import Path
from typing import Any

from bot.analysis.reach import CHANNELS
from bot.drafting.cadence import Contact, Limit, breaks, limits, word_of
from bot.drafting.messages import Message
from bot.drafting.policy import Policy
from bot.errors import BadWorkspace
from bot.metrics.segments import SEGMENTS

EXIT = "exit"
ACTS = ("clicked", "nothing")
"""What a reader may do that leads to another step of the campaign."""
EXITS = ("goal", "reply", "unsubscribe", "ticket", "payment", "state")
"""What takes a person out at once."""
EVENTS = ("left", "silent", "signed_up", "uses_little", "fades", "bought", "praised")
_FIRST = date(2000, 1, 1)


@dataclass(frozen=True, slots=True)
class Step:
    """One step of a campaign."""

    id: str
    wait: int
    messages: tuple[str, ...]
    channels: tuple[str, ...]
    branches: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Trigger:
    """What happened to a person, and how long ago, before the first step."""

    event: str
    days: int


@dataclass(frozen=True, slots=True)
class Programme:
    """One campaign, as written; see above."""

    id: str
    play: str
    goal: str
    window: int
    base_rate: float
    segments: tuple[str, ...]
    trigger: Trigger
    importance: str
    guardrails: tuple[str, ...]
    steps: tuple[Step, ...]
    sequence: str = ""

    def after(self, step: Step, act: str) -> str:
        """Where an act leads: the id of a step, or "exit"."""
        place = self.steps.index(step)
        following = self.steps[place + 1].id if place + 1 < len(self.steps) else EXIT
        return step.branches.get(act, following)

    def without(self, left_out: Sequence[str]) -> Programme:
        """The same without some steps; the waits of these are added to the next one's."""
        kept: list[Step] = []
        waited = 0
        for one in self.steps:
            waited += one.wait
            if one.id not in left_out:
                branches = {act: to for act, to in one.branches.items() if to not in left_out}
                kept.append(Step(one.id, waited if kept else 0, one.messages, one.channels, branches))
                waited = 0
        told = {name.name: getattr(self, name.name) for name in fields(self)}
        return Programme(**{**told, "steps": tuple(kept)})

    def paths(self) -> Iterator[tuple[Step, ...]]:
        """Every way through the steps; a wait is that of the step which it leads to."""
        known = {one.id: one for one in self.steps}
        ways: list[tuple[Step, ...]] = [(self.steps[0],)]
        while ways:
            way = ways.pop()
            following = {self.after(way[-1], act) for act in ACTS}
            if EXIT in following:
                yield way
            ways += [(*way, known[id]) for id in sorted(following - {EXIT})]


def load(folder: Path, policy: Policy, messages: Sequence[Message]) -> dict[str, Programme]:
    """All campaigns, by the names of their files. Raises BadWorkspace("campaigns_broken") naming every fault."""
    gaps: list[str] = []
    found = {}
    for path in sorted(folder.glob("*.toml")):
        try:
            row = tomllib.loads(path.read_text(encoding="utf-8"))
            made = _made(path.stem, row)
        except (OSError, UnicodeDecodeError, tomllib.TOMLDecodeError):
            gaps.append(f"{path.name}: unreadable")
        except (TypeError, KeyError, AttributeError, ValueError):
            gaps.append(f"{path.name}: a field is missing, unknown, or of another kind")
        else:
            gaps += [f"{path.name}: {gap}" for gap in faults(made, policy, messages)]
            found[made.id] = made
    if gaps:
        raise BadWorkspace("campaigns_broken", folder=str(folder), gaps=tuple(gaps))
    return found


def _made(id: str, row: Mapping[str, Any]) -> Programme:
    """Raises TypeError, KeyError, AttributeError or ValueError for a table of another form."""
    steps = tuple(Step(**{name: _tuple(value) for name, value in one.items()}) for one in row["steps"])
    told = {name: _tuple(value) for name, value in row.items()}
    if not steps:
        raise ValueError(id)
    return Programme(**{**told, "id": id, "trigger": Trigger(**row["trigger"]), "steps": steps})


def _tuple(value: Any) -> Any:
    return tuple(value) if isinstance(value, list) else value


def faults(one: Programme, policy: Policy, messages: Sequence[Message]) -> Iterator[str]:
    """All that is wrong with a campaign, in words."""
    known = {message.id: message for message in messages}
    yield from (f"no segment is called {name}" for name in one.segments if name not in SEGMENTS)
    if not any(message.play == one.play for message in messages):
        yield f"no message carries out the play {one.play}"
    if one.importance not in policy.caps["priority"]["order"]:
        yield f"the order of caps.toml has no {one.importance}"
    if one.sequence and one.sequence not in policy.caps["sequence"]:
        yield f"caps.toml has no sequence {one.sequence}"
    if one.trigger.event not in EVENTS:
        yield f"no trigger is called {one.trigger.event}"
    ids = [step.id for step in one.steps]
    yield from (f"two steps are called {id}" for id in sorted({id for id in ids if ids.count(id) > 1}))
    named = [id for step in one.steps for id in step.messages]
    yield from (f"{id} would reach a person twice" for id in sorted({id for id in named if named.count(id) > 1}))
    for place, step in enumerate(one.steps):
        yield from (f"{step.id}: {gap}" for gap in _step_faults(step, known))
        for act, to in step.branches.items():
            if act not in ACTS:
                yield f"{step.id}: no branch is called {act}"
            elif to != EXIT and to not in ids[place + 1 :]:
                yield f"{step.id}: {act} leads to {to}, which is no later step"
    if one.steps[0].wait:
        yield f"{one.steps[0].id}: the first step waits by its trigger alone"
    if any(known[id].offer for id in one.steps[0].messages if id in known):
        yield f"{one.steps[0].id}: an offer never comes first (FRQ-07, OFF-04)"
    if all(
        to == EXIT or to in ids[place + 1 :] for place, step in enumerate(one.steps) for to in step.branches.values()
    ):
        yield from dict.fromkeys(_crowded(one, limits(policy)))
        yield from dict.fromkeys(_oversold(one, policy, known))


def _step_faults(step: Step, known: Mapping[str, Message]) -> Iterator[str]:
    if not step.messages or not step.channels:
        yield "needs messages and channels"
    for id in step.messages:
        if id not in known:
            yield f"no message is called {id}"
        elif not set(step.channels) & set(known[id].channels):
            yield f"{id} is written for none of its channels"
    for channel in step.channels:
        if channel not in CHANNELS:
            yield f"{channel} reaches no person"
        elif not any(channel in known[id].channels for id in step.messages if id in known):
            yield f"none of its messages is written for {channel}"


def _oversold(one: Programme, policy: Policy, known: Mapping[str, Message]) -> Iterator[str]:
    """The steps that sell too much, beside the steps before them alone, on any way that a person takes."""
    for way in one.paths():
        touches: list[str] = []
        for step in way:
            types = sorted((known[id].type for id in step.messages if id in known), key=policy.sells)
            if types and policy.sells(types[-1]) and policy.oversells(touches):
                yield f"{step.id}: sells where too little before it does not (FRQ-15)"
            touches += types[-1:]


def _crowded(one: Programme, caps: Sequence[Limit]) -> Iterator[str]:
    """The waits that break a cap, whichever way a person takes and whichever channel is open."""
    words = {word_of(channel) for step in one.steps for channel in step.channels if channel in CHANNELS}
    for way in one.paths():
        for word in sorted(words):
            due, sent = _FIRST, list[Contact]()
            for step in way:
                due += timedelta(days=step.wait)
                offered = {word_of(channel) for channel in step.channels if channel in CHANNELS}
                contact = Contact(due, word if word in offered else min(offered, default=""), one.sequence)
                if rule := breaks(contact, sent, caps):
                    yield f"{step.id}: comes too soon, or is one too many ({rule})"
                sent.append(contact)

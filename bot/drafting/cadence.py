"""How often one person hears from us: all caps as limits over days, and the first day on which a message may go.

Days are whole, and a message may go at any hour of its day. So that no clock can break a cap, two days count as
within n days of each other where they are n days apart: at most one message in 24 hours is one in two days.
"""

from __future__ import annotations

import math
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Literal, NamedTuple

from bot.analysis.reach import CHANNELS
from bot.drafting.policy import Policy

SPANS = {"day": 1, "week": 7, "month": 30}
HOURS = 24


class Contact(NamedTuple):
    """One message to a person, sent or planned; `word` is the channel as sends call it, `kind` the sequence."""

    day: date
    word: str
    kind: str = ""
    message: str = ""


@dataclass(frozen=True, slots=True)
class Limit:
    """At most `most` messages that have the value in the field in common, within `days`; no field: all of them."""

    rule: str
    most: int
    days: int
    field: Literal["", "word", "kind"] = ""
    value: str = ""

    def about(self, one: Contact) -> bool:
        """Whether it counts such a message."""
        return not self.field or getattr(one, self.field) == self.value

    def broken(self, one: Contact, others: Iterable[Contact]) -> bool:
        """Whether the message, beside the others, would be one too many."""
        if not self.about(one):
            return False
        span = timedelta(days=self.days)
        days = [one.day, *(other.day for other in others if self.about(other) and abs(other.day - one.day) <= span)]
        windows = (first for first in days if first <= one.day)
        return any(sum(first <= day <= first + span for day in days) > self.most for first in windows)


def limits(policy: Policy) -> tuple[Limit, ...]:
    """FRQ-01, 02, 03 and 06, with the numbers of the policy."""
    return tuple(_limits(policy))


def _limits(policy: Policy) -> Iterator[Limit]:
    for name, days in SPANS.items():
        yield Limit("FRQ-01", int(policy.channels["frequency"][name]), days)
    for word, hours in policy.caps["gap_hours"].items():
        if word != "source":
            yield Limit("FRQ-02", 1, math.ceil(hours / HOURS), "word", word)
    for word, most in policy.caps["most"].items():
        if word != "source":
            for name, many in most.items():
                yield Limit("FRQ-03", int(many), SPANS[name], "word", word)
    for kind, most in policy.caps["sequence"].items():
        if kind != "source":
            yield Limit("FRQ-06", int(most["messages"]), int(most["days"]), "kind", kind)


def breaks(one: Contact, others: Sequence[Contact], caps: Iterable[Limit]) -> str:
    """The first rule that a message would break beside the others, empty for none."""
    if one.message and any(other.message == one.message for other in others):
        return "FRQ-05"
    return next((cap.rule for cap in caps if cap.broken(one, others)), "")


class Turn(NamedTuple):
    """When a step reaches a person: its day, or the rule for which it never does."""

    day: date | None
    rule: str = ""


def turns(
    steps: Sequence[tuple[int, Contact | None]],
    start: date,
    before: Sequence[Contact],
    caps: Sequence[Limit],
    patience: int,
) -> list[Turn | None]:
    """Of each step (days after the one before it, what would go out) when it goes; None where nothing suits.

    A step goes on its day, or where a cap is in the way on the first free one of the next `patience` days, else it is
    dropped. The days of the next step run from the day on which this one went, or was due.
    """
    taken, due, found = list(before), start, list[Turn | None]()
    for wait, contact in steps:
        due += timedelta(days=wait)
        if contact is None:
            found.append(None)
            continue
        tried = [contact._replace(day=due + timedelta(days=late)) for late in range(patience + 1)]
        rules = [breaks(one, taken, caps) for one in tried]
        free = next((one for one, rule in zip(tried, rules, strict=True) if not rule), None)
        found.append(Turn(None, rules[0]) if free is None else Turn(free.day))
        if free is not None:
            taken.append(free)
            due = free.day
    return found


def word_of(channel: str) -> str:
    """What sends and consents call a channel of a draft."""
    return CHANNELS[channel].word

"""What customers did in one period and not in another: "who paid in September but not in October"."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from bot.engines.understanding.heard import Heard
from bot.language import Period, Span
from bot.types import Condition

DEEDS: Mapping[str, str] = {"paying_in": "paying", "bought": "orders", "active_in": "active"}
"""How it is said → what is counted of a customer in a period."""
DENIAL = "not_in"
FAR = 3
"""Words that may stand between the deed and its period, and between the last period and a "no longer" behind it."""
COUNTS = frozenset({"active_users", "customer_count"})
"""Figures that such a clause describes itself: "active users in May but not in June"."""
NEVER = frozenset({"never", "none", "unused"})


@dataclass(frozen=True, slots=True)
class Apart:
    """The conditions of such a clause, where it begins and ends, and the places of its own words; what else stands
    between them is heard as ever: "who paid in Spain in May but not in June"."""

    conditions: tuple[Condition, Condition]
    start: int
    end: int
    words: frozenset[int]


def in_one_period(heard: Heard) -> Apart | None:
    """The clause, where a deed stands before two periods of which one is denied; either may come first."""
    periods = sorted((*heard.periods, *heard.denied), key=lambda one: one.start)
    if len(periods) != 2:
        return None
    first, second = periods
    said = [one for one in heard.language.conditions(heard.tokens) if one.start not in heard.of_message]
    deed = next((one for one in reversed(said) if one.id in DEEDS and 0 <= first.start - one.end <= FAR), None)
    after = [one for one in said if one.id == DENIAL and first.end <= one.start < second.end + FAR]
    if deed is None or not after or any(one.id in NEVER and one.start < first.start for one in said):
        return None
    other = next((one for one in said if one.id in DEEDS and after[0].end <= one.start < second.end + FAR), deed)
    if _of_a_figure(heard, deed):
        return None
    did = Condition(DEEDS[deed.id], _days(first), least=1)
    did_not = Condition(DEEDS[other.id], _days(second), most=0)
    spoken = [(one.start, one.end) for one in (deed, other, *after)]
    told = {
        at for start, end in [*spoken, (first.start, first.end), (second.start, second.end)] for at in range(start, end)
    }
    end = max(told) + 1
    behind = after[0].start >= second.end
    if behind and end < len(heard.tokens) and heard.tokens[end].start - heard.tokens[end - 1].end == 1:
        return None  # "… in October but not because of price"
    begin = first.end if behind else after[0].start
    if any(heard.tokens[at].folded not in heard.language.filler for at in set(range(begin, end)) - told):
        return None  # "but have not opened a ticket in October"
    return Apart((did, did_not), deed.start, end, frozenset(told))


def _of_a_figure(heard: Heard, deed: Span) -> bool:
    """Whether the period is that of a figure, "churn of customers in May", or of its name, "new customers in May"."""
    named = [one for one in heard.metrics if one.metric not in COUNTS]
    return bool(named) and deed.id == "paying_in" and deed.length <= 1 and _people(heard, deed)


def _people(heard: Heard, deed: Span) -> bool:
    return heard.tokens[deed.start].folded.startswith(heard.language.people)


def _days(period: Period) -> str:
    return f"{period.window.start}/{period.window.end}"

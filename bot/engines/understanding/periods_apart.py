"""What customers did in one period and not in another: "who paid in September but not in October"."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from bot.engines.understanding.heard import Heard
from bot.language import Period
from bot.types import Condition

DEEDS: Mapping[str, str] = {"paying_in": "paying", "bought": "orders", "active_in": "active"}
"""How it is said → what is counted of a customer in a period."""
DENIAL = "not_in"
FAR = 3
"""Words that may stand between the deed and its period, and between the last period and a "no longer" behind it."""
NEVER = frozenset({"never", "none", "unused"})


@dataclass(frozen=True, slots=True)
class Apart:
    """The conditions of such a clause, and the places `[start, end)` of its words."""

    conditions: tuple[Condition, Condition]
    start: int
    end: int


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
    what, end = DEEDS[deed.id], max(second.end, *(one.end for one in after))
    did, did_not = Condition(what, _days(first), least=1), Condition(what, _days(second), most=0)
    return Apart((did, did_not), deed.start, end)


def _days(period: Period) -> str:
    return f"{period.window.start}/{period.window.end}"

"""The words of a group: each of its conditions, in the order of a sentence."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date
from typing import TYPE_CHECKING

from bot.types import Condition, Grain, Group, Window, limit_of

if TYPE_CHECKING:  # the phrases say a group with this, and this says it with their sentences
    from bot.language.phrasing import Phrasing


PERIODS = ("paying", "orders", "active")
"""What can be said of one period, and not of another."""
LIMITS = {">": "over", ">=": "from", "<": "under", "<=": "up_to"}
"""The sign of a limit → the end of the key of its sentence."""


def described(language: Phrasing, group: Group) -> str:
    """ "customers: annual, Spain, used Reports before, did not use Reports in the last 30 days"."""
    if group.name:
        return group.name
    told = list(_told(language, group))
    return language.say("group_of", rules=told) if told else language.say("group_of_all")


def _told(language: Phrasing, group: Group) -> Iterator[str]:
    yield from (language.value_name("segment", one) for one in group.segments)
    if group.filters:
        yield language.say("group_filters", filters=group.filters)
    yield from (_condition(language, one) for one in group.conditions)
    if group.exclude:
        yield language.say("group_excluded", filters=group.exclude)


def _condition(language: Phrasing, one: Condition) -> str:
    if one.what == "mrr":
        sign, limit = limit_of(one)
        return language.say(f"group_mrr_{LIMITS[sign]}", n=limit)
    if one.what in PERIODS and one.of:
        return language.say(f"group_{one.what}_{'in' if one.least else 'not_in'}", window=_days(one))
    if one.what == "active":
        return language.say("group_away", days=one.days or 0)
    if one.what == "signup" and one.days is not None:
        return language.say("group_signup_recent" if one.least else "group_signup_long_ago", days=one.days)
    if one.what == "signup":
        start, _, end = one.of.partition("/")
        if not start:
            return language.say("group_signup_before", day=date.fromisoformat(end))
        return language.say("group_signup", window=_days(one))
    amount = "least" if one.least else "most" if one.most else "none"
    feature = language.value_name("feature", one.of)
    key = "group_feature_times" if one.what == "feature" and (one.least or 0) > 1 else f"group_{one.what}_{amount}"
    said = language.say(key, feature=feature, n=one.least or one.most or 0)
    if one.what == "members":
        return said
    if one.days is not None:
        return language.say("group_days", rule=said, days=one.days)
    return language.say("group_ever" if amount == "least" else "group_never", rule=said)


def _days(one: Condition) -> Window:
    """The days "START/END" of a condition, which may be a month of the calendar."""
    start, _, end = one.of.partition("/")
    return Window(date.fromisoformat(start), date.fromisoformat(end), Grain.RANGE, "UTC", name="range")

"""The words of a group: each of its conditions, in the order of a sentence."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING

from bot.types import Condition, Group

if TYPE_CHECKING:  # the phrases say a group with this, and this says it with their sentences
    from bot.language.phrasing import Phrasing


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
    amount = "least" if one.least else "most" if one.most else "none"
    feature = language.value_name("feature", one.of)
    said = language.say(f"group_{one.what}_{amount}", feature=feature, n=one.least or one.most or 0)
    if one.days is not None:
        return language.say("group_days", rule=said, days=one.days)
    return language.say("group_ever" if amount == "least" else "group_never", rule=said)

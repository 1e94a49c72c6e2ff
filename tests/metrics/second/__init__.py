"""The second answers, a module a family: `CASES` pairs each metric and variant with SQL written by hand.

A new family is a new module here with a list `CASES`; `test_second_answer` finds it by itself.
"""

from __future__ import annotations

import pkgutil
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import date
from functools import cache
from importlib import import_module

from bot.types import Filters, Grain, Window
from tests.metrics.by_hand import Answers, Hand

MONTH = Window(date(2026, 10, 1), date(2026, 11, 1), Grain.MONTH)
QUARTER = Window(date(2026, 7, 1), date(2026, 10, 1), Grain.QUARTER)
YEAR = Window(date(2025, 11, 1), date(2026, 11, 1), Grain.YEAR)
WEEK = Window(date(2026, 11, 2), date(2026, 11, 9), Grain.WEEK)
TO_DATE = Window(date(2026, 11, 1), date(2026, 11, 10), Grain.MONTH, complete=False)
WINDOWS = (MONTH, QUARTER, YEAR, WEEK, TO_DATE)
BEFORE = {
    MONTH: date(2026, 9, 1),
    QUARTER: date(2026, 4, 1),
    YEAR: date(2024, 11, 1),
    TO_DATE: date(2026, 10, 1),
}
"""Window → the first day of the one before, where that is calendar months; of a month that still runs the whole one."""

Second = Callable[[Hand, Window, tuple[str, ...], str], Answers]
"""(hand, window, by, where) → segment → figures."""
Where = tuple[Filters, Filters, str]
"""The filters and exclusions of a question, and the same as SQL over the rows of the second answer."""
CHOSEN: Where = ((("plan", ("Pro",)),), (("country", ("DE",)),), "(plan = 'Pro' AND country <> 'DE')")
COUNTRIES: Where = ((("country", ("FR", "US")),), (), "country IN ('FR', 'US')")


@dataclass(frozen=True)
class Case:
    """One metric under one variant, and what it is compared with.

    figures   the columns that are compared, where they are not part and whole, or value and n (and mrr)
    by, where the breakdown and the filter in which the longer test compares it too
    empty     windows of those in which there is nothing to be seen
    """

    metric: str
    variant: Mapping[str, str]
    second: Second
    figures: tuple[str, ...] = ()
    by: tuple[str, ...] = ("plan",)
    where: Where = CHOSEN
    windows: tuple[Window, ...] = WINDOWS
    empty: tuple[Window, ...] = field(default=())

    @property
    def name(self) -> str:
        return " ".join([self.metric, *(f"{name}={value}" for name, value in self.variant.items())])


@cache
def every() -> tuple[Case, ...]:
    """The cases of all modules of this folder."""
    found: list[Case] = []
    for module in pkgutil.iter_modules(__path__):
        found.extend(import_module(f"{__name__}.{module.name}").CASES)
    return tuple(found)

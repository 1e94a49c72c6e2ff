"""What makes a function a segment: the decorator, and what is asked of a segment."""

from __future__ import annotations

import inspect
from collections.abc import Callable, Hashable
from dataclasses import dataclass, field, replace
from datetime import date, timedelta
from functools import wraps
from typing import TypeAlias

import ibis.expr.types as ir

from bot.errors import BadData, BadQuestion
from bot.metrics.dimensions import ACCOUNT_COLUMNS, BANDS, PLAN_COLUMNS, with_dimensions
from bot.metrics.engagement import with_plan_id
from bot.metrics.tables import SEGMENT, Tables, everybody
from bot.types import Grain, Window

Rule: TypeAlias = Callable[[Tables, date], ir.Table]
"""(t, day) → one row per account: account_id and the columns that say why; instants are naive UTC."""

OF_ACCOUNTS = frozenset({*ACCOUNT_COLUMNS, *PLAN_COLUMNS, *BANDS, SEGMENT, "tenure"})
"""What every group of accounts can be narrowed by."""
LOSS = "reason_code"
"""The column of those who left that says why: they can be narrowed by it too."""
SETTING = "definitions."
"""Leads the needs that are settings of the company, not tables."""


@dataclass(frozen=True)
class Segment:
    """A named rule: who is in it at the start of a day."""

    name: str
    rule: str
    """Who is in it, in one sentence."""
    needs: tuple[str, ...]
    """ "table", "table.column" or "definitions.setting", of "a|b" one: without these there is no segment."""
    better_with: tuple[str, ...]
    """What the rule does without, seeing less: the answer says so."""
    members: Rule = field(compare=False)

    def __call__(self, t: Tables, day: date) -> ir.Table:
        """Who is in it at the start of `day` and passes the question's filters; test accounts are out.

        Membership is told over all accounts that may be seen, then filtered: who is at the top does not change
        because somebody asks about one country.
        """
        found = self.everyone(t, day)
        if LOSS in found.columns and "reason" not in found.columns:
            found = found.mutate(reason=found[LOSS])
        names, window = t.dimensions(()), Window(day - timedelta(days=1), day, Grain.DAY, t.definitions.zone)
        added = tuple(name for name in names if name not in found.columns)
        if strange := [name for name in added if name not in OF_ACCOUNTS]:
            raise BadQuestion("segment_not_narrowed", segment=self.name, dimension=strange[0])
        frame = found
        if set(PLAN_COLUMNS) & set(added) and "plan_id" not in frame.columns:
            frame = with_plan_id(t, frame, window)
        window = replace(window, start=day, end=day + timedelta(days=1))
        return t.narrow(with_dimensions(t, frame, added, window)).select(*found.columns)

    def everyone(self, t: Tables, day: date) -> ir.Table:
        """Who is in it at the start of `day`, whatever the question filters by; test accounts may be among them."""
        if gaps := self.missing(t):
            raise BadData("segment_unavailable", segment=self.name, missing=gaps)
        return self.members(everybody(t), day)

    def missing(self, t: Tables) -> list[str]:
        """What the rule needs and the company does not have."""
        return _gaps(t, self.needs)

    def unseen(self, t: Tables) -> list[str]:
        """What the rule would also look at, were it there."""
        return _gaps(t, self.better_with)


def once(rule: Callable[..., ir.Table]) -> Callable[..., ir.Table]:
    """The same frame for the same question: segments are made of each other, and of the same few frames."""

    @wraps(rule)
    def made(t: Tables, day: date, *rest: Hashable) -> ir.Table:
        key = (rule.__module__, rule.__name__, day, rest, t.filters, t.exclude)
        if key not in t.frames:
            t.frames[key] = rule(t, day, *rest)
        return t.frames[key]

    return made


def _gaps(t: Tables, needs: tuple[str, ...]) -> list[str]:
    return [need for need in needs if not _has(t, need)]


def _has(t: Tables, need: str) -> bool:
    if "|" in need:
        return any(_has(t, one) for one in need.split("|"))
    if need.startswith(SETTING):
        return bool(getattr(t.definitions, need.removeprefix(SETTING)))
    table, _, column = need.partition(".")
    return t.has(table, column or None)


def segment(*needs: str, better_with: tuple[str, ...] = ()) -> Callable[[Rule], Segment]:
    """Turn a rule into a segment of its name; the first paragraph of its docstring is the rule in words."""

    def declared(rule: Rule) -> Segment:
        head = (inspect.getdoc(rule) or "").split("\n\n")[0]
        return Segment(rule.__name__, " ".join(head.split()), needs, better_with, once(rule))

    return declared

"""What a metric function gets: the canonical tables as one question sees them, and whose each row is."""

from __future__ import annotations

from collections.abc import Callable, Hashable, Mapping
from dataclasses import dataclass, field, replace
from datetime import date
from typing import Any, Literal

import ibis
import ibis.expr.types as ir

from bot.errors import BadData
from bot.types import Definitions, Filters, Group

UNKNOWN = "unknown"
"""Stands in a breakdown for rows whose value is empty, so that segments add up."""


def _one_currency(_table: str) -> Mapping[str, float | None]:
    """Where nothing is known of rates: every amount is in the company's own currency."""
    return {}


def _nothing_learned(_horizon: int, _day: date) -> None:
    """Where no model of risk is learned."""


def _perhaps_empty(_table: str, _column: str) -> bool:
    """Where nothing is known of the data: every column may have gaps."""
    return False


SEGMENT = "segment"
"""The one dimension of which an account may have several values at once."""

OWNERS = ("customer_id", "member_id", "referrer_id")
"""Columns that name an account by what it is in their table: a buyer, a member, one who invites."""


@dataclass(frozen=True)
class Tables:
    """The canonical tables as one question sees them; row filters of rights are already applied."""

    tables: Mapping[str, ir.Table]
    definitions: Definitions
    as_of: date
    mapped: Callable[[str, str | None], bool]
    filters: Filters = ()
    exclude: Filters = ()
    rates: Callable[[str], Mapping[str, float | None]] = _one_currency
    """Table → each foreign currency in it, with its constant rate, or None where there is none; see `currency`."""
    filled: Callable[[str, str], bool] = _perhaps_empty
    """(table, column) → whether every row of the data has a value there, so that none has to be looked up."""
    carried: tuple[str, ...] = ()
    """Dimensions that every account frame carries, so that several breakdowns share one."""
    frames: dict[Hashable, ir.Table] = field(default_factory=dict, compare=False)
    """Account frames already built: Ibis computes a frame once for all that use the same object."""
    groups: tuple[Group, ...] = ()
    """The company's own segments, made from sentences."""
    among: tuple[str, ...] = ()
    """The segment that a breakdown by segment sets against all others; empty: by every segment there is."""
    learned: Callable[[int, date], Any] = _nothing_learned
    """(horizon in days, day of the score) → what was learned of those lost before; see `risk_model.Learner`."""

    def __getitem__(self, name: str) -> ir.Table:
        try:
            return self.tables[name]
        except KeyError:
            raise BadData("missing_table", table=name) from None

    def has(self, table: str, column: str | None = None) -> bool:
        return self.mapped(table, column)

    def dimensions(self, by: tuple[str, ...]) -> tuple[str, ...]:
        """All dimensions this measurement touches: broken down by, filtered, or excluded."""
        filtered = (name for name, _ in (*self.filters, *self.exclude) if name != SEGMENT)
        return tuple(dict.fromkeys((*by, *filtered)))

    def apart(self, *names: str) -> tuple[Tables, Tables]:
        """(without, with only) the filters by these dimensions: those that a result has and an account has not."""

        def kept(among: Filters, *, inside: bool) -> Filters:
            return tuple(one for one in among if (one[0] in names) is inside)

        without, only = (
            replace(self, filters=kept(self.filters, inside=inside), exclude=kept(self.exclude, inside=inside))
            for inside in (False, True)
        )
        return without, only

    def passes(self, frame: ir.Table) -> ir.BooleanValue:
        """Whether a row passes the question's filters; the frame carries the dimensions as columns.

        An account may be in several segments: those are filtered where the dimensions are joined, not by a column.
        """
        passing: ir.BooleanValue = ibis.literal(True)
        for name, values in self.filters:
            if name != SEGMENT:
                passing = passing & frame[name].cast("string").isin(values)
        for name, values in self.exclude:
            if name != SEGMENT:
                passing = passing & ~frame[name].cast("string").isin(values)
        return passing

    def narrow(self, frame: ir.Table) -> ir.Table:
        """Apply the question's filters to a frame that carries the dimensions as columns."""
        return frame.filter(self.passes(frame)) if self.filters or self.exclude else frame


def everybody(t: Tables) -> Tables:
    """The same tables without the question's filters."""
    return replace(t, filters=(), exclude=(), carried=())


def counted_only(shares: ir.Table) -> ir.Table:
    """Segments with somebody in them; one with a part and no whole stays, else the segments would not add up."""
    return told_as_rows(shares).filter(lambda s: (s.whole > 0) | (s.part > 0))


def told_as_rows(sums: ir.Table) -> ir.Table:
    """The same aggregate as a table: to filter an ungrouped one, Ibis would have each of its sums worked out anew."""
    return sums.select(sums.columns)


def worked_out_once(joined: ir.Table) -> ir.Table:
    """The same rows as a part of its own: what joins a join, Ibis would have join all of its tables anew."""
    first = joined.columns[0]
    return joined.mutate(**{first: joined[first]})


SELDOM_READ: Mapping[str, tuple[str, ...]] = {"events": ("event_id", "properties")}
"""Table → columns that `owned` has only where they are named: what parts of a query share is read in full."""


def owned(t: Tables, name: str, *named: str) -> ir.Table:
    """The rows of a table with `account_id` as the account they belong to today.

    A row that names only a user belongs to the user's account. A row of a merged account belongs to the
    account it was merged into: that is no loss and no gain (G18).
    """
    key = ("owned", name, named)
    if key not in t.frames:
        t.frames[key] = of_the_merged(t, _of_the_user(t, name, named))
    return t.frames[key]


def _of_the_user(t: Tables, name: str, named: tuple[str, ...]) -> ir.Table:
    rows = t[name]
    rows = rows.select(without(rows.columns, *without(SELDOM_READ[name], *named))) if name in SELDOM_READ else rows
    for owner in OWNERS:
        if t.has(name, owner):
            return rows.mutate(account_id=rows[owner])
    if not t.has(name, "user_id") or not t.has("users", "account_id") or t.filled(name, "account_id"):
        return rows
    users = t["users"].select(person="user_id", home="account_id")
    joined = rows.left_join(users, rows.user_id == users.person)
    return joined.mutate(account_id=ibis.coalesce(joined.account_id, joined.home)).drop("person", "home")


def of_the_merged(t: Tables, rows: ir.Table) -> ir.Table:
    """The rows with `account_id` as the account that carries on for a merged one."""
    if not t.has("accounts", "merged_into"):
        return rows
    moved = t["accounts"].filter(lambda a: a.merged_into.notnull()).select(old_id="account_id", new_id="merged_into")
    joined = rows.left_join(moved, rows.account_id == moved.old_id)
    return joined.mutate(account_id=ibis.coalesce(joined.new_id, joined.account_id)).drop("old_id", "new_id")


def per(frame: ir.Table, by: tuple[str, ...]) -> Any:
    """The frame grouped by the dimensions, or whole when there are none; either has `agg`."""
    return frame.group_by(list(by)) if by else frame


def beside(left: ir.Table, right: ir.Table, by: tuple[str, ...], how: Literal["left", "inner"] = "left") -> ir.Table:
    """Two aggregates of the same segments side by side; what only the left has stays, unless `how` is "inner"."""
    return left.join(right, list(by), how=how) if by else left.cross_join(right)


def without(by: tuple[str, ...], *names: str) -> tuple[str, ...]:
    """The dimensions other than these."""
    return tuple(name for name in by if name not in names)

"""Customers month by month and by how long they have been customers: what a projection is made of."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import Any, cast

import ibis
import ibis.expr.types as ir

from bot.metrics.customers import ACCOUNT_DIMENSIONS
from bot.metrics.dimensions import with_dimensions
from bot.metrics.expressions import FOREVER, flag, largest, local_day, money, spine
from bot.metrics.survival import months_to, with_origin
from bot.metrics.tables import Tables
from bot.metrics.terms import Policy, terms
from bot.types import Window

DIMENSIONS = tuple(name for name in ACCOUNT_DIMENSIONS if name != "tenure")
"""What a panel can be filtered by: tenure is what it is counted in."""


def panel(t: Tables, firsts: Sequence[datetime]) -> ir.Table:
    """One row per month (`first`, one of the instants, in order) and age; filters by `DIMENSIONS` are applied.

    Columns: first, age (whole months since first paying), customers (paying at the instant), mrr (theirs), stayed
    (paying at the next instant too), kept (what these pay then), churned (no customers any more at the next instant;
    who pauses is neither), came (paying at the next instant, not at this one), came_mrr. The row of the last instant
    tells customers and mrr alone. Of a filter by plan are those of the plan at the instant: who changes it goes on
    elsewhere unseen. Paying, pausing and leaving are those of churn_rate and mrr.
    """
    rows = terms(t, Policy.of(t.definitions))
    life = ibis.window(group_by="account_id")
    rows = rows.mutate(since=rows.opens.min(where=rows.pays == 1).over(life), begins=rows.opens.min().over())
    rows = rows.filter(rows.since.notnull())
    # Months follow each other by their order: a month of a zone is not a month of UTC.
    edges = spine(firsts, "first", rows)
    edges = edges.mutate(following=edges["first"].lead().over(ibis.window(order_by="first")).fill_null(FOREVER))
    held = edges.inner_join(rows, (rows.opens <= edges.following) & (rows.closes > edges["first"]))
    pays, kept = held.pays == 1, (held.pays + held.rests) > 0
    starts = (held.opens <= held["first"]) & (held.closes > held["first"])
    ends = (held.opens <= held.following) & (held.closes > held.following)
    each = held.group_by("first", "account_id").agg(
        since=held.since.min(),
        begins=held.begins.min(),
        start=flag(pays & starts).max(),
        end=flag(pays & ends).max(),
        kept=flag(kept & ends).max(),
        start_micros=held.micros.sum(where=pays & starts).fill_null(0),
        end_micros=held.micros.sum(where=pays & ends).fill_null(0),
        plan_id=ibis.coalesce(
            largest(held.plan_id, held.micros, where=pays & starts),
            largest(held.plan_id, held.micros, where=pays & ends),
        ),
    )
    each = each.filter((each.start + each.end) > 0)
    zone = t.definitions.zone
    each = with_origin(t, each.mutate(seen=local_day(each.since, zone)))
    # Who comes in the month is of age 0 in it.
    each = each.mutate(age=ibis.greatest(months_to(each.origin, local_day(each["first"], zone)), 0))
    each = t.narrow(with_dimensions(t, each, t.dimensions(()), _nothing(t)))
    started, ended = each.start == 1, each.end == 1
    return cast(
        ir.Table,
        each.group_by("first", "age").agg(
            customers=_count(started),
            mrr=money(each.start_micros.sum()),
            stayed=_count(started & ended),
            kept=money(each.end_micros.sum(where=started & ended).fill_null(0)),
            churned=_count(started & (each.kept == 0)),
            came=_count(~started & ended),
            came_mrr=money(each.end_micros.sum(where=~started & ended).fill_null(0)),
        ),
    )


def _count(condition: ir.Value) -> Any:
    return cast(Any, flag(condition)).sum()


def _nothing(t: Tables) -> Window:
    """The window that dimensions of an instant would be told at; none of `DIMENSIONS` is one."""
    return Window(t.as_of, t.as_of, zone=t.definitions.zone)

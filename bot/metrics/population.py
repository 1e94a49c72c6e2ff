"""Who counts: the one definition of a paying customer, shared by every customer and revenue metric.

`standing` folds the effective stretches of `terms` into one row per account with its state at both ends of a window.
"""

from __future__ import annotations

from collections.abc import Callable

import ibis
import ibis.expr.types as ir

from bot.metrics.dimensions import PLAN_COLUMNS, with_dimensions
from bot.metrics.expressions import flag, largest, latest
from bot.metrics.tables import UNKNOWN, Tables
from bot.metrics.terms import Policy, holds, terms
from bot.types import Window

AT_THE_ENDS = {"start", "end", "kept_start", "kept_end", "start_micros", "end_micros"}
"""Columns of `standing` that only the stretches in force within the window decide."""


def standing(t: Tables, window: Window, by: tuple[str, ...], policy: Policy, *wanted: str) -> ir.Table:
    """One row per account, with its state at both ends of the window: account_id, the `wanted` columns,
    and one column per dimension in `by` or in the filters. Test accounts are out; filters are applied. Who is a
    customer at neither end may be missing where the state at the ends is all that is wanted.

    The state at an instant is that of the stretch which holds it. A wanted column is one of: start, end
    (1 when paying), start_micros, end_micros, kept_start, kept_end (1 when paying, or paused within its
    limit), since (first paid instant), left_before (when it last stopped paying up to the window's start),
    lost_on (when it was last a customer), loss (why it is none at the end), reason_code, reason_text, plan_id.
    """
    dimensions = tuple(sorted({*t.dimensions(by), *t.carried}))
    key = (window.start, window.end, dimensions, policy, wanted, t.filters, t.exclude)
    if key not in t.frames:
        t.frames[key] = _standing(t, window, dimensions, policy, wanted)
    return t.frames[key]


def _standing(
    t: Tables, window: Window, dimensions: tuple[str, ...], policy: Policy, wanted: tuple[str, ...]
) -> ir.Table:
    rows = terms(t, policy)
    rows = rows.filter(rows.opens <= window.last)
    first, last = holds(rows, window.first), holds(rows, window.last)
    pays, kept = rows.pays == 1, (rows.pays + rows.rests) > 0
    # A stretch "ended" begins where the customer left, and is heard only where it says why.
    ended = rows.status == "ended"
    left_on = ended.ifelse(rows.opens + ibis.interval(microseconds=1), rows.closes)

    def said_last(column: str) -> ir.Value:
        words = latest(rows[column].fill_null(""), left_on, where=kept | (ended & rows[column].notnull()))
        return words.nullif("")

    known: dict[str, Callable[[], ir.Value]] = {
        "since": lambda: rows.opens.min(where=pays),
        "start": lambda: flag(pays & first).max(),
        "end": lambda: flag(pays & last).max(),
        "kept_start": lambda: flag(kept & first).max(),
        "kept_end": lambda: flag(kept & last).max(),
        "start_micros": lambda: rows.micros.sum(where=pays & first).fill_null(0),
        "end_micros": lambda: rows.micros.sum(where=pays & last).fill_null(0),
        "left_before": lambda: rows.closes.max(where=pays & (rows.closes <= window.first)),
        "lost_on": lambda: rows.closes.max(where=kept & (rows.closes <= window.last)),
        "free_end": lambda: flag((rows.is_free == 1) & last).max(),
        "last_status": lambda: latest(rows.status, rows.closes, where=kept),
        "lapsed": lambda: latest(rows.lapsed, rows.closes, where=kept),
        "end_type": lambda: said_last("end_type"),
        "reason_code": lambda: said_last("reason_code"),
        "reason_text": lambda: said_last("reason_text"),
        "plan_id": lambda: ibis.coalesce(
            largest(rows.plan_id, rows.micros, where=pays & first),
            largest(rows.plan_id, rows.micros, where=pays & last),
            latest(rows.plan_id, rows.opens, where=pays),
        ),
    }
    needed = dict.fromkeys(wanted)
    if "loss" in needed:
        needed |= dict.fromkeys(("free_end", "lapsed", "end_type", "last_status"))
    if "tenure" in dimensions:
        needed["since"] = None
    if set(PLAN_COLUMNS) & set(dimensions):
        needed["plan_id"] = None
    if set(needed) <= AT_THE_ENDS:
        # Nothing is asked of what was over before, nor of who paid nothing: most of a long history need not be folded.
        rows = rows.filter((rows.closes > window.first) & ((rows.pays == 1) | (rows.rests == 1)))
    frame = rows.group_by("account_id").agg(**{name: known[name]() for name in needed if name != "loss"})
    if "loss" in needed:
        frame = frame.mutate(
            loss=ibis.cases(
                (frame.free_end == 1, "to_free"),
                (frame.lapsed != "", frame.lapsed),
                (frame.end_type.notnull(), frame.end_type),
                (frame.last_status == "past_due", "involuntary"),
                else_=UNKNOWN,
            )
        )
    return t.narrow(with_dimensions(t, frame, dimensions, window))

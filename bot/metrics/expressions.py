"""The seven rules that make one Ibis expression give one answer on every engine.

1  `ratio`   integer / integer is integer division on PostgreSQL: always cast, and null for zero.
2  `flag`    PostgreSQL will not cast boolean to integer: use 1/0.
3  pivots are done in pandas, on fetched aggregates, never in the engine.
4  `spine`   no memtable, no `con.sql`: both create objects, which a read-only role may not.
5  no median in the catalogue: several engines lack it.
6  `micros`  float sums differ in the last digit between engines: add money as integers.
7  `local`   a cast to a zoned timestamp loses the zone silently: convert by function.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import Any, cast

import ibis
import ibis.expr.types as ir

from bot.types import Window

MICROS = 1_000_000
"""Money is added as whole millionths of its major unit."""

FOREVER = datetime(9999, 1, 1)
"""Stands for "still so" where an end is empty."""


def ratio(part: ir.Value, whole: ir.Value | int) -> ir.Value:
    """part / whole as float64; null where whole is zero."""
    below = whole if isinstance(whole, int) else cast(ir.NumericValue, whole).cast("float64").nullif(0.0)
    return cast(ir.NumericValue, part).cast("float64") / below


def flag(condition: ir.Value) -> ir.Value:
    """1 where the condition holds, else 0, also where it is null."""
    return cast(ir.BooleanValue, condition).ifelse(1, 0)


def micros(amount: ir.Value) -> ir.Value:
    """Money as whole millionths, so that sums are exact and equal on every engine."""
    return (cast(ir.NumericValue, amount).cast("float64") * float(MICROS)).round().cast("int64")


def money(millionths: ir.Value) -> ir.Value:
    """Millionths back to major units, as float64."""
    return ratio(millionths, MICROS)


def spine(instants: Sequence[datetime], name: str, source: ir.Table) -> ir.Table:
    """One row per instant, made from literals; `source` only lends its engine."""
    moments = ibis.array([ibis.literal(moment, type="timestamp") for moment in instants])
    # A count is one row also where the source, cut by rights, has none.
    return source.agg(rows=source.count()).select(**{name: moments}).select(ibis._[name].unnest().name(name))


@ibis.udf.scalar.builtin(name="timezone", signature=(("string", "timestamp"), "timestamp('UTC')"))
def _zoned(zone, moment):  # type: ignore[no-untyped-def]  # Ibis reads the signature above
    ...


@ibis.udf.scalar.builtin(name="timezone", signature=(("string", "timestamp('UTC')"), "timestamp"))
def _unzoned(zone, moment):  # type: ignore[no-untyped-def]  # Ibis reads the signature above
    ...


def local(moment: ir.Value, zone: str) -> ir.Value:
    """A naive UTC instant as naive wall-clock time in `zone`, also on daylight-saving days."""
    if zone == "UTC":
        return moment
    return cast(ir.Value, _unzoned(zone, _zoned("UTC", moment)))


def local_day(moment: ir.Value, zone: str) -> ir.Value:
    """The calendar day of an instant in the reporting zone."""
    return cast(Any, local(moment, zone)).cast("date")


def local_month(moment: ir.Value, zone: str) -> ir.Value:
    """The first day of the calendar month of an instant in the reporting zone."""
    return cast(Any, local(moment, zone)).truncate("M").cast("date")


def during(moment: ir.Value, window: Window) -> ir.BooleanValue:
    """Whether an instant lies in the window: from its first instant on, and before its last."""
    moment = cast(Any, moment)
    return cast(ir.BooleanValue, (moment >= window.first) & (moment < window.last))


def admits(listed: ir.Value, word: ir.Value) -> ir.BooleanValue:
    """Whether a list with commas between its words has this one; an empty list has every one."""
    words, one = cast(ir.StringValue, listed), cast(ir.StringValue, word)
    return words.isnull() | ("," + words.replace(" ", "") + ",").contains("," + one.fill_null("") + ",")


STAMP = "%Y%m%d%H%M%S%f"
"""An instant as 20 digits that sort as it does."""


def latest(words: ir.Value, moment: ir.Value, where: ir.Value | None = None) -> ir.Value:
    """The words of the row with the latest moment; of several at once the last by alphabet, on every engine."""
    return cast(Any, _stamped(words, moment).max(where=where)).substr(20)


def earliest(words: ir.Value, moment: ir.Value, where: ir.Value | None = None) -> ir.Value:
    """The words of the row with the earliest moment; of several at once the first by alphabet."""
    return cast(Any, _stamped(words, moment).min(where=where)).substr(20)


def largest(words: ir.Value, millionths: ir.Value, where: ir.Value | None = None) -> ir.Value:
    """The words of the row with the largest amount, zero or more; of several the last by alphabet."""
    digits = cast(Any, millionths).cast("string").lpad(20, "0")
    return cast(Any, digits.concat(words).max(where=where)).substr(20)


def _stamped(words: ir.Value, moment: ir.Value) -> Any:
    return cast(Any, moment).strftime(STAMP).concat(words)

"""In which segments and bands each account was at an instant, as dimensions of the metrics."""

from __future__ import annotations

from collections.abc import Callable, Collection, Mapping
from datetime import date

import ibis
import ibis.expr.types as ir

from bot.errors import BadData, BadQuestion
from bot.metrics.bands import NO_ORDERS, frequency_bands, value_bands
from bot.metrics.dimensions import BANDS
from bot.metrics.groups import found, known
from bot.metrics.ledger import tiers
from bot.metrics.tables import SEGMENT, UNKNOWN, Tables, everybody
from bot.types import instant

NONE = "none"
"""Stands in a breakdown by segment for those who are in none."""

OTHERS = "others"
"""Stands for those who are not in the one segment that is asked about."""

IN_BAND: Mapping[str, Callable[[Tables, date], ir.Table]] = {
    "tier": lambda t, day: tiers(t, instant(day, t.definitions.zone)),
    "order_value_band": value_bands,
    "purchase_frequency_band": frequency_bands,
}
"""Band → the rule that gives each account its value at the start of a day."""


def with_membership(t: Tables, frame: ir.Table, names: Collection[str], day: date) -> ir.Table:
    """The frame cut by the question's filters by segment, with the asked of `segment` and the bands joined to it.

    By segment an account has one row in each segment it is in at the start of `day`, or one named "none".
    """
    chosen, left_out = dict(t.filters).get(SEGMENT, ()), dict(t.exclude).get(SEGMENT, ())
    if chosen:
        members = _members(t, chosen, day)
        frame = frame.semi_join(members, [("account_id", "member")])
    if left_out:
        members = _members(t, left_out, day)
        frame = frame.anti_join(members, [("account_id", "member")])
    for name in names:
        frame = _in_segments(t, frame, chosen, day) if name == SEGMENT else _in_band(t, frame, name, day)
    return frame


def ready(t: Tables) -> tuple[str, ...]:
    """The segments that the company's data can tell."""
    return tuple(name for name, one in known(t).items() if not one.missing(t))


def _in_segments(t: Tables, frame: ir.Table, chosen: tuple[str, ...], day: date) -> ir.Table:
    names = chosen or t.among or ready(t)
    if not names:
        return frame.mutate(segment=ibis.literal(NONE))
    members = _members(t, names, day)
    joined = frame.left_join(members, [("account_id", "member")])
    return joined.mutate(segment=joined.in_segment.fill_null(OTHERS if t.among else NONE)).drop("member", "in_segment")


def _in_band(t: Tables, frame: ir.Table, name: str, day: date) -> ir.Table:
    if not t.has(BANDS[name]):
        raise BadData("missing_table", table=BANDS[name])
    held = IN_BAND[name](everybody(t), day).select(holder="account_id", band=name)
    joined = frame.left_join(held, [("account_id", "holder")])
    nothing = NO_ORDERS if name == "purchase_frequency_band" else UNKNOWN
    return joined.mutate(**{name: joined.band.fill_null(nothing)}).drop("holder", "band")


def _members(t: Tables, names: tuple[str, ...], day: date) -> ir.Table:
    """(member, in_segment): one row per account and segment."""
    segments = {name: one for name in names if (one := found(t, name))}
    if strange := [name for name in names if name not in segments]:
        raise BadQuestion("unknown_value", dimension=SEGMENT, value=strange[0], near=list(ready(t)))
    key = ("members", names, day)
    if key not in t.frames:
        # They are only joined to frames without test accounts.
        parts = [
            one.everyone(t, day).select(member="account_id", in_segment=ibis.literal(name))
            for name, one in segments.items()
        ]
        t.frames[key] = ibis.union(*parts) if len(parts) > 1 else parts[0]
    return t.frames[key]

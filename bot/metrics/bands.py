"""Bands of buyers: how much they spend at a time, and how often they buy, over the twelve months before a day."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, timedelta
from itertools import pairwise

import ibis
import ibis.expr.types as ir

from bot.metrics.commerce import purchases
from bot.metrics.dimensions import months_before, with_dimensions
from bot.metrics.expressions import micros, money, ratio
from bot.metrics.quantiles import quantiles
from bot.metrics.tables import Tables
from bot.types import Grain, Window, instant

BAND_MONTHS = 12
THIRDS = {"third": 1 / 3, "two_thirds": 2 / 3}
"""Where the company sets no cut points, the bands of the average order are thirds of the buyers: low, middle, high."""
NO_ORDERS = "0"
"""The band of purchase frequency of those who bought nothing in that time."""


def value_bands(t: Tables, day: date) -> ir.Table:
    """account_id, average_order, order_value_band: by the mean of the counted orders of the year before `day`."""
    frame = _year(t, day)
    frame = frame.mutate(average_order=ratio(money(frame.spent), frame.orders))
    if cuts := t.definitions.order_value_bands:
        band = banded(frame.average_order, cuts, _amounts([f"{cut:g}" for cut in cuts]))
    else:
        marks = quantiles(frame, (), "average_order", THIRDS).select(*THIRDS)
        frame = frame.cross_join(marks)
        band = ibis.cases(
            (frame.average_order <= frame.third, "low"), (frame.average_order <= frame.two_thirds, "middle"),
            else_="high",
        )  # fmt: skip
    return frame.select("account_id", "average_order", order_value_band=band)


def frequency_bands(t: Tables, day: date) -> ir.Table:
    """account_id, orders, purchase_frequency_band: by the number of counted orders of the year before `day`."""
    frame = _year(t, day)
    cuts = t.definitions.purchase_frequency_bands
    edges = (1, *cuts)
    names = [str(low) if high == low + 1 else f"{low}-{high - 1}" for low, high in pairwise(edges)]
    band = banded(frame.orders, cuts, [*names, f"{edges[-1]}+"])
    return frame.select("account_id", "orders", purchase_frequency_band=band)


def banded(amount: ir.Value, cuts: Sequence[float], names: Sequence[str]) -> ir.Value:
    """The name of the band that an amount lies in: a band begins at its cut point."""
    if not cuts:
        return ibis.literal(names[-1])
    return ibis.cases(*((amount < cut, name) for cut, name in zip(cuts, names[:-1], strict=True)), else_=names[-1])


def _year(t: Tables, day: date) -> ir.Table:
    zone = t.definitions.zone
    orders = purchases(t)
    orders = orders.filter(orders.occurred_at >= instant(months_before(day, BAND_MONTHS), zone))
    orders = orders.filter(orders.occurred_at < instant(day, zone))
    orders = with_dimensions(t, orders, (), Window(day - timedelta(days=1), day, Grain.DAY, zone))
    return orders.group_by("account_id").agg(orders=orders.count(), spent=micros(orders.net_amount).sum())


def _amounts(cuts: Sequence[str]) -> list[str]:
    """ "under 50", "50-200", "200+" for the cut points 50 and 200."""
    return [f"under {cuts[0]}", *(f"{low}-{high}" for low, high in pairwise(cuts)), f"{cuts[-1]}+"]

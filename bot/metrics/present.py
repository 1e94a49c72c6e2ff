"""Who is here: the customers at the end of a window, as well as the company's data can tell, and the windows around."""

from __future__ import annotations

from datetime import date, timedelta

import ibis.expr.types as ir

from bot.metrics.dimensions import months_before, with_dimensions
from bot.metrics.population import standing
from bot.metrics.tables import Tables, owned
from bot.metrics.terms import Policy
from bot.types import Grain, Window

FIRST_DAY = date(1900, 1, 1)
"""Before anything that a company's data can hold."""


def customers_at_end(t: Tables, window: Window, by: tuple[str, ...] = ()) -> ir.Table:
    """One row per account that pays at the window's end: account_id and the dimensions; filters are applied.

    Where subscriptions are unknown these are all accounts, and where those are unknown too, all that were ever active.
    """
    if t.has("subscriptions"):
        frame = standing(t, window, by, Policy.of(t.definitions), "end")
        return frame.filter(frame.end == 1).drop("end")
    names = t.dimensions(by)
    if t.has("accounts"):
        accounts = t["accounts"]
        if t.has("accounts", "merged_into"):
            accounts = accounts.filter(accounts.merged_into.isnull())
        known = accounts.select("account_id")
    else:
        known = owned(t, "events").select("account_id").distinct()
    return t.narrow(with_dimensions(t, known, names, window))


def ever(window: Window) -> Window:
    """All that happened before the window's end."""
    return Window(FIRST_DAY, window.end, Grain.RANGE, window.zone)


def before(window: Window) -> Window:
    """The period before: as many calendar months where the window is whole months, else as many days."""
    months = _whole_months(window)
    start = months_before(window.start, months) if months else window.start - (window.end - window.start)
    return Window(start, window.start, window.grain, window.zone)


def one_before(window: Window) -> Window:
    """The period before; of a week, month, quarter or year that still runs the whole one: who was here in it may come
    again."""
    if window.complete or window.grain in (Grain.DAY, Grain.RANGE):
        return before(window)
    months = window.grain.months
    start = months_before(window.start, months) if months else window.start - timedelta(weeks=1)
    return Window(start, window.start, window.grain, window.zone)


def after(window: Window) -> Window:
    """The period after, counted like the one before."""
    months = _whole_months(window)
    end = months_before(window.end, -months) if months else window.end + (window.end - window.start)
    return Window(window.end, end, window.grain, window.zone)


def _whole_months(window: Window) -> int:
    if window.start.day != 1 or window.end.day != 1:
        return 0
    return (window.end.year - window.start.year) * 12 + window.end.month - window.start.month

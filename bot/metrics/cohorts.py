"""Cohorts: customers who began together, followed month by month."""

from __future__ import annotations

from datetime import date

import ibis
import ibis.expr.types as ir

from bot.metrics.customers import ACCOUNT_DIMENSIONS, SUBSCRIPTIONS
from bot.metrics.declare import metric
from bot.metrics.dimensions import with_dimensions
from bot.metrics.engagement import described, people_active
from bot.metrics.expressions import earliest, local_month, spine
from bot.metrics.tables import Tables
from bot.metrics.terms import Policy, terms
from bot.types import Grain, Shape, Unit, Window, instant


def months_of(window: Window) -> list[date]:
    """The first days of all calendar months that the window touches."""
    months = [window.start.replace(day=1)]
    while (following := next_month(months[-1])) < window.end:
        months.append(following)
    return months


def next_month(first: date) -> date:
    """The first day of the month after."""
    return date(first.year + first.month // 12, first.month % 12 + 1, 1)


@metric(
    unit=Unit.SHARE,
    good="up",
    shape=Shape.GRID,
    needs=SUBSCRIPTIONS,
    by=("cohort", *ACCOUNT_DIMENSIONS),
    window=Grain.YEAR,
    variants={"basis": ("paying", "active")},
    companions=("new_customers",),
)
def cohort_retention(t: Tables, window: Window, by: tuple[str, ...] = (), *, basis: str = "paying") -> ir.Table:
    """Of the customers who began in a month, the share still there at the end of each month since.

    Formula: members of the cohort paying at the end of the k-th month after its first / size of the cohort; `age` is k,
    age 0 shows same-month churn. Basis "active" follows users instead, by activity in the month.
    At risk: all who began in the window; who returns counts again; cells whose month is not over are immature.
    Example: 2026-10, the finger-count company, age=0: 1 of 2.
    Source: ChartMogul, cohort analysis; Stripe, retention by cohort.
    """
    t, of_the_grid = t.apart("cohort")
    members, seen = (_paying if basis == "paying" else _acting)(t, window, by)
    sizes = members.group_by([*_dimensions(by), "cohort"]).agg(whole=members.account_id.nunique())
    cells = seen.group_by([*_dimensions(by), "cohort", "month"]).agg(part=seen.account_id.nunique())
    months = spine([instant(day, "UTC") for day in _followed(t, window)], "followed", t["subscriptions"])
    months = months.select(month=months.followed.cast("date"))
    over = t.as_of.replace(day=1)
    grid = sizes.cross_join(months).filter(lambda g: (g.month >= g.cohort) & (g.month < over))
    joined = of_the_grid.narrow(grid.left_join(cells, [*_dimensions(by), "cohort", "month"]))
    years = joined.month.year() - joined.cohort.year()
    age = years * 12 + joined.month.month() - joined.cohort.month()
    return joined.select(*_dimensions(by), "cohort", age=age, part=joined.part.fill_null(0), whole=joined.whole)


def _dimensions(by: tuple[str, ...]) -> tuple[str, ...]:
    return tuple(name for name in by if name != "cohort")


def _followed(t: Tables, window: Window) -> list[date]:
    """The months that are over by as-of, from the window's first, or that first where none is over yet."""
    to_date = Window(window.start, max(t.as_of, window.end))
    return [month for month in months_of(to_date) if next_month(month) <= t.as_of] or months_of(window)[:1]


def _paying(t: Tables, window: Window, by: tuple[str, ...]) -> tuple[ir.Table, ir.Table]:
    """(members, seen): accounts by the month they first paid, and each month at whose end they paid."""
    zone = t.definitions.zone
    rows = terms(t, Policy.of(t.definitions))
    rows = rows.filter(rows.pays == 1)
    began = rows.group_by("account_id").agg(since=rows.opens.min(), plan_id=earliest(rows.plan_id, rows.opens))
    began = began.filter((began.since >= window.first) & (began.since < window.last))
    began = began.mutate(cohort=local_month(began.since, zone))
    members = t.narrow(with_dimensions(t, began, tuple(n for n in t.dimensions(by) if n != "cohort"), window))
    ends = spine([instant(next_month(month), zone) for month in _followed(t, window)], "ended", rows)
    held = rows.select("account_id", "opens", "closes").inner_join(
        ends, [rows.opens <= ends.ended, rows.closes > ends.ended]
    )
    # The month whose end this is: one second before it, in the reporting zone.
    month = local_month(held.ended - ibis.interval(seconds=1), zone)
    paid = held.select("account_id", month=month).distinct()
    return members, members.inner_join(paid, "account_id")


def _acting(t: Tables, window: Window, by: tuple[str, ...]) -> tuple[ir.Table, ir.Table]:
    """(members, seen): users by the month of their first activity, and each month with activity."""
    ever = Window(date(1900, 1, 1), t.as_of, Grain.RANGE, t.definitions.zone)
    deeds = people_active(t, ever, ())
    month = local_month(deeds.occurred_at, t.definitions.zone)
    seen = deeds.select("user_id", "account_id", month=month).distinct()
    began = seen.group_by("user_id").agg(cohort=seen.month.min(), account_id=seen.account_id.min())
    began = began.filter((began.cohort >= window.start) & (began.cohort < window.end))
    names = tuple(name for name in t.dimensions(by) if name != "cohort")
    began = t.narrow(described(t, began, names, window))
    # From here on a member is a user: the column keeps the name that the paying basis uses.
    members = began.select(*names, "cohort", account_id=began.user_id)
    return members, members.inner_join(seen.select("month", account_id=seen.user_id).distinct(), "account_id")

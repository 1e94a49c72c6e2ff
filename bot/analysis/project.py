"""A company's customers as a projection needs them, and what is told of the months ahead."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from typing import Any

from bot.analysis.measure import Analyst, Role
from bot.analysis.projection import (
    FEWEST_CUSTOMERS,
    FEWEST_MONTHS,
    PATHS,
    BackTest,
    Change,
    Course,
    History,
    Rates,
    back_test,
    bounds,
    course,
    monthly,
    overall,
    rates,
)
from bot.analysis.windows import months_later
from bot.errors import BadData, BadQuestion, NotAllowed
from bot.metrics import catalogue
from bot.metrics.panel import DIMENSIONS, panel
from bot.types import Evidence, Grain, Query, Shape, Unit, Window, instant

MOST_MONTHS = 36
"""So far ahead, and so far back: customers of four years ago say little of those of today."""
USUAL_MONTHS = 12
UNITS = {
    "customers": Unit.COUNT,
    "mrr": Unit.MONEY,
    "arr": Unit.MONEY,
    "revenue": Unit.MONEY,
    "churn_rate": Unit.SHARE,
    "churned_customers": Unit.COUNT,
}
"""What can be projected, and its unit."""


@dataclass(frozen=True)
class Outlook:
    """A figure's months ahead. `window` are the months asked for; `months` begin with the one that runs now."""

    figure: str
    window: Window
    past: History
    known: Rates
    months: int
    first: int
    """Which of the months is the first of the window."""
    mean: Course
    drawn: Course
    sql: str

    def whole(self) -> dict[str, Any]:
        """The figure of the window: value and its bounds."""
        value = float(overall(self.mean, self.figure, self.first)[0])
        return {"value": value, **bounds(overall(self.drawn, self.figure, self.first))}

    def each(self) -> list[dict[str, Any]]:
        """One row a month of the window: period, value and its bounds."""
        mean, drawn = monthly(self.mean, self.figure)[0], monthly(self.drawn, self.figure)
        start = 0 if self.figure in ("customers", "mrr", "arr") else self.first
        return [
            {
                "period": months_later(self.past.months[-1], month).isoformat(),
                "value": float(mean[month]),
                **bounds(drawn[:, month]),
            }
            for month in range(start, self.months)
        ]

    def tested(self) -> BackTest | None:
        """The same figure of the last months, projected from before them."""
        return back_test(self.past, self.figure)


def history(analyst: Analyst, query: Query) -> tuple[History, str]:
    """What happened to the customers a query is about, and the SQL. Raises what says why it cannot be told."""
    metric = analyst.metric("mrr")
    if analyst.company.definitions.snapshot:
        raise BadData("project_snapshot")
    for dimension, _ in (*query.filters, *query.exclude):
        if dimension not in DIMENSIONS:
            near = [name for name in DIMENSIONS if name in metric.by]
            raise BadQuestion("dimension_not_available", metric=metric.name, dimension=dimension, near=near)
    analyst.check_dimensions(query)
    months = _months(analyst)
    key = analyst.key("panel", query.filters, query.exclude, months)
    past, sql = analyst.kept.get(key, lambda: _fetched(analyst, query, months))
    now = past.customers[-1].sum()
    if (query.filters or query.exclude) and now < analyst.rights.smallest_cell:
        raise NotAllowed("too_few_to_show", smallest=analyst.rights.smallest_cell)
    if past.over < FEWEST_MONTHS or now < FEWEST_CUSTOMERS:
        raise BadData(
            "project_needs_more", months=past.over, customers=int(now), fewest=FEWEST_MONTHS, few=FEWEST_CUSTOMERS
        )
    return past, sql


def _months(analyst: Analyst) -> tuple[date, ...]:
    """The first days of the months that are wholly in the data, and of the one after them."""
    last = analyst.as_of.replace(day=1)
    first = analyst.first_day(catalogue()["mrr"])
    found = [last]
    while len(found) <= MOST_MONTHS and months_later(found[0], -1) >= first:
        found.insert(0, months_later(found[0], -1))
    return tuple(found)


def _fetched(analyst: Analyst, query: Query, months: tuple[date, ...]) -> tuple[History, str]:
    zone = analyst.company.definitions.zone
    firsts = [instant(day, zone) for day in months]
    frame, sql = analyst.company.query(panel(analyst.tables(query), firsts))
    place = {moment: number for number, moment in enumerate(firsts)}
    frame = frame.assign(first=[place[moment.to_pydatetime()] for moment in frame["first"]])
    return History.of(frame, months), sql


def horizon(origin: date, window: Window | None, zone: str) -> Window:
    """The whole months that a question means; without any the next twelve, from the month that runs now."""
    start = max(window.start.replace(day=1), origin) if window else origin
    end = months_later(origin, USUAL_MONTHS)
    if window is not None:
        end = window.end if window.end.day == 1 else months_later(window.end.replace(day=1), 1)
    if end <= start:
        raise BadQuestion("project_past", as_of=origin)
    if end > months_later(origin, MOST_MONTHS):
        raise BadQuestion("project_too_far", months=MOST_MONTHS)
    return Window(start, end, Grain.MONTH, zone, "ahead")


def months_between(first: date, last: date) -> int:
    """Whole months from one first of a month to another."""
    return (last.year - first.year) * 12 + last.month - first.month


def outlook(analyst: Analyst, query: Query, figure: str, change: Change | None = None) -> Outlook:
    """The months ahead of a figure (`UNITS`) for the customers a query is about, as things are or with a change."""
    past, sql = history(analyst, query)
    window = horizon(past.months[-1], query.window, analyst.company.definitions.zone)
    months, first = months_between(past.months[-1], window.end), months_between(past.months[-1], window.start)
    known = rates(past)
    mean = course(past, known, months, change)
    drawn = course(past, known, months, change, paths=PATHS)
    return Outlook(figure, window, past, known, months, first, mean, drawn, sql)


def evidence(
    analyst: Analyst, query: Query, rows: list[dict[str, Any]], unit: Unit, sql: str, *, role: Role = "main"
) -> Evidence:
    """Rows as a measurement that can be receipted; `low` and `high` become the interval of a row."""
    told = []
    for row in rows:
        low, high = row.get("low"), row.get("high")
        plain = {name: value for name, value in row.items() if name not in ("low", "high")}
        told.append(plain if low is None else {**plain, "interval": [low, high]})
    money = unit is Unit.MONEY or any("mrr" in name or "revenue" in name for row in told for name in row)
    return Evidence(
        id="",
        query=query,
        role=role,
        unit=unit,
        good=catalogue()[query.metric or ""].good,
        shape=Shape.LEVEL,
        version=1,
        columns=tuple(dict.fromkeys(name for row in told for name in row)),
        rows=tuple(told),
        as_of=analyst.as_of,
        currency=analyst.company.definitions.currency if money else None,
        rights=analyst.rights.row_filters,
        sql=sql,
    )

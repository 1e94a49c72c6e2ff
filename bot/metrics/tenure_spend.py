"""What customers pay the longer they stay."""

from __future__ import annotations

from typing import Any, cast

import ibis
import ibis.expr.types as ir
import pandas as pd

from bot.metrics.cohort_members import months_of, next_month
from bot.metrics.customers import ACCOUNT_DIMENSIONS
from bot.metrics.declare import Asked, metric
from bot.metrics.dimensions import LONGEST_TENURE, TENURE_BANDS, with_dimensions
from bot.metrics.expressions import during, largest, local, local_month, money, spine
from bot.metrics.revenue import MRR
from bot.metrics.tables import Tables, per, without
from bot.metrics.terms import Policy, terms
from bot.types import Grain, Shape, Unit, Window, instant


def _youngest_first(frame: pd.DataFrame, asked: Asked) -> pd.DataFrame:
    """The bands in the order in which they are lived through, segment by segment."""
    order = {band: place for place, band in enumerate([*(band for band, _ in TENURE_BANDS), LONGEST_TENURE])}
    rows = frame.assign(place=frame["tenure"].map(order))
    others = [name for name in asked.by if name != "tenure"]
    return rows.sort_values([*others, "place"], kind="stable").drop(columns="place")


@metric(
    unit=Unit.MONEY,
    good="context",
    shape=Shape.RATIO,
    needs=MRR,
    by=ACCOUNT_DIMENSIONS,
    keys=("tenure",),
    parts="averages",
    window=Grain.YEAR,
    variants={"form": ("in_period", "cohort")},
    finish=_youngest_first,
    companions=("arpa", "retention_rate"),
)
def spend_by_tenure(t: Tables, window: Window, by: tuple[str, ...] = (), *, form: str = "in_period") -> ir.Table:
    """What a customer pays a month, by how long it had been paying when the month began.

    Formula: sum of MRR at the ends of the period's months / customers paying then, each month's customers by their
    tenure at its start. "cohort" follows the customers who first paid in the period and still pay at the last month
    that is over, through all months since: the same people, for one month's customers in every band.
    At risk: customers at each month's end, counted once a month; months not over by as-of are out. In the period, later
    bands hold only those who stayed (survivors): they may have paid more from the start.
    Example: 2026-01, the finger-count company: 600 of 2.
    Source: the claim that loyal customers spend more, told on the company's own data.
    """
    zone = t.definitions.zone
    asked, of_the_band = t.apart("tenure")
    last = window if form == "in_period" else Window(window.start, t.as_of, Grain.RANGE, zone)
    months = [month for month in months_of(last) if next_month(month) <= min(t.as_of, last.end)] or months_of(last)[:1]
    ends = [instant(next_month(month), zone) for month in months]
    rows = terms(t, Policy.of(t.definitions)).filter(lambda r: r.pays == 1)
    began = rows.group_by("account_id").agg(since=rows.opens.min())
    moments = spine(ends, "ended", rows)
    held = rows.select("account_id", "opens", "closes", "micros", "plan_id")
    held = held.inner_join(moments, [held.opens <= moments.ended, held.closes > moments.ended])
    # The plan of a breakdown is that of the customer at each month's end, the dearest of several.
    paid = held.group_by("account_id", "ended").agg(
        micros=held.micros.sum(), plan_id=largest(held.plan_id, held.micros)
    )
    frame = paid.inner_join(began, "account_id")
    if form == "cohort":
        stayed = frame.filter(during(frame.since, window))
        stayed = stayed.filter(stayed.ended == ends[-1]).select("account_id")
        frame = frame.semi_join(stayed, "account_id")
    frame = frame.mutate(tenure=_band(frame.since, frame.ended, zone))
    names = without(asked.dimensions(by), "tenure")
    frame = asked.narrow(with_dimensions(asked, frame, names, window))
    frame = of_the_band.narrow(frame)
    others = without(by, "tenure")
    return per(frame, ("tenure", *others)).agg(part=money(frame.micros.sum()), whole=frame.count())


def _band(since: ir.Value, ended: ir.Value, zone: str) -> ir.Value:
    """How long a customer had paid when the month that ends at the instant began, in the reporting zone."""
    began = local_month(cast(Any, ended) - ibis.interval(seconds=1), zone).cast("timestamp")
    first = cast(Any, local(since, zone))
    cases = [(first > began - ibis.interval(months=months), band) for band, months in TENURE_BANDS]
    return ibis.cases(*cases, else_=LONGEST_TENURE)

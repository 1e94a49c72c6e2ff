"""What the buyers known so far are expected to spend in the months ahead, where there are orders and no contracts."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np

from bot.analysis.intervals import Z
from bot.analysis.measure import Analyst
from bot.analysis.project import horizon, months_between
from bot.analysis.windows import months_later
from bot.errors import BadData, BadQuestion, NotAllowed
from bot.metrics import buyers
from bot.metrics.present import ever
from bot.types import Query, Window


@dataclass(frozen=True)
class Ordered:
    """Revenue of the window's months: one row a month (period, value, low, high), and all as one."""

    window: Window
    rows: tuple[dict[str, Any], ...]
    whole: dict[str, float]
    n: int
    tested: buyers.Tested | None
    sql: str


def ordered(analyst: Analyst, query: Query) -> Ordered:
    """BG/NBD times Gamma-Gamma over the buyers before the month that runs now; new ones are not in it.

    The interval holds what is not known of the parameters, and chance: a compound Poisson of orders and their worth.
    """
    metric = analyst.metric("clv_predicted")
    for dimension, _ in (*query.filters, *query.exclude):
        if dimension not in metric.by:
            near = list(metric.by)
            raise BadQuestion("dimension_not_available", metric=metric.name, dimension=dimension, near=near)
    analyst.check_dimensions(query)
    zone, origin = analyst.company.definitions.zone, analyst.as_of.replace(day=1)
    window = horizon(origin, query.window, zone)
    past = ever(Window(origin, origin, zone=zone))
    key = analyst.key("buyers", query.filters, query.exclude, origin)
    frame, sql = analyst.kept.get(key, lambda: analyst.company.query(buyers.buyers(analyst.tables(query), past)))
    if (query.filters or query.exclude) and len(frame) < analyst.rights.smallest_cell:
        raise NotAllowed("too_few_to_show", smallest=analyst.rights.smallest_cell)
    if not buyers.enough(frame):
        few, months = buyers.FEWEST_CUSTOMERS, buyers.FEWEST_MONTHS
        raise BadData("clv_needs_more", n=few, months=months, customers=len(frame))
    model = buyers.Model.of(frame)
    edges = [months_later(origin, month) for month in range(months_between(origin, window.end) + 1)]
    first = months_between(origin, window.start)
    weeks = [(edge - origin).days / buyers.WEEK_DAYS for edge in edges]

    def told(begin: float, end: float) -> dict[str, float]:
        def orders(buying: Any) -> Any:
            before = model.orders(frame, begin, buying) if begin else 0.0
            return model.orders(frame, end, buying) - before

        middle = orders(model.buying.parameters)
        worth = model.worth(frame)
        value = float(np.sum(middle * worth))
        low, _ = model.sure(lambda buying, spending: float(np.sum(orders(buying) * model.worth(frame, spending))))
        # Amounts of a buyer are gamma with the shape p: their squares are worth squared times 1 + 1 / p.
        chance = float(np.sum(middle * worth**2) * (1 + 1 / model.spending.parameters[0]))
        half = float(np.hypot(np.log(value / low), Z * np.sqrt(chance) / value))
        return {"value": value, "low": value * float(np.exp(-half)), "high": value * float(np.exp(half))}

    rows = [
        {"period": edges[month].isoformat(), **told(weeks[month], weeks[month + 1])}
        for month in range(first, len(edges) - 1)
    ]
    return Ordered(window, tuple(rows), told(weeks[first], weeks[-1]), len(frame), buyers.back_test(frame), sql)

"""Whether the last complete period of a metric is beyond an amount, or changed by one since the period before."""

from __future__ import annotations

from dataclasses import dataclass, replace

from bot.analysis.compare import compare
from bot.analysis.intervals import wilson
from bot.analysis.limits import Kind
from bot.analysis.measure import Analyst, measure
from bot.analysis.unusual import kind_of, last_complete, may_be_told
from bot.errors import BadQuestion
from bot.types import Alert, Evidence, Intent, Query, Window


@dataclass(frozen=True)
class Crossed:
    """The figure, the one before where a change was asked for, and whether it is so and no matter of a few customers.

    `change` is in the metric's own unit, or relative where the alert is.
    """

    evidence: Evidence
    baseline: Evidence | None
    window: Window
    change: float | None
    hit: bool


def crossed(analyst: Analyst, alert: Alert, *, first_id: int = 1) -> Crossed:
    """The figure of the last complete period, held against the alert. Raises BadQuestion, and as measuring does.

    A share of too few is beyond an amount only with its whole interval, and a change of shares must be clear.
    """
    metric = analyst.metric(alert.query.metric)
    if not may_be_told(metric):
        raise BadQuestion("alert_not_judged", metric=metric.name)
    window = last_complete(analyst, alert.query, alert.grain or metric.window)
    query = replace(alert.query, intent=Intent.VALUE, window=window, by=(), baseline=None)
    if alert.when in ("up", "down"):
        return _changed(analyst, alert, query, first_id)
    evidence = measure(analyst, query, id=f"e{first_id}")
    row = evidence.rows[0]
    value = row["value"]
    hit = value is not None and (value > alert.amount if alert.when == "above" else value < alert.amount)
    small = analyst.company.definitions.small_sample
    if hit and kind_of(evidence) is Kind.SHARE and row["whole"] < small:
        low, high = wilson(row["part"], row["whole"])
        hit = low > alert.amount if alert.when == "above" else high < alert.amount
    return Crossed(evidence, None, _window(evidence), None, hit)


def _changed(analyst: Analyst, alert: Alert, query: Query, first_id: int) -> Crossed:
    found = compare(analyst, replace(query, baseline="previous"), first_id=first_id)
    change, before = found.change, found.baseline.rows[0]["value"]
    if change is not None and alert.relative:
        change = change / abs(before) if before else None
    way = 1 if alert.when == "up" else -1
    hit = change is not None and change * way >= alert.amount and found.clear is not False
    return Crossed(found.main, found.baseline, _window(found.main), change, hit)


def _window(evidence: Evidence) -> Window:
    assert evidence.query.window is not None  # it was measured in one
    return evidence.query.window

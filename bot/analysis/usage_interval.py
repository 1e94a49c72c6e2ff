"""How often a product is naturally used, and which event tells it: a proposal from the data, never a verdict.

Nobody is well called inactive before this is settled: thirty quiet days are much for a daily planner, and nothing for
a tool of the year's end.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import date, timedelta
from typing import Literal, TypeAlias

import ibis
import ibis.expr.types as ir

from bot.analysis.measure import Analyst
from bot.metrics.engagement import people_active
from bot.metrics.expressions import flag, local_day
from bot.metrics.quantiles import quantiles
from bot.metrics.tables import Tables
from bot.types import Grain, Intent, Query, Window

SPAN_DAYS = 112
RETAINED_DAYS = 28
"""Who was active on days at least so far apart stayed for a while; the others say nothing of a habit."""
Interval: TypeAlias = Literal["daily", "weekly", "monthly"]
LONGEST_GAPS: tuple[tuple[Interval, float], ...] = (("daily", 2.0), ("weekly", 10.0))
"""Up to this median gap, in days, use is daily (weekends allowed for) or weekly; beyond it is monthly."""
INACTIVE_DAYS: dict[Interval, int] = {"daily": 7, "weekly": 30, "monthly": 60}
"""The threshold of inactivity that goes with the interval; 7 and 30 are the presets of the definitions."""
COMMON_SHARE = 0.1
"""An event that fewer of the active people do is too rare to tell who is active."""
MOST_CANDIDATES = 5


@dataclass(frozen=True, slots=True)
class Candidate:
    """One event: how many people did it in the 28 days before the last 28, and how many of them again in the last."""

    event: str
    people: int
    came_back: int

    @property
    def share(self) -> float:
        return self.came_back / self.people if self.people else 0.0


@dataclass(frozen=True, slots=True)
class Usage:
    """What the last 112 days of events say about use.

    `gap` is the median over the retained people (`retained`) of each one's median gap in days between active days;
    `candidates` are the events whose people come back most, the best first; `inactive_days` is the threshold that
    would fit, `inactive_days_now` the one in force; `event_is_set` tells whether the company names its active events.
    """

    interval: Interval
    gap: float
    retained: int
    inactive_days: int
    inactive_days_now: int
    candidates: tuple[Candidate, ...]
    event_is_set: bool


def usage(analyst: Analyst) -> Usage | None:
    """The proposal; None where there are no events, or too few people stayed to tell."""
    company = analyst.company
    if not company.has("events", "occurred_at") or not company.has("events", "name"):
        return None
    zone, end = company.definitions.zone, analyst.as_of
    tables = analyst.tables(Query(Intent.DATA_HEALTH))
    span = Window(end - timedelta(days=SPAN_DAYS), end, Grain.RANGE, zone)
    found = company.run(_gap(tables, span))
    retained = int(found["n"].iloc[0])
    if retained < company.definitions.small_sample:
        return None
    gap = float(found["value"].iloc[0])
    interval: Interval = next((name for name, longest in LONGEST_GAPS if gap <= longest), "monthly")
    rows = company.run(_returns(_every_event(tables), end, zone)).to_dict("records")
    most = max((int(row["everybody"]) for row in rows), default=0)
    common = max(company.definitions.small_sample, COMMON_SHARE * most)
    candidates = [
        Candidate(str(row["name"]), int(row["people"]), int(row["came_back"]))
        for row in rows
        if row["people"] >= common
    ]
    candidates.sort(key=lambda one: (-one.share, -one.people, one.event))
    return Usage(
        interval,
        gap,
        retained,
        INACTIVE_DAYS[interval],
        company.definitions.inactive_days,
        tuple(candidates[:MOST_CANDIDATES]),
        company.has("events", "is_active_event"),
    )


def _every_event(t: Tables) -> Tables:
    """The tables as if no event were set apart, to see what each of them tells."""
    return replace(t, tables={**t.tables, "events": t["events"].mutate(is_active_event=ibis.literal(True))}, frames={})


def _gap(t: Tables, span: Window) -> ir.Table:
    """One row: `value`, the median of the retained people's median gaps, and `n`, those people."""
    acts = people_active(t, span, ())
    days = acts.select("user_id", day=local_day(acts.occurred_at, span.zone)).distinct()
    before = days.day.lag().over(ibis.window(group_by="user_id", order_by="day"))
    gaps = days.mutate(before=before)
    gaps = gaps.filter(gaps.before.notnull()).mutate(gap=lambda g: g.day.delta(g.before, unit="day"))
    spans = gaps.group_by("user_id").agg(spanned=gaps.gap.sum())
    stayed = spans.filter(spans.spanned >= RETAINED_DAYS).select("user_id")
    own = quantiles(gaps.semi_join(stayed, "user_id"), ("user_id",), "gap")
    return quantiles(own.select(middle=own.value), (), "middle")


def _returns(t: Tables, end: date, zone: str) -> ir.Table:
    """(name, people, came_back, everybody) of the events of the 28 days before the last 28, and their people."""
    last = Window(end - timedelta(days=RETAINED_DAYS), end, Grain.RANGE, zone)
    span = Window(last.start - timedelta(days=RETAINED_DAYS), end, Grain.RANGE, zone)
    acts = people_active(t, span, ())
    late = acts.occurred_at >= last.first
    each = acts.group_by("name", "user_id").agg(early=flag(~late).max(), late=flag(late).max())
    each = each.filter(each.early == 1)
    found = each.group_by("name").agg(people=each.count(), came_back=each.late.sum())
    return found.cross_join(each.agg(everybody=each.user_id.nunique()))

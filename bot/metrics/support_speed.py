"""How soon help comes: first answer, solution, and whether it was one."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import timedelta
from typing import Any, cast

import ibis
import ibis.expr.types as ir

from bot.metrics.declare import Asked, metric
from bot.metrics.expressions import during, flag, local, ratio
from bot.metrics.quantiles import quantiles
from bot.metrics.support import TICKET_DIMENSIONS, calls, created, of_tickets
from bot.metrics.tables import Tables, counted_only, per
from bot.types import Definitions, Note, Shape, Unit, Window

HOURS: dict[str, tuple[str, ...]] = {"hours": ("business", "calendar")}
SHOWN: Mapping[str, float] = {"value": 0.5, "p90": 0.9}
SETTLED_DAYS = 7
"""So many days without a further contact make a solution one."""
DAY_SECONDS = 86_400
MONDAY = 3
"""The weekday of 1970-01-01, counted from Monday = 0: a Thursday."""


def hours_between(earlier: ir.Value, later: ir.Value, hours: str, definitions: Definitions) -> ir.Value:
    """Hours from one instant to another as float64: by the clock, or only the business hours in between.

    Business hours are those of the reporting zone, by its wall clock: what is asked on Saturday waits from Monday.
    """
    if hours == "calendar":
        return ratio(_seconds(later) - _seconds(earlier), 3_600)
    zone = definitions.zone
    worked = _worked(_seconds(local(later, zone)), definitions) - _worked(_seconds(local(earlier, zone)), definitions)
    return ratio(worked, 3_600)


def _seconds(moment: ir.Value) -> Any:
    return cast(ir.TimestampValue, moment).epoch_seconds().cast("int64")


def _worked(seconds: Any, definitions: Definitions) -> Any:
    """Business seconds from the Monday before 1970 up to a wall-clock second: whole weeks, whole days, and the rest."""
    opens, closes = definitions.work_from * 3_600, definitions.work_to * 3_600
    days = cast(ir.FloatingValue, ratio(seconds - seconds % DAY_SECONDS, DAY_SECONDS)).round().cast("int64") + MONDAY
    weekday = days % 7
    weeks = cast(ir.FloatingValue, ratio(days - weekday, 7)).round().cast("int64")
    before = [sum(work < day for work in definitions.work_days) for day in range(7)]
    full = weeks * len(definitions.work_days) + ibis.cases(
        *((weekday == day, n) for day, n in enumerate(before)), else_=0
    )
    today = ibis.least(ibis.greatest(seconds % DAY_SECONDS - opens, 0), closes - opens)
    return full * (closes - opens) + weekday.isin(definitions.work_days).ifelse(today, 0)


def solved(t: Tables, window: Window) -> ir.Table:
    """The tickets solved in the window, whenever they were opened."""
    return calls(t).filter(lambda c: during(c.solved_at, window))


def _taken(t: Tables, rows: ir.Table, until: str, by: tuple[str, ...], window: Window, hours: str) -> ir.Table:
    """The hours from the opening of tickets until the instant of this name, where that is no earlier."""
    rows = rows.filter(rows[until] >= rows.created_at)
    rows = rows.mutate(taken=hours_between(rows.created_at, rows[until], hours, t.definitions))
    return quantiles(of_tickets(t, rows, by, window), by, "taken", SHOWN)


def _may_still_call(rows: Sequence[Mapping[str, Any]], _: Asked) -> Sequence[Note]:
    still = sum(row.get("unsettled") or 0 for row in rows)
    return (Note("contacts_may_still_come", {"n": still, "days": SETTLED_DAYS}),) if still else ()


@metric(
    unit=Unit.HOURS,
    good="down",
    shape=Shape.LEVEL,
    entity="ticket",
    needs=("tickets.created_at", "tickets.first_reply_at"),
    by=TICKET_DIMENSIONS,
    variants=HOURS,
    companions=("ticket_volume", "csat"),
)
def first_response_time(t: Tables, window: Window, by: tuple[str, ...] = (), *, hours: str = "business") -> ir.Table:
    """How long it takes until somebody answers: the median over the tickets of the period, in hours.

    Formula: median of first reply less opening over the tickets opened in the period, in business hours (Monday to
    Friday, 9 to 17 in the reporting zone unless the company sets others) or by the clock (`calendar`); n is the
    tickets answered, `p90` what nine in ten do not exceed, `mean` their mean.
    At risk: the tickets of ticket_volume that have an answer; an automatic reply is none. A reply dated before its
    ticket is left out.
    Example: 2026-10, the finger-count company: 1.5.
    Source: Zendesk and Intercom, first reply time in business hours.
    """
    return _taken(t, created(t, window), "first_reply_at", by, window, hours)


@metric(
    unit=Unit.HOURS,
    good="down",
    shape=Shape.LEVEL,
    entity="ticket",
    needs=("tickets.created_at", "tickets.solved_at"),
    by=TICKET_DIMENSIONS,
    variants=HOURS,
    companions=("first_contact_resolution", "csat"),
)
def resolution_time(t: Tables, window: Window, by: tuple[str, ...] = (), *, hours: str = "business") -> ir.Table:
    """How long it takes until a ticket is solved: the median over the tickets solved in the period, in hours.

    Formula: median of solution less opening over the tickets solved in the period, in business hours (Monday to
    Friday, 9 to 17 in the reporting zone unless the company sets others) or by the clock (`calendar`); n is the
    tickets solved, `p90` what nine in ten do not exceed, `mean` their mean.
    At risk: the tickets of ticket_volume solved in the period, whenever opened; a reopened one counts by its last
    solution. A solution dated before its ticket is left out.
    Example: 2026-10, the finger-count company: 8.
    Source: Zendesk and Intercom, full resolution time in business hours.
    """
    return _taken(t, solved(t, window), "solved_at", by, window, hours)


@metric(
    unit=Unit.SHARE,
    good="up",
    shape=Shape.SHARE,
    entity="ticket",
    needs=("tickets.created_at", "tickets.solved_at"),
    by=TICKET_DIMENSIONS,
    notes=_may_still_call,
    companions=("resolution_time", "reopen_rate"),
)
def first_contact_resolution(t: Tables, window: Window, by: tuple[str, ...] = ()) -> ir.Table:
    """Tickets that needed no further contact within 7 days of their solution, as a share of those solved.

    Formula: tickets solved in the period, not reopened, after which the person opened no other ticket within 7
    days / tickets solved in the period; the account stands for the person where a ticket names none. `unsettled` of
    them had not had their 7 days by the day of the data.
    At risk: the tickets of ticket_volume solved in the period.
    Example: 2026-10, the finger-count company: 2 of 4.
    Source: practice of support teams: first contact resolution.
    """
    frame = of_tickets(t, solved(t, window), by, window)
    later = calls(t).select(caller="person", called_at="created_at")
    asked = frame.select("ticket_id", "person", "solved_at")
    pairs = asked.inner_join(later, asked.person == later.caller)
    soon = pairs.called_at < pairs.solved_at + ibis.interval(days=SETTLED_DAYS)
    again = pairs.filter((pairs.called_at > pairs.solved_at) & soon).select(came_back="ticket_id").distinct()
    joined = frame.left_join(again, frame.ticket_id == again.came_back)
    once = joined.came_back.isnull() & ~joined.reopened.fill_null(False)
    over = Window(t.as_of - timedelta(days=SETTLED_DAYS), t.as_of, zone=t.definitions.zone).first
    return counted_only(
        per(joined, by).agg(
            part=flag(once).sum(), whole=joined.count(), unsettled=flag(once & (joined.solved_at > over)).sum()
        )
    )


@metric(
    unit=Unit.SHARE,
    good="down",
    shape=Shape.SHARE,
    entity="ticket",
    needs=("tickets.created_at", "tickets.solved_at", "tickets.reopened"),
    by=TICKET_DIMENSIONS,
    companions=("first_contact_resolution",),
)
def reopen_rate(t: Tables, window: Window, by: tuple[str, ...] = ()) -> ir.Table:
    """Solved tickets that had been reopened, as a share of those solved.

    Formula: tickets solved in the period that came back at least once / tickets solved in the period.
    At risk: the tickets of ticket_volume solved in the period; one that was reopened and is open still is in
    open_tickets.
    Example: 2026-10, the finger-count company: 1 of 4.
    Source: Zendesk, reopened tickets.
    """
    frame = of_tickets(t, solved(t, window), by, window)
    return counted_only(per(frame, by).agg(part=flag(frame.reopened).sum(), whole=frame.count()))

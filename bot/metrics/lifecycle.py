"""Coming and going of users: new, current, resurrected and dormant."""

from __future__ import annotations

import ibis
import ibis.expr.types as ir

from bot.metrics.declare import metric
from bot.metrics.engagement import EVENTS, USER_DIMENSIONS, people_active
from bot.metrics.expressions import during, flag, ratio
from bot.metrics.present import ever, one_before
from bot.metrics.tables import Tables, per
from bot.types import Shape, Unit, Window

KINDS = ("new", "current", "resurrected", "dormant")


@metric(
    unit=Unit.COUNT,
    good="context",
    shape=Shape.FLOW,
    entity="user",
    needs=EVENTS,
    by=USER_DIMENSIONS,
    companions=("active_users", "stickiness"),
)
def lifecycle_counts(t: Tables, window: Window, by: tuple[str, ...] = ()) -> ir.Table:
    """Where the period's users come from and who stays away: new, current, resurrected, dormant, and the pulse.

    Formula: new: first active in the period; current: active in it and in the one before; resurrected: active in it,
    not in the one before, but earlier; dormant: active in the one before, not in it. n is all active = new + current +
    resurrected; `pulse` = (new + resurrected) / dormant. The period before has as many whole months, else as many days;
    of a week or month that still runs it is the whole one before.
    At risk: everybody who was ever active by the period's end; "first" is the first active event in the data.
    Example: 2026-10, the finger-count company: new 5, current 5, resurrected 0, dormant 1.
    Source: Amplitude and PostHog, lifecycle.
    """
    acts = t.narrow(people_active(t, ever(window), by))
    earlier = one_before(window)
    here = acts.occurred_at >= window.first
    just_before = during(acts.occurred_at, earlier)
    each = acts.group_by([*by, "user_id"]).agg(
        now=flag(here).max(), was=flag(just_before).max(), since=acts.occurred_at.min()
    )
    now, was = each.now == 1, each.was == 1
    fresh = each.since >= window.first
    counts = per(each, by).agg(
        new=flag(fresh).sum(),
        current=flag(now & was).sum(),
        resurrected=flag(now & ~was & ~fresh).sum(),
        dormant=flag(was & ~now).sum(),
    )
    counts = counts.mutate(
        active=counts.new + counts.current + counts.resurrected,
        pulse=ratio(counts.new + counts.resurrected, counts.dormant),
    )
    return ibis.union(
        *(
            counts.select(*by, type=ibis.literal(kind), value=counts[kind], n=counts.active, pulse=counts.pulse)
            for kind in KINDS
        )
    )

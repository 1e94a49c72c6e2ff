"""Events of a customer's life, one by one: for the variants that count moves rather than states.

`steps` gives the balance of each account before and after every instant at which it changed.
"""

from __future__ import annotations

from datetime import timedelta

import ibis
import ibis.expr.types as ir

from bot.metrics.expressions import FOREVER, flag, local_day, ratio, spine
from bot.metrics.population import standing
from bot.metrics.tables import Tables, beside, counted_only, per
from bot.metrics.terms import Policy, terms
from bot.types import Window, instant


def steps(t: Tables, window: Window, by: tuple[str, ...], policy: Policy) -> ir.Table:
    """One row per account and instant of change up to the window's end, with the balance around it.

    Columns: account_id, moved_on, micros_before, micros_after, pays_before, pays_after, kept_before,
    kept_after (numbers of stretches), since (first paid instant), and the dimensions, which are the account's
    own: the same on every row, so that what its moves add up to stays in one segment.
    """
    rows = terms(t, policy)
    rows = rows.mutate(kept=rows.pays + rows.rests)
    opens = rows.select("account_id", "micros", "pays", "kept", moved_on=rows.opens)
    closes = rows.filter(rows.closes < FOREVER).select(
        "account_id", moved_on=lambda r: r.closes, micros=lambda r: -r.micros,
        pays=lambda r: -r.pays, kept=lambda r: -r.kept,
    )  # fmt: skip
    moves = ibis.union(opens, closes.select(opens.columns))
    moves = moves.filter(moves.moved_on <= window.last)
    sums = moves.group_by("account_id", "moved_on").agg(
        micros=moves.micros.sum(), pays=moves.pays.sum(), kept=moves.kept.sum()
    )
    so_far = ibis.window(group_by="account_id", order_by="moved_on", following=0)
    after = sums.mutate(
        **{f"{name}_after": sums[name].sum().over(so_far).cast("int64") for name in ("micros", "pays", "kept")}
    )
    frame = after.mutate(
        micros_before=after.micros_after - after.micros,
        pays_before=after.pays_after - after.pays,
        kept_before=after.kept_after - after.kept,
    ).drop("micros", "pays", "kept")
    states = standing(t, window, by, policy, "since").filter(ibis._.since.notnull())
    return frame.inner_join(states, "account_id")


def within(frame: ir.Table, window: Window) -> ir.BooleanValue:
    """Whether the step falls into the window; the state at its start is already the balance."""
    return (frame.moved_on > window.first) & (frame.moved_on <= window.last)


def logo_events(t: Tables, window: Window, by: tuple[str, ...], policy: Policy, method: str) -> ir.Table:
    """Churn counted by events: part = churn events of the window, whole by the method's denominator.

    events: customers at the start. stripe_like: those plus the new of the window. average: mean of start
    and end. daily_sum: the base that makes part / whole the sum of the daily rates.
    """
    if method == "daily_sum":
        return _daily(t, window, by, policy)
    events = steps(t, window, by, policy)
    left = (events.kept_before > 0) & (events.kept_after == 0)
    came = (events.since == events.moved_on) & (events.pays_before == 0)
    counted = per(events.filter(within(events, window)), by).agg(part=flag(left).sum(), came=flag(came).sum())
    states = standing(t, window, by, policy, "start", "end")
    ends = per(states, by).agg(first=states.start.sum(), last=states.end.sum())
    joined = _side_by_side(ends, counted, by)
    whole = {
        "events": joined.first,
        "stripe_like": joined.first + joined.came,
        "average": ratio(joined.first + joined.last, 2),
    }[method]
    return counted_only(joined.select(*by, part=joined.part, whole=whole))


def _side_by_side(left: ir.Table, right: ir.Table, by: tuple[str, ...]) -> ir.Table:
    """Two aggregates of the same segments; a segment without events has none."""
    joined = beside(left, right, by)
    return joined.select(
        *by, first=joined.first, last=joined.last, part=joined.part.fill_null(0), came=joined.came.fill_null(0)
    )


def _daily(t: Tables, window: Window, by: tuple[str, ...], policy: Policy) -> ir.Table:
    """Σ over days of (left that day / customers at its start), as part over the matching base."""
    zone = t.definitions.zone
    events = steps(t, window, by, policy)
    left = flag((events.kept_before > 0) & (events.kept_after == 0))
    days = [window.start + timedelta(days=index) for index in range(window.days)]
    opened = spine([instant(day, zone) for day in days], "opened", t["subscriptions"])
    before = flag(events.pays_after > 0) - flag(events.pays_before > 0)
    # Customers at the start of a day: all gains less losses up to that instant.
    base = opened.cross_join(events.select(*by, "moved_on", gain=before))
    base = base.filter(base.moved_on <= base.opened)
    base = base.group_by([*by, local_day(base.opened, zone).name("day")]).agg(customers=base.gain.sum())
    gone = events.filter(within(events, window)).mutate(left=left)
    # The day that ends with the move: who leaves at midnight was still there when the day before began.
    ended = local_day(gone.moved_on - ibis.interval(microseconds=1), zone)
    gone = gone.group_by([*by, ended.name("day")]).agg(left=gone.left.sum())
    joined = base.left_join(gone, [*by, "day"])
    summed = joined.mutate(rate=ratio(joined.left.fill_null(0), joined.customers))
    rates = per(summed, by).agg(
        part=summed.left.fill_null(0).sum(), rate=summed.rate.sum(), customers=summed.customers.mean()
    )
    whole = (rates.rate > 0).ifelse(ratio(rates.part, rates.rate), rates.customers)
    return rates.select(*by, "part", whole=whole)

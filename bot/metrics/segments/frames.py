"""What several segments ask: who is a customer, who was active when, who used what, who bought how often."""

from __future__ import annotations

from datetime import date, datetime, timedelta

import ibis
import ibis.expr.types as ir

from bot.metrics.commerce import purchases
from bot.metrics.dimensions import with_dimensions
from bot.metrics.engagement import active_events
from bot.metrics.expressions import during, local_day, micros, money
from bot.metrics.population import standing
from bot.metrics.segments.declare import once
from bot.metrics.tables import Tables, owned
from bot.metrics.terms import Policy
from bot.types import Grain, Window, instant

FOUR_WEEKS = 28
MONTH_DAYS = 30
YEAR_DAYS = 365
RECENT_SURVEY_DAYS = 90


def since(t: Tables, day: date, days: int) -> datetime:
    """The instant at which the last `days` days before `day` began."""
    return instant(day - timedelta(days=days), t.definitions.zone)


def until(t: Tables, day: date) -> datetime:
    """The instant at which `day` begins: nothing from then on is known."""
    return instant(day, t.definitions.zone)


def last_days(t: Tables, day: date, days: int) -> Window:
    """The `days` days before `day`."""
    return Window(day - timedelta(days=days), day, Grain.RANGE, t.definitions.zone)


@once
def customers(t: Tables, day: date) -> ir.Table:
    """Every account that ever paid, with its state at the start of `day`.

    Columns: end (1 when paying), kept_end (1 when a customer), end_micros, since, lost_on, loss, reason_code,
    last_status, plan.
    """
    return standing(
        t, last_days(t, day, 1), ("plan",), Policy.of(t.definitions),
        "end", "kept_end", "end_micros", "since", "lost_on", "loss", "reason_code", "last_status",
    )  # fmt: skip


@once
def paying(t: Tables, day: date) -> ir.Table:
    """Who pays at the start of `day`: account_id, since, plan, mrr."""
    frame = customers(t, day)
    frame = frame.filter(frame.end == 1)
    return frame.select("account_id", "since", "plan", mrr=money(frame.end_micros))


@once
def kept(t: Tables, day: date) -> ir.Table:
    """Who is a customer at the start of `day`, paying or paused: account_id, since, plan, mrr."""
    frame = customers(t, day)
    frame = frame.filter(frame.kept_end == 1)
    return frame.select("account_id", "since", "plan", mrr=money(frame.end_micros))


@once
def signed_up(t: Tables, day: date) -> ir.Table:
    """Every account that signed up before `day` and lives on under its own name: account_id, signup_at."""
    accounts = t["accounts"]
    accounts = accounts.filter((accounts.signup_at < until(t, day)) & accounts.merged_into.isnull())
    return real(t, accounts.select("account_id", "signup_at"), day)


def real(t: Tables, frame: ir.Table, day: date) -> ir.Table:
    """The rows of accounts that are known and are no tests."""
    return with_dimensions(t, frame, (), last_days(t, day, 1)).filter(ibis._.account_id.notnull())


def before(t: Tables, name: str, column: str, day: date, days: int | None = None) -> ir.Table:
    """The rows of a table whose instant lies before `day`, and within the last `days` days where that is given."""
    rows = owned(t, name)
    rows = rows.filter(rows[column] < until(t, day))
    return rows if days is None else rows.filter(rows[column] >= since(t, day, days))


def latest(rows: ir.Table, moment: ir.Value, key: ir.Value) -> ir.Table:
    """The last row of each account; of two in one instant that with the higher key, on every engine alike."""
    order = ibis.window(group_by="account_id", order_by=[moment.desc(), key.desc()])
    ranked = rows.mutate(place_of_row=ibis.row_number().over(order))
    return ranked.filter(ranked.place_of_row == 0).drop("place_of_row")


@once
def last_activity(t: Tables, day: date) -> ir.Table:
    """account_id, last_active_at: when anyone in the account was last active before `day`."""
    events = before(t, "events", "occurred_at", day)
    events = events.filter(events.is_active_event.fill_null(True))
    return events.group_by("account_id").agg(last_active_at=events.occurred_at.max())


def inactive_from(t: Tables, day: date, plan: ir.Value) -> ir.Value:
    """The instant before which the last activity of an account makes it inactive, by the threshold of its plan."""
    own = [(plan == name, since(t, day, days)) for name, days in t.definitions.inactive_days_by_plan]
    usual = ibis.literal(since(t, day, t.definitions.inactive_days), type="timestamp")
    return ibis.cases(*((of, ibis.literal(at, type="timestamp")) for of, at in own), else_=usual) if own else usual


@once
def still_active(t: Tables, day: date) -> ir.Table:
    """Who pays and is not inactive by their plan's threshold: account_id, since, plan, mrr, last_active_at."""
    frame = paying(t, day).inner_join(last_activity(t, day), "account_id")
    return frame.filter(frame.last_active_at >= inactive_from(t, day, frame.plan))


def active_days(t: Tables, window: Window) -> ir.Table:
    """account_id, active_days: the days of the window on which anyone in the account was active."""
    events = active_events(t, window)
    days = events.select("account_id", day=local_day(events.occurred_at, t.definitions.zone)).distinct()
    return days.group_by("account_id").agg(active_days=days.count())


def features_used(t: Tables, window: Window) -> ir.Table:
    """account_id, feature_id, tier: each feature that anyone in the account used in the window."""
    features = t["features"].select("feature_id", "tier", did="core_event")
    events = owned(t, "events").filter(lambda e: during(e.occurred_at, window))
    return (
        events.inner_join(features, events.name == features.did).select("account_id", "feature_id", "tier").distinct()
    )


@once
def bought(t: Tables, day: date, days: int | None = None) -> ir.Table:
    """account_id, orders, revenue, last_order_at: the counted purchases before `day`, or of the last `days` days."""
    orders = purchases(t)
    orders = orders.filter(orders.occurred_at < until(t, day))
    if days is not None:
        orders = orders.filter(orders.occurred_at >= since(t, day, days))
    orders = real(t, orders, day)
    frame = orders.group_by("account_id").agg(
        orders=orders.count(), worth=micros(orders.net_amount).sum(), last_order_at=orders.occurred_at.max()
    )
    return frame.mutate(revenue=money(frame.worth)).drop("worth")


@once
def worth(t: Tables, day: date) -> ir.Table:
    """account_id, value: what an account is worth, by its MRR, or by its orders of a year where nobody subscribes."""
    if t.has("subscriptions"):
        frame = paying(t, day)
        return frame.select("account_id", value=frame.mrr)
    frame = bought(t, day, YEAR_DAYS)
    return frame.select("account_id", value=frame.revenue)


def top(frame: ir.Table, share: float, within: str | None = None) -> ir.Table:
    """The rows among the highest `share` by `value`; equals share a place, so ties at the edge are all in."""
    group = [within] if within else []
    above = ibis.rank().over(group_by=group, order_by=frame.value.desc())
    ranked = frame.mutate(above=above, many=frame.count().over(ibis.window(group_by=group)))
    return ranked.filter(ranked.above < ranked.many.cast("float64") * share).drop("above", "many")

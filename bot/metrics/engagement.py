"""Use of the product: who was active, how often, and with what."""

from __future__ import annotations

from datetime import timedelta

import ibis.expr.types as ir

from bot.errors import BadData
from bot.metrics.declare import metric
from bot.metrics.dimensions import with_dimensions
from bot.metrics.expressions import flag, local_day, ratio
from bot.metrics.tables import UNKNOWN, Tables, owned, per
from bot.types import Shape, Unit, Window

USER_COLUMNS = {"role": "role", "language": "language"}
"""Dimension → the column of `users`; for people these go before the account's own."""

EVENTS = ("events.occurred_at", "events.name")
USER_DIMENSIONS = (
    "plan", "interval", "country", "market", "platform", "role", "language", "channel", "size", "industry",
    "owner",
)  # fmt: skip


def active_events(t: Tables, window: Window) -> ir.Table:
    """The meaningful events of the window, with their user and account; test accounts drop out later."""
    events = owned(t, "events")
    events = events.filter((events.occurred_at >= window.first) & (events.occurred_at < window.last))
    return events.filter(events.is_active_event.fill_null(True))


def people_active(t: Tables, window: Window, by: tuple[str, ...]) -> ir.Table:
    """Active events of the window with the dimensions: user_id (the account where users are unknown), account_id."""
    frame = active_events(t, window)
    if not t.has("events", "user_id"):
        frame = frame.mutate(user_id=frame.account_id)
    frame = frame.filter(frame.user_id.notnull())  # what a server did for an account is nobody's activity
    if "platform" in (names := t.dimensions(by)):
        frame = frame.mutate(platform=frame.platform.fill_null(UNKNOWN))
    return described(t, frame, tuple(name for name in names if name not in ("platform", "feature")), window)


def described(t: Tables, frame: ir.Table, names: tuple[str, ...], window: Window) -> ir.Table:
    """Join the dimensions to a frame with user_id and account_id; what the user states goes before the account."""
    of_users = [name for name in names if name in USER_COLUMNS and t.has("users", USER_COLUMNS[name])]
    if of_users:
        users = t["users"]
        columns = {name: users[USER_COLUMNS[name]].fill_null(UNKNOWN) for name in of_users}
        known = users.select(person=users.user_id, **columns)
        frame = frame.left_join(known, frame.user_id == known.person).drop("person")
        frame = frame.mutate(**{name: frame[name].fill_null(UNKNOWN) for name in of_users})
    elif "role" in names:
        raise BadData("missing_column", table="users", column="role")
    rest = tuple(name for name in names if name not in of_users)
    if {"plan", "interval"} & set(rest):
        frame = with_plan_id(t, frame, window)
    return with_dimensions(t, frame, rest, window)


def with_plan_id(t: Tables, frame: ir.Table, window: Window) -> ir.Table:
    """Add the plan each account was on in the window: the latest stretch of any kind that began by its end."""
    rows = owned(t, "subscriptions")
    rows = rows.filter((rows.valid_from <= window.last) & (rows.status != "ended"))
    on = rows.group_by(subscriber=rows.account_id).agg(plan_id=rows.plan_id.argmax(rows.valid_from))
    return frame.left_join(on, frame.account_id == on.subscriber).drop("subscriber")


def returning(t: Tables, window: Window, by: tuple[str, ...]) -> ir.Table:
    """Accounts active in the period before; `back` is 1 for those active in the window too.

    The basis "active" of churn and retention: the period before is as many days long as the window.
    """
    before = Window(window.start - timedelta(days=window.days), window.start, window.grain, window.zone)
    names = t.dimensions(by)
    earlier = active_events(t, before).select("account_id").distinct()
    if {"plan", "interval"} & set(names):
        earlier = with_plan_id(t, earlier, window)
    base = t.narrow(with_dimensions(t, earlier, names, window))
    again = active_events(t, window).select(returned="account_id").distinct()
    joined = base.left_join(again, base.account_id == again.returned)
    return joined.mutate(back=flag(joined.returned.notnull())).drop("returned")


@metric(
    unit=Unit.COUNT,
    good="up",
    shape=Shape.LEVEL,
    entity="user",
    needs=EVENTS,
    by=USER_DIMENSIONS,
    companions=("stickiness",),
)
def active_users(t: Tables, window: Window, by: tuple[str, ...] = ()) -> ir.Table:
    """People with at least one meaningful action in the period.

    Formula: distinct users with an active event in the window; n repeats the count.
    At risk: every user of an account that is no test; received messages and background events are no activity.
    Example: 2026-10, the finger-count company: 10.
    Source: Amplitude and Mixpanel, active users; the active event is the company's choice.
    """
    frame = t.narrow(people_active(t, window, by))
    return per(frame, by).agg(value=frame.user_id.nunique(), n=frame.user_id.nunique())


@metric(
    unit=Unit.SHARE,
    good="up",
    shape=Shape.SHARE,
    entity="user",
    needs=EVENTS,
    by=USER_DIMENSIONS,
    parts="averages",
    companions=("active_users",),
)
def stickiness(t: Tables, window: Window, by: tuple[str, ...] = ()) -> ir.Table:
    """How much of the period's active people come on an average day: daily over period actives (DAU/MAU).

    Formula: average daily active users over all days of the window / distinct active users of the window.
    At risk: the active users of the period.
    Example: 2026-10-01..2026-10-02, the finger-count company: 4 of 5.
    Source: PostHog and Amplitude, stickiness.
    """
    frame = t.narrow(people_active(t, window, by))
    day = local_day(frame.occurred_at, t.definitions.zone)
    daily = frame.select(*by, "user_id", day=day).distinct()
    return per(daily, by).agg(part=ratio(daily.count(), window.days), whole=daily.user_id.nunique())


@metric(
    unit=Unit.SHARE,
    good="up",
    shape=Shape.SHARE,
    entity="user",
    needs=(*EVENTS, "features.core_event"),
    by=("feature", *USER_DIMENSIONS),
    variants={
        "denominator": ("entitled_active", "all_active"),
        "tier": ("any", "basic", "advanced"),
    },
    companions=("active_users",),
)
def feature_adoption(
    t: Tables,
    window: Window,
    by: tuple[str, ...] = (),
    *,
    denominator: str = "entitled_active",
    tier: str = "any",
) -> ir.Table:
    """Active people who used a feature at least once, as a share of the active people entitled to it.

    Formula: entitled active users who did the core action / entitled active users; over several features, at least one.
    At risk: active users whose plan includes the feature; page views are no use.
    Example: 2026-10, the finger-count company, feature=reports: 3 of 5.
    Source: product analytics guides: the eligible population is the base.
    """
    features = t["features"]
    if tier != "any":
        features = features.filter(features.tier == tier)
    names = t.dimensions(by)
    people = people_active(t, window, tuple(name for name in (*by, *names) if name != "feature"))
    if denominator == "entitled_active" and t.has("features", "entitled_plans") and "plan_id" not in people.columns:
        people = with_plan_id(t, people, window)
    keys = [name for name in names if name != "feature"]
    features = features.select("core_event", feature="feature_id", plans=features.entitled_plans)
    held = people.select(*keys, "user_id", *(["plan_id"] if "plan_id" in people.columns else [])).distinct()
    pairs = held.cross_join(features)
    if "plan_id" in pairs.columns and denominator == "entitled_active":
        listed = ("," + pairs.plans.replace(" ", "") + ",").contains("," + pairs.plan_id.fill_null("") + ",")
        pairs = pairs.filter(pairs.plans.isnull() | listed)
    used = active_core(t, window)
    joined = pairs.left_join(used, (pairs.user_id == used.person) & (pairs.core_event == used.did))
    tried = t.narrow(joined.mutate(tried=flag(joined.person.notnull())))
    each = tried.group_by(list(dict.fromkeys([*by, "user_id"]))).agg(tried=tried.tried.max())
    return per(each, by).agg(part=each.tried.sum(), whole=each.count())


def active_core(t: Tables, window: Window) -> ir.Table:
    """(person, did): which user did which event in the window, once each."""
    events = t["events"]
    events = events.filter((events.occurred_at >= window.first) & (events.occurred_at < window.last))
    person = events.user_id if t.has("events", "user_id") else events.account_id
    return events.select(person=person, did=events.name).distinct()

"""Use of features: who takes them up."""

from __future__ import annotations

import ibis.expr.types as ir

from bot.metrics.declare import metric
from bot.metrics.engagement import EVENTS, USER_DIMENSIONS, people_active, with_plan_id
from bot.metrics.expressions import flag
from bot.metrics.tables import Tables, per
from bot.types import Shape, Unit, Window


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

"""Use of features: who takes them up, how deep, and how soon."""

from __future__ import annotations

from dataclasses import dataclass

import ibis
import ibis.expr.types as ir

from bot.errors import BadQuestion
from bot.metrics.declare import metric
from bot.metrics.engagement import EVENTS, USER_DIMENSIONS, described, entitled, people_active, with_plan_id
from bot.metrics.expressions import admits, during, flag, local_day, ratio
from bot.metrics.newcomers import days_after, newcomers
from bot.metrics.present import after, ever
from bot.metrics.quantiles import quantiles
from bot.metrics.tables import Tables, beside, everybody, owned, per, without
from bot.types import Shape, Unit, Window

ENTITLED = ("entitled_active", "entitled", "all_active")
TIERS = ("any", "basic", "advanced")
WEEK = 7


@dataclass(frozen=True)
class Base:
    """Whose use of which features is counted: the variants of feature adoption."""

    denominator: str = "entitled_active"
    tier: str = "any"
    entity: str = "user"

    @property
    def key(self) -> str:
        return "account_id" if self.entity == "account" else "user_id"


def pairs(t: Tables, window: Window, by: tuple[str, ...], base: Base) -> ir.Table:
    """One row per person (or account) of the base and feature open to them; the filters are applied.

    Columns: the dimensions (feature among them), account_id, who, core_event.
    """
    names = without(t.dimensions(by), "feature")
    if base.denominator == "entitled":
        if "platform" in names:
            raise BadQuestion(
                "dimension_not_available", metric="feature_adoption", dimension="platform",
                near=[name for name in USER_DIMENSIONS if name != "platform"],
            )  # fmt: skip
        people = described(t, _entitled_people(t, window, base), names, window)
    else:
        people = people_active(t, window, names)
    features = t["features"]
    if base.tier != "any":
        features = features.filter(features.tier == base.tier)
    features = features.select("core_event", feature="feature_id", plans=features.entitled_plans)
    by_plan = base.denominator != "all_active" and t.has("features", "entitled_plans") and t.has("subscriptions")
    if by_plan and "plan_id" not in people.columns:
        people = with_plan_id(t, people, window)
    keys = [*names, "account_id", *(["plan_id"] if by_plan else [])]
    both = people.select(*keys, who=people[base.key]).distinct().cross_join(features)
    if by_plan:
        both = both.filter(admits(both.plans, both.plan_id))
    return t.narrow(both).drop("plans", *(["plan_id"] if by_plan else []))


def _entitled_people(t: Tables, window: Window, base: Base) -> ir.Table:
    """(user_id, account_id) of everybody on record, or the accounts, that might use the product in the window."""
    here = entitled(t, window)
    if base.entity == "account":
        return here.mutate(user_id=ibis.literal(None, type="string"))
    users = owned(t, "users")
    if t.has("users", "created_at"):
        users = users.filter(users.created_at.isnull() | (users.created_at < window.last))
    return users.select("user_id", "account_id").semi_join(here, "account_id")


def uses(t: Tables, window: Window, base: Base) -> ir.Table:
    """(doer, did, times, first_at): how often who did which core action in the window, and when first."""
    events = owned(t, "events")
    events = events.filter(during(events.occurred_at, window))
    doer = events.account_id if base.entity == "account" or not t.has("events", "user_id") else events.user_id
    core = t["features"].select(core="core_event").distinct()
    events = events.mutate(doer=doer).semi_join(core, events.name == core.core)
    return events.group_by("doer", did="name").agg(times=events.count(), first_at=events.occurred_at.min())


@metric(
    unit=Unit.SHARE,
    good="up",
    shape=Shape.SHARE,
    entity="user",
    needs=(*EVENTS, "features.core_event"),
    by=("feature", "tenure", *USER_DIMENSIONS),
    variants={"denominator": ENTITLED, "tier": TIERS, "entity": ("user", "account")},
    companions=("active_users",),
)
def feature_adoption(
    t: Tables,
    window: Window,
    by: tuple[str, ...] = (),
    *,
    denominator: str = "entitled_active",
    tier: str = "any",
    entity: str = "user",
) -> ir.Table:
    """Active people who used a feature at least once, as a share of the active people entitled to it.

    Formula: entitled active users who did the core action / entitled active users; over several features, at least one.
    Beside it `uses_each`: core actions per adopter (depth); `features_each`: features used per person of the base;
    `used_again`: adopters who use the same feature in the next period too (duration; empty until that is over);
    `days_to_adopt`: median days from joining to the first use, of the first uses in the period.
    At risk: active users whose plan includes the feature; page views are no use. "entitled" takes all people of
    accounts with a subscription in force, active or not; with the entity "account" accounts are counted.
    Example: 2026-10, the finger-count company, feature=reports: 3 of 5.
    Source: product analytics guides: the eligible population is the base.
    """
    base = Base(denominator, tier, entity)
    both = pairs(t, window, by, base)
    used = uses(t, window, base)
    frame = both.left_join(used, (both.who == used.doer) & (both.core_event == used.did)).drop("doer", "did")
    following = after(window)
    over = following.end <= t.as_of
    if over:
        next_use = uses(t, following, base).select(again="doer", same="did")
        frame = frame.left_join(next_use, (frame.who == next_use.again) & (frame.core_event == next_use.same))
    tried = frame.times.notnull()
    again = flag(tried & frame.again.notnull()) if over else ibis.literal(0)
    frame = frame.mutate(tried=flag(tried), kept=again)
    each = frame.group_by(list(dict.fromkeys([*by, "who"]))).agg(
        tried=frame.tried.max(), times=frame.times.sum(), features=frame.tried.sum(), kept=frame.kept.max()
    )
    found = per(each, by).agg(
        part=each.tried.sum(), whole=each.count(), times=each.times.sum(), features=each.features.sum(),
        kept=each.kept.sum(),
    )  # fmt: skip
    soon = quantiles(_first_uses(t, window, both, base), by, "days", {"days_to_adopt": 0.5}).drop("n", "mean")
    joined = beside(found, soon, by)
    return joined.select(
        *by,
        part=joined.part,
        whole=joined.whole,
        uses_each=ratio(joined.times, joined.part),
        features_each=ratio(joined.features, joined.whole),
        used_again=joined.kept if over else ibis.null("int64"),
        days_to_adopt=joined.days_to_adopt,
    )


def _first_uses(t: Tables, window: Window, both: ir.Table, base: Base) -> ir.Table:
    """The pairs whose first use ever fell into the window, with the days since they joined."""
    table, column, key = ("accounts", "signup_at", "account_id") if base.entity == "account" else (
        "users", "created_at", "user_id"
    )  # fmt: skip
    first = uses(t, ever(window), base)
    first = first.filter(first.first_at >= window.first)
    frame = both.inner_join(first, (both.who == first.doer) & (both.core_event == first.did))
    if not t.has(table, column):
        return frame.mutate(days=ibis.null("int64"))
    joined = t[table].select(joiner=key, joined_at=column)
    frame = frame.left_join(joined, frame.who == joined.joiner)
    zone = t.definitions.zone
    return frame.mutate(days=local_day(frame.first_at, zone).delta(local_day(frame.joined_at, zone), unit="day"))


@metric(
    unit=Unit.SHARE,
    good="up",
    shape=Shape.SHARE,
    entity="user",
    needs=(*EVENTS, "features.core_event", "features.tier"),
    by=USER_DIMENSIONS,
    parts="averages",
    variants={"times": ("3",)},
    companions=("feature_adoption",),
)
def mastery_level(t: Tables, window: Window, by: tuple[str, ...] = (), *, times: str = "3") -> ir.Table:
    """How much of the advanced features people master: the share of those open to them that they used several times.

    Formula: advanced features used at least 3 times (or as often as named) by each active user, summed / advanced
    features open to each active user, summed; `masters` counts the people who master at least one.
    At risk: active users whose plan includes at least one advanced feature; each feature open to a person counts once.
    Example: 2026-10, the finger-count company, times=1: 2 of 3.
    Source: product adoption guides, how often advanced features are used; sums, for shares are never averaged.
    """
    base = Base(tier="advanced")
    both = pairs(t, window, by, base)
    used = uses(t, window, base)
    frame = both.left_join(used, (both.who == used.doer) & (both.core_event == used.did))
    each = frame.group_by(list(dict.fromkeys([*by, "who"]))).agg(
        mastered=flag(frame.times >= int(times)).sum(), offered=frame.count()
    )
    return per(each, by).agg(
        part=each.mastered.sum(), whole=each.offered.sum(), people=each.count(), masters=flag(each.mastered > 0).sum()
    )


@metric(
    unit=Unit.SHARE,
    good="up",
    shape=Shape.SHARE,
    entity="user",
    needs=(*EVENTS, "features.core_event", "features.is_key", "users.created_at", "users.account_id"),
    by=without(USER_DIMENSIONS, "platform"),
    variants={"method": ("any_key", "each_key")},
    companions=("activation_rate", "onboarding_completion"),
)
def week1_key_feature_adoption(
    t: Tables, window: Window, by: tuple[str, ...] = (), *, method: str = "any_key"
) -> ir.Table:
    """New people who used a key feature in their first week, as a share of the new people with a full week behind them.

    Formula: users who did the core action of at least one key feature in [created, created + 7 days) / users created in
    the window with 7 full days by as-of. "each_key" asks for each key feature that their plan includes.
    At risk: users created in the window, 7 days before as-of or earlier; accounts that are no test.
    Example: 2026-10, the finger-count company: 0 of 5.
    Source: product analytics guides: key features are those that make customers stay; the company names them.
    """
    people = newcomers(t, window, by, mature_days=WEEK)
    keys = t["features"].filter(lambda f: f.is_key.fill_null(False))
    keys = keys.select("core_event", "feature_id", plans=keys.entitled_plans)
    both = people.cross_join(keys)
    both = both.mutate(asked=ibis.literal(1))
    if method == "each_key" and t.has("features", "entitled_plans") and t.has("subscriptions"):
        plain = everybody(t)
        both = with_plan_id(plain, both.drop("plan_id") if "plan_id" in both.columns else both, window)
        both = both.mutate(asked=flag(admits(both.plans, both.plan_id)))
    events = t["events"].select(doer="user_id", did="name", done_at="occurred_at")
    acts = both.inner_join(events, (both.who == events.doer) & (both.core_event == events.did))
    soon = acts.filter((acts.done_at >= acts.began) & (acts.done_at < days_after(acts.began, WEEK)))
    did = soon.select(doer="who", had="feature_id").distinct()
    joined = both.left_join(did, (both.who == did.doer) & (both.feature_id == did.had))
    each = joined.group_by([*by, "who"]).agg(
        wanted=joined.asked.sum(), used=flag(joined.doer.notnull() & (joined.asked == 1)).sum()
    )
    reached = (each.used > 0) & ((each.used == each.wanted) if method == "each_key" else ibis.literal(True))
    return per(each, by).agg(part=flag(reached).sum(), whole=each.count())

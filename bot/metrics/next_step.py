"""What an account might do next: a feature it has and does not use, a product, a date to order again."""

from __future__ import annotations

from typing import Any, cast

import ibis
import ibis.expr.types as ir

from bot.metrics.baskets import own_gaps
from bot.metrics.commerce import takings
from bot.metrics.customers import ACCOUNT_DIMENSIONS
from bot.metrics.declare import metric
from bot.metrics.dimensions import with_dimensions
from bot.metrics.expressions import admits, flag, ratio
from bot.metrics.population import standing
from bot.metrics.present import customers_at_end
from bot.metrics.segments.frames import features_used, last_days
from bot.metrics.stages import described_accounts
from bot.metrics.tables import UNKNOWN, Tables, everybody, per, without
from bot.metrics.terms import Policy
from bot.types import Grain, Shape, Unit, Window

STEPS = ("replenish", "feature", "product", "popular")
"""The kinds of step; of several for one account the first here is named first."""
WATCHED_DAYS = 90
USED_DAYS = 30
FEWEST_ALIKE = 10
"""Like accounts on each side of a comparison; fewer say nothing."""
FEWEST_BUYERS = 5
SOON_DAYS = 30
COLUMNS = ("account_id", "step", "what", "because", "part", "whole", "other_part", "other_whole", "days_to_go")


def suggestions(t: Tables, window: Window) -> ir.Table:
    """At most one row per account and step, as of the end of the window: COLUMNS. Tests are out, filters not applied.

    feature    what = feature_id; part of whole like accounts that used it stayed, other_part of other_whole of those
               that did not: an association.
    product    what = product_id; part of the whole buyers of `because`, which the account bought, bought it too.
    popular    what = product_id; part of whole buyers of the account's region or country bought it in a year.
    replenish  days_to_go to the account's own usual gap, the median, after its last order; whole is its orders.
    """
    plain = everybody(t)
    parts = []
    if t.has("orders"):
        parts.append(_replenish(plain, window))
    if t.has("features", "core_event") and t.has("subscriptions") and t.has("events"):
        parts.append(_features(plain, window))
    if t.has("order_items", "product_id") and t.has("orders"):
        parts += [_products(plain, window), _popular(plain, window)]
    rows = cast(ir.Table, ibis.union(*parts)) if len(parts) > 1 else parts[0]
    return with_dimensions(plain, rows, (), window)


def _step(frame: ir.Table, step: str, **values: Any) -> ir.Table:
    nothing = {
        "what": ibis.literal(None, "string"), "because": ibis.literal(None, "string"),
        **{name: ibis.literal(None, "int64") for name in COLUMNS[4:8]}, "days_to_go": ibis.literal(None, "float64"),
    }  # fmt: skip
    given = {name: value.cast(nothing[name].type()) for name, value in values.items()}
    return frame.select(**({"account_id": frame.account_id, "step": ibis.literal(step)} | nothing | given)).select(
        *COLUMNS
    )


def _best(frame: ir.Table, *order: ir.Value) -> ir.Table:
    """The first row of each account."""
    place = ibis.row_number().over(group_by="account_id", order_by=list(order))
    return frame.mutate(place=place).filter(ibis._.place == 0)


def _features(t: Tables, window: Window) -> ir.Table:
    """The entitled feature, unused for 30 days, whose users among like accounts stayed more than the others."""
    watched = last_days(t, window.end, WATCHED_DAYS)
    sized = ("size",) if t.has("accounts", "size") else ()
    policy = Policy.of(t.definitions)
    then = standing(t, watched, ("plan", *sized), policy, "start", "kept_end", "plan_id")
    then = then.filter(then.start == 1)
    used = features_used(t, last_days(t, watched.start, USED_DAYS)).select(user="account_id", tried="feature_id")
    pairs = _entitled(t, then).left_join(used, [("account_id", "user"), ("feature", "tried")])
    did, stays = flag(pairs.user.notnull()), pairs.kept_end
    alike = pairs.group_by(["plan", *sized, "feature"]).agg(
        whole=did.sum(), part=(did * stays).sum(), other_whole=(1 - did).sum(), other_part=((1 - did) * stays).sum()
    )
    alike = alike.filter((alike.whole >= FEWEST_ALIKE) & (alike.other_whole >= FEWEST_ALIKE))
    alike = alike.mutate(gain=ratio(alike.part, alike.whole) - ratio(alike.other_part, alike.other_whole))
    alike = alike.filter(alike.gain > 0)
    now = standing(t, last_days(t, window.end, 1), ("plan", *sized), policy, "end", "plan_id")
    held = _entitled(t, now.filter(now.end == 1))
    recent = features_used(t, last_days(t, window.end, USED_DAYS)).select(user="account_id", tried="feature_id")
    idle = held.anti_join(recent, [("account_id", "user"), ("feature", "tried")])
    found = idle.inner_join(alike, ["plan", *sized, "feature"])
    found = _best(found, found.gain.desc(), found.feature)
    return _step(
        found, "feature", what=found.feature, part=found.part, whole=found.whole,
        other_part=found.other_part, other_whole=found.other_whole,
    )  # fmt: skip


def _entitled(t: Tables, frame: ir.Table) -> ir.Table:
    """Each account with every feature of its plan."""
    features = t["features"].select(feature="feature_id", plans="entitled_plans").distinct()
    pairs = frame.cross_join(features)
    return pairs.filter(admits(pairs.plans, pairs.plan_id)).drop("plans")


def _bought(t: Tables, window: Window, days: int | None = None) -> ir.Table:
    """(account_id, product_id), once each, of the orders that count before the window's end."""
    orders = takings(t)
    orders = orders.filter((orders.occurred_at < window.last) & (orders.micros >= 0))
    if days is not None:
        orders = orders.filter(orders.occurred_at >= last_days(t, window.end, days).first)
    items = t["order_items"].filter(lambda i: i.product_id.notnull()).select("order_id", "product_id")
    rows = orders.select("order_id", "account_id").inner_join(items, "order_id")
    return with_dimensions(t, rows.select("account_id", "product_id").distinct(), (), window)


def _sold(t: Tables, frame: ir.Table) -> ir.Table:
    """The rows whose product is sold in the country of the account; products and countries not known are let pass."""
    if not t.has("products", "countries") or not t.has("accounts", "country"):
        return frame
    products = t["products"].select(sold="product_id", countries="countries")
    lives = t["accounts"].select(lives="account_id", home="country")
    joined = frame.left_join(products, frame.what == products.sold)
    joined = joined.left_join(lives, [("account_id", "lives")])
    passing = joined.home.isnull() | admits(joined.countries, joined.home)
    return joined.filter(passing).drop("sold", "countries", "lives", "home")


def _products(t: Tables, window: Window) -> ir.Table:
    """The product that most buyers of something the account bought have bought too, and it has not."""
    mine = _bought(t, window)
    first = mine.select(buyer="account_id", because="product_id")
    second = mine.select(other="account_id", what="product_id")
    together = first.inner_join(second, first.buyer == second.other)
    together = together.filter(together.because != together.what)
    counts = together.group_by("because", "what").agg(part=together.count())
    sizes = first.group_by(basis="because").agg(whole=ibis._.count())
    pairs = counts.filter(counts.part >= FEWEST_BUYERS)
    pairs = pairs.inner_join(sizes, pairs.because == sizes.basis).drop("basis")
    held = mine.select("account_id", owned="product_id")
    offers = held.inner_join(pairs, held.owned == pairs.because)
    offers = offers.anti_join(mine.select(has="account_id", got="product_id"), [("account_id", "has"), ("what", "got")])
    offers = _sold(t, offers.mutate(share=ratio(offers.part, offers.whole)))
    found = _best(offers, offers.share.desc(), offers.part.desc(), offers.what, offers.because)
    return _step(found, "product", what=found.what, because=found.because, part=found.part, whole=found.whole)


def _popular(t: Tables, window: Window) -> ir.Table:
    """For customers who bought nothing yet: what most buyers of their own region, or country, bought in a year."""
    accounts = t["accounts"]
    place = accounts.country if t.has("accounts", "country") else ibis.literal(None, "string")
    if t.has("accounts", "region"):
        place = ibis.coalesce(accounts.region, place)
    homes = accounts.select(home_of="account_id", area=cast(ir.StringValue, place).fill_null(UNKNOWN))
    homes = homes.filter(homes.area != UNKNOWN)
    sales = _bought(t, window, 365).inner_join(homes, [("account_id", "home_of")])
    whole = sales.group_by(in_area="area").agg(whole=sales.account_id.nunique())
    counts = sales.group_by("area", what="product_id").agg(part=sales.count())
    counts = counts.filter(counts.part >= FEWEST_BUYERS).inner_join(whole, counts.area == whole.in_area).drop("in_area")
    empty = customers_at_end(t, last_days(t, window.end, 1)).select("account_id")
    empty = empty.anti_join(_bought(t, window).select(buyer="account_id"), [("account_id", "buyer")])
    offers = empty.inner_join(homes, [("account_id", "home_of")]).drop("home_of").inner_join(counts, "area")
    offers = _sold(t, offers)
    found = _best(offers, offers.part.desc(), offers.what)
    return _step(found, "popular", what=found.what, because=found.area, part=found.part, whole=found.whole)


def _replenish(t: Tables, window: Window) -> ir.Table:
    """Who is near the date on which they usually order again: within 30 days of it, before or after."""
    frame = own_gaps(t, window.last, 0.5)
    passed = ibis.literal(window.end).delta(frame.last_day, unit="day")
    frame = frame.mutate(days_to_go=frame.usual_gap - passed.cast("float64"))
    near = frame.filter(frame.days_to_go.between(-SOON_DAYS, SOON_DAYS))
    return _step(near, "replenish", whole=near.orders, days_to_go=near.days_to_go)


def next_steps(t: Tables, window: Window, **_: Any) -> ir.Table:
    """The people behind the next steps: one row per account, with the first of its steps and its evidence."""
    rows = _described(t, window, ())
    rank = ibis.cases(*((rows.step == name, place) for place, name in enumerate(STEPS)), else_=len(STEPS))
    return _best(rows, rank).select(*COLUMNS)


def _described(t: Tables, window: Window, by: tuple[str, ...]) -> ir.Table:
    t, of_the_step = t.apart("step")
    names = without(t.dimensions(by), "step")
    rows = described_accounts(t, suggestions(t, window), names, window)
    return of_the_step.narrow(t.narrow(rows))


@metric(
    unit=Unit.COUNT,
    good="context",
    shape=Shape.LEVEL,
    needs=("accounts.account_id", "orders.customer_id|features.core_event"),
    by=("step", *ACCOUNT_DIMENSIONS),
    keys=("step",),
    window=Grain.DAY,
    companions=("feature_adoption", "repeat_purchase_rate"),
    people=next_steps,
)
def next_step(t: Tables, window: Window, by: tuple[str, ...] = ()) -> ir.Table:
    """For how many accounts a next step suggests itself, by kind: a feature, a product, a date to order again.

    Formula: accounts with at least one suggestion of the kind at the window's end. feature: an entitled feature unused
    for 30 days whose users, among accounts of the same plan and size 90 days ago (10 or more on each side), stayed more
    often than the others; product: what the buyers of something it bought bought too (5 or more), sold in its country;
    popular, for customers without orders: the most bought in their region; replenish: within 30 days of the account's
    own median gap after its last order (3 orders or more). An association, not an effect.
    At risk: paying customers for a feature, buyers for a product or a date; test accounts never.
    Example: 2026-Q3, the finger-count company, step=replenish: 1.
    Source: retention practice; co-purchase as in Linden, Smith and York 2003, item-to-item recommendations.
    """
    rows = _described(t, window, by)
    keys = tuple(dict.fromkeys((*by, "step")))
    counted = per(rows, keys).agg(value=rows.account_id.nunique(), n=rows.account_id.nunique())
    return cast(ir.Table, counted)

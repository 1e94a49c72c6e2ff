"""The loyalty programme: who takes part, what becomes of points, and the tiers."""

from __future__ import annotations

import ibis
import ibis.expr.types as ir

from bot.metrics.commerce import purchases
from bot.metrics.declare import metric
from bot.metrics.dimensions import with_dimensions
from bot.metrics.expressions import flag
from bot.metrics.ledger import LEDGER, entries, fate, thresholds, tiers, took_part, with_tier
from bot.metrics.quantiles import quantiles
from bot.metrics.shares import shares
from bot.metrics.tables import UNKNOWN, Tables, counted_only, everybody, per, without
from bot.types import Shape, Unit, Window

TIER = (*LEDGER, "loyalty_ledger.tier")
LADDER = (*TIER, "tier_benefits.tier", "tier_benefits.threshold")
MEMBER_DIMENSIONS = ("country", "channel", "language", "size", "industry")


def of_members(t: Tables, frame: ir.Table, by: tuple[str, ...], window: Window) -> ir.Table:
    """The frame with the dimensions of its members, after the question's filters."""
    return t.narrow(with_dimensions(t, frame, t.dimensions(by), window))


def _takers(t: Tables, window: Window, by: tuple[str, ...]) -> ir.Table:
    """One row per member or buyer by the window's end: collects, buys, active (1 or 0)."""
    rows = entries(t, window.last)
    known = rows.select("account_id", collects=ibis.literal(1), buys=ibis.literal(0), active=took_part(rows, window))
    if t.has("orders"):
        bought = purchases(t).filter(lambda p: p.occurred_at < window.last)
        bought = bought.select("account_id", collects=ibis.literal(0), buys=ibis.literal(1), active=ibis.literal(0))
        known = ibis.union(known.cast({"active": "int8"}), bought.cast({"active": "int8"}))
    each = known.group_by("account_id").agg(
        collects=known.collects.max(), buys=known.buys.max(), active=known.active.max()
    )
    return of_members(t, each, by, window)


def participants(t: Tables, window: Window) -> ir.Table:
    """The members who earned or redeemed points in the period, with the points of each."""
    rows = entries(t, window.last)
    rows = rows.filter(took_part(rows, window) == 1)
    each = rows.group_by("account_id").agg(
        earned=rows.points.sum(where=rows.points > 0).fill_null(0.0),
        redeemed=-rows.points.sum(where=rows.points < 0).fill_null(0.0),
    )
    return of_members(t, each, (), window).select("account_id", "earned", "redeemed")


@metric(
    unit=Unit.SHARE,
    good="up",
    shape=Shape.SHARE,
    entity="member",
    needs=LEDGER,
    by=MEMBER_DIMENSIONS,
    companions=("redemption_rate", "repeat_purchase_rate"),
    people=participants,
)
def loyalty_participation(t: Tables, window: Window, by: tuple[str, ...] = ()) -> ir.Table:
    """Members who earned or redeemed points in the period, as a share of all members.

    Formula: members with at least one earning or redemption in the period / members at its end. Beside it `buyers`,
    the customers who have bought by then, and `buying_members`, those of them who are members.
    At risk: accounts with a row in the points ledger by the period's end; points that expire are no activity.
    Example: 2026-10, the finger-count company: 3 of 5.
    Source: Smile.io, loyalty metrics.
    """
    frame = _takers(t, window, by)
    return counted_only(
        per(frame, by).agg(
            part=frame.active.sum().fill_null(0), whole=frame.collects.sum().fill_null(0), buyers=frame.buys.sum(),
            buying_members=flag((frame.collects == 1) & (frame.buys == 1)).sum(),
        )
    )  # fmt: skip


def _issued(t: Tables, window: Window, by: tuple[str, ...]) -> ir.Table:
    return of_members(t, fate(t, window), by, window)


def _in_period(t: Tables, window: Window, by: tuple[str, ...]) -> ir.Table:
    """One row per member at the window's end: issued and redeemed points of the window, and the balance before it."""
    rows = entries(t, window.last)
    here = rows.occurred_at >= window.first
    spent = rows.reason == "redemption"
    each = rows.group_by("account_id").agg(
        issued=rows.points.sum(where=here & (rows.points > 0)).fill_null(0.0),
        redeemed=-rows.points.sum(where=here & spent & (rows.points < 0)).fill_null(0.0),
        balance=rows.points.sum(where=~here).fill_null(0.0),
    )
    return of_members(t, each, by, window)


def redeemers(t: Tables, window: Window, *, basis: str = "points", form: str = "cohort") -> ir.Table:
    """The members who redeemed in the period, with what they redeemed; or of points issued in it, by cohort."""
    frame = _issued(t, window, ()) if (basis, form) == ("points", "cohort") else _in_period(t, window, ())
    return frame.filter(frame.redeemed > 0).select("account_id", "issued", "redeemed")


@metric(
    unit=Unit.SHARE,
    good="up",
    shape=Shape.SHARE,
    entity="member",
    needs=LEDGER,
    by=MEMBER_DIMENSIONS,
    parts="averages",
    variants={"basis": ("points", "members"), "form": ("cohort", "in_period")},
    companions=("breakage", "loyalty_participation"),
    people=redeemers,
)
def redemption_rate(
    t: Tables, window: Window, by: tuple[str, ...] = (), *, basis: str = "points", form: str = "cohort"
) -> ir.Table:
    """How much of the points issued in the period has been redeemed so far; or how many members redeem.

    Formula: points issued in the period and redeemed by as-of / points issued in the period, a member's oldest points
    being used first; form "in_period" sets the points redeemed in the period, whenever issued, against those issued in
    it. Basis "members": members who redeemed in the period / members who could, with a balance at its start or points
    earned in it.
    At risk: points issued, those that expired since among them; young points had little time to be redeemed.
    Example: 2026-09, the finger-count company: 350 of 1000.
    Source: Smile.io, loyalty metrics.
    """
    if basis == "members":
        frame = _in_period(t, window, by)
        took = frame.redeemed > 0
        could = (frame.balance > 0) | (frame.issued > 0) | took
        return counted_only(
            per(frame, by).agg(
                part=flag(took).sum().fill_null(0), whole=flag(could).sum().fill_null(0), n=flag(could).sum()
            )
        )
    frame = _issued(t, window, by) if form == "cohort" else _in_period(t, window, by)
    return counted_only(
        per(frame, by).agg(
            part=frame.redeemed.sum().fill_null(0.0),
            whole=frame.issued.sum().fill_null(0.0),
            n=flag(frame.issued > 0).sum(),
        )
    )


def unspent(t: Tables, window: Window, *, basis: str = "expired") -> ir.Table:
    """The members whose points of the period expired (or lie unspent): what they were issued and what became of it."""
    frame = _issued(t, window, ())
    rest = frame.issued - frame.redeemed
    frame = frame.mutate(unspent=rest)
    frame = frame.filter(frame.expired > 0 if basis == "expired" else frame.unspent > 0)
    return frame.select("account_id", "issued", "redeemed", "expired", "unspent")


@metric(
    unit=Unit.SHARE,
    good="down",
    shape=Shape.SHARE,
    entity="member",
    needs=LEDGER,
    by=MEMBER_DIMENSIONS,
    parts="averages",
    variants={"basis": ("expired", "unspent")},
    companions=("redemption_rate",),
    people=unspent,
)
def breakage(t: Tables, window: Window, by: tuple[str, ...] = (), *, basis: str = "expired") -> ir.Table:
    """Points issued in the period that expired and will never be redeemed, as a share of those issued.

    Formula: points issued in the period and expired by as-of / points issued in the period, a member's oldest points
    being used first. Basis "unspent" counts all that is not redeemed, live points too, as Smile.io does; both stand
    beside the figure. What is likely to expire later is not estimated.
    At risk: points issued in the period. Lower is better for engagement; for finance it is a liability that falls away.
    Example: 2026-09, the finger-count company: 200 of 1000.
    Source: Smile.io, loyalty metrics (basis "unspent"); accounting practice for expired points.
    """
    frame = _issued(t, window, by)
    frame = frame.mutate(unspent=frame.issued - frame.redeemed)
    part = frame.expired if basis == "expired" else frame.unspent
    return counted_only(
        per(frame, by).agg(
            part=part.sum().fill_null(0.0), whole=frame.issued.sum().fill_null(0.0), n=frame.count(),
            redeemed=frame.redeemed.sum(), expired=frame.expired.sum(), unspent=frame.unspent.sum(),
        )
    )  # fmt: skip


def in_tiers(t: Tables, window: Window) -> ir.Table:
    """Every member at the period's end, with the tier."""
    return _tiered(t, window, ()).select("account_id", "tier")


def _tiered(t: Tables, window: Window, by: tuple[str, ...]) -> ir.Table:
    members = entries(t, window.last).select("account_id").distinct()
    return of_members(t, with_tier(t, members, window.last), by, window)


@metric(
    unit=Unit.SHARE,
    good="context",
    shape=Shape.SHARE,
    entity="member",
    needs=TIER,
    by=MEMBER_DIMENSIONS,
    keys=("tier",),
    companions=("tier_migration", "loyalty_participation"),
    people=in_tiers,
)
def tier_distribution(t: Tables, window: Window, by: tuple[str, ...] = ()) -> ir.Table:
    """Members by tier at the end of the period, as a share of all members.

    Formula: members whose latest row of the ledger puts them in the tier / members.
    At risk: accounts with a row in the points ledger by the period's end; "unknown" are those without any tier.
    Example: 2026-10, the finger-count company, tier=gold: 1 of 5.
    Source: loyalty programme practice.
    """
    t, of_the_tier = t.apart("tier")
    others = without(by, "tier")
    frame = _tiered(t, window, others)
    known = _tiered(everybody(t), window, ()).select("tier").distinct()
    return of_the_tier.narrow(shares(frame, others, "tier", known))


def _moves(t: Tables, window: Window, by: tuple[str, ...]) -> ir.Table:
    """One row per member with a tier at the window's start: tier_before, tier_after, type (up, down or same)."""
    ladder = thresholds(t)
    before = tiers(t, window.first).join(ladder, "tier").select("account_id", tier_before="tier", low="threshold")
    after = tiers(t, window.last).join(ladder, "tier").select(who="account_id", tier_after="tier", high="threshold")
    both = before.join(after, before.account_id == after.who)
    kind = ibis.cases((both.high > both.low, "up"), (both.high < both.low, "down"), else_="same")
    return of_members(t, both.mutate(type=kind, tier=both.tier_before), by, window)


def moved(t: Tables, window: Window) -> ir.Table:
    """The members whose tier changed in the period: from which, to which, and whether up or down."""
    frame = _moves(t, window, ())
    return frame.filter(frame.type != "same").select("account_id", "type", "tier_before", "tier_after")


@metric(
    unit=Unit.SHARE,
    good="context",
    shape=Shape.SHARE,
    entity="member",
    needs=LADDER,
    by=MEMBER_DIMENSIONS,
    keys=("type",),
    companions=("tier_distribution",),
    people=moved,
)
def tier_migration(t: Tables, window: Window, by: tuple[str, ...] = ()) -> ir.Table:
    """Members who stand in a higher or a lower tier at the end of the period than at its start.

    Formula: members who moved up (down, or stayed) / members with a tier at the start; broken down by tier, it is that
    of the start.
    At risk: members with a tier at both ends whose thresholds are known; a tier kept by grace is still held.
    Example: 2026-10, the finger-count company, type=up: 1 of 3.
    Source: loyalty programme practice.
    """
    frame = _moves(t, window, by)
    # Each type has a row, also where nobody moved that way.
    kinds = [frame.select(*by, "account_id", type=ibis.literal(kind), here=flag(frame.type == kind)) for kind in KINDS]
    rows = ibis.union(*kinds)
    return rows.group_by([*by, "type"]).agg(part=rows.here.sum(), whole=rows.count())


KINDS = ("up", "down", "same")


def missing_points(t: Tables, window: Window, *, basis: str = "balance") -> ir.Table:
    """Members below the highest tier: tier, next_tier, points and missing points, the nearest first by name."""
    return _distances(t, window, (), basis).select("account_id", "tier", "next_tier", "points", "missing")


def _distances(t: Tables, window: Window, by: tuple[str, ...], basis: str) -> ir.Table:
    rows = entries(t, window.last)
    counted = rows.filter(rows.points > 0) if basis == "earned" else rows
    sums = counted.group_by("account_id").agg(points=counted.points.sum())
    ladder = thresholds(t)
    held = with_tier(t, sums, window.last)
    own = ladder.select(own_tier="tier", reached="threshold")
    held = held.left_join(own, held.tier == own.own_tier)
    rungs = held.cross_join(ladder.select(next_tier="tier", goal="threshold"))
    # Who stands in no tier goes by points; a tier without a threshold is no place on the ladder.
    above = rungs.filter((rungs.tier == UNKNOWN).ifelse(rungs.goal > rungs.points, rungs.goal > rungs.reached))
    order = ibis.window(group_by="account_id", order_by=["goal", "next_tier"])
    nearest = above.mutate(place=ibis.row_number().over(order)).filter(lambda r: r.place == 0)
    nearest = nearest.mutate(missing=ibis.greatest(nearest.goal - nearest.points, 0.0))
    return of_members(t, nearest.select("account_id", "tier", "next_tier", "points", "missing"), by, window)


@metric(
    unit=Unit.COUNT,
    good="down",
    shape=Shape.LEVEL,
    entity="member",
    needs=LADDER,
    by=MEMBER_DIMENSIONS,
    variants={"basis": ("balance", "earned")},
    companions=("tier_distribution",),
    people=missing_points,
)
def nth_tier_distance(t: Tables, window: Window, by: tuple[str, ...] = (), *, basis: str = "balance") -> ir.Table:
    """Points missing to the next tier: the median over members who have one above them.

    Formula: median of (threshold of the next tier - points of the member, at least 0); the next tier is the lowest
    above the member's own. Points are the balance at the end of the period, or with the basis "earned" all points
    ever earned, for programmes in which redeeming does not cost the tier.
    At risk: members below the highest tier.
    Example: 2026-10, the finger-count company: 255.
    Source: loyalty programme practice.
    """
    frame = _distances(t, window, by, basis)
    return quantiles(frame, by, "missing").select(*by, "value", "n", "mean")

"""Customers who come back: departures followed until the return, and those a campaign has called."""

from __future__ import annotations

from datetime import timedelta
from typing import Any, cast

import ibis
import ibis.expr.types as ir

from bot.errors import BadQuestion
from bot.metrics.customers import ACCOUNT_DIMENSIONS, SUBSCRIPTIONS
from bot.metrics.declare import metric
from bot.metrics.expressions import FOREVER, during, flag
from bot.metrics.movements import steps, within
from bot.metrics.population import standing
from bot.metrics.tables import UNKNOWN, Tables, counted_only, owned, per, without
from bot.metrics.terms import Policy, terms
from bot.types import Grain, Shape, Unit, Window, instant

HORIZONS = ("90", "30", "180", "365")
ERROR_DAYS = 3
"""Who pays again so soon never left: that was an error of billing."""
RETURN_DIMENSIONS = ("reason", *ACCOUNT_DIMENSIONS)


def followed(t: Tables, window: Window) -> ir.Table:
    """The steps of every account up to as-of, whatever the question filters by: account_id, moved_on, and the
    balance around each step as `movements.steps` gives it.
    """
    bare, _ = t.apart(*t.dimensions(()))
    life = Window(window.start, max(t.as_of, window.end), Grain.RANGE, window.zone)
    moves = steps(bare, life, (), Policy.of(t.definitions))
    return moves.select(
        "account_id", "moved_on", "pays_before", "pays_after", "kept_before", "kept_after", "since"
    )  # fmt: skip


def mature_before(t: Tables, days: int) -> Any:
    """The instant up to which something must have happened so that `days` lie behind it."""
    return instant(t.as_of - timedelta(days=days), t.definitions.zone)


def next_time(moves: ir.Table, condition: ir.Value) -> ir.Value:
    """When, from each step on, the condition next holds; FOREVER if it does not."""
    ahead = ibis.window(group_by="account_id", order_by="moved_on", preceding=0)
    moment = cast(Any, condition).ifelse(moves.moved_on, FOREVER)
    return moment.min().over(ahead)


def _departures(t: Tables, window: Window) -> ir.Table:
    """One row per account that left in the window: account_id, left_on (the first time), back_on (FOREVER if never).

    A return within three days is an error of billing: that departure is left out.
    """
    moves = followed(t, window)
    moves = moves.mutate(back_on=next_time(moves, (moves.pays_before == 0) & (moves.pays_after > 0)))
    left = moves.filter(within(moves, window) & (moves.kept_before > 0) & (moves.kept_after == 0))
    left = left.filter(left.back_on > left.moved_on + ibis.interval(days=ERROR_DAYS))
    return left.group_by("account_id").agg(left_on=left.moved_on.min(), back_on=left.back_on.argmin(left.moved_on))


def _counted(t: Tables, frame: ir.Table) -> ir.Table:
    """The frame (account_id, back_on) with a return at a discount moved to its first paid invoice."""
    if not (t.has("subscriptions", "discount") and t.has("payments")):
        return frame
    rows, paid = owned(t, "subscriptions"), owned(t, "payments")
    cheap = rows.filter(rows.discount > 0)
    cheap = cheap.select(reopener="account_id", reopened=cheap.valid_from.cast("timestamp")).distinct()
    paid = paid.filter(paid.status == "paid")
    paid = paid.select(payer="account_id", paid_on=ibis.coalesce(paid.paid_at, paid.occurred_at))
    plain = frame.select("account_id", "back_on")
    first = plain.inner_join(paid, [plain.account_id == paid.payer, paid.paid_on >= plain.back_on])
    first = first.group_by(payer=first.account_id).agg(first_paid=first.paid_on.min())
    joined = frame.left_join(cheap, [frame.account_id == cheap.reopener, frame.back_on == cheap.reopened])
    joined = joined.left_join(first, joined.account_id == first.payer)
    settled = joined.reopener.notnull().ifelse(joined.first_paid.fill_null(FOREVER), joined.back_on)
    return joined.mutate(back_on=settled.cast("timestamp")).drop("reopener", "reopened", "payer", "first_paid")


def _with_reason(t: Tables, frame: ir.Table) -> ir.Table:
    """Why the account left at `left_on`: the code of the stretch that ended then."""
    rows = owned(t, "subscriptions")
    rows = rows.filter(rows.reason_code.notnull())
    rows = rows.select(teller="account_id", told_from="valid_from", told_to="valid_to", code="reason_code")
    told = frame.inner_join(rows, [frame.account_id == rows.teller, rows.told_from <= frame.left_on])
    told = told.filter(told.told_to.isnull() | (told.told_to >= told.left_on))
    told = told.group_by(teller=told.account_id).agg(code=told.code.max())
    joined = frame.left_join(told, frame.account_id == told.teller)
    return joined.mutate(reason=joined.code.fill_null(UNKNOWN)).drop("teller", "code")


def _gone(t: Tables, window: Window, by: tuple[str, ...], days: int) -> ir.Table:
    """Departures of the window with `days` behind them, and the dimensions: back is 1 where they paid again in time."""
    t, of_the_loss = t.apart("reason")
    names = (*by, *of_the_loss.dimensions(()))
    frame = _counted(t, _departures(t, window).filter(lambda d: d.left_on <= mature_before(t, days)))
    states = standing(t, window, without(by, "reason"), Policy.of(t.definitions), "plan_id", "since")
    frame = frame.inner_join(states, "account_id")
    if "reason" in names:
        frame = _with_reason(t, frame)
    return of_the_loss.narrow(frame.mutate(back=flag(frame.back_on <= frame.left_on + ibis.interval(days=days))))


def _same_period(t: Tables, window: Window, by: tuple[str, ...]) -> ir.Table:
    """Returns of the window over departures of the window: two groups of people."""
    moves = followed(t, window)
    moves = moves.filter(within(moves, window))
    left = (moves.kept_before > 0) & (moves.kept_after == 0)
    back = (moves.kept_before == 0) & (moves.pays_after > 0) & (moves.since < moves.moved_on)
    each = moves.group_by("account_id").agg(left=flag(left).max(), back=flag(back).max())
    frame = each.inner_join(standing(t, window, by, Policy.of(t.definitions), "since"), "account_id")
    return counted_only(per(frame, by).agg(part=frame.back.sum(), whole=frame.left.sum()))


def _called(t: Tables, window: Window, by: tuple[str, ...], days: int) -> ir.Table:
    """Former customers whom a win-back campaign of the window addressed, `days` ago or more, with the dimensions.

    sent is 1 for those written to, 0 for those held back; back is 1 where they paid again in time.
    """
    t, of_the_call = t.apart("campaign")
    sends = owned(t, "sends")
    sends = sends.filter(during(sends.occurred_at, window))
    if t.has("campaigns", "type"):
        meant = t["campaigns"].filter(lambda c: c.type == "win_back").select(meant="campaign_id")
        sends = sends.semi_join(meant, sends.campaign_id == meant.meant)
    sends = sends.mutate(held=sends.holdout.fill_null(False))
    each = sends.group_by("account_id").agg(
        sent=flag(~sends.held).max(),
        called_on=ibis.coalesce(sends.occurred_at.min(where=~sends.held), sends.occurred_at.min()),
        campaign=sends.campaign_id.min(),
    )
    each = each.filter(each.called_on <= mature_before(t, days))
    rows = terms(t, Policy.of(t.definitions))
    rows = rows.select(
        "pays", "opens", payer="account_id", holds=(rows.pays + rows.rests) * flag(rows.closes > rows.opens),
        closes="closes",
    )  # fmt: skip
    lives = each.inner_join(rows, each.account_id == rows.payer)
    pays = lives.pays == 1
    frame = lives.group_by(list(each.columns)).agg(
        former=flag(pays & (lives.opens <= lives.called_on)).max(),
        here=flag((lives.holds > 0) & (lives.opens <= lives.called_on) & (lives.closes > lives.called_on)).max(),
        back_on=lives.opens.min(where=pays & (lives.opens > lives.called_on)).fill_null(FOREVER).cast("timestamp"),
    )
    frame = _counted(t, frame.filter((frame.former == 1) & (frame.here == 0)))
    states = standing(t, window, without(by, "campaign"), Policy.of(t.definitions), "plan_id", "since")
    frame = frame.inner_join(states, "account_id")
    frame = frame.mutate(
        campaign=frame.campaign.fill_null(UNKNOWN),
        back=flag(frame.back_on <= frame.called_on + ibis.interval(days=days)),
    )
    return of_the_call.narrow(frame)


def _rate(t: Tables, window: Window, by: tuple[str, ...], form: str, horizon_days: str) -> ir.Table:
    days = int(horizon_days)
    if form != "campaign" and "campaign" in t.dimensions(by):
        raise BadQuestion("campaign_needs_form", metric="win_back_rate")
    if form == "in_period":
        return _same_period(t, window, by)
    if form == "campaign":
        called = _called(t, window, by, days)
        return counted_only(
            per(called, by).agg(
                part=(called.sent * called.back).sum().fill_null(0),
                whole=called.sent.sum().fill_null(0),
                held_back=flag(called.sent == 0).sum().fill_null(0),
                held_back_returned=((1 - called.sent) * called.back).sum().fill_null(0),
            )
        )
    gone = _gone(t, window, by, days)
    return counted_only(per(gone, by).agg(part=gone.back.sum().fill_null(0), whole=gone.count()))


def returned(t: Tables, window: Window, *, form: str = "cohort", horizon_days: str = "90") -> ir.Table:
    """The people behind a return rate: account_id, left_on or called_on, back_on, plan_id, since."""
    if form == "campaign":
        called = _called(t, window, (), int(horizon_days))
        return called.filter((called.back == 1) & (called.sent == 1)).select(
            "account_id", "called_on", "back_on", "campaign", "plan_id", "since"
        )
    gone = _gone(t, window, (), int(horizon_days))
    return gone.filter(gone.back == 1).select("account_id", "left_on", "back_on", "plan_id", "since")


@metric(
    unit=Unit.SHARE,
    good="up",
    shape=Shape.SHARE,
    needs=SUBSCRIPTIONS,
    by=("campaign", *RETURN_DIMENSIONS),
    window=Grain.YEAR,
    variants={"form": ("cohort", "in_period", "campaign"), "horizon_days": HORIZONS},
    companions=("churned_customers", "save_then_pay"),
    people=returned,
)
def win_back_rate(
    t: Tables, window: Window, by: tuple[str, ...] = (), *, form: str = "cohort", horizon_days: str = "90"
) -> ir.Table:
    """Of the customers who left in the period, the share who pay again within some days after leaving.

    Formula: left in the period and paid again within 90 days / left in the period, each account once. Form "campaign":
    former customers a win-back campaign wrote to who pay again within 90 days of the send, with those held back beside
    them; "in_period": returns over departures of the same period, which are two groups of people.
    At risk: who left long enough ago to have all the days behind them; a return within three days is an error of
    billing and left out, a pause is no departure, a return at a discount counts from its first paid invoice.
    Example: 2026-07, the finger-count company: 1 of 1.
    Source: RevenueCat, win them back; the same-period form: subsets.com.
    """
    return _rate(t, window, by, form, horizon_days)


@metric(
    unit=Unit.SHARE,
    good="up",
    shape=Shape.SHARE,
    needs=SUBSCRIPTIONS,
    by=RETURN_DIMENSIONS,
    window=Grain.YEAR,
    variants={"form": ("cohort", "in_period"), "horizon_days": HORIZONS},
    companions=("churned_customers", "save_then_pay"),
    people=returned,
)
def reactivation_rate(
    t: Tables, window: Window, by: tuple[str, ...] = (), *, form: str = "cohort", horizon_days: str = "90"
) -> ir.Table:
    """Of the customers who left in the period, the share who pay again within some days, whatever brought them back.

    Formula: as win_back_rate by cohort: left in the period and paid again within 90 days / left in the period.
    At risk: who left long enough ago to have all the days behind them; returns within three days are left out.
    Example: 2026-07, the finger-count company: 1 of 1.
    Source: RevenueCat, win them back; Churnkey's measure of that name is save_then_pay here.
    """
    return _rate(t, window, by, form, horizon_days)

"""Uplift: what a message or an offer caused, told by those who were held out."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping, Sequence
from typing import Any

import ibis
import ibis.expr.types as ir
import pandas as pd

from bot.metrics.customers import ACCOUNT_DIMENSIONS
from bot.metrics.declare import Asked, metric
from bot.metrics.estimates import NOBODY, Group, difference, quotient, relative
from bot.metrics.experiments import OUTCOMES, arms, takings_of, units, with_outcome
from bot.metrics.expressions import MICROS, ratio
from bot.metrics.messages import sent
from bot.metrics.tables import Tables, per
from bot.types import Note, Shape, Unit, Window

TEST_DIMENSIONS = ("campaign", *(name for name in ACCOUNT_DIMENSIONS if name != "tenure"))
HORIZONS = ("90", "14", "30", "60", "180", "365")
NO_HOLDOUT, TOO_FEW, NO_TEST = "no_holdout", "too_few", "no_test"


def arms_by_test(frame: pd.DataFrame, by: tuple[str, ...]) -> dict[tuple[Any, ...], tuple[Group, dict[str, Any]]]:
    """(segment, campaign) → (those held out, arm → its row), in the order of the names."""
    keys = [*(name for name in by if name != "campaign"), "campaign"]
    found: dict[tuple[Any, ...], tuple[Group, dict[str, Any]]] = defaultdict(lambda: (NOBODY, {}))
    for row in sorted(frame.to_dict("records"), key=lambda one: [str(one[key]) for key in (*keys, "arm")]):
        key = tuple(row[name] for name in keys)
        held, treated = found[key]
        if row["held"]:
            found[key] = (held + Group.of(row), treated)
        else:
            found[key] = (held, {**treated, str(row["arm"]): row})
    return found


def named(key: tuple[Any, ...], by: tuple[str, ...]) -> dict[str, Any]:
    """The columns that name a row of a test."""
    return dict(zip([*(name for name in by if name != "campaign"), "campaign"], key, strict=True))


def measured(treated: Group, held: Group, small: int) -> dict[str, Any]:
    """The columns of one comparison: value, n, low, high, and what stands beside them.

    With fewer than `small` people in an arm there is no interval: the normal one would be far too narrow.
    """
    row: dict[str, Any] = {
        "value": None, "n": treated.n, "low": None, "high": None, "treated": treated.total, "held": held.n,
        "held_part": held.total, "treated_mean": treated.mean if treated.n else None,
        "held_mean": held.mean if held.n else None, "relative": None, "relative_low": None, "relative_high": None,
        "incremental": None, "incremental_low": None, "incremental_high": None, "not_incremental": None,
        "verdict": NO_HOLDOUT,
    }  # fmt: skip
    if not held.n:
        return row
    gap, low, high = difference(treated, held)
    row |= {
        "value": gap, "incremental": gap * treated.n, "verdict": TOO_FEW,
        "not_incremental": quotient(held.mean, treated.mean) if treated.mean > 0 else None,
    }  # fmt: skip
    if min(treated.n, held.n) < small:
        return row
    verdict = "clear_gain" if low > 0 else "clear_loss" if high < 0 else "no_clear_change"
    row |= {
        "low": low, "high": high, "incremental_low": low * treated.n, "incremental_high": high * treated.n,
        "verdict": verdict,
    }  # fmt: skip
    if against := relative(treated, held):
        row |= dict(zip(("relative", "relative_low", "relative_high"), against, strict=True))
    return row


def told(rows: list[dict[str, Any]], asked: Asked, *columns: str) -> pd.DataFrame:
    """The rows; where there is no test at all, one that says so: nothing known is not a difference of nothing."""
    if not rows and not asked.by:
        rows = [{"campaign": None, **dict.fromkeys(columns), "n": 0, "verdict": NO_TEST}]
    return pd.DataFrame(rows, columns=None if rows else list(dict.fromkeys((*asked.by, "campaign", *columns))))


def _by_arm(frame: pd.DataFrame, asked: Asked) -> pd.DataFrame:
    rows = [
        {**named(key, asked.by), "arm": arm, **measured(Group.of(row), held, asked.definitions.small_sample)}
        for key, (held, treated) in arms_by_test(frame, asked.by).items()
        for arm, row in treated.items()
    ]
    return told(rows, asked, "arm", *measured(NOBODY, NOBODY, 0))


def said(rows: Sequence[Mapping[str, Any]], _asked: Asked) -> list[Note]:
    """What cannot be told: of campaigns that held nobody out, and where there was no test at all."""
    silent = sorted({str(row["campaign"]) for row in rows if row.get("verdict") == NO_HOLDOUT})
    untested = [Note("no_test")] if any(row.get("verdict") == NO_TEST for row in rows) else []
    return [*untested, Note("no_holdout", {"campaigns": silent})] if silent else untested


@metric(
    unit=Unit.SHARE,
    units={"spend": Unit.MONEY},
    good="up",
    shape=Shape.LEVEL,
    entity="person",
    needs=("assignments.arm|sends.holdout",),
    by=TEST_DIMENSIONS,
    variants={"outcome": OUTCOMES, "horizon_days": HORIZONS},
    keys=("campaign", "arm"),
    finish=_by_arm,
    notes=said,
    companions=("unsubscribe_rate", "complaint_rate"),
)
def uplift(
    t: Tables,
    window: Window,
    by: tuple[str, ...] = (),
    *,
    outcome: str = "retained",
    horizon_days: str = "90",
) -> ir.Table:
    """What a campaign or test caused: the outcome of those treated less that of those held out.

    Formula: rate (or mean) of each treated arm - that of the held-out; beside it the relative uplift (difference /
    held-out, interval by Fieller), the incremental count (difference x treated) and the share of the treated's
    outcome that would have come anyway. Intervals are 95%, normal, variances apart.
    At risk: all assigned in the period whose horizon is over, also those who got nothing delivered (intention to
    treat). "retained" is a customer at the horizon's end, "visit" an active event, "conversion" an order, "spend" its
    revenue.
    Example: 2026-07, the finger-count company, campaign=stay: 0.25.
    Source: Fieller 1954; Ascarza 2018, "Retention Futility": who is at risk is not who can be persuaded.
    """
    frame = with_outcome(t, units(t, window, by, int(horizon_days)), outcome, int(horizon_days))
    return arms(frame, by, as_money=outcome == "spend")


def _per_recipient(frame: pd.DataFrame, asked: Asked) -> pd.DataFrame:
    if asked.variant["method"] == "attributed":
        return frame.sort_values([*asked.by, "campaign"], kind="stable")
    rows = []
    for key, (held, treated) in arms_by_test(frame, asked.by).items():
        together = sum((Group.of(row) for row in treated.values()), NOBODY)
        if together.n:
            found = measured(together, held, asked.definitions.small_sample)
            rows.append({
                **named(key, asked.by), "value": found["value"], "n": found["n"], "low": found["low"],
                "high": found["high"], "incremental": found["incremental"],
                "attributed_not_causal": found["treated_mean"], "verdict": found["verdict"],
            })  # fmt: skip
    return told(rows, asked, "value", "n", "incremental", "attributed_not_causal", "verdict")


@metric(
    unit=Unit.MONEY,
    good="up",
    shape=Shape.LEVEL,
    entity="person",
    needs=("orders.customer_id", "orders.occurred_at", "orders.net_amount", "assignments.arm|sends.holdout"),
    by=TEST_DIMENSIONS,
    variants={"method": ("incremental", "attributed"), "horizon_days": HORIZONS},
    keys=("campaign",),
    finish=_per_recipient,
    notes=said,
    companions=("unsubscribe_rate", "complaint_rate"),
)
def revenue_per_recipient(
    t: Tables,
    window: Window,
    by: tuple[str, ...] = (),
    *,
    method: str = "incremental",
    horizon_days: str = "90",
) -> ir.Table:
    """Revenue that a message brought for each person it was for, beyond what would have come anyway.

    Formula: mean revenue of those treated within the horizon - mean revenue of those held out; "attributed" is instead
    the revenue of the accounts that got a message, each counted once a campaign, from their first message on / their
    messages delivered: all that followed, not what was caused.
    At risk: all assigned in the period whose horizon is over (incremental); all messages delivered in the period
    (attributed).
    Example: 2026-07, the finger-count company, campaign=summer: -6.67.
    Source: retention practice: the incremental form is preferred.
    """
    days = int(horizon_days)
    if method == "incremental":
        return arms(with_outcome(t, units(t, window, by, days), "spend", days), by, as_money=True)
    return _attributed(t, window, by, days)


def _attributed(t: Tables, window: Window, by: tuple[str, ...], days: int) -> ir.Table:
    keys = tuple(dict.fromkeys((*by, "campaign")))
    frame = sent(t, window, keys)
    frame = frame.filter(frame.delivered == 1)
    many = per(frame, keys).agg(n=frame.count())
    first = frame.group_by([*keys, "account_id"]).agg(since=frame.occurred_at.min())
    orders = takings_of(t, None)
    later = first.inner_join(orders, [first.account_id == orders.buyer, orders.done_at >= first.since])
    later = later.filter(later.done_at < later.since + ibis.interval(days=days))
    gained = later.group_by(list(keys)).agg(gained=later.gained.sum())
    joined = many.left_join(gained, list(keys))
    return joined.select(
        *keys,
        value=ratio(joined.gained.fill_null(0), joined.n.cast("float64") * float(MICROS)),
        n=joined.n,
        revenue=ratio(joined.gained.fill_null(0), MICROS),
    )


def _by_decile(frame: pd.DataFrame, asked: Asked) -> pd.DataFrame:
    by, small = (*asked.by, "decile"), asked.definitions.small_sample
    kept = ("value", "n", "low", "high", "treated_mean", "held", "held_mean", "verdict")
    tested = {row["campaign"] for row in frame.to_dict("records") if row["held"]}
    rows, silent = [], set()
    for key, (held, treated) in arms_by_test(frame, by).items():
        together = sum((Group.of(row) for row in treated.values()), NOBODY)
        names = named(key, by)
        if names["campaign"] not in tested:
            silent.add(names["campaign"])
        elif together.n and held.n:
            found, some = measured(together, held, small), next(iter(treated.values()))
            beside = {"proxy_from": some["least"], "proxy_to": some["most"]}
            rows.append({**names, **{name: found[name] for name in kept}, **beside})
    # A campaign that held nobody out has no tenths: one row says so.
    rows += [{"campaign": one, "decile": None, "value": None, "n": 0, "verdict": NO_HOLDOUT} for one in sorted(silent)]
    rows.sort(key=lambda row: (*(str(row.get(name)) for name in (*asked.by, "campaign")), row["decile"] or 0))
    return told(rows, asked, "decile", *kept)


def _by_proxy(rows: Sequence[Mapping[str, Any]], asked: Asked) -> list[Note]:
    known = [] if asked.definitions.margin else [Note("margin_unknown")]
    return [Note("purchases_stand_for_response"), *known, *said(rows, asked)]


PAST_DAYS = 365


@metric(
    unit=Unit.MONEY,
    good="context",
    shape=Shape.LEVEL,
    entity="person",
    needs=("orders.customer_id", "orders.occurred_at", "orders.net_amount", "assignments.arm|sends.holdout"),
    by=("campaign",),
    variants={"horizon_days": HORIZONS},
    keys=("campaign", "decile"),
    finish=_by_decile,
    notes=_by_proxy,
    companions=("uplift",),
)
def propensity_band_return(
    t: Tables, window: Window, by: tuple[str, ...] = (), *, horizon_days: str = "90"
) -> ir.Table:
    """What a contact brought beyond the held-out, by tenths of the people from the least to the most likely to buy.

    Formula: within each tenth, mean margin of those treated within the horizon - mean margin of those held out. No
    predicted response is kept, so what people bought in the 365 days before stands for it: tenth 10 bought most, and
    equal amounts are in one tenth.
    At risk: all assigned in the period whose horizon is over; only tests that held people out.
    Example: 2026-07, the finger-count company, campaign=summer: -46.67.
    Source: Ascarza 2018, "Retention Futility": return by band needs those held out.
    """
    days = int(horizon_days)
    frame = with_outcome(t, units(t, window, by, days), "spend", days, t.definitions.margin or 1.0)
    orders = takings_of(t, None)
    before = frame.select("campaign", "who", "account_id", "assigned_at").inner_join(
        orders, [frame.account_id == orders.buyer, orders.done_at < frame.assigned_at]
    )
    before = before.filter(before.done_at >= before.assigned_at - ibis.interval(days=PAST_DAYS))
    past = before.group_by(of_campaign="campaign", of_who="who").agg(past=before.gained.sum())
    joined = frame.left_join(past, (frame.campaign == past.of_campaign) & (frame.who == past.of_who))
    joined = joined.mutate(past=joined.past.fill_null(0))
    # The rank is that of the value, so that equal values share a tenth on every engine.
    inside = ibis.window(group_by="campaign")
    rank = joined.past.rank().over(ibis.window(group_by="campaign", order_by="past"))
    joined = joined.mutate(rank=rank, many=joined.count().over(inside))
    tenth = (ratio(joined["rank"] * 10, joined.many).floor() + 1).cast("int64")
    joined = joined.mutate(decile=tenth)
    keys = tuple(dict.fromkeys((*by, "campaign", "decile")))
    ends = joined.group_by(list(keys)).agg(
        least=ratio(joined.past.min(), MICROS), most=ratio(joined.past.max(), MICROS)
    )
    return arms(joined, (*keys,), as_money=True).inner_join(ends, list(keys))

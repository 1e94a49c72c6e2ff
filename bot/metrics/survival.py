"""How long customers stay, told while many of them still do."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from functools import partial
from typing import Any, cast

import ibis
import ibis.expr.types as ir
import pandas as pd

from bot.metrics import kaplan_meier
from bot.metrics.customers import ACCOUNT_DIMENSIONS, SUBSCRIPTIONS
from bot.metrics.declare import Asked, metric
from bot.metrics.dimensions import with_dimensions
from bot.metrics.expressions import during, earliest, flag, local_day
from bot.metrics.tables import Tables, without
from bot.metrics.terms import Policy, terms
from bot.types import Grain, Note, Shape, Unit, Window, instant

DIMENSIONS = without(ACCOUNT_DIMENSIONS, "tenure")
"""Tenure is what a lifetime is counted in, and no segment of it."""
SPELLS: dict[str, tuple[str, ...]] = {"spells": ("first", "each")}


def lifetimes(t: Tables) -> ir.Table:
    """Lifetimes as a customer, one row each: account_id, since (first paid instant), left (instant), plan_id, begins.

    A lifetime is unbroken: subscriptions that touch or overlap are one, a pause within its limit goes on. `begins`
    is when the subscription history of the whole company begins.
    """
    rows = terms(t, Policy.of(t.definitions))
    rows = rows.filter((rows.pays + rows.rests) > 0)
    before = ibis.window(group_by="account_id", order_by=["opens", "closes"], preceding=(None, 1))
    reach = rows.closes.max().over(before)
    rows = rows.mutate(fresh=flag(reach.isnull() | (rows.opens > reach)), begins=rows.opens.min().over())
    rows = rows.mutate(spell=rows.fresh.cumsum(group_by="account_id", order_by=["opens", "closes"]))
    paid = rows.pays == 1
    found = rows.group_by(["account_id", "spell"]).agg(
        since=rows.opens.min(where=paid),
        left=rows.closes.max(),
        plan_id=earliest(rows.plan_id, rows.opens, where=paid),
        begins=rows.begins.min(),
    )
    return found.filter(found.since.notnull())


def first_of_each(rows: ir.Table) -> ir.Table:
    """The first of the lifetimes of each account."""
    first = rows.group_by(first_id="account_id").agg(first_since=rows.since.min())
    return rows.semi_join(first, [rows.account_id == first.first_id, rows.since == first.first_since])


def lives(t: Tables, window: Window, by: tuple[str, ...] = (), *, spells: str = "first") -> ir.Table:
    """The lifetimes that began in the window, in whole months up to as-of: the roster behind a curve.

    Columns: account_id, the dimensions, since (day), left_on (day), left (1 where it ended at `age`, 0 where it is
    last seen then), age (tenure months), entered (the age before which nothing could be seen; 0 for nearly all).
    """
    zone, as_of = t.definitions.zone, instant(t.as_of, t.definitions.zone)
    rows = lifetimes(t)
    rows = rows.filter(rows.since < as_of)
    if spells == "first":
        rows = first_of_each(rows)
    rows = rows.filter(during(rows.since, window))
    left_on = local_day((rows.left <= as_of).ifelse(rows.left, ibis.null("timestamp")), zone)
    rows = with_origin(t, rows.mutate(seen=local_day(rows.since, zone), left_on=left_on))
    rows = rows.mutate(
        follow=months_to(rows.origin, ibis.literal(t.as_of)),
        ended=ibis.greatest(_months_up(rows.origin, rows.left_on), 1),
        entered=_months_up(rows.origin, rows.seen),
    )
    left = rows.left_on.notnull() & (rows.ended <= rows.follow)
    rows = rows.select(
        "account_id", "plan_id", "left_on", "entered", since=rows.origin, left=flag(left),
        age=left.ifelse(rows.ended, rows.follow),
    )  # fmt: skip
    # Who left, or was last seen, before the age of entering was never at risk.
    rows = rows.filter((rows.age + 1 - rows.left) > rows.entered)
    return t.narrow(with_dimensions(t, rows, t.dimensions(by), window))


def with_origin(t: Tables, rows: ir.Table) -> ir.Table:
    """Add `origin`, the day from which a lifetime counts.

    Who paid on the very day on which the company's history begins had begun before: with the signup, if it is known.
    """
    if not t.has("accounts", "signup_at"):
        return rows.mutate(origin=rows.seen)
    accounts = t["accounts"]
    known = accounts.select(signed_id="account_id", signed=local_day(accounts.signup_at, t.definitions.zone))
    joined = rows.left_join(known, rows.account_id == known.signed_id).drop("signed_id")
    late = (joined.seen == local_day(joined.begins, t.definitions.zone)) & (joined.signed < joined.seen)
    return joined.mutate(origin=late.fill_null(False).ifelse(joined.signed, joined.seen))


def _months_up(first: ir.Value, second: ir.Value) -> ir.IntegerValue:
    """Calendar months from a day to another, a begun one counted in full; a month ends on the same day of the next."""
    first, second = cast(Any, first), cast(Any, second)
    months = (second.year() - first.year()) * 12 + second.month() - first.month()
    last = (second.truncate("M") + ibis.interval(months=1) - ibis.interval(days=1)).day()
    return cast(ir.IntegerValue, months + flag(ibis.least(first.day(), last) < second.day()))


def months_to(first: ir.Value, day: ir.Value) -> ir.IntegerValue:
    """Whole calendar months from a day to a later one."""
    first, day = cast(Any, first), cast(Any, day)
    months = (day.year() - first.year()) * 12 + day.month() - first.month()
    last = (day.truncate("M") + ibis.interval(months=1) - ibis.interval(days=1)).day()
    return cast(ir.IntegerValue, months - flag(ibis.least(first.day(), last) > day.day()))


def counted(t: Tables, window: Window, by: tuple[str, ...], spells: str) -> ir.Table:
    """Lifetimes per segment and age: left, censored, and entered (those seen only from that age on)."""
    rows = lives(t, window, by, spells=spells)
    # Without the day of signing up nobody can have begun before the history.
    return per_age(rows if t.has("accounts", "signup_at") else rows.drop("entered"), by)


def per_age(rows: ir.Table, by: tuple[str, ...]) -> ir.Table:
    """How many left, were last seen (censored) and entered at each age, of rows with left, age, and maybe entered."""
    none, one = ibis.literal(0, type="int64"), ibis.literal(1, type="int64")
    left = rows.left.cast("int64")
    each = rows.select(*by, age=rows.age.cast("int64"), left=left, censored=one - left, entered=none)
    if "entered" in rows.columns:
        late = rows.filter(rows.entered > 0)
        entries = late.select(*by, age=late.entered.cast("int64"), left=none, censored=none, entered=one)
        each = ibis.union(each, entries)
    told = each.group_by([*by, "age"]).agg(**{name: each[name].sum() for name in ("left", "censored", "entered")})
    return cast(ir.Table, told)


def _segments(frame: pd.DataFrame, by: tuple[str, ...]) -> list[tuple[tuple[Any, ...], pd.DataFrame]]:
    """(segment, its rows from age 0 to the last without a gap), in the order of segments."""
    found = []
    groups = frame.groupby(list(by), sort=True, dropna=False) if by else [((), frame)]
    for segment, rows in groups:
        if len(rows):
            ages = range(int(rows["age"].max()) + 1)
            told = rows.set_index("age")[["left", "censored", "entered"]].reindex(ages, fill_value=0)
            found.append((tuple(segment), told.rename_axis("age").reset_index()))
    return found


def each_segment(tell: Callable[[pd.DataFrame], pd.DataFrame]) -> Callable[[pd.DataFrame, Asked], pd.DataFrame]:
    """A finishing step that tells each segment from its counts per age, with the log-rank test across them."""

    def finish(frame: pd.DataFrame, asked: Asked) -> pd.DataFrame:
        segments = _segments(frame, asked.by)
        test = kaplan_meier.logrank([rows for _, rows in segments])
        across = {} if not asked.by else {"chi2": test.chi2, "p": test.p} if test else {"chi2": None, "p": None}
        told = [
            tell(rows).assign(n=int((rows["left"] + rows["censored"]).sum()), **across).assign(
                **dict(zip(asked.by, segment, strict=True))
            )
            for segment, rows in segments
        ]  # fmt: skip
        if told or asked.by or tell is not median_of:
            return pd.concat(told, ignore_index=True) if told else frame.iloc[:0]
        # Of nobody there is no median, not one of zero.
        return pd.DataFrame([{"value": None, "n": 0, "age": None, "still": None}])

    return finish


def _curve(rows: pd.DataFrame) -> pd.DataFrame:
    return kaplan_meier.curve(rows)[
        ["age", "value", "low", "high", "at_risk", "left", "censored", "entered", "error", "firm"]
    ]


def median_of(rows: pd.DataFrame) -> pd.DataFrame:
    """One row: the median and its interval, the last age seen, and the share that `still` is there after it."""
    found = kaplan_meier.curve(rows)
    low, high = kaplan_meier.median_interval(found)
    last = found.iloc[-1]
    row = {"value": kaplan_meier.median(found), "low": low, "high": high, "age": last["age"], "still": last["value"]}
    return pd.DataFrame([row])


def _hazard(rows: pd.DataFrame) -> pd.DataFrame:
    at_risk = kaplan_meier.at_risk(rows)
    told = pd.DataFrame({"age": rows["age"], "part": rows["left"], "whole": at_risk, "at_risk": at_risk})
    return told[(told["age"] > 0) & (told["at_risk"] > 0)]


def _beside(rows: Sequence[Mapping[str, Any]], asked: Asked) -> list[Note]:
    """What a reader of lifetimes must know: where the curve grows thin, who entered late, whether segments differ."""
    notes = []
    thin = [row["age"] for row in rows if row.get("firm") is False]
    if thin and not asked.by:
        notes.append(Note("curve_thin", {"age": min(thin), "fewest": kaplan_meier.FIRM}))
    late = sum(row.get("entered") or 0 for row in rows)
    if late:
        notes.append(Note("entered_late", {"n": late}))
    open_ends = [row for row in rows if row.get("still") is not None and row["value"] is None]
    if open_ends and not asked.by:
        notes.append(Note("median_not_reached", {"share": open_ends[0]["still"], "age": open_ends[0]["age"]}))
    if asked.by and rows and rows[0].get("p") is not None:
        notes.append(Note("log_rank_differs" if rows[0]["p"] < 0.05 else "log_rank_same", {"p": rows[0]["p"]}))
    return notes


of_lifetimes = partial(
    metric, needs=SUBSCRIPTIONS, by=DIMENSIONS, window=Grain.RANGE, variants=SPELLS, notes=_beside, people=lives
)
"""A metric that is told from the lifetimes which began in the period."""


@of_lifetimes(
    unit=Unit.SHARE,
    good="up",
    shape=Shape.CURVE,
    finish=each_segment(_curve),
    companions=("median_lifetime", "churn_hazard_by_tenure"),
)
def survival_curve(t: Tables, window: Window, by: tuple[str, ...] = (), *, spells: str = "first") -> ir.Table:
    """The share of customers that outlasts each month of tenure, by Kaplan and Meier, of those who began in the period.

    Formula: product over months up to `age` of (1 - left / at risk), with the 95% log-log interval (Greenwood); who
    left in the k-th month after first paying left at age k, and leaving comes before being last seen. `spells`: first
    lifetimes, or each one anew after a return. Not carried on after the last month in which someone of at least 10
    left: rows after it have `firm` false. With segments, chi2 and p are those of the log-rank test across them.
    At risk: a customer is at risk in a month of tenure that was over by as-of, and censored after the last such; a
    pause within its limit is no end. Who already paid on the day the history begins counts from the signup and is at
    risk only from then on.
    Example: 2026, the finger-count company, age=6: 0.648.
    Source: Kaplan and Meier (1958); R, survfit with conf.type "log-log".
    """
    return counted(t, window, by, spells)


@of_lifetimes(
    unit=Unit.MONTHS,
    good="up",
    shape=Shape.LEVEL,
    finish=each_segment(median_of),
    companions=("survival_curve", "churn_rate"),
)
def median_lifetime(t: Tables, window: Window, by: tuple[str, ...] = (), *, spells: str = "first") -> ir.Table:
    """The month of tenure that half of the customers do not outlast; empty where more than half still stay.

    Formula: the first age at which the survival curve is at most 0.5; its interval is where the curve's bounds reach
    0.5. `still` is the share that outlasts the last month seen, `age`: "not reached" while that is above a half.
    At risk: as in the survival curve; n counts the lifetimes.
    Example: 2026, the finger-count company: 7.
    Source: Kaplan and Meier (1958); Brookmeyer and Crowley (1982) for the interval.
    """
    return counted(t, window, by, spells)


@of_lifetimes(
    unit=Unit.SHARE,
    good="down",
    shape=Shape.CURVE,
    finish=each_segment(_hazard),
    companions=("survival_curve", "churn_rate"),
)
def churn_hazard_by_tenure(t: Tables, window: Window, by: tuple[str, ...] = (), *, spells: str = "first") -> ir.Table:
    """When customers leave: of those who reach a month of tenure, the share that leaves in it.

    Formula: customers who left in their k-th month (`age`) / customers at risk at its start.
    At risk: as in the survival curve: the month was over by as-of.
    Example: 2026, the finger-count company, age=7: 2 of 5.
    Source: Kaplan and Meier (1958); the life tables of actuaries.
    """
    return counted(t, window, by, spells)

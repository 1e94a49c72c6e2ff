"""Use of the product: who is active, and how often."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date, timedelta
from typing import Any, cast

import ibis
import ibis.expr.types as ir

from bot.errors import BadData
from bot.metrics.declare import metric
from bot.metrics.dimensions import with_dimensions
from bot.metrics.expressions import during, flag, latest, local_day, ratio
from bot.metrics.quantiles import quantiles
from bot.metrics.tables import UNKNOWN, Tables, beside, owned, per, without
from bot.metrics.terms import Policy, terms
from bot.types import Grain, Shape, Unit, Window

USER_COLUMNS = {"role": "role", "language": "language"}
"""Dimension → the column of `users`; for people these go before the account's own."""

EVENTS = ("events.occurred_at", "events.name")
USER_DIMENSIONS = (
    "plan", "interval", "country", "market", "platform", "role", "language", "channel", "size", "industry",
    "owner",
)  # fmt: skip


def active_events(t: Tables, window: Window) -> ir.Table:
    """The meaningful events of the window, with their user and account; test accounts drop out later."""
    return meant(owned(t, "events"), window)


def meant(events: ir.Table, window: Window) -> ir.Table:
    """Those events of the window that are meaningful."""
    events = events.filter(during(events.occurred_at, window))
    return events.filter(events.is_active_event.fill_null(True))


def people_active(t: Tables, window: Window, by: tuple[str, ...]) -> ir.Table:
    """Active events of the window with the dimensions: user_id (the account where users are unknown), account_id."""
    frame = active_events(t, window)
    if not t.has("events", "user_id"):
        frame = frame.mutate(user_id=frame.account_id)
    frame = frame.filter(frame.user_id.notnull())  # what a server did for an account is nobody's activity
    if "platform" in (names := t.dimensions(by)):
        frame = frame.mutate(platform=frame.platform.fill_null(UNKNOWN))
    return described(t, frame, without(names, "platform", "feature"), window)


def described(t: Tables, frame: ir.Table, names: tuple[str, ...], window: Window) -> ir.Table:
    """Join the dimensions to a frame with user_id and account_id; what the user states goes before the account."""
    of_users = [name for name in names if name in USER_COLUMNS and t.has("users", USER_COLUMNS[name])]
    if of_users:
        users = t["users"]
        columns = {name: users[USER_COLUMNS[name]].fill_null(UNKNOWN) for name in of_users}
        known = users.select(known_user=users.user_id, **columns)
        frame = frame.left_join(known, frame.user_id == known.known_user).drop("known_user")
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
    on = rows.group_by(subscriber=rows.account_id).agg(plan_id=latest(rows.plan_id, rows.valid_from))
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


def trailing(window: Window, days: str) -> Window:
    """The days before the window's end, as many as asked for; "period" is the window itself."""
    if days == "period":
        return window
    return Window(window.end - timedelta(days=int(days)), window.end, Grain.RANGE, window.zone)


@metric(
    unit=Unit.COUNT,
    good="up",
    shape=Shape.LEVEL,
    entity="user",
    needs=EVENTS,
    by=("tenure", *USER_DIMENSIONS),
    variants={"trailing_days": ("period", "1", "7", "30"), "entity": ("user", "account")},
    companions=("stickiness",),
)
def active_users(
    t: Tables, window: Window, by: tuple[str, ...] = (), *, trailing_days: str = "period", entity: str = "user"
) -> ir.Table:
    """People with at least one meaningful action in the period.

    Formula: distinct users with an active event in the window, or in the last 1, 7 or 30 days before its end
    (rolling DAU, WAU and MAU); with the entity "account", the accounts of these users. n repeats the count.
    At risk: every user of an account that is no test; received messages and background events are no activity.
    Example: 2026-10, the finger-count company: 10.
    Source: Amplitude and Mixpanel, active users; the active event is the company's choice.
    """
    frame = t.narrow(people_active(t, trailing(window, trailing_days), by))
    who = frame.account_id if entity == "account" else frame.user_id
    return per(frame, by).agg(value=who.nunique(), n=who.nunique())


USING = ("active", "past_due", "trial", "free")
"""Statuses of a subscription under which its account may use the product."""


def entitled(t: Tables, window: Window, *, paying: bool = False) -> ir.Table:
    """(account_id,) of those that might use the product at some time in the window, or paid in it.

    Where subscriptions are unknown, every account with a person or an event.
    """
    if not t.has("subscriptions"):
        return owned(t, "users" if t.has("users") else "events").select("account_id").distinct()
    rows = terms(t, Policy.of(t.definitions))
    rows = rows.filter((rows.opens < window.last) & (rows.closes > window.first))
    rows = rows.filter(rows.pays == 1) if paying else rows.filter(rows.status.isin(USING))
    return rows.select("account_id").distinct()


@metric(
    unit=Unit.SHARE,
    good="up",
    shape=Shape.SHARE,
    entity="user",
    needs=(*EVENTS, "users.user_id", "users.account_id"),
    by=tuple(name for name in ("tenure", *USER_DIMENSIONS) if name != "platform"),
    variants={"entity": ("user", "account")},
    companions=("active_users", "stickiness"),
)
def active_user_share(t: Tables, window: Window, by: tuple[str, ...] = (), *, entity: str = "user") -> ir.Table:
    """The share of those who might use the product that did so in the period.

    Formula: users with an active event in the window / users of the accounts entitled in it; with the entity
    "account", paying accounts with at least one active user / accounts that paid at some time in the window.
    At risk: users created before the window's end, of an account with a subscription in force in the window (paid,
    in grace, on trial or free; not paused); test accounts never.
    Example: 2026-10, the finger-count company, entity=account: 3 of 11.
    Source: Amplitude, active users over all users; here the base is who is entitled.
    """
    frame = owned(t, "users")
    if t.has("users", "created_at"):
        frame = frame.filter(frame.created_at.isnull() | (frame.created_at < window.last))
    frame = frame.select("user_id", "account_id").semi_join(entitled(t, window), "account_id")
    if entity == "account":
        frame = entitled(t, window, paying=True).mutate(user_id=ibis.literal(None, type="string"))
    people = t.narrow(described(t, frame, t.dimensions(by), window))
    key = "account_id" if entity == "account" else "user_id"
    acts = active_events(t, window)
    acts = acts.filter(acts.user_id.notnull()) if t.has("events", "user_id") else acts
    did = acts.select(did=acts[key]).distinct()
    base = people.select(*by, key).distinct()
    joined = base.left_join(did, base[key] == did.did)
    return per(joined, by).agg(part=flag(joined.did.notnull()).sum(), whole=joined.count())


MONDAY = date(1970, 1, 5)
"""Days are numbered from a Monday, so that whole weeks fall out of a division by seven."""


def day_number(day: ir.Value) -> ir.IntegerValue:
    """How many days a calendar day lies after a certain Monday."""
    return cast(ir.IntegerValue, cast(Any, day).delta(MONDAY, unit="day").cast("int64"))


def weekdays_before(number: ir.IntegerValue) -> ir.IntegerValue:
    """How many of the days numbered 0 to number - 1 are no Saturday or Sunday."""
    return cast(Any, (number // 7) * 5 + ibis.least(number % 7, 5))


FORMS = {"dau_mau": (1, 0), "dau_wau": (1, 7), "wau_mau": (7, 30)}
"""Ratio → (days of the part, days of the whole); 0 is the window itself."""
BANDS: Mapping[str, tuple[int, int]] = {
    "days_1": (1, 1), "days_2_3": (2, 3), "days_4_7": (4, 7), "days_8_14": (8, 14), "days_15_more": (15, 366_000),
}  # fmt: skip
"""Column → the numbers of active days, from and to, of the people it counts."""


@metric(
    unit=Unit.SHARE,
    good="up",
    shape=Shape.SHARE,
    entity="user",
    needs=EVENTS,
    by=USER_DIMENSIONS,
    parts="averages",
    variants={"form": (*FORMS, "distribution"), "days": ("all", "weekdays")},
    companions=("active_users",),
)
def stickiness(
    t: Tables, window: Window, by: tuple[str, ...] = (), *, form: str = "dau_mau", days: str = "all"
) -> ir.Table:
    """How much of the period's active people come on an average day: daily over period actives (DAU/MAU).

    Formula: average daily active users over all days of the window / distinct active users of the window. "dau_wau"
    and "wau_mau" compare the averages over the same days of rolling actives: of one with seven days, of seven with
    thirty. "distribution" is the share active on two days or more, with the people by number of active days beside.
    At risk: the active users of the period; "weekdays" leaves out Saturdays and Sundays, of days and of activity.
    Example: 2026-10-01..2026-10-02, the finger-count company: 4 of 5.
    Source: PostHog and Amplitude, stickiness.
    """
    part, whole = FORMS.get(form, (1, 0))
    reach = window if not whole else Window(window.start - timedelta(days=whole), window.end, Grain.RANGE, window.zone)
    frame = t.narrow(people_active(t, window, by) if reach is window else people_active(t, reach, by))
    frame = frame.mutate(day=day_number(local_day(frame.occurred_at, t.definitions.zone)))
    seen = frame.select(*by, "user_id", "day").distinct()
    seen = seen.filter(seen.day % 7 < 5) if days == "weekdays" else seen
    first, last = (window.start - MONDAY).days, (window.end - MONDAY).days
    many = sum(1 for day in range(first, last) if days == "all" or day % 7 < 5)
    if form == "distribution":
        each = seen.group_by([*by, "user_id"]).agg(active=seen.count())
        bands = {name: flag(each.active.between(low, high)).sum() for name, (low, high) in BANDS.items()}
        return per(each, by).agg(part=flag(each.active > 1).sum(), whole=each.count(), **bands)
    if not whole:
        total = ratio(seen.count(), many) if many else ibis.null("float64")
        return per(seen, by).agg(part=total, whole=seen.user_id.nunique())
    following = seen.day.lead().over(ibis.window(group_by=[*by, "user_id"], order_by="day"))
    seen = seen.mutate(until=ibis.least(following.fill_null(last), last))

    def rolling(width: int) -> ir.Value:
        """Days of the window on which somebody was active in the `width` days up to it, summed over all people."""
        begins, ends = ibis.greatest(seen.day, first), ibis.least(seen.until, seen.day + width)
        counted = ends - begins if days == "all" else weekdays_before(ends) - weekdays_before(begins)
        return ratio(ibis.greatest(counted, 0).sum(), many) if many else ibis.null("float64")

    return per(seen, by).agg(part=rolling(part), whole=rolling(whole))


@metric(
    unit=Unit.RATIO,
    good="up",
    shape=Shape.RATIO,
    entity="user",
    needs=EVENTS,
    by=USER_DIMENSIONS,
    parts="averages",
    variants={"gap_minutes": ("recorded", "30")},
    companions=("active_users", "stickiness"),
)
def session_frequency(
    t: Tables, window: Window, by: tuple[str, ...] = (), *, gap_minutes: str = "recorded"
) -> ir.Table:
    """How many visits an active person makes in the period: the mean; the median and the active days stand beside.

    Formula: sessions of active users that began in the window / active users of the window; `median` is that of
    sessions per active user, `active_days` the mean of their active days. Sessions are those of the table of sessions;
    where there is none, or a gap is named, active events less than 30 minutes (or the gap) apart are one session.
    At risk: the active users of the period; server events open no session; one across midnight counts where it began.
    Example: 2026-10, the finger-count company: 19 of 10.
    Source: Google Analytics 4, a session ends after 30 minutes without activity.
    """
    people = people_active(t, window, by)
    keys = ["user_id", *(["platform"] if "platform" in t.dimensions(by) else [])]
    people = people.mutate(day=local_day(people.occurred_at, t.definitions.zone))
    if gap_minutes == "recorded" and t.has("sessions"):
        visits = t["sessions"]
        begun = visits.mutate(occurred_at=visits.started_at, platform=visits.platform.fill_null(UNKNOWN))
    else:
        begun = _visits(t, window, 30 if gap_minutes == "recorded" else int(gap_minutes))
    begun = begun.filter(during(begun.occurred_at, window))
    counted = begun.group_by(keys).agg(sessions=begun.count())
    frame = t.narrow(people)
    each = frame.group_by(list(dict.fromkeys([*by, *keys]))).agg(active_days=frame.day.nunique())
    each = each.left_join(counted, keys).drop(*(f"{key}_right" for key in keys))
    each = each.mutate(sessions=each.sessions.fill_null(0))
    if "platform" in keys and "platform" not in by:
        # A filter on several platforms: what one person did on each of them belongs together.
        days = frame.group_by([*by, "user_id"]).agg(active_days=frame.day.nunique())
        sums = each.group_by([*by, "user_id"]).agg(sessions=each.sessions.sum())
        each = days.inner_join(sums, [*by, "user_id"])
    total = per(each, by).agg(part=each.sessions.sum(), whole=each.count(), days=each.active_days.sum())
    middle = quantiles(each, by, "sessions", {"median": 0.5}).drop("n", "mean")
    joined = beside(total, middle, by, "inner")
    return joined.select(
        *by, part=joined.part, whole=joined.whole, median=joined.median, active_days=ratio(joined.days, joined.whole)
    )


def _visits(t: Tables, window: Window, gap: int) -> ir.Table:
    """(user_id, platform, occurred_at) of the events that begin a visit: none by the same person shortly before."""
    reach = Window(window.start - timedelta(days=1), window.end, Grain.RANGE, window.zone)
    acts = active_events(t, reach)
    acts = acts if t.has("events", "user_id") else acts.mutate(user_id=acts.account_id)
    acts = acts.mutate(platform=acts.platform.fill_null(UNKNOWN))
    earlier = acts.occurred_at.lag().over(ibis.window(group_by="user_id", order_by=["occurred_at", "platform"]))
    acts = acts.mutate(earlier=earlier)
    quiet = acts.earlier + ibis.interval(minutes=gap) <= acts.occurred_at
    return acts.filter(acts.earlier.isnull() | quiet).select("user_id", "platform", "occurred_at")

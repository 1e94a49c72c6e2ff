"""What a text may say of each contact: read only when a text asks for it, by the columns in `FACTS`.

ADD A FACT: one entry of `FACTS` and the query behind it.

Every value is the person's own, or of their account; None (or an empty tuple) where it is not known.
"""

from __future__ import annotations

from collections.abc import Callable, Collection
from typing import Any

import ibis
import pandas as pd

from bot.analysis.recipient_queries import Queries

RECAP_DAYS = 90
MOST_RECAPPED = 3
LEAST_ALIKE = 5
"""Accounts that must have bought two items before one of them is recommended to those who have the other."""
PLAN_FOR_ALL = ("", "all", "everyone", "everybody")

Fact = Callable[[Queries, pd.DataFrame], pd.DataFrame | None]
"""(queries, contacts) → one row a user_id or account_id with the columns of the fact; None without its tables."""


def add_facts(q: Queries, frame: pd.DataFrame, wanted: Collection[str]) -> pd.DataFrame:
    """The contacts with the wanted columns, and those that are found with them; other names add nothing."""
    for columns, fact in FACTS:
        if not set(columns) & set(wanted):
            continue
        found = fact(q, frame)
        if found is not None:
            key = "user_id" if "user_id" in found else "account_id"
            frame = frame.merge(found[[key, *columns]], on=key, how="left", validate="many_to_one")
        for column, nothing in columns.items():
            if column not in frame:
                frame[column] = pd.Series([nothing] * len(frame), index=frame.index, dtype="object")
            elif nothing == ():
                frame[column] = [value if isinstance(value, tuple) else () for value in frame[column]]
            elif nothing is None:
                frame[column] = frame[column].astype("object").where(frame[column].notna(), None)
    return frame


def suits(audience: Any, plan: Any, plan_id: Any) -> bool:
    """Whether a release, whose audience is a list of plans or nothing, is for a plan of this name or id."""
    plans = [] if audience is None or pd.isna(audience) else [part.strip().lower() for part in audience.split(",")]
    return not plans or plans[0] in PLAN_FOR_ALL or not {str(plan).lower(), str(plan_id).lower()}.isdisjoint(plans)


def _next_feature(q: Queries, frame: pd.DataFrame) -> pd.DataFrame | None:
    """A feature of their plan that the person has never used: key features first, then the basic ones, by name."""
    features, rows = q.optional("features"), q.optional("events")
    if features is None or rows is None:
        return None
    done = rows.filter(rows.occurred_at < q.end).semi_join(features, rows.name == features.core_event)
    done = done.select("user_id", "name").distinct()
    used = set(q.company.run(q.keyed(done, "user_id", q.users)).itertuples(index=False, name=None))
    known = q.company.run(features.filter(features.name.notnull()))
    known = known.assign(
        key=known.is_key.fillna(value=False).astype(bool), basic=known.tier.fillna("basic") == "basic"
    ).sort_values(["key", "basic", "name"], ascending=[False, False, True])
    plans = [set(listed.replace(" ", "").split(",")) - {""} for listed in known.entitled_plans.fillna("").astype(str)]
    offered = list(zip(known.name, known.core_event, plans, strict=True))
    found = [
        next(
            (name for name, event, plans in offered if (not plans or plan in plans) and (user, event) not in used), None
        )
        for user, plan in zip(frame.user_id, frame.plan_id, strict=True)
    ]
    return pd.DataFrame({"user_id": frame.user_id, "next_feature": found})


def _preference(name: str) -> Fact:
    """What the person said of it last."""

    def fact(q: Queries, _: pd.DataFrame) -> pd.DataFrame | None:
        if (rows := q.optional("preferences")) is None:
            return None
        rows = q.keyed(rows, "user_id", q.users)
        rows = rows.filter(rows.name == name, rows.basis == "stated", rows.occurred_at < q.end)
        order = ibis.window(group_by="user_id", order_by=[rows.occurred_at.desc(), rows.value])
        last = rows.mutate(place=ibis.row_number().over(order))
        return q.company.run(last.filter(last.place == 0).select("user_id", **{name: "value"}))

    return fact


def _wish(q: Queries, frame: pd.DataFrame) -> pd.DataFrame | None:
    """The newest release that answers a request of theirs, came after it, and is for their plan."""
    asked, made = q.optional("feature_requests"), q.optional("releases")
    if asked is None or made is None:
        return None
    first = asked.filter(asked.occurred_at < q.end)
    users = q.company.tables["users"].select(asker="user_id", home="account_id")
    first = first.left_join(users, first.user_id == users.asker)
    first = first.mutate(account_id=ibis.coalesce(first.account_id, first.home))
    first = q.keyed(first, "account_id", q.accounts)
    first = first.group_by("account_id", "feature_tag").agg(asked_at=ibis._.occurred_at.min())
    made = made.filter(made.announceable, made.released_at < q.ago(0), made.name.notnull())
    made = made.select("released_at", "audience", tag="benefit_tag", wish="name")
    rows = q.company.run(first.inner_join(made, first.feature_tag == made.tag))
    rows = rows[rows.released_at > rows.asked_at].merge(frame[["account_id", "plan", "plan_id"]], on="account_id")
    fits = [suits(*row) for row in zip(rows.audience, rows.plan, rows.plan_id, strict=True)]
    rows = rows[pd.Series(fits, index=rows.index, dtype="bool")].sort_values(["released_at", "wish"])
    return rows.groupby("account_id", as_index=False).tail(1)[["account_id", "wish"]]


def _upcoming(q: Queries, frame: pd.DataFrame) -> pd.DataFrame | None:
    """The next release for their plan that may be told before it is made."""
    if (rows := q.optional("releases")) is None:
        return None
    rows = rows.filter(rows.announceable, rows.released_at >= q.end, rows.name.notnull())
    coming = q.company.run(rows.select("name", "audience", "released_at").order_by("released_at", "name"))
    offered = list(zip(coming.name, coming.audience, strict=True))
    plans = frame[["plan", "plan_id"]].fillna("")
    first = {
        plan: next((name for name, audience in offered if suits(audience, *plan)), None)
        for plan in set(zip(plans.plan, plans.plan_id, strict=True))
    }
    told = [first[plan] for plan in zip(plans.plan, plans.plan_id, strict=True)]
    return pd.DataFrame({"user_id": frame.user_id, "upcoming": pd.Series(told, dtype="object")})


def _recap(q: Queries, _: pd.DataFrame) -> pd.DataFrame | None:
    """What their account did most in the last 90 days: (feature, times), at most three."""
    features, rows = q.optional("features"), q.optional("events")
    if features is None or rows is None:
        return None
    rows = rows.filter(rows.occurred_at < q.end, rows.occurred_at >= q.ago(RECAP_DAYS))
    users = q.company.tables["users"].select(doer="user_id", home="account_id")
    rows = rows.left_join(users, rows.user_id == users.doer)
    rows = rows.mutate(account_id=ibis.coalesce(rows.account_id, rows.home), did=rows.name)
    rows = q.keyed(rows, "account_id", q.accounts).select("account_id", "did")
    named = features.filter(features.name.notnull()).select(feature="name", event="core_event")
    joined = rows.inner_join(named, rows.did == named.event)
    counted = q.company.run(joined.group_by("account_id", "feature").agg(times=joined.count()))
    counted = counted.sort_values(["account_id", "times", "feature"], ascending=[True, False, True])
    most = counted.groupby("account_id").head(MOST_RECAPPED)
    told = {
        account: tuple((str(feature), int(times)) for feature, times in zip(rows.feature, rows.times, strict=True))
        for account, rows in most.groupby("account_id")
    }
    return pd.DataFrame({"account_id": list(told), "recap": pd.Series(list(told.values()), dtype="object")})


def _loyalty(q: Queries, _: pd.DataFrame) -> pd.DataFrame | None:
    """The points an account has, and the tier it stands in."""
    if (rows := q.optional("loyalty_ledger")) is None:
        return None
    rows = q.keyed(rows.mutate(account_id=rows.member_id), "account_id", q.accounts)
    rows = rows.filter(rows.occurred_at < q.end)
    sums = q.company.run(rows.group_by("account_id").agg(points=rows.points.sum()))
    named = rows.filter(rows.tier.notnull())
    order = ibis.window(group_by="account_id", order_by=[named.occurred_at.desc(), named.tier])
    last = named.mutate(place=ibis.row_number().over(order))
    tiers = q.company.run(last.filter(last.place == 0).select("account_id", "tier"))
    return sums.merge(tiers, on="account_id", how="left")


def _milestone(q: Queries, frame: pd.DataFrame) -> pd.DataFrame | None:
    """The milestone that the person reached last: its id, and the event that reached it."""
    goals, rows = q.optional("milestones"), q.optional("events")
    if goals is None or rows is None:
        return None
    goals = goals.select(
        "milestone_id", "within_days", event="event_name", times=goals.times.fill_null(1), whose=goals.entity
    )
    goals = goals.filter(goals.whose.fill_null("user") == "user")
    rows = rows.filter(rows.occurred_at < q.end)
    deeds = q.keyed(rows.select("user_id", "occurred_at", did="name"), "user_id", q.users)
    joined = deeds.inner_join(goals, deeds.did == goals.event)
    order = ibis.window(group_by=["user_id", "milestone_id"], order_by=joined.occurred_at)
    nth = joined.mutate(number=ibis.row_number().over(order) + 1)
    nth = nth.filter(nth.number == nth.times)
    reached = q.company.run(nth.select("user_id", "milestone_id", "event", "within_days", "occurred_at"))
    reached = reached.merge(frame[["user_id", "created_at"]], on="user_id")
    late = (reached.occurred_at - pd.to_datetime(reached.created_at)).dt.days > reached.within_days.astype("float64")
    reached = reached[~late.fillna(value=False).astype(bool)].sort_values(["occurred_at", "milestone_id"])
    last = reached.groupby("user_id", as_index=False).tail(1)
    return last.rename(columns={"milestone_id": "milestone", "event": "milestone_event"})


def _last_item(q: Queries, _: pd.DataFrame) -> pd.DataFrame | None:
    """What they bought last and did not give back: of several things in one order, what they paid most for."""
    lines, orders, products = q.optional("order_items"), q.optional("orders"), q.optional("products")
    if lines is None or orders is None or products is None:
        return None
    orders = orders.filter(orders.occurred_at < q.end, orders.net_amount > 0)
    bought = q.keyed(orders.select("order_id", "occurred_at", account_id="customer_id"), "account_id", q.accounts)
    lines = lines.filter(lines.refund.fill_null(0.0) == 0, lines.net_amount > 0, lines.quantity.fill_null(1) > 0)
    lines = lines.select("line_id", "product_id", line_of="order_id", paid="net_amount")
    named = products.filter(products.name.notnull()).select(item="product_id", last_item="name")
    rows = bought.inner_join(lines, bought.order_id == lines.line_of)
    rows = rows.inner_join(named, rows.product_id == named.item)
    order = ibis.window(
        group_by="account_id",
        order_by=[rows.occurred_at.desc(), rows.order_id, rows.paid.desc(), rows.line_id, rows.item],
    )
    last = rows.mutate(place=ibis.row_number().over(order))
    return q.company.run(last.filter(last.place == 0).select("account_id", "last_item"))


def _recommended(q: Queries, frame: pd.DataFrame) -> pd.DataFrame | None:
    """The item that most accounts bought beside one of theirs: new to them, and sold in their country.

    Of equals the first by name; what fewer than `LEAST_ALIKE` accounts bought together is chance, and not told. What
    was given back was not bought. A product is sold in the countries that it lists, or everywhere.
    """
    lines, orders, products = q.optional("order_items"), q.optional("orders"), q.optional("products")
    if lines is None or orders is None or products is None:
        return None
    orders = orders.filter(orders.occurred_at < q.end, orders.net_amount > 0)
    orders = orders.select("order_id", account_id="customer_id")
    lines = lines.filter(lines.refund.fill_null(0.0) == 0, lines.net_amount > 0, lines.quantity.fill_null(1) > 0)
    lines = lines.select("product_id", line_of="order_id")
    had = orders.inner_join(lines, orders.order_id == lines.line_of).select("account_id", "product_id").distinct()
    beside = had.select(buyer="account_id", item="product_id")
    both = had.inner_join(beside, (had.account_id == beside.buyer) & (had.product_id != beside.item))
    pairs = both.group_by(one="product_id", item="item").agg(buyers=ibis._.count())
    pairs = pairs.filter(pairs.buyers >= LEAST_ALIKE)
    mine = q.keyed(had, "account_id", q.accounts)
    found = mine.inner_join(pairs, mine.product_id == pairs.one)
    found = found.group_by("account_id", "item").agg(buyers=ibis._.buyers.max())
    new = found.anti_join(mine, (found.account_id == mine.account_id) & (found.item == mine.product_id))
    named = products.filter(products.name.notnull()).select(sold="product_id", name="name", countries="countries")
    rows = q.company.run(new.inner_join(named, new.item == named.sold).drop("sold"))
    rows = rows.merge(frame[["account_id", "country"]], on="account_id")
    sold = [_sold_in(*row) for row in zip(rows.countries, rows.country, strict=True)]
    rows = rows[pd.Series(sold, index=rows.index, dtype="bool")]
    rows = rows.sort_values(["account_id", "buyers", "name", "item"], ascending=[True, False, True, True])
    first = rows.groupby("account_id", as_index=False).head(1)
    return first.rename(columns={"name": "recommended"})[["account_id", "recommended"]]


def _sold_in(countries: Any, country: Any) -> bool:
    """Whether a product, whose countries are a list or nothing for everywhere, is sold where somebody lives."""
    listed = [] if countries is None or pd.isna(countries) else countries.upper().replace(" ", "").split(",")
    return not any(listed) or (isinstance(country, str) and country.strip().upper() in listed)


def _active_hour(q: Queries, frame: pd.DataFrame) -> pd.DataFrame | None:
    """The hour of their own day at which the person most often used the product in 90 days; of equals the earlier."""
    if (rows := q.optional("events")) is None:
        return None
    rows = rows.filter(rows.occurred_at < q.end, rows.occurred_at >= q.ago(RECAP_DAYS))
    rows = rows.filter(rows.is_active_event.fill_null(True))
    rows = q.keyed(rows.select("user_id", hour=rows.occurred_at.truncate("h")), "user_id", q.users)
    counted = q.company.run(rows.group_by("user_id", "hour").agg(times=rows.count()))
    counted = counted.merge(frame[["user_id", "zone"]].dropna(), on="user_id")
    parts = []
    for zone, group in counted.groupby("zone"):
        try:
            local = group.hour.dt.tz_localize("UTC").dt.tz_convert(str(zone))
        except (KeyError, ValueError):
            continue
        parts.append(group.assign(active_hour=local.dt.hour))
    if not parts:
        return None
    sums = pd.concat(parts).groupby(["user_id", "active_hour"]).agg(times=("times", "sum")).reset_index()
    sums = sums.sort_values(["user_id", "times", "active_hour"], ascending=[True, False, True])
    return sums.groupby("user_id", as_index=False).head(1)


def _event(q: Queries, frame: pd.DataFrame) -> pd.DataFrame | None:
    """The next gathering in their language and for their industry: its title, instant, and the zone it is told in."""
    if (rows := q.optional("gatherings")) is None:
        return None
    rows = rows.filter(rows.starts_at >= q.end, rows.name.notnull())
    coming = q.company.run(rows.order_by("starts_at", "gathering_id"))
    spoken = frame.language.fillna("").astype(str).str.lower().str.slice(0, 2)
    trade = frame.industry.fillna("").astype(str)
    kinds = pd.DataFrame({"user_id": frame.user_id, "spoken": spoken, "trade": trade})
    offered = [
        (
            str(language or "").lower()[:2],
            str(industry or ""),
            {"event": name, "event_at": starts_at, "event_zone": zone or None},
        )
        for name, starts_at, zone, language, industry in coming[
            ["name", "starts_at", "timezone", "language", "industry"]
        ]
        .fillna({"timezone": "", "language": "", "industry": ""})
        .itertuples(index=False, name=None)
    ]
    nothing: dict[str, Any] = dict.fromkeys(("event", "event_at", "event_zone"))
    rows_of = [
        {
            "spoken": language,
            "trade": industry,
            **next((told for lang, of, told in offered if lang in ("", language) and of in ("", industry)), nothing),
        }
        for language, industry in kinds[["spoken", "trade"]].drop_duplicates().itertuples(index=False, name=None)
    ]
    told = pd.DataFrame(rows_of, columns=["spoken", "trade", *nothing])
    told["event_at"] = pd.to_datetime(told["event_at"]).astype("datetime64[us]")
    return kinds.merge(told, on=["spoken", "trade"], how="left")


FACTS: tuple[tuple[dict[str, Any], Fact], ...] = (
    ({"next_feature": None}, _next_feature),
    ({"tool": None}, _preference("tool")),
    ({"topic": None}, _preference("topic")),
    ({"wish": None}, _wish),
    ({"upcoming": None}, _upcoming),
    ({"recap": ()}, _recap),
    ({"points": None, "tier": None}, _loyalty),
    ({"milestone": None, "milestone_event": None}, _milestone),
    ({"last_item": None}, _last_item),
    ({"recommended": None}, _recommended),
    ({"active_hour": None}, _active_hour),
    ({"event": None, "event_at": pd.NaT, "event_zone": None}, _event),
)
"""The columns that are found together, with what stands there when nothing is known, and how they are found."""

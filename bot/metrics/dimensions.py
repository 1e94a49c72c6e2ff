"""What a number can be broken down and filtered by: where each dimension is read, and how it is joined."""

from __future__ import annotations

from datetime import date, datetime, timedelta
from typing import TypeVar

import ibis
import ibis.expr.types as ir

from bot.errors import BadData
from bot.metrics.tables import SEGMENT, UNKNOWN, Tables
from bot.metrics.terms import Policy, terms
from bot.types import Window

Day = TypeVar("Day", bound=date)

ACCOUNT_COLUMNS = {
    "country": "country",
    "market": "country",
    "language": "language",
    "industry": "industry",
    "size": "size",
    "region": "region",
    "channel": "acquisition_channel",
    "owner": "owner_id",
    "account": "account_id",
}
"""Dimension → the column of `accounts` it is read from; nobody is offered `account`: it tells who is counted."""

PLAN_COLUMNS = {"plan": "name", "interval": "interval"}
"""Dimension → the column of `plans` it is read from."""

BANDS = {"tier": "loyalty_ledger", "order_value_band": "orders", "purchase_frequency_band": "orders"}
"""Dimension → the table that says in which band an account is."""

OTHER_COLUMNS = {"role": ("users", "role"), "platform": ("events", "platform"), "interval": ("plans", "interval")}
"""Dimension → the (table, column) it is read from, where that is not the account."""


def offered(t: Tables, dimension: str) -> bool:
    """Whether the company's data has what the dimension is read from."""
    if dimension in ACCOUNT_COLUMNS:
        return t.has("accounts", ACCOUNT_COLUMNS[dimension])
    if dimension in BANDS:
        return t.has(BANDS[dimension])
    return t.has(*OTHER_COLUMNS[dimension]) if dimension in OTHER_COLUMNS else True


TENURE_BANDS = (("0-3 months", 3), ("3-6 months", 6), ("6-12 months", 12), ("12-24 months", 24))
LONGEST_TENURE = "24+ months"


def with_dimensions(t: Tables, frame: ir.Table, names: tuple[str, ...], window: Window) -> ir.Table:
    """Join what the dimensions need to a frame with account_id (and plan_id, since); drop test accounts.

    A filter by segment is applied here, also where no dimension is asked for. Segments and bands are those of the
    window's start: what happens in it cannot decide who is counted.
    """
    frame = _with_accounts(t, frame, names)
    for name in names:
        if name in PLAN_COLUMNS:
            frame = _with_plan(t, frame, name)
        elif name == "tenure":
            frame = _with_tenure(t, frame, window)
    asked = {name for name in names if name in (SEGMENT, *BANDS) and name not in frame.columns}
    if asked or SEGMENT in {name for name, _ in (*t.filters, *t.exclude)}:
        from bot.metrics.membership import with_membership  # its rules are themselves made of these frames

        frame = with_membership(t, frame, asked, window.start)
    return frame


def _with_accounts(t: Tables, frame: ir.Table, names: tuple[str, ...]) -> ir.Table:
    wanted = {name: ACCOUNT_COLUMNS[name] for name in names if name in ACCOUNT_COLUMNS}
    tested = t.has("accounts", "is_test")
    if not wanted and not tested:
        return frame
    for column in wanted.values():
        if not t.has("accounts", column):
            raise BadData("missing_column", table="accounts", column=column)
    accounts = t["accounts"]
    if tested:
        accounts = accounts.filter(~accounts.is_test.fill_null(False))
    if not wanted:
        return frame.semi_join(accounts.select(known_id="account_id"), [("account_id", "known_id")])
    joined = accounts.select(
        known_id=accounts.account_id,
        **{name: _account_value(t, accounts, name, column) for name, column in wanted.items()},
    )
    inner = frame.inner_join(joined, frame.account_id == joined.known_id)
    return inner.drop("known_id")


def _account_value(t: Tables, accounts: ir.Table, name: str, column: str) -> ir.Value:
    value = accounts[column].cast("string")
    if name == "market":
        cases = [(value.isin(countries), market) for market, countries in t.definitions.markets]
        return ibis.cases(*cases, else_=UNKNOWN) if cases else ibis.literal(UNKNOWN)
    return value.fill_null(UNKNOWN)


def _with_plan(t: Tables, frame: ir.Table, name: str) -> ir.Table:
    if not t.has("plans"):
        if name == "plan":  # without a plan table the id is the name
            return frame.mutate(plan=frame.plan_id.fill_null(UNKNOWN))
        raise BadData("missing_table", table="plans")
    plans = t["plans"]
    value = _interval(plans) if name == "interval" else plans[PLAN_COLUMNS[name]].fill_null(UNKNOWN)
    looked_up = plans.select(**{f"{name}_key": plans.plan_id, name: value})
    joined = frame.left_join(looked_up, frame.plan_id == looked_up[f"{name}_key"])
    return joined.mutate(**{name: joined[name].fill_null(UNKNOWN)}).drop(f"{name}_key")


def _with_tenure(t: Tables, frame: ir.Table, window: Window) -> ir.Table:
    if "since" in frame.columns:
        return frame.mutate(tenure=tenure(frame.since, window.first))
    rows = terms(t, Policy.of(t.definitions)).filter(lambda r: r.pays == 1)
    paid = rows.group_by(payer=rows.account_id).agg(first_paid=rows.opens.min())
    joined = frame.left_join(paid, frame.account_id == paid.payer)
    return joined.mutate(tenure=tenure(joined.first_paid, window.first)).drop("payer", "first_paid")


def _interval(plans: ir.Table) -> ir.Value:
    """How often a plan is paid, by the months of its term."""
    yearly = plans.interval.startswith("year") | plans.interval.startswith("annual")
    months = plans.interval_count.fill_null(1) * yearly.ifelse(12, 1)
    return ibis.cases(
        (plans.interval.isnull(), UNKNOWN),
        (months < 3, "monthly"),
        (months < 12, "quarterly"),
        (months == 12, "annual"),
        else_="multi_year",
    )


def tenure(since: ir.Value, moment: datetime) -> ir.Value:
    """How long a customer has paid at the instant, as a band."""
    cases = [(since > months_before(moment, months), band) for band, months in TENURE_BANDS]
    return ibis.cases((since.isnull(), UNKNOWN), *cases, else_=LONGEST_TENURE)


def months_before(moment: Day, months: int) -> Day:
    """The same day `months` calendar months earlier (the month's last day where it is shorter)."""
    index = moment.year * 12 + moment.month - 1 - months
    year, month = divmod(index, 12)
    next_month = datetime(year + (month == 11), (month + 1) % 12 + 1, 1)
    last_day = (next_month - timedelta(days=1)).day
    return moment.replace(year=year, month=month + 1, day=min(moment.day, last_day))

"""Five public data sets, mapped as they are: what `check` counts is what pandas counts in the raw files."""

from __future__ import annotations

import tomllib
from datetime import date, datetime
from pathlib import Path

import pandas as pd
import pytest

from bot.sources import Company, TableMap, open_company
from bot.sources.check import Report, examine
from bot.types import Definitions

pytestmark = pytest.mark.real

HERE = Path(__file__).parent
NOW = datetime(2026, 1, 1)


def opened(name: str, data: Path) -> Company:
    """The company of a workspace file, without the room that reads such files."""
    settings = tomllib.loads((HERE / name / "workspace.toml").read_text(encoding="utf-8"))
    tables = {
        table: TableMap(map_.get("select"), map_.get("table"), map_.get("columns", {}))
        for table, map_ in settings["data"]["tables"].items()
    }
    url = settings["data"]["url"].replace("${MAINSTAY_DATA}", str(data))
    definitions = Definitions(zone=settings["company"]["zone"], snapshot=settings["data"].get("snapshot", False))
    return open_company(url, tables, HERE / name, definitions, settings["data"]["as_of"])


def told(report: Report, key: str, table: str) -> int:
    (count,) = [odd.count for odd in report.oddities if (odd.key, odd.table) == (key, table)]
    return count


def keys(report: Report) -> set[tuple[str, str]]:
    return {(odd.key, odd.table) for odd in report.oddities}


def payers(company: Company, moment: datetime) -> set[str]:
    rows = company.run(company.tables["subscriptions"])
    here = (rows.valid_from <= moment) & (rows.valid_to.isna() | (rows.valid_to > moment))
    return set(rows[here & (rows.status == "active") & (rows.mrr > 0)].account_id)


def test_fightchurn_renewals_and_one_day_holes_are_no_churn(data: Path) -> None:
    """Raw rows that cover a day are the second answer; ended rows are many times more than lost customers."""
    company = opened("fightchurn_crm", data)
    raw = pd.read_parquet(data / "fightchurn_crm" / "subscriptions.parquet")
    start, end = date(2024, 12, 1), date(2025, 1, 1)
    covering = [set(raw[(raw.start_date <= day) & (raw.end_date > day)].account_id.astype(str)) for day in (start, end)]
    assert [payers(company, datetime(2024, 12, 1)), payers(company, datetime(2025, 1, 1))] == covering
    lost = covering[0] - covering[1]
    ended = raw[(raw.end_date > start) & (raw.end_date <= end)]
    assert 0 < len(lost) < len(ended) / 10

    base = raw[raw.kind == "base"].sort_values(["account_id", "start_date"])
    gaps = (pd.to_datetime(base.start_date) - pd.to_datetime(base.groupby("account_id").end_date.shift())).dt.days
    assert set(gaps.dropna()) == {0, 1}
    assert (gaps == 1).sum() == 3
    rows = company.run(company.tables["subscriptions"]).sort_values(["subscription_id", "valid_from"])
    assert len(rows) == len(raw)
    follows = rows.groupby("subscription_id").valid_from.shift(-1)
    assert (follows.dropna() == rows.valid_to[follows.notna()]).all(), "no hole is left within a subscription"
    assert (rows.valid_to.dropna() <= datetime(2025, 1, 1)).all()


def test_fightchurn_check_tells_what_lies_behind_the_day_the_simulation_stopped(data: Path) -> None:
    report = examine(opened("fightchurn_crm", data), NOW)
    usage = pd.read_parquet(data / "fightchurn_crm" / "usage_daily.parquet")
    accounts = pd.read_csv(data / "fightchurn_crm" / "accounts.csv")
    assert keys(report) == {("parallel_subscriptions", "subscriptions"), ("after_as_of", "events")}
    assert told(report, "after_as_of", "events") == (usage.event_date >= date(2025, 1, 1)).sum()
    raw = {source.name: source.blanks for source in report.sources}
    assert raw["accounts"] == {"state": accounts.state.isna().sum()}


def test_telco_is_a_picture_in_which_1869_of_7043_left(data: Path) -> None:
    company = opened("telco", data)
    raw = pd.read_csv(data / "telco" / "telco_customer_churn.csv")
    before, after = payers(company, datetime(2019, 12, 1)), payers(company, datetime(2020, 1, 1))
    assert before == set(raw.customerID)
    assert before - after == set(raw[raw.Churn == "Yes"].customerID)
    assert (len(before), len(before - after)) == (7043, 1869)
    rows = company.run(company.tables["subscriptions"])
    assert set(rows[rows.reason_code.notna()].account_id) == set(raw[raw.Churn == "Yes"].customerID)
    assert rows.mrr.sum() == pytest.approx(raw.MonthlyCharges.sum())


def test_telco_check_says_that_it_is_a_picture_and_which_charges_are_blank(data: Path) -> None:
    """Blank total charges are those of customers in their first month."""
    report = examine(opened("telco", data), NOW)
    raw = pd.read_csv(data / "telco" / "telco_customer_churn.csv")
    assert report.snapshot
    assert not report.oddities
    blanks = {source.name: source.blanks for source in report.sources}
    assert blanks["telco_customer_churn"] == {"TotalCharges": (raw.TotalCharges.str.strip() == "").sum()}
    assert set(raw[raw.TotalCharges.str.strip() == ""].tenure) == {0}


def test_cdnow_keeps_its_free_rows_and_tells_the_equal_and_same_day_ones(data: Path) -> None:
    company = opened("cdnow", data)
    report = examine(company, NOW)
    raw = pd.read_parquet(data / "cdnow" / "cdnow_master.parquet")
    assert len(company.run(company.tables["orders"])) == len(raw)
    assert len(company.run(company.tables["accounts"])) == raw.customer_id.nunique()
    assert {odd.key: odd.count for odd in report.oddities} == {
        "zero_amounts": (raw.amount == 0).sum(),
        "equal_rows": raw.duplicated(["customer_id", "order_date", "quantity", "amount"]).sum(),
        "same_day_orders": raw.duplicated(["customer_id", "order_date"]).sum(),
    }


NOT_GOODS = ["POST", "DOT", "C2", "BANK CHARGES", "AMAZONFEE", "CRUK", "B"]


def test_online_retail_invoices_become_orders_and_cancellations_refunds(data: Path) -> None:
    company = opened("online_retail", data)
    raw = pd.read_parquet(data / "online_retail" / "online_retail.parquet")
    goods = raw[~raw.StockCode.isin(NOT_GOODS)].assign(amount=lambda rows: rows.Quantity * rows.UnitPrice)
    orders = company.run(company.tables["orders"]).set_index("order_id")
    amounts = goods.groupby("InvoiceNo").amount.sum()
    assert set(orders.index) == set(amounts.index)
    assert (orders.net_amount - amounts).abs().max() < 0.006
    cancelled = orders.index.str.startswith("C")
    assert (orders.refund[cancelled] == -orders.net_amount[cancelled]).all()
    assert (orders.refund[~cancelled] == 0).all()

    first = goods.groupby("InvoiceNo").InvoiceDate.min()
    london = first.dt.tz_localize("Europe/London").dt.tz_convert("UTC").dt.tz_localize(None)
    assert (orders.occurred_at.sort_index() == london.sort_index()).all()
    assert company.definitions.zone == "Europe/London"
    assert len(company.run(company.tables["accounts"])) == raw.CustomerID.nunique()


def test_online_retail_check_counts_what_pandas_counts(data: Path) -> None:
    report = examine(opened("online_retail", data), NOW)
    raw = pd.read_parquet(data / "online_retail" / "online_retail.parquet")
    (source,) = report.sources
    assert source.equal_rows == raw.duplicated().sum()
    assert source.blanks["CustomerID"] == raw.CustomerID.isna().sum()
    goods = raw[~raw.StockCode.isin(NOT_GOODS)].assign(amount=lambda rows: (rows.Quantity * rows.UnitPrice).round(2))
    orders = goods.groupby("InvoiceNo").agg(amount=("amount", "sum"), customer=("CustomerID", "first")).round(2)
    assert told(report, "nobody", "orders") == orders.customer.isna().sum()
    assert told(report, "negative_amounts", "orders") == (orders.amount < 0).sum()
    assert told(report, "zero_amounts", "orders") == (orders.amount == 0).sum()
    assert told(report, "last_month_incomplete", "orders") == 9
    weekdays = {odd.other for odd in report.oddities if odd.key == "silent_weekday"}
    assert weekdays == {str(day) for day in set(range(7)) - set(raw.InvoiceDate.dt.weekday)} == {"5"}


def test_ravenstack_tables_tell_three_stories_of_who_left(data: Path) -> None:
    """The flag, the churn events, and what is still paid for; the last is what a customer is."""
    company = opened("ravenstack", data)
    folder = data / "ravenstack"
    accounts, told_us = pd.read_csv(folder / "accounts.csv"), pd.read_csv(folder / "churn_events.csv")
    raw = pd.read_csv(folder / "subscriptions.csv")
    live = raw[raw.end_date.isna() & ~raw.is_trial & (raw.mrr_amount > 0)]
    paying = payers(company, datetime(2025, 1, 1))
    assert paying == set(live.account_id)
    assert accounts.churn_flag.sum() == 110
    assert told_us.account_id.nunique() == 352
    assert not set(accounts.account_id) - set(raw[raw.end_date.isna()].account_id)
    report = examine(company, NOW)
    assert told(report, "paying_though_left", "survey_answers") == len(set(told_us.account_id) & paying)


def test_ravenstack_check_counts_what_pandas_counts(data: Path) -> None:
    report = examine(opened("ravenstack", data), NOW)
    folder = data / "ravenstack"
    accounts = pd.read_csv(folder / "accounts.csv").set_index("account_id")
    raw = pd.read_csv(folder / "subscriptions.csv")
    usage = pd.read_csv(folder / "feature_usage.csv")
    tickets = pd.read_csv(folder / "support_tickets.csv")
    assert told(report, "duplicate_keys", "events") == usage.usage_id.duplicated().sum()
    early = tickets.submitted_at < tickets.account_id.map(accounts.signup_date)
    assert told(report, "before_signup", "tickets") == early.sum()
    live = raw[raw.end_date.isna() & ~raw.is_trial & (raw.mrr_amount > 0)]
    assert told(report, "parallel_subscriptions", "subscriptions") == (live.account_id.value_counts() > 1).sum()
    begun = raw.groupby("account_id").start_date.min()
    owner = usage.subscription_id.map(raw.set_index("subscription_id").account_id)
    known_end = raw[raw.end_date.isna()].account_id
    outside = (usage.usage_date < owner.map(begun)) & owner.isin(known_end)
    assert told(report, "outside_subscription", "events") == outside.sum()

"""Two public shops: what the metrics say of their orders is what pandas says of the raw files."""

from __future__ import annotations

from datetime import date
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pytest

from bot.analysis.measure import Analyst, measure
from bot.types import Grain, Intent, Query, Rights, Window
from tests.metrics.test_worked_examples_commerce import segment_of
from tests.real.test_real import NOT_GOODS, opened

pytestmark = pytest.mark.real

CDNOW_YEAR = Window(date(1997, 7, 1), date(1998, 7, 1), Grain.YEAR)
FIRST_QUARTER = Window(date(1997, 1, 1), date(1997, 4, 1), Grain.QUARTER)
RETAIL_YEAR = Window(date(2010, 12, 1), date(2011, 12, 1), Grain.YEAR)


@pytest.fixture(scope="module")
def shop(data: Path) -> Analyst:
    return Analyst(opened("cdnow", data), Rights(), date(1998, 7, 1))


@pytest.fixture(scope="module")
def days(data: Path) -> pd.DataFrame:
    """CDNOW: one row per customer and day of purchase, with the day before."""
    raw = pd.read_parquet(data / "cdnow" / "cdnow_master.parquet")
    merged = raw.groupby(["customer_id", "order_date"], as_index=False).amount.sum()
    merged["day"] = pd.to_datetime(merged.order_date)
    merged = merged.sort_values(["customer_id", "day"])
    merged["gap"] = merged.groupby("customer_id").day.diff().dt.days
    merged["number"] = merged.groupby("customer_id").cumcount() + 1
    merged["first"] = merged.groupby("customer_id").day.transform("min")
    return merged


@pytest.fixture(scope="module")
def traders(data: Path) -> Analyst:
    return Analyst(opened("online_retail", data), Rights(), date(2011, 12, 10))


@pytest.fixture(scope="module")
def invoices(data: Path) -> pd.DataFrame:
    """Online Retail: one row per customer and day with goods invoiced, cancellations apart."""
    raw = pd.read_parquet(data / "online_retail" / "online_retail.parquet")
    goods = raw[~raw.StockCode.isin(NOT_GOODS) & raw.CustomerID.notna()]
    goods = goods.assign(amount=goods.Quantity * goods.UnitPrice)
    found = goods.groupby("InvoiceNo").agg(
        customer=("CustomerID", "first"), amount=("amount", "sum"), moment=("InvoiceDate", "min")
    )
    found["amount"] = found.amount.round(2)
    return found.assign(day=found.moment.dt.normalize())


def figures(analyst: Analyst, metric: str, window: Window, **variant: str) -> dict[str, float]:
    query = Query(Intent.VALUE, metric, window, variant=tuple(sorted(variant.items())))
    return dict(measure(analyst, query).rows[0])


def inside(frame: pd.DataFrame, window: Window) -> pd.DataFrame:
    return frame[(frame.day >= pd.Timestamp(window.start)) & (frame.day < pd.Timestamp(window.end))]


def test_cdnow_order_values_frequency_and_gaps_are_those_of_pandas(shop: Analyst, days: pd.DataFrame) -> None:
    year = inside(days, CDNOW_YEAR)
    value = figures(shop, "aov", CDNOW_YEAR)
    assert (value["part"], value["whole"]) == (pytest.approx(year.amount.sum()), len(year))
    assert value["median"] == pytest.approx(year.amount.median())
    often = figures(shop, "purchase_frequency", CDNOW_YEAR)
    assert (often["part"], often["whole"]) == (len(year), year.customer_id.nunique())
    gap = figures(shop, "time_between_purchases", CDNOW_YEAR)
    gaps = year.gap.dropna()
    assert (gap["n"], gap["value"], gap["mean"], gap["p75"]) == (
        len(gaps), gaps.median(), pytest.approx(gaps.mean()), gaps.quantile(0.75),
    )  # fmt: skip


def test_cdnow_cohort_of_the_first_quarter_is_followed_as_pandas_follows_it(shop: Analyst, days: pd.DataFrame) -> None:
    """All 23,570 customers first bought in that quarter: second purchase in 90 days, and value after 12 months."""
    again = figures(shop, "second_purchase_rate", FIRST_QUARTER)
    second = days[days.number == 2]
    soon = (second.day - second["first"]).dt.days < 90
    assert (again["part"], again["whole"]) == (soon.sum(), 23570)
    worth = figures(shop, "clv_historical", FIRST_QUARTER, form="cohort", months="12")
    within = days[days.day < days["first"] + pd.DateOffset(months=12)]
    assert (worth["part"], worth["whole"]) == (pytest.approx(within.amount.sum()), 23570)


def test_cdnow_waits_of_those_who_never_came_back_are_censored(shop: Analyst, days: pd.DataFrame) -> None:
    """The Kaplan-Meier median by a loop over days; more than half never order again, so that no median is reached."""
    waits = days.assign(after=days.groupby("customer_id").day.shift(-1))
    end = pd.Timestamp(FIRST_QUARTER.end)
    waits = waits[waits.day < end]
    ended = waits.after.notna() & (waits.after < end)
    ages = (waits.after.where(ended, end) - waits.day).dt.days.to_numpy()
    stay, half = 1.0, None
    for age in np.unique(ages[ended]):
        stay *= 1 - (ages[ended] == age).sum() / (ages >= age).sum()
        if half is None and stay <= 0.5:
            half = age
    assert figures(shop, "time_between_purchases", FIRST_QUARTER)["survival_median"] == half


def test_cdnow_rfm_is_that_of_pandas_quantiles(shop: Analyst, days: pd.DataFrame) -> None:
    year = inside(days, CDNOW_YEAR)
    each = year.groupby("customer_id").agg(last=("day", "max"), f=("amount", "size"), m=("amount", "sum"))
    each["m"] = each.m.round(6)
    r = (pd.Timestamp(CDNOW_YEAR.end) - each["last"]).dt.days

    def above(column: Any) -> Any:
        cuts = [column.quantile(share) for share in (0.2, 0.4, 0.6, 0.8)]
        return sum((column > cut + 1e-9).astype(int) for cut in cuts)

    cuts = {each.f.quantile(share) for share in (0.2, 0.4, 0.6, 0.8)}
    f = each.f.clip(upper=5) if len(cuts) < 4 else 1 + above(each.f)
    scores = zip(5 - above(r), f, 1 + above(each.m), strict=True)
    expected = pd.Series([segment_of(*map(int, one)) for one in scores]).value_counts()
    rows = measure(shop, Query(Intent.VALUE, "rfm", CDNOW_YEAR)).rows
    assert {row["segment"]: row["part"] for row in rows if row["part"]} == expected.to_dict()


def test_online_retail_orders_are_those_of_pandas(traders: Analyst, invoices: pd.DataFrame) -> None:
    """Cancellations are no orders; what a customer brought is told net of them."""
    bought = invoices[invoices.amount >= 0].groupby(["customer", "day"], as_index=False).amount.sum()
    year = inside(bought, RETAIL_YEAR)
    value = figures(traders, "aov", RETAIL_YEAR)
    assert (value["part"], value["whole"]) == (pytest.approx(year.amount.sum()), len(year))
    ever = bought[bought.day < pd.Timestamp(RETAIL_YEAR.end)].groupby("customer").size()
    back = figures(traders, "returning_customer_rate", RETAIL_YEAR)
    assert (back["part"], back["whole"]) == ((ever[year.customer.unique()] > 1).sum(), year.customer.nunique())
    net = invoices[invoices.customer.isin(ever.index) & (invoices.day < pd.Timestamp(RETAIL_YEAR.end))]
    worth = figures(traders, "clv_historical", RETAIL_YEAR)
    assert (worth["part"], worth["whole"]) == (pytest.approx(net.amount.sum()), len(ever))

"""The suggestions for one account and the evidence of each, on a company laid out by hand."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date
from typing import Any

from bot.analysis.measure import Analyst
from bot.metrics.next_step import next_steps, suggestions
from bot.types import Grain, Intent, Query, Window

DAY = Window(date(2026, 11, 1), date(2026, 11, 2), Grain.DAY)
BUYERS = [f"B{number}" for number in range(6)]
ACCOUNTS = [
    {"account_id": who, "country": "PL" if who == "P" else "FR", "region": None} for who in (*BUYERS, "P", "F", "N")
]
PRODUCTS = [
    {"product_id": "ink", "countries": None},
    {"product_id": "pen", "countries": "FR,ES"},
    {"product_id": "pad", "countries": None},
]


def orders() -> tuple[list[dict[str, Any]], list[dict[str, Any]]]:
    """Six buy ink and a pen, five of them a pad too; P (in Poland) and F bought ink alone."""
    made = []
    for number, who in enumerate((*BUYERS, "P", "F")):
        wanted = ["ink"] if who in "PF" else ["ink", "pen", "pad"] if number else ["ink", "pen"]
        made += [(f"{who}-{product}", who, product) for product in wanted]
    rows = [
        {"order_id": id, "customer_id": who, "occurred_at": "2026-08-01 10:00", "net_amount": 10.0}
        for id, who, _ in made
    ]
    items = [{"order_id": id, "line_id": "1", "product_id": product, "net_amount": 10.0} for id, _, product in made]
    return rows, items


def told(analyst: Analyst) -> dict[tuple[str, str], dict[str, Any]]:
    rows = analyst.company.run(suggestions(analyst.tables(Query(Intent.VALUE)), DAY)).to_dict("records")
    return {(row["account_id"], row["step"]): row for row in rows}


def test_the_product_that_most_buyers_of_the_same_thing_bought_and_that_is_sold_in_the_country(
    laid: Callable[..., Analyst],
) -> None:
    rows, items = orders()
    found = told(laid({"accounts": ACCOUNTS, "orders": rows, "order_items": items, "products": PRODUCTS}, DAY.end))
    french = found["F", "product"]
    assert (french["what"], french["because"], french["part"], french["whole"]) == ("pen", "ink", 6, 8)
    polish = found["P", "product"]  # no pens in Poland
    assert (polish["what"], polish["because"], polish["part"], polish["whole"]) == ("pad", "ink", 5, 8)
    assert (found["B0", "product"]["what"], found["B0", "product"]["part"]) == ("pad", 5)
    assert ("B1", "product") not in found


def test_the_date_to_order_again_is_the_own_median_gap_after_the_last_order(laid: Callable[..., Analyst]) -> None:
    days = {"B0": ("08-03", "09-02", "10-02"), "B1": ("01-01", "01-11", "01-21"), "B2": ("09-02", "10-02")}
    rows = [
        {"order_id": f"{who}{day}", "customer_id": who, "occurred_at": f"2026-{day} 10:00", "net_amount": 5.0}
        for who, dates in days.items() for day in dates
    ]  # fmt: skip
    analyst = laid({"accounts": ACCOUNTS, "orders": rows}, DAY.end)
    found = told(analyst)
    assert set(found) == {("B0", "replenish")}  # B1 is long past it, B2 has one gap only
    assert (found["B0", "replenish"]["days_to_go"], found["B0", "replenish"]["whole"]) == (-1, 3)
    people = analyst.company.run(next_steps(analyst.tables(Query(Intent.VALUE)), DAY))
    assert list(people["account_id"]) == ["B0"]


def test_a_feature_is_suggested_where_its_users_among_like_accounts_stayed_more(laid: Callable[..., Analyst]) -> None:
    who = [f"A{number:02}" for number in range(24)]
    lives = [
        {"subscription_id": one, "account_id": one, "plan_id": "p", "status": "active", "mrr": 10.0,
         "valid_from": "2026-01-01", "valid_to": "2026-10-01" if number in (0, 12, 13, 14) else None}
        for number, one in enumerate(who)
    ]  # fmt: skip
    used = [{"account_id": one, "name": "did", "occurred_at": "2026-07-20 10:00"} for one in who[:12]]
    used += [{"account_id": one, "name": "did", "occurred_at": "2026-10-20 10:00"} for one in who[1:11]]
    tables = {
        "accounts": [{"account_id": one, "size": "small"} for one in who],
        "plans": [{"plan_id": "p", "name": "P", "interval": "month"}],
        "subscriptions": lives,
        "events": used,
        "features": [
            {"feature_id": "f", "core_event": "did", "tier": "basic", "entitled_plans": "p"},
            {"feature_id": "g", "core_event": "never", "tier": "basic", "entitled_plans": "p"},
            {"feature_id": "h", "core_event": "did", "tier": "basic", "entitled_plans": "another"},
        ],
    }
    found = told(laid(tables, DAY.end))
    assert {one for one, _ in found} == {"A11", *who[15:]}  # who has left, or uses it, gets none
    row = found["A20", "feature"]
    evidence = (row["what"], row["part"], row["whole"], row["other_part"], row["other_whole"])
    assert evidence == ("f", 11, 12, 9, 12)


def test_what_is_popular_is_told_of_the_own_region_alone(laid: Callable[..., Analyst]) -> None:
    rows, items = orders()
    lives = [
        {"subscription_id": "N", "account_id": "N", "plan_id": "p", "status": "active", "mrr": 10.0,
         "valid_from": "2026-01-01", "valid_to": None}
    ]  # fmt: skip
    tables = {"accounts": ACCOUNTS, "orders": rows, "order_items": items, "products": PRODUCTS, "subscriptions": lives}
    row = told(laid(tables, DAY.end))["N", "popular"]
    assert (row["what"], row["because"], row["part"], row["whole"]) == ("ink", "FR", 7, 7)

"""The worked examples of revenue and money, from rows laid for each, and the golden fixture; on every engine."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date, datetime
from typing import Any

import pytest

from bot.analysis.measure import Analyst, measure
from bot.errors import BadData
from bot.types import Evidence, Grain, Intent, Query, Window
from tests.metrics.conftest import OCTOBER, Measure

Laid = Callable[..., Analyst]
BEFORE, MIDDLE = datetime(2026, 1, 1), datetime(2026, 10, 15)


def stretch(account: str, begins: datetime, ends: datetime | None = None, mrr: float = 100.0, **more: Any) -> dict:
    """One paid stretch of an account's subscription."""
    return {
        "subscription_id": f"S-{account}", "account_id": account, "valid_from": begins, "valid_to": ends,
        "status": "active", "mrr": mrr, **more,
    }  # fmt: skip


def asked(
    analyst: Analyst, metric: str, window: Window = OCTOBER, by: tuple[str, ...] = (), **variant: str
) -> Evidence:
    return measure(analyst, Query(Intent.VALUE, metric, window, by=by, variant=tuple(sorted(variant.items()))))


GOLDEN: list[tuple[str, dict[str, Any], float, float]] = [
    ("gross_revenue_churn", {}, 620, 1320),
    ("gross_revenue_churn", {"pause_policy": "keep_mrr"}, 580, 1320),
    ("net_revenue_churn", {}, 570, 1320),
    ("net_revenue_churn", {"include_reactivation": "true"}, 460, 1320),
    ("quick_ratio", {}, 250, 620),
    ("quick_ratio", {"include_reactivation": "false"}, 140, 620),
    ("quick_ratio", {"method": "events"}, 390, 760),
    ("quick_ratio", {"method": "events", "include_reactivation": "false"}, 200, 760),
    ("arpa", {}, 950, 6),
    ("arpa", {"pause_policy": "keep_mrr"}, 990, 7),
]


@pytest.mark.parametrize(("metric", "variant", "part", "whole"), GOLDEN)
def test_the_golden_company_gives_the_part_and_the_whole(
    told: Measure, metric: str, variant: dict[str, Any], part: float, whole: float
) -> None:
    row = told(metric, **variant).rows[0]
    assert (row["part"], row["whole"]) == pytest.approx((part, whole))
    assert row["value"] == pytest.approx(part / whole)


def test_a_year_of_the_golden_company_is_twelve_months_of_its_mrr(told: Measure) -> None:
    assert (told("arr").rows[0]["value"], told("arr").rows[0]["n"]) == (11400, 6)


def test_the_monthly_value_of_annual_plans_is_a_twelfth(laid: Laid) -> None:
    """100 customers at 100 a month and 50 at 600 a year: MRR 12,500, ARR 150,000, ARPA 12,500/150."""
    rows = [stretch(f"M{n}", BEFORE) for n in range(100)] + [stretch(f"Y{n}", BEFORE, mrr=600 / 12) for n in range(50)]
    analyst = laid({"subscriptions": rows})
    assert asked(analyst, "mrr").rows[0]["value"] == 12_500
    assert asked(analyst, "arr").rows[0]["value"] == 150_000
    assert asked(analyst, "arpa").rows[0]["value"] == pytest.approx(12_500 / 150)


def bridge() -> list[dict[str, Any]]:
    """100,000 at the start; new 9,000; expansion 6,000; contraction 2,000; churn 5,000; reactivation 1,500."""
    return [
        stretch("stays", BEFORE, None, 83_000),
        stretch("grows", BEFORE, MIDDLE, 6_000), stretch("grows", MIDDLE, None, 12_000),
        stretch("shrinks", BEFORE, MIDDLE, 6_000), stretch("shrinks", MIDDLE, None, 4_000),
        stretch("leaves", BEFORE, MIDDLE, 5_000),
        stretch("comes", MIDDLE, None, 9_000),
        stretch("returns", BEFORE, datetime(2026, 5, 1), 1_000), stretch("returns", MIDDLE, None, 1_500),
    ]  # fmt: skip


@pytest.mark.parametrize(
    ("metric", "variant", "part", "whole"),
    [
        ("gross_revenue_churn", {}, 7_000, 100_000),
        ("net_revenue_churn", {}, 1_000, 100_000),
        ("net_revenue_churn", {"include_reactivation": "true"}, -500, 100_000),
        ("quick_ratio", {}, 16_500, 7_000),
        ("quick_ratio", {"include_reactivation": "false"}, 15_000, 7_000),
    ],
)
def test_losses_and_gains_of_a_bridge(
    laid: Laid, metric: str, variant: dict[str, str], part: float, whole: float
) -> None:
    row = asked(laid({"subscriptions": bridge()}), metric, **variant).rows[0]
    assert (row["part"], row["whole"], row["value"]) == pytest.approx((part, whole, part / whole))


def test_without_losses_there_is_no_quick_ratio_and_the_answer_says_why(laid: Laid) -> None:
    analyst = laid({"subscriptions": [stretch("stays", BEFORE), stretch("comes", MIDDLE)]})
    found = asked(analyst, "quick_ratio")
    assert (found.rows[0]["part"], found.rows[0]["value"]) == (100, None)
    assert "no_losses" in [note.key for note in found.caveats]


def discounted(duration: bool = True) -> list[dict[str, Any]]:
    """A has no discount, B 20 for good, C 30 for some months, D 40 once, E all of its price once."""
    given = {"A": (100, 0, None), "B": (80, 20, "forever"), "C": (70, 30, "repeating"), "D": (60, 40, "once"),
             "E": (0, 100, "once")}  # fmt: skip
    return [
        stretch(who, BEFORE, None, mrr, discount=discount, **({"discount_duration": lasts} if duration else {}))
        for who, (mrr, discount, lasts) in given.items()
    ]


@pytest.mark.parametrize(("policy", "value"), [("all_active", 310), ("forever_only", 380), ("recurring_only", 350)])
def test_mrr_is_net_of_the_discounts_that_the_policy_takes_off(laid: Laid, policy: str, value: float) -> None:
    """Net of all 310; Stripe adds back C's 30 and D's 40; Chargebee D's 40. E pays nothing: no customer."""
    analyst = laid({"subscriptions": discounted()})
    row = asked(analyst, "mrr", discount_policy=policy).rows[0]
    assert (row["value"], row["n"]) == (value, 4)
    assert asked(analyst, "arr", discount_policy=policy).rows[0]["value"] == 12 * value
    for kept in ("grr", "nrr"):
        row = asked(analyst, kept, discount_policy=policy).rows[0]
        assert (row["part"], row["whole"]) == (value, value)


def test_the_share_of_the_five_largest_stands_beside_the_revenue_kept(laid: Laid) -> None:
    """600 + 500 + 400 + 400 + 300 of 2,600: the equal ones count both, the two smallest and who came later do not."""
    rows = [stretch(f"C{place}", BEFORE, mrr=mrr) for place, mrr in enumerate((100, 400, 600, 300, 400, 300, 500))]
    analyst = laid({"subscriptions": [*rows, stretch("new", MIDDLE, mrr=9000)]})
    for kept in ("grr", "nrr"):
        row = asked(analyst, kept).rows[0]
        assert (row["whole"], row["top5_share"]) == (2600, pytest.approx(2200 / 2600))
    of_few = laid({"subscriptions": rows[:3]})
    assert asked(of_few, "grr").rows[0]["top5_share"] == 1


def test_a_discount_that_ends_is_no_growth_where_only_lasting_ones_count(laid: Laid) -> None:
    rows = [
        stretch("C", BEFORE, MIDDLE, 70, discount=30.0, discount_duration="repeating"),
        stretch("C", MIDDLE, None, 100, discount=0.0, discount_duration=None),
    ]
    analyst = laid({"subscriptions": rows})
    assert asked(analyst, "nrr").rows[0]["value"] == pytest.approx(100 / 70)
    assert asked(analyst, "nrr", discount_policy="forever_only").rows[0]["value"] == 1


def test_discounts_that_the_data_cannot_tell_apart_are_refused(laid: Laid) -> None:
    analyst = laid({"subscriptions": discounted(duration=False)})
    with pytest.raises(BadData) as refused:
        asked(analyst, "mrr", discount_policy="forever_only")
    assert (refused.value.key, refused.value.values) == ("discounts_alike", {"column": "discount_duration"})


def lay_growth(laid: Laid, *, recorded: bool = False) -> Analyst:
    """6,000 of 100,000: seats 3,500, another tier 1,500, a second product 1,000."""
    terms = {"plan_id": "pro", "quantity": 10, "discount": 0.0}
    rows = [
        stretch("rest", BEFORE, None, 80_000, **terms),
        stretch("seats", BEFORE, MIDDLE, 10_000, **terms | {"quantity": 20}),
        stretch("seats", MIDDLE, None, 13_500, **terms | {"quantity": 27}),
        stretch("tier", BEFORE, MIDDLE, 5_000, **terms),
        stretch("tier", MIDDLE, None, 6_500, **terms | {"plan_id": "business"}),
        stretch("second", BEFORE, None, 5_000, **terms),
        stretch("second", MIDDLE, None, 1_000, **terms) | {"subscription_id": "S-other"},
    ]
    tables: dict[str, Any] = {"subscriptions": rows}
    if recorded:
        tables["mrr_movements"] = [
            {"account_id": who, "occurred_at": MIDDLE, "type": "expansion", "amount": amount, "cause": cause}
            for who, amount, cause in (("seats", 3_000.0, "upsell"), ("tier", 1_500.0, "price"), ("rest", 9.0, "price"))
        ]
    return laid(tables)


def test_expansion_is_told_by_its_cause(laid: Laid) -> None:
    analyst = lay_growth(laid)
    row = asked(analyst, "expansion_revenue").rows[0]
    assert (row["value"], row["n"], row["upsell"], row["cross_sell"]) == (6_000, 3, 5_000, 1_000)
    rows = asked(analyst, "expansion_revenue", by=("cause",)).rows
    assert {row["cause"]: row["value"] for row in rows} == {"seats": 3_500, "tier": 1_500, "cross_sell": 1_000}
    row = asked(analyst, "expansion_rate").rows[0]
    assert (row["part"], row["whole"], row["value"], row["expanding_customers"]) == (6_000, 100_000, 0.06, 3)


def test_causes_that_the_company_recorded_go_before_those_derived(laid: Laid) -> None:
    """Of 3,500 it recorded 3,000; what it did not record has no known cause; who did not grow is not in it."""
    rows = asked(lay_growth(laid, recorded=True), "expansion_revenue", by=("cause",)).rows
    assert {row["cause"]: row["value"] for row in rows} == {"upsell": 3_000, "price": 1_500, "unknown": 1_500}


def test_prices_discounts_and_swaps_are_causes_of_their_own(laid: Laid) -> None:
    """A dearer and has one seat more; B's discount ended; C changed its subscription for another; D hides its seats."""
    base = {"plan_id": "pro", "discount": 0.0}
    rows = [
        stretch("A", BEFORE, MIDDLE, 100, quantity=2, **base), stretch("A", MIDDLE, None, 180, quantity=3, **base),
        stretch("B", BEFORE, MIDDLE, 70, quantity=2, plan_id="pro", discount=30.0),
        stretch("B", MIDDLE, None, 100, quantity=2, **base),
        stretch("C", BEFORE, MIDDLE, 100, quantity=2, **base),
        stretch("C", MIDDLE, None, 120, quantity=2, **base) | {"subscription_id": "S-new"},
        stretch("D", BEFORE, MIDDLE, 100, quantity=None, **base), stretch("D", MIDDLE, None, 105, quantity=3, **base),
    ]  # fmt: skip
    found = asked(laid({"subscriptions": rows}), "expansion_revenue", by=("cause",)).rows
    assert {row["cause"]: (row["value"], row["n"]) for row in found} == {
        "seats": (50, 1), "price": (30, 1), "discount_end": (30, 1), "tier": (20, 1), "unknown": (5, 1),
    }  # fmt: skip


SEPTEMBER = Window(date(2026, 9, 1), date(2026, 10, 1), Grain.MONTH)


def test_the_golden_company_fails_to_pay_by_count_and_by_amount(told: Measure) -> None:
    row = told("failed_payment_rate").rows[0]
    assert (row["part"], row["whole"], row["failed_amount"], row["tried_amount"]) == (3, 8, 290, 800)
    codes = told("failed_payment_rate", by=("decline_code",)).rows
    assert {one["decline_code"]: (one["part"], one["whole"]) for one in codes} == {
        "insufficient_funds": (2, 8), "expired_card": (1, 8),
    }  # fmt: skip
    methods = told("failed_payment_rate", by=("payment_method",)).rows
    assert {one["payment_method"]: (one["part"], one["whole"]) for one in methods} == {
        "card": (2, 7), "sepa_debit": (1, 1),
    }  # fmt: skip
    card = told("failed_payment_rate", filters=(("decline_code", ("expired_card",)),)).rows[0]
    assert (card["part"], card["whole"]) == (1, 8)


def test_the_golden_company_gets_half_of_its_failed_invoices_back(told: Measure) -> None:
    row = told("dunning_recovery_rate", SEPTEMBER).rows[0]
    assert (row["part"], row["whole"], row["recovered_amount"], row["failed_amount"]) == (2, 4, 300, 430)
    assert (row["by_retry"], row["by_card_update"], row["otherwise"]) == (1, 1, 0)
    row = told("dunning_recovery_rate", SEPTEMBER, grace_days="32").rows[0]
    assert (row["part"], row["whole"]) == (3, 4)


def test_an_invoice_whose_days_are_not_over_is_in_no_recovery_rate(told: Measure) -> None:
    row = told("dunning_recovery_rate").rows[0]
    assert (row["part"], row["whole"], row["value"]) == (0, 0, None)


def payment(invoice: int, day: int, status: str, amount: float = 10.0, **more: Any) -> dict[str, Any]:
    moment = datetime(2026, 9, 1 + day)
    return {
        "payment_id": f"P{invoice}-{day}", "invoice_id": f"I{invoice}", "account_id": f"A{invoice}", "amount": amount,
        "currency": "USD", "occurred_at": moment, "status": status,
    } | more  # fmt: skip


def test_recovered_invoices_are_a_share_of_the_failed_ones(laid: Laid) -> None:
    """110 failed, 52 of them paid within 30 days: 47.3 %; an invoice closed without an attempt is paid too."""
    rows = [payment(n, 0, "failed") for n in range(110)]
    rows += [payment(n, 1 + n % 29, "paid") for n in range(51)]
    invoices = [{"invoice_id": f"I{n}", "account_id": f"A{n}", "amount": 10.0, "paid_at": None} for n in range(110)]
    invoices[60]["paid_at"] = datetime(2026, 9, 20)
    invoices[61]["paid_at"] = datetime(2026, 10, 20)
    row = asked(laid({"payments": rows, "invoices": invoices}), "dunning_recovery_rate", SEPTEMBER).rows[0]
    assert (row["part"], row["whole"], row["by_retry"], row["otherwise"]) == (52, 110, 51, 1)
    assert row["value"] == pytest.approx(0.473, abs=5e-4)


def test_failed_amounts_in_several_currencies_are_told_in_one(laid: Laid) -> None:
    rows = [payment(1, 0, "failed", 100, currency="EUR"), payment(2, 0, "paid", 90)]
    rates = [{"currency": "EUR", "rate": 1.1}]
    row = asked(laid({"payments": rows, "exchange_rates": rates}), "failed_payment_rate", SEPTEMBER).rows[0]
    assert (row["failed_amount"], row["tried_amount"]) == pytest.approx((110, 200))
    with pytest.raises(BadData) as refused:
        asked(laid({"payments": rows}), "failed_payment_rate", SEPTEMBER)
    assert refused.value.key == "unknown_currency"


def test_value_at_risk_counts_an_account_once(laid: Laid) -> None:
    """A cancels 100; B one of its two, 30; C is past due with 40, at risk, and cancels too; D pays 200 and stays."""
    asked_on = {"cancel_requested_at": datetime(2026, 10, 20)}
    still = {"cancel_requested_at": None}
    rows = [
        stretch("A", BEFORE, datetime(2026, 12, 1), 100, **asked_on),
        stretch("B", BEFORE, None, 50, **still),
        stretch("B", BEFORE, None, 30, **asked_on) | {"subscription_id": "S-second"},
        stretch("C", datetime(2026, 10, 25), None, 40, **asked_on) | {"status": "past_due"},
        stretch("D", BEFORE, None, 200, **still),
        stretch("E", BEFORE, MIDDLE, 70, **asked_on),
    ]
    found = asked(laid({"subscriptions": rows}), "value_at_risk")
    assert {row["type"]: (row["value"], row["n"]) for row in found.rows} == {
        "total": (170, 3), "at_risk": (40, 1), "scheduled_churn": (170, 3), "failed_payment": (40, 1),
    }  # fmt: skip
    assert found.rows[0]["type"] == "total"


def test_the_golden_company_had_430_at_risk_at_the_end_of_september(told: Measure) -> None:
    """A3 (300) and A6 (80) had cancelled, A4 (50) was past due."""
    found = {row["type"]: (row["value"], row["n"]) for row in told("value_at_risk", SEPTEMBER).rows}
    assert (found["total"], found["scheduled_churn"], found["failed_payment"]) == ((430, 3), (380, 2), (50, 1))


def test_spend_by_tenure_follows_the_same_customers_where_asked(laid: Laid) -> None:
    """A pays 100, from August on 200; B pays 10 and leaves in June: with B the first band is poorer than the second."""
    rows = [
        stretch("A", datetime(2026, 4, 10), datetime(2026, 8, 2), 100), stretch("A", datetime(2026, 8, 2), None, 200),
        stretch("B", datetime(2026, 4, 20), datetime(2026, 6, 15), 10),
    ]  # fmt: skip
    analyst = laid({"subscriptions": rows})
    april = Window(date(2026, 4, 1), date(2026, 5, 1), Grain.MONTH)
    half = Window(date(2026, 4, 1), date(2026, 11, 1), Grain.RANGE)
    everybody = {row["tenure"]: (row["part"], row["whole"]) for row in asked(analyst, "spend_by_tenure", half).rows}
    assert everybody == {"0-3 months": (420, 6), "3-6 months": (600, 3)}
    same = {
        row["tenure"]: (row["part"], row["whole"])
        for row in asked(analyst, "spend_by_tenure", april, form="cohort").rows
    }
    assert same == {"0-3 months": (400, 4), "3-6 months": (600, 3)}

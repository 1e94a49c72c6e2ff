"""The worked examples of departures, returns, renewals, saves, trials and growth, on every engine."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import date, datetime, timedelta
from typing import Any

import pytest

from bot.analysis.measure import Analyst, measure
from bot.types import Grain, Intent, Query, Window
from tests.metrics.conftest import OCTOBER, Measure

Laid = Callable[..., Analyst]
BEFORE, MIDDLE = datetime(2026, 1, 5), datetime(2026, 10, 15)
FIRST_QUARTER = Window(date(2026, 1, 1), date(2026, 4, 1), Grain.QUARTER)
JANUARY = Window(date(2026, 1, 1), date(2026, 2, 1), Grain.MONTH)
FEBRUARY = Window(date(2026, 2, 1), date(2026, 3, 1), Grain.MONTH)
COLUMNS = (
    "subscription_id", "account_id", "valid_from", "valid_to", "status", "mrr", "plan_id", "discount", "trial_end",
    "card_required", "cancel_requested_at", "term_end", "end_type", "reason_code",
)  # fmt: skip
PLANS = [
    {"plan_id": "m", "name": "Monthly", "interval": "month", "interval_count": 1},
    {"plan_id": "y", "name": "Yearly", "interval": "year", "interval_count": 1},
]


def stretch(account: str, begins: datetime, ends: datetime | None = None, **rest: Any) -> dict[str, Any]:
    """One stretch of an account's subscription, paid and active unless told otherwise."""
    told = {"subscription_id": f"S-{account}", "status": "active", "mrr": 100.0, "plan_id": "m", **rest}
    row = {**dict.fromkeys(COLUMNS), **told, "account_id": account, "valid_from": begins, "valid_to": ends}
    return {name: row[name] for name in COLUMNS}


def payment(account: str, moment: datetime, status: str = "paid") -> dict[str, Any]:
    return {
        "payment_id": f"P-{account}-{moment:%m%d}", "account_id": account, "amount": 100.0, "occurred_at": moment,
        "due_at": moment, "paid_at": moment if status == "paid" else None, "status": status,
    }  # fmt: skip


def first(analyst: Analyst, metric: str, window: Window = OCTOBER, **variant: str) -> Mapping[str, Any]:
    return measure(analyst, Query(Intent.VALUE, metric, window, variant=tuple(sorted(variant.items())))).rows[0]


def counts(row: Mapping[str, Any]) -> tuple[float, float]:
    return row["part"], row["whole"]


def test_a_thousand_customers_lose_4_2_percent_and_more_by_other_counts(laid: Laid) -> None:
    """52 departures: 42 for good, 3 who came back, 7 of the 180 who joined in the month."""
    rows = [stretch(f"A{at}", BEFORE, MIDDLE if at < 42 else None) for at in range(997)]
    for at in range(3):
        rows += [stretch(f"B{at}", BEFORE, MIDDLE), stretch(f"B{at}", datetime(2026, 10, 20))]
    rows += [stretch(f"N{at}", datetime(2026, 10, 5), MIDDLE if at < 7 else None) for at in range(180)]
    analyst = laid({"subscriptions": rows})
    assert counts(first(analyst, "churn_rate")) == (42, 1000)
    assert counts(first(analyst, "churn_rate", method="stripe_like")) == (52, 1180)
    assert counts(first(analyst, "churn_rate", method="average")) == (52, 1065.5)
    assert (first(analyst, "early_churn")["value"], first(analyst, "early_churn")["mrr"]) == (7, 700)


def test_of_forty_who_left_thirty_two_said_why_and_twelve_named_the_price(laid: Laid) -> None:
    reasons = ["price"] * 12 + ["no_need"] * 20 + [None] * 8
    rows = [stretch(f"A{at}", BEFORE, MIDDLE, reason_code=reason) for at, reason in enumerate(reasons)]
    found = measure(laid({"subscriptions": rows}), Query(Intent.VALUE, "churn_reasons", OCTOBER)).rows
    price = next(row for row in found if row["reason"] == "price")
    assert (*counts(price), price["churned"]) == (12, 32, 40)


def test_who_asks_to_leave_before_the_final_attempt_is_lost_by_choice(laid: Laid) -> None:
    due, asked = datetime(2026, 10, 1, 12), datetime(2026, 10, 6)
    rows, tries = [], []
    for account, last in (("A", datetime(2026, 10, 9)), ("B", datetime(2026, 10, 5))):
        rows.append(stretch(account, BEFORE, due))
        rows.append(stretch(account, due, MIDDLE, status="past_due", cancel_requested_at=asked, end_type="involuntary"))
        tries += [payment(account, due, "failed"), payment(account, last, "failed")]
    analyst = laid({"subscriptions": rows, "payments": tries})
    found = measure(analyst, Query(Intent.VALUE, "churn_by_type", OCTOBER)).rows
    kinds = {row["type"]: counts(row) for row in found}
    assert kinds == {
        "voluntary": (1, 2), "involuntary": (1, 2), "pause_expired": (0, 2), "other": (0, 2), "unknown": (0, 2),
    }  # fmt: skip
    assert counts(first(analyst, "churn_rate", split="voluntary")) == (1, 2)


def test_of_four_hundred_annual_customers_forty_are_due_and_thirty_four_renew(laid: Laid) -> None:
    rows, start = [], datetime(2025, 10, 15)
    for at in range(400):
        ends, account = MIDDLE if at < 40 else datetime(2027, 1, 15), f"A{at}"
        if at < 33:  # renewed at a higher price, which does not count
            rows.append(stretch(account, start, MIDDLE, plan_id="y", term_end=ends))
            rows.append(stretch(account, MIDDLE, plan_id="y", mrr=150.0, term_end=datetime(2027, 10, 15)))
        elif at == 33:  # late, inside the days of grace, as another subscription
            rows.append(stretch(account, start, MIDDLE, plan_id="y", term_end=ends))
            late = datetime(2026, 10, 25)
            rows.append(stretch(account, late, plan_id="y", subscription_id="S-late", term_end=datetime(2027, 10, 25)))
        else:
            rows.append(stretch(account, start, MIDDLE if at < 40 else None, plan_id="y", term_end=ends))
    rows.append(stretch("M", start, MIDDLE, term_end=MIDDLE))  # a month's plan has no term to renew
    row = first(laid({"subscriptions": rows, "plans": PLANS}), "renewal_rate")
    assert (*counts(row), row["mrr"], row["renewed_mrr"]) == (34, 40, 4000, 3400)


def test_of_two_hundred_who_left_twenty_four_are_back_within_ninety_days(laid: Laid) -> None:
    left, rows, paid = datetime(2026, 2, 10), [], []
    for at in range(200):
        rows.append(stretch(f"A{at}", datetime(2025, 6, 1), left))
        if at < 24:
            rows.append(stretch(f"A{at}", left + timedelta(days=90)))
        elif at < 34:  # too late
            rows.append(stretch(f"A{at}", left + timedelta(days=91)))
        elif at < 38:  # at a discount, and never paid
            rows.append(stretch(f"A{at}", left + timedelta(days=20), discount=50.0))
    for account in ("X", "Y"):  # an error of billing, left out
        rows += [stretch(account, datetime(2025, 6, 1), left), stretch(account, left + timedelta(days=2))]
    paid.append(payment("A199", datetime(2026, 3, 1), "failed"))
    row = first(laid({"subscriptions": rows, "payments": paid}), "win_back_rate", FIRST_QUARTER)
    assert counts(row) == (24, 200)
    assert row["interval"] == pytest.approx([0.082, 0.172], abs=0.0005)


def test_a_return_at_a_discount_counts_from_its_first_paid_invoice(laid: Laid) -> None:
    left = datetime(2026, 2, 10)
    rows = [stretch("A", datetime(2025, 6, 1), left), stretch("A", left + timedelta(days=20), discount=50.0)]
    paid = [payment("A", left + timedelta(days=40))]
    analyst = laid({"subscriptions": rows, "payments": paid})
    assert counts(first(analyst, "win_back_rate", FIRST_QUARTER)) == (1, 1)
    assert counts(first(analyst, "reactivation_rate", FIRST_QUARTER, horizon_days="30")) == (0, 1)


def test_a_cohort_that_has_not_lived_through_the_days_is_left_out(laid: Laid) -> None:
    rows = [stretch("A", BEFORE, MIDDLE)]
    assert counts(first(laid({"subscriptions": rows}), "win_back_rate")) == (0, 0)


def test_of_a_hundred_cancel_sessions_fifty_are_saved_and_twenty_pay(laid: Laid) -> None:
    began, rows, events, paid = datetime(2026, 8, 10, 12), [], [], []
    for at in range(100):
        account = f"A{at}"
        asked = began + timedelta(minutes=5) if at >= 50 else None
        rows.append(stretch(account, BEFORE, None, cancel_requested_at=asked))
        events.append({"account_id": account, "name": "cancel_flow_started", "occurred_at": began})
        paid.append(payment(account, datetime(2026, 9, 5), "paid" if at < 20 else "failed"))
    analyst = laid({"subscriptions": rows, "events": events, "payments": paid})
    august = Window(date(2026, 8, 1), date(2026, 9, 1), Grain.MONTH)
    assert counts(first(analyst, "save_rate", august)) == (50, 100)
    assert counts(first(analyst, "save_then_pay", august)) == (20, 50)


def test_of_four_hundred_trials_eighty_four_are_paid(laid: Laid) -> None:
    tried, ends, rows = datetime(2026, 2, 3), datetime(2026, 2, 17), []
    for at in range(400):
        account, card = f"A{at}", at % 2 == 0
        end = ends + timedelta(days=10) if at == 0 else ends  # one is extended
        rows.append(stretch(account, tried, end, status="trial", mrr=0.0, trial_end=end, card_required=card))
        if at < 84:
            rows.append(stretch(account, end + timedelta(days=7)))
        elif at < 90:  # too late
            rows.append(stretch(account, end + timedelta(days=8)))
    again = datetime(2026, 2, 20)  # a second trial of an account is none
    rows.append(stretch("A399", again, datetime(2026, 3, 6), subscription_id="S-2", status="trial", mrr=0.0))
    analyst = laid({"subscriptions": rows})
    assert counts(first(analyst, "trial_conversion_rate", FEBRUARY)) == (84, 400)
    assert counts(first(analyst, "trial_conversion_rate", FEBRUARY, card_required="true")) == (42, 200)


def test_of_a_hundred_and_eighty_new_customers_52_only_replace_the_lost(laid: Laid) -> None:
    rows = [stretch(f"A{at}", BEFORE, MIDDLE if at < 52 else None) for at in range(100)]
    rows += [stretch(f"N{at}", datetime(2026, 10, 5)) for at in range(180)]
    row = first(laid({"subscriptions": rows}), "leaky_bucket")
    assert (*counts(row), row["mrr"], row["new_mrr"]) == (52, 180, 5200, 18000)
    assert row["value"] == pytest.approx(0.289, abs=0.0005)


def test_those_who_paused_are_compared_with_those_on_the_same_plan_only(laid: Laid) -> None:
    """Paused: one of two leaves; neither: one of three on the same plan; nobody paused on the yearly one."""
    pause, resumed, gone = datetime(2026, 2, 5), datetime(2026, 2, 20), datetime(2026, 6, 1)
    rows = []
    for account, ends in (("P1", gone), ("P2", None)):
        rows.append(stretch(account, BEFORE, pause))
        rows.append(stretch(account, pause, resumed, status="paused", mrr=0.0))
        rows.append(stretch(account, resumed, ends))
    rows += [stretch(account, BEFORE, ends) for account, ends in (("N1", gone), ("N2", None), ("N3", None))]
    rows.append(stretch("Y1", BEFORE, gone, plan_id="y"))
    analyst = laid({"subscriptions": rows, "plans": PLANS})
    found = measure(analyst, Query(Intent.VALUE, "pause_vs_no_pause_churn", FEBRUARY)).rows
    assert {row["type"]: counts(row) for row in found} == {"paused": (1, 2), "neither": (1, 3)}
    row = first(analyst, "pause_rate", FEBRUARY)
    assert (*counts(row), row["mature"], row["pause_to_resume"], row["pause_to_churn"]) == (2, 6, 2, 2, 0)


def test_a_pause_that_runs_out_ends_in_churn(laid: Laid) -> None:
    pause = datetime(2026, 1, 20)
    rows = [stretch("A", BEFORE, pause), stretch("A", pause, None, status="paused", mrr=0.0)]
    rows.append(stretch("B", datetime(2025, 6, 1)))
    rows[0]["valid_from"] = datetime(2025, 6, 1)
    row = first(laid({"subscriptions": rows}), "pause_rate", JANUARY)
    assert (*counts(row), row["mature"], row["pause_to_resume"], row["pause_to_churn"]) == (1, 2, 1, 0, 1)


FINGERS: list[tuple[str, Window, dict[str, str], float, float]] = [
    ("win_back_rate", Window(date(2026, 7, 1), date(2026, 8, 1), Grain.MONTH), {"horizon_days": "30"}, 0, 1),
    ("win_back_rate", OCTOBER, {"form": "in_period"}, 2, 5),
    ("pause_rate", Window(date(2026, 3, 1), date(2026, 4, 1), Grain.MONTH), {}, 1, 4),
    ("trial_conversion_rate", JANUARY, {"card_required": "true"}, 0, 0),
    ("leaky_bucket", OCTOBER, {"method": "events"}, 5, 2),
]


@pytest.mark.parametrize(("metric", "window", "variant", "part", "whole"), FINGERS)
def test_a_share_is_the_one_that_fingers_count(
    told: Measure, metric: str, window: Window, variant: dict[str, str], part: float, whole: float
) -> None:
    assert counts(told(metric, window, **variant).rows[0]) == (part, whole)


def test_growth_adds_up_in_customers_and_in_money(told: Measure) -> None:
    rows = told("growth_decomposition").rows
    end = next(row for row in rows if row["type"] == "end")
    assert (sum(row["effect"] for row in rows), sum(row["mrr_effect"] for row in rows)) == (6, 950)
    assert (end["value"], end["mrr"]) == (6, 950)

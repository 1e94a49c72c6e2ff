"""The worked examples of what customers cost and bring, from rows laid for each, on every engine."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from datetime import date, datetime
from typing import Any

import pytest

from bot.analysis.measure import Analyst, measure
from bot.errors import BadData, NotAllowed
from bot.metrics.sensitivity import projected
from bot.types import Evidence, Grain, Intent, Query, Rights, RowFilter, Window
from tests.metrics.conftest import OCTOBER, Measure

Laid = Callable[..., Analyst]
BEFORE, MIDDLE = datetime(2026, 1, 1), datetime(2026, 10, 15)


def lives(stay: int, leave: int = 0, come: int = 0, mrr: float = 100.0) -> list[dict[str, Any]]:
    """So many customers who stay all October, who leave and who come in the middle of it."""
    spans = [(BEFORE, None)] * stay + [(BEFORE, MIDDLE)] * leave + [(MIDDLE, None)] * come
    return [
        {"subscription_id": f"S{n}", "account_id": f"A{n}", "valid_from": begins, "valid_to": ends,
         "status": "active", "mrr": mrr}
        for n, (begins, ends) in enumerate(spans)
    ]  # fmt: skip


def cost(category: str, amount: float, currency: str = "USD", day: int = 5) -> dict[str, Any]:
    return {"occurred_at": datetime(2026, 10, day), "category": category, "amount": amount, "currency": currency}


def asked(
    analyst: Analyst, metric: str, window: Window = OCTOBER, by: tuple[str, ...] = (), **variant: str
) -> Evidence:
    return measure(analyst, Query(Intent.VALUE, metric, window, by=by, variant=tuple(sorted(variant.items()))))


def test_keeping_950_customers_for_12_000_costs_12_63_each(laid: Laid) -> None:
    """Support and acquisition are no part of it; 950 kept at 100 a month and 50 left: revenue 97,500."""
    spend = [cost("retention", 9_000), cost("loyalty", 2_000), cost("tooling", 1_000), cost("support", 7_000),
             cost("acquisition", 5_000), cost("retention", 99) | {"occurred_at": datetime(2026, 11, 1)}]  # fmt: skip
    row = asked(laid({"subscriptions": lives(950, 50), "spend": spend}), "retention_cost").rows[0]
    assert (row["part"], row["whole"], row["support"], row["revenue"]) == (12_000, 950, 7_000, 97_500)
    assert row["value"] == pytest.approx(12.63, abs=0.005)
    assert row["share_of_revenue"] == pytest.approx(12_000 / 97_500)


def test_the_base_of_retention_cost_can_be_the_active_or_those_who_responded(laid: Laid) -> None:
    """8 stay, 1 leaves, 3 come: active are the 8 who are not new; A0 clicked, A1 only opened."""
    events = [{"send_id": f"M{n}", "type": what, "occurred_at": MIDDLE} for n, what in enumerate(("clicked", "opened"))]
    events.append({"send_id": "M0", "type": "converted", "occurred_at": MIDDLE})
    sends = [{"send_id": f"M{n}", "user_id": f"U{n}", "account_id": f"A{n}", "channel": "email", "occurred_at": MIDDLE}
             for n in range(2)]  # fmt: skip
    tables = {"subscriptions": lives(8, 1, 3), "spend": [cost("retention", 80)], "sends": sends,
              "message_events": events}  # fmt: skip
    analyst = laid(tables)
    told = {base: asked(analyst, "retention_cost", base=base).rows[0] for base in ("retained", "active", "responders")}
    assert {base: (row["part"], row["whole"]) for base, row in told.items()} == {
        "retained": (80, 8), "active": (80, 8), "responders": (80, 1),
    }  # fmt: skip
    quarter = asked(analyst, "retention_cost", Window(date(2026, 8, 1), date(2026, 11, 1)), base="active").rows[0]
    assert (quarter["whole"], quarter["revenue"]) == (8, (900 + 1100) / 2 * 3)


def test_acquisition_is_told_against_those_who_came(laid: Laid) -> None:
    analyst = laid({"subscriptions": lives(10, 0, 4), "spend": [cost("acquisition", 600), cost("retention", 200)]})
    row = asked(analyst, "cac").rows[0]
    assert (row["part"], row["whole"], row["value"]) == (600, 4, 150)
    row = asked(analyst, "spend_split").rows[0]
    assert (row["part"], row["whole"], row["value"]) == (200, 800, 0.25)


def test_where_nobody_came_there_is_no_cost_of_winning_one(laid: Laid) -> None:
    found = asked(laid({"subscriptions": lives(10), "spend": [cost("acquisition", 600)]}), "cac")
    assert (found.rows[0]["part"], found.rows[0]["value"]) == (600, None)
    assert "nobody_won" in [note.key for note in found.caveats]


def test_spend_in_another_currency_is_brought_to_the_company_s_or_refused(laid: Laid) -> None:
    spend = [cost("acquisition", 100, "EUR"), cost("retention", 90)]
    rates = [{"currency": "EUR", "rate": 1.1}]
    row = asked(laid({"spend": spend, "exchange_rates": rates}), "spend_split").rows[0]
    assert (row["part"], row["whole"]) == pytest.approx((90, 200))
    with pytest.raises(BadData) as refused:
        asked(laid({"spend": spend}), "spend_split")
    assert refused.value.key == "unknown_currency"


def test_spend_is_not_set_against_a_part_of_the_customers(laid: Laid) -> None:
    accounts = [{"account_id": f"A{n}", "country": "ES"} for n in range(12)]
    tables = {"accounts": accounts, "subscriptions": lives(8, 1, 3), "spend": [cost("retention", 80)]}
    analyst = replace(laid(tables), rights=Rights(row_filters=(RowFilter("country", ("ES",)),)))
    for metric in ("retention_cost", "cac", "ltv_cac", "payback"):
        with pytest.raises(NotAllowed) as refused:
            asked(analyst, metric)
        assert refused.value.key == "spend_is_whole"


@pytest.mark.parametrize(
    ("margin", "method", "ltv", "basis", "noted"),
    [
        (0.8, "margin_over_churn", 1_600, "margin", False),
        (0.8, "revenue_over_churn", 2_000, "revenue", False),
        (None, "margin_over_churn", 2_000, "revenue", True),
        (None, "revenue_over_churn", 2_000, "revenue", False),
    ],
)
def test_a_lifetime_is_margin_over_churn_and_revenue_where_no_margin_is_known(
    laid: Laid, margin: float | None, method: str, ltv: float, basis: str, noted: bool
) -> None:
    """100 a month, 0.8 of it margin, 5 of 100 leave: 1,600; revenue 2,000. Two won for 800: 400 each."""
    tables = {"subscriptions": lives(95, 5, 2), "spend": [cost("acquisition", 800)]}
    found = asked(laid(tables, margin=margin), "ltv_cac", ltv_method=method)
    row = found.rows[0]
    assert (row["part"], row["whole"], row["value"]) == pytest.approx((ltv, 400, ltv / 400))
    assert (row["basis"], row["churn"], row["arpa"]) == (basis, pytest.approx(0.05), 100)
    assert ("margin_unknown" in [note.key for note in found.caveats]) is noted


def test_a_longer_period_gives_its_churn_as_a_monthly_rate(laid: Laid) -> None:
    """271 of 1,000 left in three months: 1 - 0.729^(1/3) = 10 % a month; 100 a month over 0.1 is 1,000."""
    rows = lives(729, 271, 1)
    quarter = Window(date(2026, 8, 1), date(2026, 11, 1), Grain.RANGE)
    row = asked(laid({"subscriptions": rows, "spend": [cost("acquisition", 500)]}), "ltv_cac", quarter).rows[0]
    assert (row["churn"], row["ltv"], row["value"]) == pytest.approx((0.1, 1_000, 2))


@pytest.mark.parametrize(("leave", "come", "key"), [(0, 2, "no_churn_no_lifetime"), (5, 0, "nobody_won")])
def test_without_losses_or_gains_there_is_no_ratio_and_the_answer_says_why(
    laid: Laid, leave: int, come: int, key: str
) -> None:
    tables = {"subscriptions": lives(20, leave, come), "spend": [cost("acquisition", 800)]}
    found = asked(laid(tables), "ltv_cac")
    assert found.rows[0]["value"] is None
    assert key in [note.key for note in found.caveats]


@pytest.mark.parametrize(("margin", "months"), [(0.8, 5.0), (None, 4.0)])
def test_a_customer_pays_back_out_of_its_margin(laid: Laid, margin: float | None, months: float) -> None:
    """Two won for 800: 400 each; 100 a month, or 80 of margin."""
    tables = {"subscriptions": lives(95, 5, 2), "spend": [cost("acquisition", 800)]}
    assert asked(laid(tables, margin=margin), "payback").rows[0]["value"] == pytest.approx(months)


def test_nobody_won_is_no_payback_at_once(laid: Laid) -> None:
    found = asked(laid({"subscriptions": lives(9), "spend": [cost("acquisition", 800)]}), "payback")
    assert found.rows[0]["value"] is None
    assert "nobody_won" in [note.key for note in found.caveats]


def test_both_readings_of_one_percent_less_churn(laid: Laid) -> None:
    """100 customers at the end, 5 of 100 left, 5 came: each month 5 % leave and 5 come, so that 100 stay for ever."""
    found = asked(laid({"subscriptions": lives(95, 5, 5)}, margin=0.5), "sensitivity")
    told = {row["type"]: (row["value"], row["change"]) for row in found.rows}
    assert list(told) == ["base", "churn_1_percent", "churn_1_point", "acquisition_1_percent", "arpa_1_percent"]
    assert told["base"] == pytest.approx((12 * 100 * 100 * 0.5, 0))
    assert told["arpa_1_percent"][1] == pytest.approx(600)

    def beyond(churn: float, won: float) -> float:
        """With churn q the customers approach won / q: what is missing shrinks by q a month."""
        level = won / churn
        return sum(level + (100 - level) * (1 - churn) ** k - 100 for k in range(1, 13)) * 100 * 0.5

    assert told["churn_1_percent"][1] == pytest.approx(beyond(0.0495, 5))
    assert told["churn_1_point"][1] == pytest.approx(beyond(0.04, 5))
    assert told["acquisition_1_percent"][1] == pytest.approx(beyond(0.05, 5.05))


def test_churn_below_a_point_falls_to_none(laid: Laid) -> None:
    found = asked(laid({"subscriptions": lives(999, 1)}), "sensitivity")
    told = {row["type"]: row["value"] for row in found.rows}
    assert told["churn_1_point"] == pytest.approx(999 * 100 * 12)


def test_a_projection_without_anybody_is_nothing() -> None:
    assert projected(0, 0.1, 0, 100) == 0
    assert projected(100, 1, 0, 100) == 0


def test_the_golden_company_counts_its_money(told: Measure) -> None:
    row = told("retention_cost", base="active").rows[0]
    assert (row["part"], row["whole"], row["support"], row["revenue"]) == (200, 5, 100, 1135)
    rows = {row["channel"]: (row["part"], row["whole"]) for row in told("cac", by=("channel",)).rows}
    assert rows == {"ads": (300, 0), "sales": (150, 0), "organic": (0, 1)}
    row = told("ltv_cac").rows[0]
    assert (row["ltv"], row["cac"], row["basis"]) == (pytest.approx(950 / 6 / 0.375), 450, "revenue")

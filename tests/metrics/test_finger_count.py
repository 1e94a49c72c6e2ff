"""The golden fixtures, counted by hand in tests/finger_count/README.md, on every engine."""

from __future__ import annotations

from datetime import date
from typing import Any

import pytest

from bot.analysis.compare import compare
from bot.analysis.measure import Analyst
from bot.types import Intent, Query
from tests.metrics.conftest import OCTOBER, QUARTER, Measure

SHARES: list[tuple[str, dict[str, Any], float, float]] = [
    ("churn_rate", {}, 3, 8),
    ("churn_rate", {"method": "events"}, 5, 8),
    ("churn_rate", {"method": "stripe_like"}, 5, 10),
    ("churn_rate", {"method": "average"}, 5, 7),
    ("churn_rate", {"split": "voluntary"}, 2, 8),
    ("churn_rate", {"split": "involuntary"}, 1, 8),
    ("churn_rate", {"split": "to_free"}, 1, 8),
    ("churn_rate", {"split": "pause_expired"}, 0, 8),
    ("churn_rate", {"include_early": "true"}, 4, 8),
    ("churn_rate", {"pause_policy": "churn"}, 4, 8),
    ("churn_rate", {"free_policy": "active"}, 2, 8),
    ("churn_rate", {"basis": "active"}, 0, 3),
    ("retention_rate", {}, 5, 8),
    ("retention_rate", {"pause_policy": "churn"}, 4, 8),
    ("retention_rate", {"basis": "active"}, 3, 3),
    ("grr", {}, 700, 1320),
    ("grr", {"grr_method": "flow"}, 620, 1320),
    ("nrr", {}, 750, 1320),
    ("nrr", {"include_reactivation": "true"}, 860, 1320),
    ("stickiness", {}, 19 / 31, 10),
    ("feature_adoption", {}, 4, 5),
    ("feature_adoption", {"denominator": "all_active"}, 4, 10),
    ("nps", {}, 1, 6),
]


@pytest.mark.parametrize(("metric", "variant", "part", "whole"), SHARES)
def test_a_share_has_the_part_and_the_whole_that_fingers_count(
    told: Measure, metric: str, variant: dict[str, Any], part: float, whole: float
) -> None:
    row = told(metric, **variant).rows[0]
    assert (row["part"], row["whole"]) == pytest.approx((part, whole), abs=1e-9)


ORDERS = [("in_period", 2, 4), ("returning", 3, 4), ("lifetime", 3, 4), ("cohort", 2, 3)]


@pytest.mark.parametrize(("form", "part", "whole"), ORDERS)
def test_each_form_of_repeat_purchase_counts_its_own_buyers(told: Measure, form: str, part: int, whole: int) -> None:
    row = told("repeat_purchase_rate", QUARTER, form=form).rows[0]
    assert (row["part"], row["whole"]) == (part, whole)


LEVELS: list[tuple[str, dict[str, Any], float, int]] = [
    ("churned_customers", {}, 3, 8),
    ("churned_customers", {"split": "voluntary"}, 2, 8),
    ("new_customers", {}, 1, 6),
    ("customer_count", {}, 6, 6),
    ("new_customers", {"method": "events"}, 2, 6),
    ("mrr", {}, 950, 6),
    ("mrr", {"pause_policy": "keep_mrr"}, 990, 7),
    ("active_users", {}, 10, 10),
]


@pytest.mark.parametrize(("metric", "variant", "value", "n"), LEVELS)
def test_a_level_has_the_value_that_fingers_count(
    told: Measure, metric: str, variant: dict[str, Any], value: float, n: int
) -> None:
    row = told(metric, **variant).rows[0]
    assert (row["value"], row["n"]) == (value, n)


NETTED = {
    "start": 1320, "new": 90, "expansion": 50, "reactivation": 110, "resume": 0, "contraction": 120,
    "pause": 40, "churn": 500, "end": 950,
}  # fmt: skip


@pytest.mark.parametrize(
    ("variant", "expected"),
    [
        ({}, NETTED),
        ({"method": "events"}, {**NETTED, "new": 150, "reactivation": 190, "churn": 640}),
        ({"reactivation_days": "60"}, {**NETTED, "new": 200, "reactivation": 0}),
    ],
)
def test_the_bridge_has_the_parts_that_fingers_count_and_closes(
    told: Measure, variant: dict[str, Any], expected: dict[str, float]
) -> None:
    rows = told("mrr_movements", **variant).rows
    assert {row["type"]: row["value"] for row in rows} == expected
    assert sum(row["effect"] for row in rows) == expected["end"]


def test_lost_customers_by_country_are_the_ones_of_the_table(told: Measure) -> None:
    counts = {row["country"]: (row["part"], row["whole"]) for row in told("churn_rate", by=("country",)).rows}
    assert counts == {"FR": (2, 4), "ES": (1, 2), "US": (0, 2)}


def test_a_market_is_its_countries_and_the_rest_is_unknown(told: Measure) -> None:
    counts = {row["market"]: (row["part"], row["whole"]) for row in told("churn_rate", by=("market",)).rows}
    assert counts == {"iberia": (1, 2), "unknown": (2, 6)}


def test_the_intervals_of_plans_keep_annual_customers_apart(told: Measure) -> None:
    counts = {row["interval"]: (row["part"], row["whole"]) for row in told("churn_rate", by=("interval",)).rows}
    assert counts == {"annual": (0, 1), "monthly": (3, 7)}


def test_a_filter_keeps_only_its_segment(told: Measure) -> None:
    row = told("churn_rate", filters=(("country", ("ES", "US")),)).rows[0]
    assert (row["part"], row["whole"]) == (1, 4)


def test_reasons_are_shares_of_those_who_stated_one(told: Measure) -> None:
    found = told("churn_reasons").rows
    rows = {row["reason"]: (row["part"], row["whole"], row["churned"], row["mrr"]) for row in found}
    assert rows == {"price": (1, 2, 3, 300), "no_need": (1, 2, 3, 150)}


def test_the_cohort_of_october_keeps_the_one_who_stayed(told: Measure) -> None:
    rows = told("cohort_retention").rows
    assert [(row["cohort"], row["age"], row["part"], row["whole"]) for row in rows] == [(date(2026, 10, 1), 0, 1, 2)]


def test_features_count_the_entitled_active_only(told: Measure) -> None:
    rows = {row["feature"]: (row["part"], row["whole"]) for row in told("feature_adoption", by=("feature",)).rows}
    assert rows == {"reports": (3, 5), "automation": (2, 3)}


def test_a_trend_has_one_row_a_month(told: Measure) -> None:
    from bot.types import Grain, Window

    rows = told("churn_rate", Window(date(2026, 8, 1), date(2026, 11, 1), Grain.MONTH)).rows
    assert [(row["period"], row["part"], row["whole"]) for row in rows] == [
        ("2026-08-01", 0, 8), ("2026-09-01", 0, 8), ("2026-10-01", 3, 8),
    ]  # fmt: skip


def test_a_comparison_measures_the_month_before(analyst: Analyst) -> None:
    found = compare(analyst, Query(Intent.COMPARE, "churn_rate", OCTOBER))
    assert (found.main.rows[0]["part"], found.baseline.rows[0]["part"]) == (3, 0)
    assert found.change == pytest.approx(3 / 8)

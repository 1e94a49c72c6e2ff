"""The models of value reproduce the parameters that their papers print, and what metrics build on them."""

from __future__ import annotations

import os
from collections.abc import Callable
from datetime import datetime
from pathlib import Path

import numpy as np
import pandas as pd
import pytest

from bot.analysis.measure import Analyst, measure
from bot.errors import BadData
from bot.metrics import value_models as models
from bot.metrics.clv import told_and_came
from bot.types import Intent, Query
from tests.metrics.conftest import OCTOBER

REGULAR = (1000, 631, 468, 382, 326, 289, 262, 241)
HIGH_END = (1000, 869, 743, 653, 593, 551, 517, 491)


@pytest.mark.parametrize(
    ("there", "alpha", "beta", "log_likelihood"), [(REGULAR, 0.704, 1.182, -1680.3), (HIGH_END, 0.668, 3.806, -1611.2)]
)
def test_sbg_gives_the_parameters_of_fader_and_hardie(
    there: tuple[int, ...], alpha: float, beta: float, log_likelihood: float
) -> None:
    """Fader and Hardie 2007, seven years of two groups of customers."""
    counts = np.array(there)
    fit = models.sbg(counts[:-1], counts[:-1] - counts[1:])
    assert fit.parameters == pytest.approx((alpha, beta), abs=6e-4)
    assert fit.log_likelihood == pytest.approx(log_likelihood, abs=0.1)


def test_sbg_survival_is_that_of_the_definition() -> None:
    found = models.sbg_survival(8, 0.76, 1.30)
    assert found[1:] == pytest.approx([0.631, 0.475, 0.385, 0.326, 0.285, 0.254, 0.230, 0.211], abs=0.003)
    # P(t) = P(t - 1) (b + t - 2) / (a + b + t - 1), S(t) = S(t - 1) - P(t)
    share, left = 0.76 / 2.06, [0.76 / 2.06]
    for period in range(2, 9):
        share *= (1.30 + period - 2) / (2.06 + period - 1)
        left.append(left[-1] + share)
    assert found[1:] == pytest.approx(1 - np.array(left))


def test_customers_who_are_all_still_there_are_no_model_and_no_crash() -> None:
    with pytest.raises(BadData):
        models.sbg(np.array([50, 50, 50]), np.array([0, 0, 0]))


@pytest.fixture(scope="module")
def cdnow() -> pd.DataFrame:
    """The tenth of the CDNOW customers of the papers: repeats, recency, age in weeks, mean of repeat orders."""
    folder = os.environ.get("MAINSTAY_DATA")
    if not folder:
        pytest.fail("Tests marked real need MAINSTAY_DATA: the folder of the public data sets.")
    rows = pd.read_csv(Path(folder) / "cdnow" / "cdnow_sample.csv", parse_dates=["order_date"])
    rows["day"] = pd.to_datetime(rows["order_date"].astype(str))
    end = pd.Timestamp("1997-09-30")
    days = rows[rows["day"] <= end].groupby(["sample_customer_id", "day"], as_index=False)["amount"].sum()
    days["turn"] = days.sort_values("day").groupby("sample_customer_id").cumcount()
    found = days.groupby("sample_customer_id")["day"].agg(["min", "max", "count"])
    worth = days[days["turn"] > 0].groupby("sample_customer_id")["amount"].mean()
    return pd.DataFrame({
        "x": found["count"] - 1, "recency": (found["max"] - found["min"]).dt.days / 7,
        "age": (end - found["min"]).dt.days / 7, "worth": worth,
    })  # fmt: skip


@pytest.mark.real
def test_bgnbd_gives_the_parameters_of_the_paper_on_cdnow(cdnow: pd.DataFrame) -> None:
    """Fader, Hardie and Lee 2005: r 0.243, alpha 4.414, a 0.793, b 2.426, log-likelihood -9582.4."""
    fit = models.bgnbd(cdnow["x"], cdnow["recency"], cdnow["age"], np.ones(len(cdnow)))
    assert fit.parameters == pytest.approx((0.243, 4.414, 0.793, 2.426), abs=1e-3)
    assert fit.log_likelihood == pytest.approx(-9582.4, abs=0.1)
    one = models.expected_purchases(39, np.array([2.0]), np.array([30.43]), np.array([38.86]), *fit.parameters)
    assert one[0] == pytest.approx(1.226, abs=1e-3)


@pytest.mark.real
def test_gamma_gamma_gives_the_parameters_of_the_note_on_cdnow(cdnow: pd.DataFrame) -> None:
    """Fader and Hardie 2013: p 6.25, q 3.74, gamma 15.44, from 946 customers with repeat orders of some worth."""
    repeated = cdnow[cdnow["worth"] > 0]
    fit = models.gamma_gamma(repeated["x"], repeated["worth"])
    assert (len(repeated), fit.parameters) == (946, pytest.approx((6.25, 3.74, 15.44), abs=6e-3))
    assert fit.log_likelihood == pytest.approx(-4055.9, abs=0.1)


@pytest.mark.real
def test_the_last_39_weeks_of_cdnow_are_told_from_the_first(cdnow: pd.DataFrame) -> None:
    """The model falls short by a twentieth of all repeat orders of 78 weeks, as the paper's Figure 2 shows it to."""
    fit = models.bgnbd(cdnow["x"], cdnow["recency"], cdnow["age"], np.ones(len(cdnow)))
    told = models.expected_purchases(39, cdnow["x"], cdnow["recency"], cdnow["age"], *fit.parameters)
    rows = pd.read_csv(Path(os.environ["MAINSTAY_DATA"]) / "cdnow" / "cdnow_sample.csv", dtype={"order_date": str})
    days = rows.drop_duplicates(["sample_customer_id", "order_date"])
    came = days[days["order_date"].str.replace("-", "") > "19970930"].groupby("sample_customer_id").size()
    each = came.reindex(cdnow.index, fill_value=0)
    before = cdnow["x"].sum()
    assert (before + told.sum()) / (before + each.sum()) == pytest.approx(0.95, abs=0.02)
    # More orders before, more to come: told and came rise together over 0, 1, ... 5 and more repeats.
    repeats = cdnow["x"].clip(upper=5)
    by_repeats = pd.DataFrame({"told": told, "came": each}, index=cdnow.index).groupby(repeats).mean()
    assert by_repeats["told"].is_monotonic_increasing
    assert by_repeats.corr().loc["told", "came"] > 0.98


def paying(customers: int, lost: int, mrr: float) -> dict[str, list[dict[str, object]]]:
    """Customers paying alike from the start, of whom some leave in October."""
    leaves = datetime(2026, 10, 20)
    rows = [
        {"subscription_id": f"S{one}", "account_id": f"A{one}", "valid_from": datetime(2026, 1, 1),
         "valid_to": leaves if one < lost else None, "status": "active", "mrr": mrr}
        for one in range(customers)
    ]  # fmt: skip
    return {"subscriptions": rows}


EXAMPLES = [
    ({}, 1600.0),
    ({"ltv_method": "revenue_over_churn"}, 2000.0),
    ({"discount": "0.01", "first_margin": "after_renewal"}, 1266.67),
    ({"discount": "0.01"}, 1346.67),
]


@pytest.mark.parametrize(("variant", "value"), EXAMPLES)
def test_the_simple_value_of_100_a_month_at_80_percent_margin_and_5_percent_churn(
    laid: Callable[..., Analyst], variant: dict[str, str], value: float
) -> None:
    analyst = laid(paying(100, 5, 100.0), margin=0.8)
    query = Query(Intent.VALUE, "clv_predicted", OCTOBER, variant=tuple(sorted(variant.items())))
    assert measure(analyst, query).rows[0]["value"] == pytest.approx(value, abs=0.01)


def test_where_nobody_leaves_the_simple_value_is_not_defined(laid: Callable[..., Analyst]) -> None:
    analyst = laid(paying(40, 0, 100.0))
    assert measure(analyst, Query(Intent.VALUE, "clv_predicted", OCTOBER)).rows[0]["value"] is None


def test_a_model_of_few_customers_tells_nothing_and_says_why(laid: Callable[..., Analyst]) -> None:
    analyst = laid(paying(40, 5, 100.0))
    found = measure(analyst, Query(Intent.VALUE, "clv_predicted", OCTOBER, variant=(("ltv_method", "sbg"),)))
    assert found.rows[0]["value"] is None
    assert "model_needs_more" in {note.key for note in found.caveats}


def months_lived(months: int, lives: float) -> pd.DataFrame:
    """Lifetimes that all began so many months ago, by the sBG with alpha 1 and beta 9: the share lost at age a is
    1 / (9 + a)."""
    there = lives * np.concatenate([[1.0], np.cumprod(1 - 1 / (9 + np.arange(1, months + 1)))])
    left = np.concatenate([[0.0], there[:-1] - there[1:]])
    return pd.DataFrame({
        "age": np.arange(months + 1), "left": left, "censored": np.where(np.arange(months + 1) == months, there, 0.0),
        "entered": 0.0,
    })  # fmt: skip


def test_departures_as_the_model_has_them_are_told_by_the_half_year_held_out_and_a_wave_is_not() -> None:
    now, then = months_lived(24, 10_000), months_lived(18, 10_000)
    told = now.join(then.drop(columns="age").reindex(now.index, fill_value=0.0).add_prefix("early_"))
    tested = told_and_came(told)
    came = now["left"][19:].sum()
    assert tested["held_came"] == pytest.approx(came)
    assert tested["held_told"] == pytest.approx(came, rel=1e-3)
    at_20, last = told["age"] == 20, told["age"] == 24
    wave = told.assign(left=told["left"] + 500.0 * at_20, censored=told["censored"] - 500.0 * last)
    assert told_and_came(wave)["held_came"] == pytest.approx(came + 500)
    assert told_and_came(wave)["held_told"] < came


def test_no_half_year_is_held_out_of_too_short_a_history() -> None:
    now, then = months_lived(8, 10_000), months_lived(2, 10_000)
    told = now.join(then.drop(columns="age").reindex(now.index, fill_value=0.0).add_prefix("early_"))
    assert told_and_came(told) == {}

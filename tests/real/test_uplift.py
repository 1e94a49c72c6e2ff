"""Hillstrom's e-mail test of 64,000 customers: what each e-mail caused, against pandas over the raw file."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date
from math import sqrt
from pathlib import Path
from typing import Any

import pandas as pd
import pytest

from bot.analysis.measure import Analyst, measure
from bot.engines.answers.experiment import read_out
from bot.engines.answers.part import Desk
from bot.language import load
from bot.types import Evidence, Grain, Intent, Query, Rights, Unit, Window
from tests.real.test_real import opened

pytestmark = pytest.mark.real

MARCH = Window(date(2008, 3, 1), date(2008, 4, 1), Grain.MONTH)
ARMS = {"mens": "Mens E-Mail", "womens": "Womens E-Mail"}
Told = Callable[..., Evidence]


@pytest.fixture(scope="module")
def raw(data: Path) -> pd.DataFrame:
    return pd.read_parquet(data / "hillstrom" / "hillstrom_email.parquet")


@pytest.fixture(scope="module")
def told(data: Path) -> Told:
    analyst = Analyst(opened("hillstrom", data), Rights(), date(2008, 4, 1))

    def measured(metric: str, by: tuple[str, ...] = (), **variant: str) -> Evidence:
        given = tuple(sorted({"horizon_days": "14", **variant}.items()))
        return measure(analyst, Query(Intent.VALUE, metric, MARCH, by=by, variant=given))

    return measured


def against_none(treated: pd.Series[Any], held: pd.Series[Any]) -> tuple[float, float, float]:
    gap = treated.mean() - held.mean()
    half = 1.96 * sqrt(treated.var(ddof=0) / len(treated) + held.var(ddof=0) / len(held))
    return gap, gap - half, gap + half


@pytest.mark.parametrize("outcome", ["visit", "conversion", "spend"])
def test_the_uplift_of_each_arm_is_that_of_pandas(told: Told, raw: pd.DataFrame, outcome: str) -> None:
    evidence = told("uplift", outcome=outcome)
    assert evidence.unit is (Unit.MONEY if outcome == "spend" else Unit.SHARE)
    rows = {row["arm"]: row for row in evidence.rows}
    assert set(rows) == set(ARMS)
    held = raw[raw.segment == "No E-Mail"][outcome]
    for arm, segment in ARMS.items():
        treated = raw[raw.segment == segment][outcome]
        gap, low, high = against_none(treated, held)
        row = rows[arm]
        assert (row["n"], row["held"]) == (len(treated), len(held))
        assert row["value"] == pytest.approx(gap)
        assert row["interval"] == [pytest.approx(low), pytest.approx(high)]
        assert row["incremental"] == pytest.approx(gap * len(treated))
        assert row["relative"] == pytest.approx(treated.mean() / held.mean() - 1)
        assert row["relative_low"] < row["relative"] < row["relative_high"]
        assert row["not_incremental"] == pytest.approx(held.mean() / treated.mean())
        assert row["verdict"] == ("clear_gain" if low > 0 else "clear_loss" if high < 0 else "no_clear_change")


def test_the_published_figures_come_out(told: Told) -> None:
    """Visits 18.3% and 15.1% against 10.6%; 46% and 61% of what the e-mailed spent would have come anyway."""
    visits = {row["arm"]: row for row in told("uplift", outcome="visit").rows}
    assert visits["mens"]["value"] == pytest.approx(0.0766, abs=5e-5)
    assert visits["womens"]["value"] == pytest.approx(0.0452, abs=5e-5)
    spent = {row["arm"]: row for row in told("uplift", outcome="spend").rows}
    assert spent["mens"]["value"] == pytest.approx(0.770, abs=5e-4)
    assert spent["womens"]["value"] == pytest.approx(0.424, abs=5e-4)
    assert spent["mens"]["not_incremental"] == pytest.approx(0.459, abs=5e-4)
    assert spent["womens"]["not_incremental"] == pytest.approx(0.606, abs=5e-4)


def test_revenue_per_recipient_takes_both_emails_together(told: Told, raw: pd.DataFrame) -> None:
    (row,) = told("revenue_per_recipient").rows
    held, treated = (raw[raw.segment.eq("No E-Mail").eq(one)].spend for one in (True, False))
    gap, low, high = against_none(treated, held)
    assert (row["n"], row["value"]) == (len(treated), pytest.approx(gap))
    assert row["interval"] == [pytest.approx(low), pytest.approx(high)]
    assert row["attributed_not_causal"] == pytest.approx(treated.mean())


def test_the_tenths_by_past_purchases_are_those_of_pandas(told: Told, raw: pd.DataFrame) -> None:
    rank = raw.history.round(6).rank(method="min") - 1
    tenth = (rank * 10 // len(raw) + 1).astype(int)
    rows = {row["decile"]: row for row in told("propensity_band_return").rows}
    assert set(rows) == set(tenth)
    for decile, some in raw.groupby(tenth):
        held, treated = (some[some.segment.eq("No E-Mail").eq(one)].spend for one in (True, False))
        gap, low, high = against_none(treated, held)
        row = rows[decile]
        assert (row["n"], row["held"]) == (len(treated), len(held))
        assert row["value"] == pytest.approx(gap)
        assert row["interval"] == [pytest.approx(low), pytest.approx(high)]
        assert (row["proxy_from"], row["proxy_to"]) == pytest.approx((some.history.min(), some.history.max()))


def test_the_uplift_by_channel_splits_both_groups(told: Told, raw: pd.DataFrame) -> None:
    for row in told("uplift", ("channel",), outcome="visit").rows:
        some = raw[raw.channel.str.lower() == row["channel"]]
        gap, *_ = against_none(
            some[some.segment == ARMS[row["arm"]]].visit, some[some.segment == "No E-Mail"].visit
        )  # fmt: skip
        assert row["value"] == pytest.approx(gap)


def test_the_read_out_says_what_pandas_says(data: Path, raw: pd.DataFrame) -> None:
    """Two e-mails of visits: the gains, a fair draw in thirds, and both clear when they are judged together."""
    desk = Desk(Analyst(opened("hillstrom", data), Rights(), date(2008, 4, 1)), load("en"), unused, unused)
    variant = (("horizon_days", "14"), ("outcome", "visit"))
    part = read_out(desk, Query(Intent.VALUE, "uplift", MARCH, variant=variant))
    said = [desk.language.say(one.key, **one.values) for one in part.findings]
    visited, held = raw.groupby("segment").visit.sum(), (raw.segment == "No E-Mail").sum()
    for segment in ARMS.values():
        many = (raw.segment == segment).sum()
        rates = f"{visited[segment]:,} of {many:,} treated"
        assert any(rates in line and "a clear gain" in line for line in said)
    assert any(f"{held:,} of {len(raw):,} were held out (33.3%)" in line for line in said)
    assert not any(one.key in ("test_unfair", "test_not_yet") for one in part.findings)
    assert any(one.key == "test_several_clear" and len(one.values["names"]) == 2 for one in part.findings)


def unused(*_: object) -> Any:
    raise AssertionError("a read-out neither reads plays nor writes drafts")

"""Buyers without a contract: what is expected of each, against buyers of known truth, and half a year held out."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, timedelta
from pathlib import Path
from typing import Any

import duckdb
import numpy as np
import pandas as pd
import pytest

from bot.analysis.measure import Analyst, measure
from bot.analysis.people import list_people
from bot.errors import BadData
from bot.metrics import buyers, value_models
from bot.settings import read_workspace
from bot.sources.demo import FOLDER, ensure
from bot.types import Grain, Intent, Query, Rights, Window
from bot.wiring import company_of

pytest.importorskip("scipy")
OCTOBER = Window(date(2026, 10, 1), date(2026, 11, 1), Grain.MONTH)
BY_ORDERS = (("ltv_method", "bgnbd"),)
WEEKS = 78


def invented(n: int, r: float, alpha: float, a: float, b: float, weeks: float = WEEKS) -> pd.DataFrame:
    """Buyers as the papers define them, seen for `weeks` and for 26 more; `lives` tells who may still buy."""
    chance = np.random.default_rng(5)
    rows = []
    for _ in range(n):
        rate, stops = chance.gamma(r, 1 / alpha), chance.beta(a, b)
        began, worth = chance.uniform(0, 40), chance.gamma(6, 1 / chance.gamma(4, 1 / 15))
        times, clock, alive = [began], began, True
        while alive:
            clock += chance.exponential(1 / rate)
            if clock > weeks + 26:
                break
            times.append(clock)
            alive = chance.random() > stops
        told = [one for one in times if one <= weeks]
        early = [one for one in told if one <= weeks - 26]
        last = len(told) == len(times) and not alive
        rows.append({
            "frequency": len(told) - 1, "recency": told[-1] - began, "age": weeks - began,
            "worth": worth if len(told) > 1 else np.nan, "came": len(times) - len(told), "lives": not last,
            "early_frequency": len(early) - 1, "early_recency": early[-1] - began if early else np.nan,
            "early_age": weeks - 26 - began, "early_worth": worth if len(early) > 1 else np.nan,
            "held": len(told) - len(early), "held_value": worth * (len(told) - len(early)),
        })  # fmt: skip
    return pd.DataFrame(rows)


@pytest.fixture(scope="module")
def known() -> pd.DataFrame:
    return invented(4000, 0.8, 12.0, 0.9, 3.0)


@pytest.mark.slow
def test_what_is_expected_is_what_comes(known: pd.DataFrame) -> None:
    """Orders of the next half year and who is alive, for all and for each fifth by what is expected."""
    model = buyers.Model.of(known)
    told = known.assign(orders=model.orders(known, 26), alive=model.alive(known))
    assert told["orders"].mean() == pytest.approx(told["came"].mean(), rel=0.07)
    assert told["alive"].mean() == pytest.approx(told["lives"].mean(), abs=0.03)
    fifths = told.groupby(pd.qcut(told["orders"].rank(method="first"), 5))[["orders", "came"]].mean()
    assert np.abs(fifths["orders"] - fifths["came"]).max() < 0.12
    low, high = model.sure(lambda buying, spending: float(np.mean(model.orders(known, 26, buying))))
    assert low < told["orders"].mean() < high < low * 1.3


def test_the_back_test_is_that_of_the_same_model_half_a_year_earlier(known: pd.DataFrame) -> None:
    """Told and came, the mean error and the lift of the best tenth, computed again by hand."""
    test = buyers.back_test(known)
    assert test is not None
    early = known[["early_frequency", "early_recency", "early_age", "early_worth"]].set_axis(
        ["frequency", "recency", "age", "worth"], axis=1
    )
    then = known[known["early_frequency"] >= 0]
    early = early.loc[then.index]
    model = buyers.Model.of(early)
    told = value_models.expected_purchases(26, *(early[one] for one in ("frequency", "recency", "age")),
        *model.buying.parameters)  # fmt: skip
    assert (test.n, test.orders, test.came) == (
        len(then), pytest.approx(np.mean(told)), pytest.approx(then["held"].mean()),
    )  # fmt: skip
    assert test.error == pytest.approx(np.mean(np.abs(told - then["held"])))
    value = told * value_models.expected_worth(early["frequency"], early["worth"].fillna(0), *model.spending.parameters)
    best = then["held_value"][pd.Series(value, index=then.index).nlargest(round(len(then) / 10)).index]
    assert test.lift == pytest.approx(best.mean() / then["held_value"].mean(), rel=0.02)
    assert test.orders == pytest.approx(test.came, rel=0.12)
    assert test.lift is not None
    assert test.lift > 2


@pytest.mark.slow
def test_buyers_who_all_stop_alike_are_fitted_with_the_ratio_alone() -> None:
    """Nobody differs in how soon they stop: one in five orders is the last, whatever the sum is held at."""
    frame = invented(3000, 1.2, 10.0, 2000.0, 8000.0)
    model = buyers.Model.of(frame)
    _, _, a, b = model.buying.parameters
    assert a / (a + b) == pytest.approx(0.2, abs=0.03)
    assert np.mean(model.orders(frame, 26)) == pytest.approx(frame["came"].mean(), rel=0.08)


def test_too_little_before_the_held_out_weeks_is_not_tested(known: pd.DataFrame) -> None:
    assert buyers.back_test(known.assign(early_frequency=-1)) is None
    assert buyers.back_test(known.head(150)) is None


# ------------------------------------------------------------ the demo


@pytest.fixture(scope="module")
def analyst() -> Analyst:
    company = company_of(read_workspace(Path(__file__).parents[2] / "workspace.toml"))
    return Analyst(company, Rights(), date(2026, 11, 10))


def test_the_orders_of_a_buyer_by_other_sql(analyst: Analyst) -> None:
    """Repeats, weeks to the last and to the end, the mean of repeats, and the same half a year before."""
    query = Query(Intent.VALUE, "clv_predicted", OCTOBER)
    frame = analyst.company.run(buyers.buyers(analyst.tables(query), OCTOBER)).set_index("account_id").sort_index()
    folder, cut = ensure(FOLDER), date(2026, 11, 1) - timedelta(weeks=26)
    rows = duckdb.sql(f"""
        WITH bought AS (SELECT coalesce(a.merged_into, a.account_id) AS who, o.occurred_at::DATE AS day
            FROM '{folder}/orders.parquet' o JOIN '{folder}/accounts.parquet' a ON a.account_id = o.customer_id
            WHERE o.occurred_at < TIMESTAMP '2026-11-01' AND o.net_amount >= 0
              AND NOT (o.net_amount = 0 AND coalesce(o.refund, 0) > 0) GROUP BY 1, 2),
        firsts AS (SELECT who, min(day) AS first, max(day) AS last, count(*) - 1 AS again FROM bought GROUP BY who)
        SELECT f.who, again, (last - first) / 7.0, (DATE '2026-10-31' - first) / 7.0,
            (SELECT count(*) - 1 FROM bought b WHERE b.who = f.who AND day < DATE '{cut}'),
            (SELECT count(*) FROM bought b WHERE b.who = f.who AND day >= DATE '{cut}')
        FROM firsts f JOIN '{folder}/accounts.parquet' a ON a.account_id = f.who
        WHERE NOT coalesce(a.is_test, false) ORDER BY who
    """).fetchall()
    assert [row[0] for row in rows] == list(frame.index)
    for place, column in ((1, "frequency"), (2, "recency"), (3, "age"), (4, "early_frequency"), (5, "held")):
        assert [float(row[place]) for row in rows] == pytest.approx(list(frame[column].astype(float)))


def test_the_roster_is_what_the_number_is_the_mean_of(analyst: Analyst) -> None:
    """Everybody is ranked before the list is cut; with all of them the mean value is the number."""
    query = Query(Intent.VALUE, "clv_predicted", OCTOBER, variant=BY_ORDERS)
    number = measure(analyst, query).rows[0]
    people = list_people(analyst, replace(query, intent=Intent.LIST_PEOPLE))
    values: list[Any] = [row["expected_value"] for row in people.rows]
    assert values == sorted(values, reverse=True)
    assert len(people.rows) == min(500, number["n"])
    assert number["interval"][0] < number["value"] < number["interval"][1]
    frame = analyst.company.run(buyers.buyers(analyst.tables(query), OCTOBER))
    told = buyers.each(frame, 365 / 7, 1.0)
    assert told["expected_value"].mean() == pytest.approx(number["value"])
    assert told["alive"].mean() == pytest.approx(number["still"])
    assert values[0] == pytest.approx(told["expected_value"].max())
    assert "clv_tested" in {note.key for note in measure(analyst, query).caveats}


def test_a_list_of_too_few_buyers_is_refused(analyst: Analyst) -> None:
    few = (("channel", ("event",)), ("country", ("PL",)))
    with pytest.raises(BadData):
        list_people(analyst, Query(Intent.LIST_PEOPLE, "clv_predicted", OCTOBER, variant=BY_ORDERS, filters=few))

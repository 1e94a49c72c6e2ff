"""Who is named as a driver: what was planted is found, what is chance is named no oftener than it may be."""

from __future__ import annotations

from dataclasses import replace
from math import erfc, sqrt

import duckdb
import numpy as np
import pandas as pd
import pytest

from bot.analysis.compare import compare
from bot.analysis.drivers import ERROR, Accounts, Driver, Tried, _judged, fisher, paired, singled_out
from bot.analysis.explain import by_account, explain, open_to
from bot.analysis.measure import Analyst
from bot.types import Grain, Intent, Query, Rights, Unit, Window
from tests.metrics.second import MONTH

WEEK = Window(MONTH.start.replace(month=11, day=2), MONTH.start.replace(month=11, day=9), Grain.WEEK)
DIMENSIONS = ("country", "plan", "size")


def company(seed: int, rates: dict[tuple[str, str], float], many: int = 4000) -> Accounts:
    """Accounts placed by chance; who leaves in the first month by 5 %, in the second by 5 % or the rate given."""
    chance = np.random.default_rng(seed)
    frame = pd.DataFrame(
        {
            "account_id": np.arange(many),
            "country": chance.choice(["FR", "US", "ES", "PL"], many),
            "plan": chance.choice(["annual", "monthly"], many),
            "size": chance.choice(["small", "large", "solo"], many),
        }
    )
    now = [rates.get((country, plan), 0.05) for country, plan in zip(frame.country, frame.plan, strict=True)]
    part_before = chance.random(many) < 0.05
    frame["whole_before"], frame["part_before"] = 1.0, part_before * 1.0
    frame["whole"] = 1.0 - frame.part_before
    frame["part"] = (chance.random(many) < now) * frame.whole
    return Accounts.of(frame, DIMENSIONS, summed=False)


def tried_as(dimension: str, p: float, size: int = 1) -> Tried:
    return Tried(((dimension, "x"),), p, (dimension,), size)


def change_of(accounts: Accounts) -> float:
    part, whole, before, whole_before = accounts.adds.sum(axis=0)
    return float(part / whole - before / whole_before)


def found(accounts: Accounts, change: float | None = None, *, exact: bool = True) -> tuple[list[Driver], Driver | None]:
    change = change_of(accounts) if change is None else change
    named, _ = singled_out(accounts, change, exact=exact)
    return named, paired(accounts, change, named[0] if named else None, exact=exact)


def test_a_segment_that_moved_by_itself_is_named_and_no_pair_of_it_says_more() -> None:
    rates = {("FR", "annual"): 0.15, ("FR", "monthly"): 0.15}
    for seed in range(5):
        named, pair = found(company(seed, rates))
        assert [one.segment for one in named] == [(("country", "FR"),)]
        assert pair is None


def test_a_pair_that_moved_alone_is_named_beside_its_half() -> None:
    rates = {("FR", "annual"): 0.25}
    for seed in range(5):
        named, pair = found(company(seed, rates))
        assert named[0].segment == (("country", "FR"),)
        assert pair is not None
        assert dict(pair.segment) == {"country": "FR", "plan": "annual"}


def test_a_change_of_everybody_has_no_driver() -> None:
    """Each segment moved clearly by itself, and none otherwise than the others."""
    everybody = {(country, plan): 0.15 for country in ("FR", "US", "ES", "PL") for plan in ("annual", "monthly")}
    assert sum(bool(named or pair) for named, pair in (found(company(seed, everybody)) for seed in range(20))) <= 3


def test_a_segment_of_few_is_never_named() -> None:
    accounts = company(1, {}, 300)
    names, places = accounts.names["country"], accounts.places["country"].copy()
    places[:] = names.index("US")
    places[:4] = names.index("FR")
    adds = accounts.adds.copy()
    adds[:, [0, 2]] = 0.0
    adds[:4, 0] = 1.0
    few = replace(accounts, adds=adds, places={**accounts.places, "country": places})
    assert not any(dict(one.segment).get("country") == "FR" for one in found(few)[0])


def test_the_spread_of_shares_of_counts_is_that_of_four_proportions() -> None:
    """The textbook variance of a difference of differences, on accounts that are in one period only."""
    cells = {"FR": ((30, 200), (12, 210)), "US": ((40, 500), (38, 520))}
    rows = []
    for country, sides in cells.items():
        for side, (part, whole) in enumerate(sides):
            for i in range(whole):
                row = {"account_id": f"{country}{side}{i}", "country": country, "part": 0.0, "whole": 0.0}
                row |= {"part_before": 0.0, "whole_before": 0.0}
                end = "_before" if side else ""
                rows.append({**row, f"part{end}": float(i < part), f"whole{end}": 1.0})
    accounts = Accounts.of(pd.DataFrame(rows), ("country",), summed=False)
    rates = {name: [(p / w, w) for p, w in sides] for name, sides in cells.items()}
    gap = sum(sign * (now[0] - then[0]) for sign, (now, then) in zip((1, -1), rates.values(), strict=True))
    variance = sum(r * (1 - r) / w for sides in rates.values() for r, w in sides)
    [driver], _ = singled_out(accounts, change_of(accounts))
    # One family of one test; the spread under "all moved alike" may be wider, never narrower.
    assert driver.p == pytest.approx(erfc(gap / sqrt(2 * variance)) / 2, rel=0.35)
    assert driver.p >= erfc(gap / sqrt(2 * variance)) / 2 * 0.999


def test_fishers_exact_test_gives_his_own_figures() -> None:
    """The lady tasting tea (Fisher 1935: 3 of 4, one-sided 17/70), and Agresti's two-sided 0.486 of it."""
    assert fisher(3, 1, 1, 3) == pytest.approx(34 / 70)
    assert fisher(4, 0, 0, 4) == pytest.approx(2 / 70)


def test_holms_correction_gives_the_figures_of_its_definition() -> None:
    equal = [tried_as("a", p) for p in (0.01, 0.04, 0.03, 0.005)]
    assert _judged(equal) == pytest.approx([0.03, 0.06, 0.06, 0.02])


def test_each_dimension_has_the_same_part_of_the_error_whatever_its_values() -> None:
    two = [tried_as("a", 0.01), *(tried_as("b", 0.02, size=4) for _ in range(4))]
    assert _judged(two)[0] == pytest.approx(0.02)
    assert _judged(two)[1] == pytest.approx(0.08)


# ------------------------------------------------------------------------------------------------ the demo company


def test_the_price_rise_is_named_as_france_and_as_annual_in_france(analyst: Analyst) -> None:
    whole = explain(analyst, Query(Intent.WHY, "churn_rate", MONTH))
    assert whole.driver is not None
    assert (whole.driver[0], whole.driver[1].segment) == ("country", "FR")
    assert whole.pair is not None
    assert dict(whole.pair.segment) == {"country": "FR", "interval": "annual"}


def test_the_pair_has_the_figures_of_sql_by_hand_and_its_split_adds_up(
    analyst: Analyst, sql: duckdb.DuckDBPyConnection
) -> None:
    found = explain(analyst, Query(Intent.WHY, "churn_rate", MONTH))
    by_hand = sql.execute(
        """
        WITH months AS (FROM (VALUES (TIMESTAMP '2026-09-01', TIMESTAMP '2026-10-01'),
                                     (TIMESTAMP '2026-10-01', TIMESTAMP '2026-11-01')) m(first, next)),
        paid AS (
            SELECT coalesce(a.merged_into, a.account_id) AS who, a.country, p.interval, s.valid_from,
                coalesce(s.valid_to, 'infinity') AS valid_to
            FROM subscriptions s JOIN plans p USING (plan_id) JOIN accounts a USING (account_id)
            WHERE s.mrr > 0 AND s.status IN ('active', 'past_due') AND NOT a.is_test),
        there AS (
            SELECT first, next, who, max(country) AS country, max(interval) AS interval
            FROM months JOIN paid ON valid_from <= first AND valid_to > first GROUP BY ALL)
        SELECT first::DATE::VARCHAR, count(*), count(*) FILTER (NOT EXISTS (
            FROM paid p WHERE p.who = t.who AND p.valid_from <= t.next AND p.valid_to > t.next))
        FROM there t WHERE country = 'FR' AND interval = 'year' GROUP BY first ORDER BY first
        """
    ).fetchall()
    assert found.crossed is not None
    row = next(one for one in found.crossed.rows if (one["country"], one["interval"]) == ("FR", "annual"))
    assert [(row["baseline_whole"], row["baseline_part"]), (row["whole"], row["part"])] == [
        (whole, part) for _, whole, part in by_hand
    ]
    assert sum(one["effect"] for one in found.crossed.rows) == pytest.approx(found.comparison.change)


@pytest.mark.slow
@pytest.mark.parametrize(
    ("metric", "window", "segment"),
    [
        ("n_day_retention", Window(MONTH.start.replace(month=6), MONTH.start.replace(month=7), Grain.MONTH), "android"),
        ("active_users", WEEK, "FR"),
        ("churned_customers", MONTH, "FR"),
        ("grr", MONTH, "FR"),
    ],
)
def test_the_planted_stories_are_found_under_the_correction(
    analyst: Analyst, metric: str, window: Window, segment: str
) -> None:
    found = explain(analyst, Query(Intent.WHY, metric, window))
    assert found.driver is not None
    assert found.driver[1].segment == segment


def shuffled(accounts: Accounts, chance: np.random.Generator) -> Accounts:
    """Whose figures are whose by chance: each account keeps its place, and gets the figures of another."""
    many = int(accounts.account.max()) + 1
    first = np.unique(accounts.account, return_index=True)[1]
    total = np.stack([np.bincount(accounts.account, weights=one, minlength=many) for one in accounts.adds.T], axis=1)
    places = {name: codes[first] for name, codes in accounts.places.items()}
    return replace(accounts, account=np.arange(many), adds=total[chance.permutation(many)], places=places)


@pytest.mark.slow
@pytest.mark.parametrize("metric", ["churn_rate", "mrr", "nrr"])
def test_in_a_shuffled_company_something_is_named_in_no_more_than_one_of_twenty(analyst: Analyst, metric: str) -> None:
    """100 shuffles: at 5 % at most 8 name anything, with 95 % certainty."""
    comparison = compare(analyst, Query(Intent.WHY, metric, MONTH))
    assert comparison.change is not None
    accounts, _ = by_account(analyst, comparison, open_to(analyst, comparison.main.query))
    assert accounts is not None
    exact = comparison.main.parts == "counts" and comparison.main.unit in (Unit.SHARE, Unit.COUNT)
    chance, times = np.random.default_rng(7), 100
    named = 0
    for _ in range(times):
        named += any(found(shuffled(accounts, chance), comparison.change, exact=exact))
    assert named <= ERROR * times + 1.645 * sqrt(ERROR * (1 - ERROR) * times)


def test_under_a_smallest_cell_no_pair_is_told_and_small_segments_are_put_together(analyst: Analyst) -> None:
    careful = Analyst(analyst.company, Rights(smallest_cell=40), analyst.as_of)
    found = explain(careful, Query(Intent.WHY, "churn_rate", MONTH))
    assert found.driver is not None
    assert found.pair is None
    for driver in found.drivers:
        sizes = [size for row in driver.rows for size in (row["whole"], row["baseline_whole"])]
        assert all(size >= 40 for size in sizes if size)
        assert sum(row["effect"] for row in driver.rows) == pytest.approx(found.comparison.change)

"""A change by its parts: they add up to it exactly, and each is the sum that SQL by hand gives."""

from __future__ import annotations

import duckdb
import pytest

from bot.analysis.bridge import behind, of_flow
from bot.analysis.compare import compare
from bot.analysis.explain import explain
from bot.analysis.measure import Analyst
from bot.analysis.windows import weeks_before
from bot.types import Filters, Grain, Intent, Query, Window
from tests.metrics.second import MONTH

WEEK = Window(MONTH.start.replace(month=11, day=2), MONTH.start.replace(month=11, day=9), Grain.WEEK)
MOVED = """
WITH ends AS (
    SELECT coalesce(a.merged_into, a.account_id) AS who, max(a.country) AS country,
        coalesce(sum(s.mrr) FILTER (valid_from <= $first AND until > $first), 0) AS before,
        coalesce(sum(s.mrr) FILTER (valid_from <= $next AND until > $next), 0) AS after,
        min(valid_from) AS since, bool_or(coalesce(a.merged_into, a.account_id) IN (
            SELECT coalesce(b.merged_into, b.account_id) FROM subscriptions p JOIN accounts b USING (account_id)
            WHERE p.status = 'paused' AND p.valid_from <= $next AND coalesce(p.valid_to, 'infinity') > $next)) AS rests
    FROM (SELECT *, coalesce(valid_to, 'infinity') AS until FROM subscriptions
          WHERE mrr > 0 AND status IN ('active', 'past_due')) s JOIN accounts a USING (account_id)
    WHERE NOT a.is_test GROUP BY coalesce(a.merged_into, a.account_id))
SELECT sum(after - before) FILTER (before = 0 AND since > $first) AS new,
    sum(after - before) FILTER (before = 0 AND since <= $first) AS reactivation,
    sum(after - before) FILTER (before > 0 AND after > before) AS expansion,
    sum(after - before) FILTER (after < before AND (after > 0 OR rests)) AS contraction,
    sum(after - before) FILTER (before > 0 AND after = 0 AND NOT rests) AS churn,
    -sum(after - before) FILTER (before > 0 AND after = 0 AND NOT rests AND country = 'FR') AS churn_fr
FROM ends
"""
"""One net movement per account between two instants; who is paused at the end has contracted, not left."""


def moved(sql: duckdb.DuckDBPyConnection, first: str, after: str) -> dict[str, float]:
    row = sql.execute(MOVED, {"first": first, "next": after}).fetchdf().to_dict("records")[0]
    return {str(name): float(value or 0) for name, value in row.items()}


@pytest.mark.slow
def test_the_fall_of_mrr_adds_up_from_the_parts_of_sql_by_hand(
    analyst: Analyst, sql: duckdb.DuckDBPyConnection
) -> None:
    comparison = compare(analyst, Query(Intent.WHY, "mrr", MONTH))
    bridge = behind(analyst, comparison)
    by_hand = moved(sql, "2026-10-01", "2026-11-01")
    assert bridge is not None
    effects = {row["type"]: row["effect"] for row in bridge.parts.rows}
    assert effects == pytest.approx({name: by_hand[name] for name in effects})
    assert set(effects) == {"new", "reactivation", "expansion", "contraction", "churn"}
    assert sum(effects.values()) == pytest.approx(comparison.change)
    assert bridge.largest == "churn"


@pytest.mark.slow
def test_within_the_largest_part_the_segments_add_up_to_its_own_rise(
    analyst: Analyst, sql: duckdb.DuckDBPyConnection
) -> None:
    bridge = behind(analyst, compare(analyst, Query(Intent.WHY, "mrr", MONTH)))
    assert bridge is not None
    assert bridge.within is not None
    for split in bridge.within.drivers:
        assert sum(row["effect"] for row in split.rows) == pytest.approx(bridge.within.comparison.change)
    by_country = next(one for one in bridge.within.drivers if one.query.by == ("country",))
    france = next(row for row in by_country.rows if row["country"] == "FR")
    assert france["part"] == pytest.approx(moved(sql, "2026-10-01", "2026-11-01")["churn_fr"])
    assert france["baseline_part"] == pytest.approx(moved(sql, "2026-09-01", "2026-10-01")["churn_fr"])


@pytest.mark.parametrize(
    ("metric", "window", "baseline", "only"),
    [
        ("arr", MONTH, "previous", ()),
        pytest.param("mrr", MONTH, "last_year", (), marks=pytest.mark.slow),
        pytest.param("mrr", MONTH, "previous", (("country", ("FR",)),), marks=pytest.mark.slow),
        ("active_users", WEEK, "previous", ()),
    ],
)
def test_the_parts_of_a_level_add_up_to_its_change(
    analyst: Analyst, metric: str, window: Window, baseline: str, only: Filters
) -> None:
    comparison = compare(analyst, Query(Intent.WHY, metric, window, baseline=baseline, filters=only))  # type: ignore[arg-type]  # one of the two literals
    bridge = behind(analyst, comparison)
    assert bridge is not None
    assert sum(row["effect"] for row in bridge.parts.rows) == pytest.approx(comparison.change)


def test_where_no_flow_adds_up_there_is_no_bridge(analyst: Analyst) -> None:
    """An average of weeks has no start that a bridge could begin from; a rate has no parts at all."""
    assert behind(analyst, compare(analyst, Query(Intent.WHY, "mrr", WEEK, baseline=weeks_before(WEEK)))) is None
    assert behind(analyst, compare(analyst, Query(Intent.WHY, "churn_rate", MONTH))) is None


@pytest.mark.parametrize("metric", ["mrr_movements", pytest.param("growth_decomposition", marks=pytest.mark.slow)])
def test_the_parts_of_a_flow_add_up_to_the_change_of_its_net(analyst: Analyst, metric: str) -> None:
    comparison, bridge = of_flow(analyst, Query(Intent.WHY, metric, MONTH))
    level = compare(analyst, Query(Intent.WHY, "mrr", MONTH)).change
    assert sum(row["effect"] for row in bridge.parts.rows) == pytest.approx(comparison.change)
    if metric == "mrr_movements":
        assert comparison.main.rows[0]["value"] == pytest.approx(level)


# ------------------------------------------------------------------------------------------------ four weeks


@pytest.mark.slow
def test_counts_against_four_weeks_are_against_the_mean_week(analyst: Analyst, sql: duckdb.DuckDBPyConnection) -> None:
    found = explain(analyst, Query(Intent.WHY, "active_users", WEEK, baseline=weeks_before(WEEK)))
    by_hand = sql.execute(
        """
        SELECT avg(people), avg(french) FROM (
            SELECT count(DISTINCT user_id) AS people, count(DISTINCT user_id) FILTER (a.country = 'FR') AS french
            FROM events e JOIN users u USING (user_id) JOIN accounts a ON a.account_id = u.account_id
            WHERE is_active_event AND NOT a.is_test AND occurred_at >= '2026-10-05' AND occurred_at < '2026-11-02'
            GROUP BY date_trunc('week', occurred_at))
        """
    ).fetchone()
    assert by_hand is not None
    assert found.comparison.baseline.rows[0]["value"] == pytest.approx(by_hand[0])
    assert len(found.comparison.against) == 4
    by_country = next(one for one in found.drivers if one.query.by == ("country",))
    france = next(row for row in by_country.rows if row["country"] == "FR")
    assert france["baseline_part"] == pytest.approx(by_hand[1])
    assert sum(row["effect"] for row in by_country.rows) == pytest.approx(found.comparison.change)
    assert found.driver is not None
    assert found.driver[1].segment == "FR"


@pytest.mark.slow
def test_a_rate_against_four_weeks_is_a_week_s_rate_and_not_that_of_a_month(analyst: Analyst) -> None:
    weeks = compare(analyst, Query(Intent.COMPARE, "churn_rate", WEEK, baseline=weeks_before(WEEK)))
    row = weeks.baseline.rows[0]
    steps = [
        compare(analyst, Query(Intent.COMPARE, "churn_rate", WEEK, baseline=one)).baseline.rows[0]
        for one in weeks.against
    ]
    assert (row["part"], row["whole"]) == (sum(one["part"] for one in steps), sum(one["whole"] for one in steps))
    assert row["value"] == pytest.approx(row["part"] / row["whole"])
    whole = Window(weeks.against[0].start, weeks.against[-1].end)
    assert (
        row["value"]
        < compare(analyst, Query(Intent.COMPARE, "churn_rate", WEEK, baseline=whole)).baseline.rows[0]["value"]
    )

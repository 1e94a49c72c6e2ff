"""What measure refuses, hides and says beside a number."""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.analysis.measure import Analyst, measure
from bot.analysis.rows import small_cells_hidden
from bot.errors import BadQuestion, ForPerson, NotAllowed
from bot.metrics import catalogue
from bot.types import Grain, Intent, Query, RowFilter, Window
from tests.metrics.second import MONTH


def asked(metric: str = "churn_rate", window: Window | None = MONTH, **rest: Any) -> Query:
    return Query(Intent.VALUE, metric, window, **rest)


WRONG = [
    (asked("churn_rat"), "unknown_metric", "near", "churn_rate"),
    (asked(variant=(("method", "eventz"),)), "unknown_variant", "near", "method=events"),
    (asked(variant=(("methods", "events"),)), "unknown_variant", "near", "method=events"),
    (asked(variant=(("grace_days", "0"),)), "unknown_variant", "near", "grace_days=30"),
    (asked(by=("platform",)), "dimension_not_available", "near", "plan"),
    (asked("active_users", filters=(("reason", ("price",)),)), "dimension_not_available", "near", "plan"),
    (asked(filters=(("plan", ("Prro",)),)), "unknown_value", "near", "Pro"),
    (asked(filters=(("plan", ("pro",)),)), "unknown_value", "near", "Pro"),
    (asked(exclude=(("country", ("XX",)),)), "unknown_value", "dimension", "country"),
    (asked(filters=(("tenure", ("a while",)),)), "unknown_value", "dimension", "tenure"),
    (
        asked(window=Window(date(2024, 8, 1), date(2024, 9, 1), Grain.MONTH)),
        "period_before_data",
        "first",
        date(2024, 9, 10),
    ),
    (
        asked(window=Window(date(2026, 12, 1), date(2027, 1, 1), Grain.MONTH)),
        "period_in_future",
        "as_of",
        date(2026, 11, 10),
    ),
]


@pytest.mark.parametrize(
    ("query", "key", "name", "value"), WRONG, ids=[f"{key} {n}" for n, (_, key, _, _) in enumerate(WRONG)]
)
def test_a_question_that_cannot_be_measured_is_refused_by_name_with_what_is_near(
    analyst: Analyst, query: Query, key: str, name: str, value: Any
) -> None:
    with pytest.raises(ForPerson) as refused:
        measure(analyst, query)
    assert refused.value.key == key
    told = refused.value.values[name]
    assert value in told if isinstance(told, list | tuple) else value == told


def test_a_number_of_days_is_taken_where_a_variant_has_days(analyst: Analyst) -> None:
    paying = [measure(analyst, asked("mrr", variant=(("grace_days", days),))).rows[0]["n"] for days in ("1", "30")]
    assert paying[0] < paying[1]


def test_metrics_and_dimensions_outside_a_role_are_refused_not_told_as_none(analyst: Analyst) -> None:
    churn_only = replace(analyst, rights=replace(analyst.rights, metrics=frozenset({"churn_rate"})))
    with pytest.raises(NotAllowed, match="metric_not_allowed"):
        measure(churn_only, asked("mrr"))
    by_plan = replace(analyst, rights=replace(analyst.rights, dimensions=frozenset({"plan"})))
    measure(by_plan, asked(by=("plan",)))
    for query in (
        asked(by=("country",)),
        asked(filters=(("country", ("FR",)),)),
        asked(exclude=(("country", ("FR",)),)),
    ):
        with pytest.raises(NotAllowed, match="dimension_not_allowed"):
            measure(by_plan, query)


def test_rows_outside_a_role_are_not_counted_and_the_evidence_names_why(analyst: Analyst) -> None:
    spain = (RowFilter("country", ("ES",)),)
    seen = measure(replace(analyst, rights=replace(analyst.rights, row_filters=spain)), asked())
    same = measure(analyst, asked(filters=(("country", ("ES",)),)))
    assert (seen.rows, seen.rights) == (same.rows, spain)
    assert seen.query.filters == ()


def test_a_filter_by_what_is_not_known_takes_the_rows_that_a_breakdown_calls_so(analyst: Analyst) -> None:
    broken_down = {row["country"]: row["part"] for row in measure(analyst, asked(by=("country",))).rows}
    found = measure(analyst, asked(filters=(("country", ("unknown",)),))).rows[0]
    assert found["part"] == broken_down.get("unknown", 0)


@pytest.mark.slow
@pytest.mark.parametrize("metric", ["churned_customers", "churn_reasons"])
def test_a_filter_by_reason_gives_the_row_of_that_reason(analyst: Analyst, metric: str) -> None:
    rows = measure(analyst, asked(metric, by=("reason",))).rows
    figure = "value" if metric == "churned_customers" else "part"
    for row in rows:
        if row["reason"] != "unknown":
            found = measure(analyst, asked(metric, filters=(("reason", (row["reason"],)),)))
            assert found.rows[0][figure] == row[figure]


def test_a_filter_by_kind_of_movement_or_cohort_gives_the_rows_of_that_kind(analyst: Analyst) -> None:
    whole = {row["type"]: row["value"] for row in measure(analyst, asked("mrr_movements")).rows}
    part = measure(analyst, asked("mrr_movements", filters=(("type", ("churn",)),))).rows
    assert [(row["type"], row["value"]) for row in part] == [("churn", whole["churn"])]
    year = Window(date(2026, 1, 1), date(2026, 11, 1), Grain.YEAR)
    rows = measure(analyst, asked("cohort_retention", year, filters=(("cohort", ("2026-03-01",)),))).rows
    assert {row["cohort"] for row in rows} == {date(2026, 3, 1)}


def test_no_cell_of_an_unfinished_month_is_in_a_cohort_grid(analyst: Analyst) -> None:
    running = Window(date(2026, 11, 1), date(2026, 12, 1), Grain.MONTH)
    assert all(not row["whole"] for row in measure(analyst, asked("cohort_retention", running)).rows)


@pytest.mark.slow
@pytest.mark.parametrize("basis", ["paying", "active"])
@pytest.mark.parametrize("metric", ["churn_rate", "cohort_retention"])
def test_each_basis_can_be_broken_down_by_all_that_the_metric_offers(analyst: Analyst, metric: str, basis: str) -> None:
    """Segments of accounts, also of active ones, add up: nobody is in two of them."""
    variant = (("basis", basis),)
    quarter = Window(date(2026, 7, 1), date(2026, 10, 1), Grain.RANGE)
    whole = measure(analyst, asked(metric, quarter, variant=variant)).rows
    for dimension in ("plan", "tenure", "country", "language", "interval", "market"):
        rows = measure(analyst, asked(metric, quarter, by=(dimension,), variant=variant)).rows
        assert sum(row["whole"] for row in rows) == sum(row["whole"] for row in whole), dimension


CELLS = st.lists(st.integers(0, 30), min_size=2, max_size=8)


@given(CELLS, st.integers(1, 10))
def test_hidden_cells_cannot_be_found_from_the_total(sizes: list[int], smallest: int) -> None:
    """Those hidden are at least two and together no smaller than the smallest cell, or everything is hidden."""
    rows = [{"plan": str(number), "part": 0, "whole": size} for number, size in enumerate(sizes)]
    shown, hidden = small_cells_hidden(rows, ("plan",), catalogue()["churn_rate"], smallest)
    assert all(row["whole"] >= smallest for row in shown)
    missing = sum(sizes) - sum(row["whole"] for row in shown)
    assert len(shown) + hidden == len(rows)
    assert hidden == 0 or not shown or (hidden >= 2 and missing >= smallest)


def test_each_period_of_a_trend_hides_the_next_smallest_of_its_own() -> None:
    sizes = {"2026-09-01": (3, 40, 50), "2026-10-01": (60, 4, 70)}
    rows = [
        {"period": period, "plan": plan, "value": 1, "n": n}
        for period, cells in sizes.items() for plan, n in zip("abc", cells, strict=True)
    ]  # fmt: skip
    shown, hidden = small_cells_hidden(rows, ("plan",), catalogue()["mrr"], 5)
    assert [(row["period"], row["plan"]) for row in shown] == [("2026-09-01", "c"), ("2026-10-01", "c")]
    assert hidden == 4


@pytest.mark.parametrize("metric", ["churn_rate", "grr", "nrr", "mrr", "mrr_movements", "cohort_retention"])
def test_a_segment_of_fewer_customers_than_the_smallest_cell_is_in_no_answer(analyst: Analyst, metric: str) -> None:
    """Money counts as many customers as pay it: a large sum of one customer is a small cell."""
    window = Window(date(2026, 7, 1), date(2026, 10, 1), Grain.RANGE)
    by = () if metric == "cohort_retention" else ("country", "plan", "tenure")
    everything = measure(analyst, asked(metric, window, by=by))
    keys = by or ("cohort",)

    def sizes(rows: Any) -> dict[tuple[Any, ...], int]:
        found: dict[tuple[Any, ...], int] = {}
        for row in rows:
            key = tuple(row[name] for name in keys)
            found[key] = max(found.get(key, 0), row["n"] if "n" in row else row["whole"])
        return found

    smallest = sorted(sizes(everything.rows).values())[len(sizes(everything.rows)) // 3] + 1
    cut = replace(analyst, rights=replace(analyst.rights, smallest_cell=smallest))
    shown = measure(cut, asked(metric, window, by=by))
    assert all(size >= smallest for size in sizes(shown.rows).values())
    assert any(note.key == "small_cells_hidden" for note in shown.caveats)


def test_the_last_complete_window_is_measured_when_none_is_named(analyst: Analyst) -> None:
    window = measure(analyst, asked(window=None)).query.window
    assert window is not None
    assert (window.start, window.end, window.complete) == (date(2026, 10, 1), date(2026, 11, 1), True)


def test_an_unknown_metric_offers_every_metric_when_nothing_is_near(analyst: Analyst) -> None:
    with pytest.raises(BadQuestion) as refused:
        measure(analyst, asked("zzz"))
    assert "mrr" in refused.value.values["near"]

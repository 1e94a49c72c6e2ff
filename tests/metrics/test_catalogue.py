"""What holds for every metric of the catalogue, with nothing written for it."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from bot.language.periods import Calendar, parse
from bot.metrics import catalogue
from bot.metrics.reference import page
from bot.metrics.segments import SEGMENTS
from bot.sources.canonical import TABLES
from bot.types import Metric, Shape
from tests.metrics.conftest import OCTOBER, QUARTER, Measure

ROOT = Path(__file__).parents[2]
EXAMPLE = re.compile(
    r"(?P<period>[\w.\-]+), the finger-count company(, (?P<key>\w+)=(?P<value>[\w.,\-]+))?: (?P<figures>.+)\."
)


@pytest.mark.parametrize(
    "metric",
    [
        pytest.param(metric, marks=[pytest.mark.slow] if at % 3 else [])
        for at, metric in enumerate(catalogue().values())
    ],
    ids=list(catalogue()),
)
def test_the_example_in_the_docstring_is_true(told: Measure, metric: Metric) -> None:
    match = EXAMPLE.fullmatch(metric.example)
    assert match, f"{metric.name}: the example is not of the form that can be run"
    window = parse(match["period"], Calendar(told("mrr").as_of))
    key, value = match["key"], match["value"]
    variant = {key: value} if key in metric.variants else {}
    by = (key,) if key in metric.by and key not in metric.keys else ()
    found = told(metric.name, window, by=by, **variant).rows
    rows = [row for row in found if key is None or variant or str(row[key]) == value]
    figures = match["figures"]
    if metric.shape is Shape.FLOW:
        wanted = dict(pair.rsplit(" ", 1) for pair in figures.split(", "))
        found_parts = {row["type"]: row["value"] for row in rows}
        assert {name: float(value) for name, value in wanted.items()} == {name: found_parts[name] for name in wanted}
    elif " of " in figures:
        part, whole = figures.split(" of ")
        assert (rows[0]["part"], rows[0]["whole"]) == (float(part), float(whole))
    else:
        assert rows[0]["value"] == pytest.approx(float(figures), abs=0.005)


@pytest.mark.parametrize("metric", catalogue().values(), ids=list(catalogue()))
def test_what_a_metric_needs_is_a_canonical_column(metric: Metric) -> None:
    for need in (one for alternatives in metric.needs for one in alternatives.split("|")):
        table, _, column = need.partition(".")
        assert table in TABLES
        assert not column or column in TABLES[table].names


@pytest.mark.parametrize("metric", catalogue().values(), ids=list(catalogue()))
def test_the_companions_of_a_metric_exist(metric: Metric) -> None:
    assert set(metric.companions) <= set(catalogue())


def test_the_reference_page_says_what_the_code_says() -> None:
    """After a change of a metric: make docs."""
    assert (ROOT / "docs" / "metrics.md").read_text("utf-8") == page(catalogue())


def test_the_readme_counts_what_there_is() -> None:
    readme = (ROOT / "README.md").read_text("utf-8")
    assert f"All {len(catalogue())} metrics" in readme
    assert f"{len(SEGMENTS)} segments are" in " ".join((ROOT / "docs" / "using.md").read_text("utf-8").split())


SPLITS = {"country", "plan", "tenure"}
ADDING = [
    one
    for one in catalogue().values()
    if one.shape in (Shape.SHARE, Shape.RATIO) and one.parts != "averages" and SPLITS & set(one.by)
]


@pytest.mark.slow
@pytest.mark.parametrize("metric", [one for one in ADDING if one.name != "churn_reasons"], ids=lambda one: one.name)
def test_the_segments_of_a_breakdown_add_up_to_the_whole(told: Measure, metric: Metric) -> None:
    window = QUARTER if metric.entity == "customer" else OCTOBER
    total = told(metric.name, window).rows
    for dimension in SPLITS & set(metric.by):
        rows = told(metric.name, window, by=(dimension,)).rows
        for figure in ("part", "whole"):  # over all rows, for some metrics have several without a breakdown
            assert sum(row[figure] for row in rows) == pytest.approx(sum(row[figure] for row in total))
